#include "train/corpus.h"

#include "core/text/text.h"
#include "train/rows.h"

#include <stdlib.h>
#include <string.h>

struct CosmosCorpus {
  int n_tasks;
  CosmosPairs train[COSMOS_MAX_TASKS], valid[COSMOS_MAX_TASKS];
  CosmosPairs prose;
};

/* ---- texts ---- */

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the texts");
}

static void texts_clear (CosmosTexts *self)
{
  free (self->ids);
  free (self->starts);
}

static bool texts_reserve (CosmosTexts *self, size_t n_ids)
{
  if (self->n + 2 > self->capacity) {
    size_t capacity = 2 * self->capacity + 1024;
    size_t *starts = realloc (self->starts, capacity * sizeof *starts);
    if (!starts)
      return false;
    starts[0] = 0;
    self->starts = starts;
    self->capacity = capacity;
  }
  if (self->n_ids + n_ids > self->ids_capacity) {
    size_t capacity = 2 * self->ids_capacity + n_ids + 65536;
    int32_t *ids = realloc (self->ids, capacity * sizeof *ids);
    if (!ids)
      return false;
    self->ids = ids;
    self->ids_capacity = capacity;
  }
  return true;
}

/* Between [CLS] and [SEP], at most `longest` tokens. */
static bool texts_add (CosmosTexts *self, const CosmosTokenizer *tokenizer, const char *text, int longest, CosmosError *err)
{
  size_t n = 0, room = (size_t) longest - 2;
  if (!texts_reserve (self, (size_t) longest))
    return no_memory (err);
  int32_t *ids = self->ids + self->n_ids;
  if (!cosmos_tokenizer_encode (tokenizer, text, strlen (text), ids + 1, room, &n, err))
    return false;
  n = n < room ? n : room;
  ids[0] = cosmos_tokenizer_get_special (tokenizer, COSMOS_TOKEN_CLS);
  ids[n + 1] = cosmos_tokenizer_get_special (tokenizer, COSMOS_TOKEN_SEP);
  self->n_ids += n + 2;
  self->starts[++self->n] = self->n_ids;
  return true;
}

void cosmos_texts_get_row (const CosmosTexts *self, size_t i, int64_t length, int32_t pad, int32_t end, int32_t *ids, bool *keep)
{
  const int32_t *from = self->ids + self->starts[i];
  int64_t n = (int64_t) (self->starts[i + 1] - self->starts[i]), real = n < length ? n : length;
  for (int64_t k = 0; k < length; k++) {
    ids[k] = k < real ? from[k] : pad;
    keep[k] = k < real;
  }
  if (real < n)
    ids[real - 1] = end;
}

/* ---- files ---- */

typedef struct {
  const CosmosTextsRecipe *recipe;
  const CosmosTokenizer *tokenizer; /* NULL: words are counted */
  CosmosBytePairTrainer *words;
  CosmosPairs *pairs;
  int target_tokens, source_tokens;
  CosmosProgress *progress;
} Reading;

/* A text of a row goes where it is wanted, cleaned. */
static bool take (const Reading *self, CosmosTexts *texts, CosmosRowText text, int longest, CosmosError *err)
{
  char *clean = cosmos_text_clean (text.data, text.length, err);
  bool ok = clean
            && (self->tokenizer ? texts_add (texts, self->tokenizer, clean, longest, err)
                                : cosmos_byte_pair_trainer_add (self->words, clean, strlen (clean), err));
  free (clean);
  return ok;
}

static bool take_row (CosmosRowText target, CosmosRowText source, void *data, CosmosError *err)
{
  const Reading *self = data;
  return take (self, &self->pairs->targets, target, self->target_tokens, err)
         && (!source.data || take (self, &self->pairs->sources, source, self->source_tokens, err));
}

static bool read_files (const Reading *self, const char *folder, const char *patterns, CosmosError *err)
{
  return cosmos_rows_read (self->recipe, folder, patterns, take_row, (void *) self, self->progress, err);
}

bool cosmos_corpus_each_file (const CosmosRecipe *recipe, const char *folder, CosmosTakeFile take_file, void *data,
                              CosmosError *err)
{
  bool ok = true;
  for (int i = 0; ok && i < recipe->config.n_tasks; i++)
    ok = cosmos_rows_each_file (folder, recipe->tasks[i].texts.train, take_file, data, err)
         && cosmos_rows_each_file (folder, recipe->tasks[i].texts.valid, take_file, data, err);
  return ok && cosmos_rows_each_file (folder, recipe->prose.train, take_file, data, err);
}

/* ---- the corpus ---- */

static bool load_pairs (Reading reading, CosmosPairs *pairs, const char *folder, const char *patterns, const char *what,
                        CosmosError *err)
{
  reading.pairs = pairs;
  if (!*patterns)
    return true;
  return read_files (&reading, folder, patterns, err)
         && (pairs->targets.n > 0 || cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: there is no text for %s", folder, what));
}

static bool load (CosmosCorpus *self, const CosmosRecipe *recipe, Reading reading, const char *folder, CosmosError *err)
{
  self->n_tasks = recipe->config.n_tasks;
  reading.target_tokens = recipe->config.tokens;
  for (int i = 0; i < self->n_tasks; i++) {
    const CosmosTaskRecipe *task = &recipe->tasks[i];
    const char *name = recipe->config.tasks[i];
    reading.recipe = &task->texts;
    reading.source_tokens = task->source_tokens;
    if (!*task->texts.train)
      return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "The task %s names no texts to train on", name);
    if (!load_pairs (reading, &self->train[i], folder, task->texts.train, name, err)
        || !load_pairs (reading, &self->valid[i], folder, task->texts.valid, name, err))
      return false;
  }
  reading.recipe = &recipe->prose;
  return load_pairs (reading, &self->prose, folder, recipe->prose.train, "prose", err);
}

CosmosCorpus *cosmos_corpus_load (const CosmosRecipe *recipe, const CosmosTokenizer *tokenizer, const char *folder,
                                  CosmosProgress *progress, CosmosError *err)
{
  CosmosCorpus *self = calloc (1, sizeof *self);
  if (!self) {
    no_memory (err);
    return NULL;
  }
  if (load (self, recipe, (Reading) {.tokenizer = tokenizer, .progress = progress}, folder, err))
    return self;
  cosmos_corpus_free (self);
  return NULL;
}

bool cosmos_corpus_count_words (const CosmosRecipe *recipe, const char *folder, CosmosBytePairTrainer *words,
                                CosmosProgress *progress, CosmosError *err)
{
  CosmosPairs none = {0};
  Reading reading = {.words = words, .pairs = &none, .progress = progress};
  for (int i = 0; i < recipe->config.n_tasks; i++) {
    reading.recipe = &recipe->tasks[i].texts;
    if (!read_files (&reading, folder, recipe->tasks[i].texts.train, err))
      return false;
  }
  reading.recipe = &recipe->prose;
  return read_files (&reading, folder, recipe->prose.train, err);
}

static void pairs_clear (CosmosPairs *self)
{
  texts_clear (&self->targets);
  texts_clear (&self->sources);
}

void cosmos_corpus_free (CosmosCorpus *self)
{
  if (!self)
    return;
  for (int i = 0; i < COSMOS_MAX_TASKS; i++) {
    pairs_clear (&self->train[i]);
    pairs_clear (&self->valid[i]);
  }
  pairs_clear (&self->prose);
  free (self);
}

const CosmosPairs *cosmos_corpus_get_train (const CosmosCorpus *self, int task)
{
  return &self->train[task];
}

const CosmosPairs *cosmos_corpus_get_valid (const CosmosCorpus *self, int task)
{
  return &self->valid[task];
}

const CosmosTexts *cosmos_corpus_get_prose (const CosmosCorpus *self)
{
  return &self->prose.targets;
}
