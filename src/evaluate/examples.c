#include "evaluate/examples.h"

#include "core/text/text.h"

#include <stdlib.h>
#include <string.h>

static const struct {
  const char *task;
  CosmosTextsRecipe texts;
} known[] = {
  {"story", {"story/train.jsonl*", "story/valid.jsonl*", "text", ""}},
  {"summary", {"summary/*train.jsonl*", "summary/*valid.jsonl*", "target", "source"}},
  {"question", {"question/train.jsonl*", "question/valid.jsonl*", "target", "answer source"}},
  {"detox", {"detox/train.jsonl*", "detox/valid.jsonl*", "target", "source"}},
};

bool cosmos_examples_find_texts (const char *task, CosmosTextsRecipe *texts)
{
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    if (strcmp (known[i].task, task) == 0) {
      *texts = known[i].texts;
      return true;
    }
  return false;
}

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the texts");
}

static void example_clear (CosmosExample *self)
{
  free (self->source);
  for (size_t i = 0; i < self->n_references; i++)
    free (self->references[i]);
  *self = (CosmosExample) {0};
}

void cosmos_examples_clear (CosmosExamples *self)
{
  for (size_t i = 0; i < self->n; i++)
    example_clear (&self->items[i]);
  free (self->items);
  *self = (CosmosExamples) {0};
}

static CosmosExample *append (CosmosExamples *self)
{
  if (self->n == self->capacity) {
    size_t capacity = 2 * self->capacity + 256;
    CosmosExample *items = realloc (self->items, capacity * sizeof *items);
    if (!items)
      return NULL;
    self->items = items;
    self->capacity = capacity;
  }
  self->items[self->n] = (CosmosExample) {0};
  return &self->items[self->n++];
}

/* Takes both texts over. */
static bool add (CosmosExamples *self, char *target, char *source)
{
  CosmosExample *last = self->n > 0 ? &self->items[self->n - 1] : NULL;
  bool goes_on = source && last && last->source && strcmp (last->source, source) == 0
                 && last->n_references < COSMOS_EXAMPLE_REFERENCES;
  CosmosExample *to = goes_on ? last : append (self);
  if (goes_on || !to)
    free (source);
  else
    to->source = source;
  if (to)
    to->references[to->n_references++] = target;
  else
    free (target);
  return to;
}

static bool take_row (CosmosRowText target, CosmosRowText source, void *data, CosmosError *err)
{
  char *clean_target = cosmos_text_clean (target.data, target.length, err);
  char *clean_source = clean_target && source.data ? cosmos_text_clean (source.data, source.length, err) : NULL;
  if (clean_target && (clean_source || !source.data))
    return add (data, clean_target, clean_source) || no_memory (err);
  free (clean_target);
  return false;
}

bool cosmos_examples_load (CosmosExamples *self, const CosmosTextsRecipe *texts, const char *folder, CosmosProgress *progress,
                           CosmosError *err)
{
  CosmosExamples made = {0};
  bool ok = cosmos_rows_read (texts, folder, texts->valid, take_row, &made, progress, err)
            && (made.n > 0
                || cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s: there is no text in it", folder, texts->valid));
  if (ok)
    *self = made;
  else
    cosmos_examples_clear (&made);
  return ok;
}

void cosmos_examples_keep (CosmosExamples *self, const bool *wanted)
{
  size_t n = 0;
  for (size_t i = 0; i < self->n; i++) {
    if (wanted[i])
      self->items[n++] = self->items[i];
    else
      example_clear (&self->items[i]);
  }
  self->n = n;
}

void cosmos_examples_thin (CosmosExamples *self, size_t n)
{
  size_t all = self->n;
  if (n >= all)
    return;
  for (size_t i = 0, kept = 0; i < all; i++) {
    if (kept < n && i == kept * all / n)
      self->items[kept++] = self->items[i];
    else
      example_clear (&self->items[i]);
  }
  self->n = n;
}

bool cosmos_examples_split (CosmosExamples *self, CosmosExamples *others, CosmosError *err)
{
  *others = (CosmosExamples) {.items = calloc (self->n / 2 + 1, sizeof *others->items), .capacity = self->n / 2 + 1};
  if (!others->items)
    return no_memory (err);
  for (size_t i = 0; i < self->n; i++) {
    if (i % 2)
      others->items[others->n++] = self->items[i];
    else
      self->items[i / 2] = self->items[i];
  }
  self->n -= others->n;
  return true;
}
