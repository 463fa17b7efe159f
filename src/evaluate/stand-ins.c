#include "evaluate/stand-ins.h"

#include "core/text/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the texts to compare with");
}

/* ---- types of answers ---- */

typedef struct {
  int n_words;
  bool has_digit, all_capitals;
} Words;

static Words look_at (const char *text, size_t length)
{
  Words words = {.all_capitals = true};
  for (size_t i = 0; i < length; i++) {
    const unsigned char c = (unsigned char) text[i];
    bool begins = c != ' ' && (i == 0 || text[i - 1] == ' ');
    words.n_words += begins;
    words.has_digit |= isdigit (c) != 0;
    words.all_capitals &= !begins || isupper (c);
  }
  return words;
}

static bool begins_with (const char *text, size_t length, const char *word)
{
  size_t n = strlen (word);
  return length > n && strncasecmp (text, word, n) == 0 && text[n] == ' ';
}

CosmosAnswerType cosmos_answer_type_of (const char *source, size_t length)
{
  static const char *const reasons[] = {"because", "since", "so", "to", "in order"};
  const char *end = memmem (source, length, " | ", 3);
  size_t n = end ? (size_t) (end - source) : length;
  Words words = look_at (source, n);
  if (words.has_digit)
    return COSMOS_ANSWER_NUMBER;
  for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
    if (begins_with (source, n, reasons[i]))
      return COSMOS_ANSWER_REASON;
  if (words.n_words > 0 && words.all_capitals)
    return COSMOS_ANSWER_NAME;
  return words.n_words <= 3 ? COSMOS_ANSWER_WORDS : COSMOS_ANSWER_CLAUSE;
}

/* ---- the most frequent target ---- */

typedef struct {
  char *target;
  CosmosAnswerType type;
  size_t place; /* in the files */
} Row;

typedef struct {
  Row *rows;
  size_t n, capacity;
} Rows;

static bool take_row (CosmosRowText target, CosmosRowText source, void *data, CosmosError *err)
{
  Rows *self = data;
  if (self->n == self->capacity) {
    size_t capacity = self->capacity ? 2 * self->capacity : 1024;
    Row *rows = realloc (self->rows, capacity * sizeof *rows);
    if (!rows)
      return no_memory (err);
    self->rows = rows;
    self->capacity = capacity;
  }
  char *copy = cosmos_text_clean (target.data, target.length, err);
  if (copy)
    self->rows[self->n] = (Row) {copy, cosmos_answer_type_of (source.data, source.length), self->n};
  self->n += copy != NULL;
  return copy != NULL;
}

static void rows_clear (Rows *self)
{
  for (size_t i = 0; i < self->n; i++)
    free (self->rows[i].target);
  free (self->rows);
}

static int compare_rows (const void *a, const void *b)
{
  const Row *x = a, *y = b;
  int order = x->type != y->type ? (x->type > y->type) - (x->type < y->type) : strcmp (x->target, y->target);
  return order ? order : (x->place > y->place) - (x->place < y->place);
}

/* Of each type; of several as frequent the one that comes first in the files. NULL: no row has that type. */
static void find_frequent (Rows *self, const char *frequent[COSMOS_N_ANSWER_TYPES])
{
  size_t most[COSMOS_N_ANSWER_TYPES] = {0}, place[COSMOS_N_ANSWER_TYPES] = {0};
  if (self->n > 0)
    qsort (self->rows, self->n, sizeof *self->rows, compare_rows);
  for (size_t i = 0, end; i < self->n; i = end) {
    const Row *row = &self->rows[i];
    for (end = i + 1; end < self->n && self->rows[end].type == row->type && strcmp (self->rows[end].target, row->target) == 0;)
      end++;
    if (end - i > most[row->type] || (end - i == most[row->type] && row->place < place[row->type])) {
      most[row->type] = end - i;
      place[row->type] = row->place;
      frequent[row->type] = row->target;
    }
  }
}

static bool copy_frequent (CosmosStandIns *self, const CosmosBench *bench, CosmosError *err)
{
  const char *frequent[COSMOS_N_ANSWER_TYPES] = {NULL};
  Rows rows = {0};
  bool ok = cosmos_rows_read (&bench->texts, bench->folder, bench->texts.train, take_row, &rows, bench->progress, err);
  if (ok)
    find_frequent (&rows, frequent);
  for (size_t i = 0; ok && i < bench->examples.n; i++) {
    const char *source = bench->examples.items[i].source, *found = frequent[cosmos_answer_type_of (source, strlen (source))];
    ok = (self->items[self->n] = strdup (found ? found : "")) || no_memory (err);
    self->n += ok;
  }
  rows_clear (&rows);
  return ok;
}

/* ---- all kinds ---- */

static char *copy (CosmosStandIn kind, const CosmosExample *example)
{
  if (kind == COSMOS_STAND_IN_PEOPLE)
    return strdup (example->references[0]);
  size_t length = strlen (example->source);
  return strndup (example->source,
                  kind == COSMOS_STAND_IN_COPY ? length : cosmos_text_find_first_sentence (example->source, length));
}

bool cosmos_stand_ins_make (CosmosStandIns *self, CosmosStandIn kind, const CosmosBench *bench, CosmosError *err)
{
  const CosmosExamples *from = kind == COSMOS_STAND_IN_PEOPLE ? &bench->others : &bench->examples;
  *self = (CosmosStandIns) {0};
  if ((kind != COSMOS_STAND_IN_PEOPLE && !*bench->texts.source) || (kind == COSMOS_STAND_IN_FREQUENT && !*bench->texts.train))
    return true;
  self->items = calloc (from->n + 1, sizeof *self->items);
  bool ok = self->items || no_memory (err);
  if (ok && kind == COSMOS_STAND_IN_FREQUENT)
    ok = copy_frequent (self, bench, err);
  for (size_t i = 0; ok && kind != COSMOS_STAND_IN_FREQUENT && i < from->n; i++) {
    ok = (self->items[i] = copy (kind, &from->items[i])) || no_memory (err);
    self->n += ok;
  }
  if (!ok)
    cosmos_stand_ins_clear (self);
  return ok;
}

void cosmos_stand_ins_clear (CosmosStandIns *self)
{
  for (size_t i = 0; i < self->n; i++)
    free (self->items[i]);
  free (self->items);
  *self = (CosmosStandIns) {0};
}
