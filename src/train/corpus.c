#include "train/corpus.h"

#include "core/text/text.h"
#include "train/lines.h"

#include <yyjson.h>

#include <glob.h>
#include <stdio.h>
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

/* A text of a line goes where it is wanted, cleaned. */
static bool take (const Reading *self, CosmosTexts *texts, const char *text, size_t length, int longest, CosmosError *err)
{
  char *clean = cosmos_text_clean (text, length, err);
  bool ok = clean
            && (self->tokenizer ? texts_add (texts, self->tokenizer, clean, longest, err)
                                : cosmos_byte_pair_trainer_add (self->words, clean, strlen (clean), err));
  free (clean);
  return ok;
}

/* A field of a line, and its place in the message where there is none. */
static const char *get_field (yyjson_val *object, const char *name, const char *path, size_t line, size_t *length,
                              CosmosError *err)
{
  yyjson_val *value = yyjson_obj_get (object, name);
  if (yyjson_is_str (value)) {
    *length = yyjson_get_len (value);
    return yyjson_get_str (value);
  }
  cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: line %zu has no text \"%.60s\"", path, line, name);
  return NULL;
}

/* Up to the first full stop, question or exclamation mark before a space. */
static size_t find_first_sentence (const char *text, size_t length)
{
  for (size_t i = 0; i + 1 < length; i++)
    if (strchr (".!?", text[i]) && text[i] && text[i + 1] == ' ')
      return i + 1;
  return length;
}

static bool add_source (const Reading *self, yyjson_val *object, const char *target, size_t target_length, const char *path,
                        size_t line, CosmosError *err)
{
  if (strcmp (self->recipe->source, "first-sentence") == 0)
    return take (self, &self->pairs->sources, target, find_first_sentence (target, target_length), self->source_tokens, err);
  CosmosTextBuffer joined = {0};
  char names[COSMOS_RECIPE_PATH], *rest = NULL;
  bool ok = true;
  strcpy (names, self->recipe->source);
  for (char *name = strtok_r (names, " ", &rest); ok && name; name = strtok_r (NULL, " ", &rest)) {
    size_t length;
    const char *text = get_field (object, name, path, line, &length, err);
    ok = text != NULL;
    if (joined.length)
      cosmos_text_buffer_append (&joined, " | ", 3);
    if (ok)
      cosmos_text_buffer_append (&joined, text, length);
  }
  size_t length = joined.length;
  char *source = cosmos_text_buffer_finish (&joined);
  ok = ok && (source || no_memory (err)) && take (self, &self->pairs->sources, source, length, self->source_tokens, err);
  free (source);
  return ok;
}

static bool add_line (const Reading *self, char *text, size_t length, const char *path, size_t line, CosmosError *err)
{
  yyjson_read_err why;
  yyjson_doc *document = yyjson_read_opts (text, length, 0, NULL, &why);
  if (!document)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: line %zu is not JSON: %s", path, line, why.msg);
  yyjson_val *object = yyjson_doc_get_root (document);
  size_t target_length;
  const char *target = get_field (object, self->recipe->target, path, line, &target_length, err);
  bool ok = target && take (self, &self->pairs->targets, target, target_length, self->target_tokens, err)
            && (!*self->recipe->source || add_source (self, object, target, target_length, path, line, err));
  yyjson_doc_free (document);
  return ok;
}

static bool read_file (const Reading *self, const char *path, CosmosError *err)
{
  CosmosLines *lines = cosmos_lines_open (path, err);
  char *line = NULL;
  size_t length;
  bool ok = lines != NULL;
  while (ok && (ok = cosmos_lines_next (lines, &line, &length, err)) && line) {
    ok = length == 0 || add_line (self, line, length, path, cosmos_lines_get_number (lines), err);
    if (ok && cosmos_progress_is_cancelled (self->progress))
      ok = cosmos_error_set (err, COSMOS_STATUS_CANCELLED, "cancelled");
  }
  cosmos_lines_close (lines);
  return ok;
}

/* All files of the patterns, in the order of their names. */
static bool each_file (const char *folder, const char *patterns, CosmosCorpusFile take_file, void *data, CosmosError *err)
{
  char copy[COSMOS_RECIPE_PATH], *rest = NULL;
  bool ok = true;
  strcpy (copy, patterns);
  for (char *pattern = strtok_r (copy, " ", &rest); ok && pattern; pattern = strtok_r (NULL, " ", &rest)) {
    char *path;
    glob_t found = {0};
    if (asprintf (&path, "%s/%s", folder, pattern) < 0)
      return no_memory (err);
    if (glob (path, 0, NULL, &found) != 0 || found.gl_pathc == 0)
      ok = cosmos_error_set (err, COSMOS_STATUS_IO,
                             "%s: there is no such file. The recipe's patterns are below the folder that --data names", path);
    for (size_t i = 0; ok && i < found.gl_pathc; i++)
      ok = take_file (found.gl_pathv[i], found.gl_pathv[i] + strlen (folder) + 1, data, err);
    globfree (&found);
    free (path);
  }
  return ok;
}

static bool read_one (const char *path, const char *name, void *data, CosmosError *err)
{
  Reading *self = data;
  (void) name;
  cosmos_progress_report (self->progress, 0, "reading texts");
  return read_file (self, path, err);
}

static bool read_files (Reading *self, const char *folder, const char *patterns, CosmosError *err)
{
  return each_file (folder, patterns, read_one, self, err);
}

bool cosmos_corpus_each_file (const CosmosRecipe *recipe, const char *folder, CosmosCorpusFile take_file, void *data,
                              CosmosError *err)
{
  bool ok = true;
  for (int i = 0; ok && i < recipe->config.n_tasks; i++)
    ok = each_file (folder, recipe->tasks[i].texts.train, take_file, data, err)
         && each_file (folder, recipe->tasks[i].texts.valid, take_file, data, err);
  return ok && each_file (folder, recipe->prose.train, take_file, data, err);
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
