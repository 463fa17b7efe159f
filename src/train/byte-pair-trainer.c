#include "train/byte-pair-trainer.h"

#include "core/base/hash.h"
#include "core/text/byte-level.h"
#include "core/text/text.h"

#include <yyjson.h>

#include <stdlib.h>
#include <string.h>

static const char *const specials[] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
enum { N_SPECIALS = sizeof specials / sizeof *specials, BYTES = 256, FIRST_MERGE = N_SPECIALS + BYTES, LEAST_COUNT = 2 };

/* A word that occurs: its bytes while words are counted, then its symbols. */
typedef struct {
  char *bytes;
  uint32_t length; /* of bytes */
  int64_t count;
  int32_t *symbols;
  uint32_t n; /* of symbols */
} Word;

/* Neighbours, and the words in which they (may still) stand. */
typedef struct {
  int32_t left, right;
  int64_t count;
  uint32_t *words;
  uint32_t n, capacity;
} Pair;

/* What was the best when it was put in; looked at again when it comes out. */
typedef struct {
  int64_t count;
  int32_t left, right;
  uint32_t pair;
} Candidate;

/* Places of words or pairs by their hash: index + 1, 0 free. */
typedef struct {
  uint32_t *places;
  size_t size; /* a power of two */
} Table;

struct CosmosBytePairTrainer {
  CosmosHashKey key;
  Word *words;
  size_t n_words, words_capacity;
  Table word_table;
  Pair *pairs;
  size_t n_pairs, pairs_capacity;
  Table pair_table;
  Candidate *heap;
  size_t n_heap, heap_capacity;
  int32_t (*merges)[2];
  int n_merges;
};

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the tokenizer's words");
}

/* Room for one more. */
static bool grow (void *array, size_t n, size_t *capacity, size_t size)
{
  void **items = array;
  if (n < *capacity)
    return true;
  size_t larger = 2 * *capacity + 1024;
  void *moved = realloc (*items, larger * size);
  if (!moved)
    return false;
  *items = moved;
  *capacity = larger;
  return true;
}

/* ---- making ---- */

CosmosBytePairTrainer *cosmos_byte_pair_trainer_new (CosmosError *err)
{
  CosmosBytePairTrainer *self = calloc (1, sizeof *self);
  if (!self) {
    no_memory (err);
    return NULL;
  }
  self->key = cosmos_hash_key_new ();
  return self;
}

void cosmos_byte_pair_trainer_free (CosmosBytePairTrainer *self)
{
  if (!self)
    return;
  for (size_t i = 0; i < self->n_words; i++) {
    free (self->words[i].bytes);
    free (self->words[i].symbols);
  }
  for (size_t i = 0; i < self->n_pairs; i++)
    free (self->pairs[i].words);
  free (self->words);
  free (self->pairs);
  free (self->word_table.places);
  free (self->pair_table.places);
  free (self->heap);
  free (self->merges);
  free (self);
}

/* ---- counting words ---- */

static uint64_t hash_word (const CosmosBytePairTrainer *self, const char *bytes, size_t length)
{
  return cosmos_hash_bytes (self->key, bytes, length);
}

static uint64_t hash_pair (const CosmosBytePairTrainer *self, int32_t left, int32_t right)
{
  return cosmos_hash_number (self->key, (uint64_t) (uint32_t) left << 32 | (uint32_t) right);
}

static void place (Table *table, uint64_t hash, uint32_t index)
{
  size_t at = hash & (table->size - 1);
  while (table->places[at])
    at = (at + 1) & (table->size - 1);
  table->places[at] = index + 1;
}

/* Twice the size where it is more than half full, with nothing in it: the caller puts all in again. */
static bool widen (Table *table, size_t n, bool *is_empty)
{
  *is_empty = false;
  if (2 * (n + 1) <= table->size)
    return true;
  size_t size = table->size ? 2 * table->size : 4096;
  uint32_t *places = calloc (size, sizeof *places);
  if (!places)
    return false;
  free (table->places);
  *table = (Table) {places, size};
  *is_empty = true;
  return true;
}

static bool count_word (CosmosBytePairTrainer *self, const char *bytes, size_t length)
{
  bool is_empty;
  if (!widen (&self->word_table, self->n_words, &is_empty))
    return false;
  for (size_t i = 0; is_empty && i < self->n_words; i++)
    place (&self->word_table, hash_word (self, self->words[i].bytes, self->words[i].length), (uint32_t) i);
  size_t at = hash_word (self, bytes, length) & (self->word_table.size - 1);
  for (; self->word_table.places[at]; at = (at + 1) & (self->word_table.size - 1)) {
    Word *word = &self->words[self->word_table.places[at] - 1];
    if (word->length == length && memcmp (word->bytes, bytes, length) == 0) {
      word->count++;
      return true;
    }
  }
  if (!grow (&self->words, self->n_words, &self->words_capacity, sizeof *self->words))
    return false;
  char *copy = malloc (length + 1);
  if (!copy)
    return false;
  memcpy (copy, bytes, length);
  self->words[self->n_words++] = (Word) {.bytes = copy, .length = (uint32_t) length, .count = 1};
  self->word_table.places[at] = (uint32_t) self->n_words;
  return true;
}

bool cosmos_byte_pair_trainer_add (CosmosBytePairTrainer *self, const char *text, size_t length, CosmosError *err)
{
  char *spaced = malloc (length + 1);
  if (!spaced)
    return no_memory (err);
  spaced[0] = ' ';
  memcpy (spaced + 1, text, length);
  bool ok = true;
  for (size_t at = 0, n; ok && at < length + 1; at += n) {
    n = cosmos_byte_level_next_word (spaced + at, length + 1 - at);
    ok = count_word (self, spaced + at, n);
  }
  free (spaced);
  return ok || no_memory (err);
}

/* ---- pairs ---- */

static Pair *find_pair (CosmosBytePairTrainer *self, int32_t left, int32_t right)
{
  bool is_empty;
  if (!widen (&self->pair_table, self->n_pairs, &is_empty))
    return NULL;
  for (size_t i = 0; is_empty && i < self->n_pairs; i++)
    place (&self->pair_table, hash_pair (self, self->pairs[i].left, self->pairs[i].right), (uint32_t) i);
  size_t at = hash_pair (self, left, right) & (self->pair_table.size - 1);
  for (; self->pair_table.places[at]; at = (at + 1) & (self->pair_table.size - 1)) {
    Pair *pair = &self->pairs[self->pair_table.places[at] - 1];
    if (pair->left == left && pair->right == right)
      return pair;
  }
  if (!grow (&self->pairs, self->n_pairs, &self->pairs_capacity, sizeof *self->pairs))
    return NULL;
  self->pairs[self->n_pairs++] = (Pair) {.left = left, .right = right};
  self->pair_table.places[at] = (uint32_t) self->n_pairs;
  return &self->pairs[self->n_pairs - 1];
}

/* change: what the word's count adds to the pair's. A word is noted where it gets the pair. */
static bool change_pair (CosmosBytePairTrainer *self, int32_t left, int32_t right, int64_t change, uint32_t word)
{
  Pair *pair = find_pair (self, left, right);
  if (!pair)
    return false;
  pair->count += change;
  if (change < 0 || (pair->n && pair->words[pair->n - 1] == word))
    return true;
  size_t capacity = pair->capacity;
  if (pair->n == capacity) {
    uint32_t *words = realloc (pair->words, (2 * capacity + 4) * sizeof *words);
    if (!words)
      return false;
    pair->words = words;
    pair->capacity = (uint32_t) (2 * capacity + 4);
  }
  pair->words[pair->n++] = word;
  return true;
}

/* ---- the most frequent pair ---- */

static bool is_better (const Candidate *a, const Candidate *b)
{
  if (a->count != b->count)
    return a->count > b->count;
  return a->left != b->left ? a->left < b->left : a->right < b->right;
}

static bool push (CosmosBytePairTrainer *self, size_t pair)
{
  const Pair *from = &self->pairs[pair];
  if (!grow (&self->heap, self->n_heap, &self->heap_capacity, sizeof *self->heap))
    return false;
  const Candidate candidate = {from->count, from->left, from->right, (uint32_t) pair};
  size_t at = self->n_heap++;
  for (size_t parent; at > 0 && is_better (&candidate, &self->heap[parent = (at - 1) / 2]); at = parent)
    self->heap[at] = self->heap[parent];
  self->heap[at] = candidate;
  return true;
}

static Candidate pop (CosmosBytePairTrainer *self)
{
  const Candidate top = self->heap[0], last = self->heap[--self->n_heap];
  size_t at = 0;
  for (size_t child; (child = 2 * at + 1) < self->n_heap; at = child) {
    if (child + 1 < self->n_heap && is_better (&self->heap[child + 1], &self->heap[child]))
      child++;
    if (!is_better (&self->heap[child], &last))
      break;
    self->heap[at] = self->heap[child];
  }
  self->heap[at] = last;
  return top;
}

/* The pair that is the best now; NULL: none comes often enough. Counts that fell since they were put in go back with what they are. */
static bool find_best (CosmosBytePairTrainer *self, size_t *pair, bool *found)
{
  *found = false;
  while (self->n_heap > 0) {
    Candidate top = pop (self);
    const Pair *now = &self->pairs[top.pair];
    if (now->count == top.count) {
      *pair = top.pair;
      *found = top.count >= LEAST_COUNT;
      return true;
    }
    if (now->count < top.count && now->count >= LEAST_COUNT && !push (self, top.pair))
      return false;
  }
  return true;
}

/* ---- merging ---- */

static int compare_words (const void *a, const void *b)
{
  const Word *x = a, *y = b;
  uint32_t n = x->length < y->length ? x->length : y->length;
  int order = memcmp (x->bytes, y->bytes, n);
  return order ? order : x->length < y->length ? -1 : x->length > y->length;
}

/* Words become symbols, in an order that does not depend on that of the texts. */
static bool begin_pairs (CosmosBytePairTrainer *self)
{
  if (self->n_words)
    qsort (self->words, self->n_words, sizeof *self->words, compare_words);
  for (size_t i = 0; i < self->n_words; i++) {
    Word *word = &self->words[i];
    word->symbols = malloc ((word->length + 1) * sizeof *word->symbols);
    if (!word->symbols)
      return false;
    word->n = word->length;
    for (uint32_t k = 0; k < word->n; k++)
      word->symbols[k] = N_SPECIALS + (unsigned char) word->bytes[k];
    for (uint32_t k = 0; k + 1 < word->n; k++)
      if (!change_pair (self, word->symbols[k], word->symbols[k + 1], word->count, (uint32_t) i))
        return false;
  }
  for (size_t i = 0; i < self->n_pairs; i++)
    if (!push (self, i))
      return false;
  return true;
}

/* In one word: neighbours of what is joined lose their pairs and get new ones. */
static bool join (CosmosBytePairTrainer *self, uint32_t index, int32_t left, int32_t right, int32_t joined)
{
  Word *word = &self->words[index];
  uint32_t n = 0;
  for (uint32_t k = 0; k < word->n; k++) {
    bool is_pair = k + 1 < word->n && word->symbols[k] == left && word->symbols[k + 1] == right;
    if (!is_pair) {
      word->symbols[n++] = word->symbols[k];
      continue;
    }
    if (n > 0
        && (!change_pair (self, word->symbols[n - 1], left, -word->count, index)
            || !change_pair (self, word->symbols[n - 1], joined, word->count, index)))
      return false;
    if (k + 2 < word->n
        && (!change_pair (self, right, word->symbols[k + 2], -word->count, index)
            || !change_pair (self, joined, word->symbols[k + 2], word->count, index)))
      return false;
    word->symbols[n++] = joined;
    k++;
  }
  word->n = n;
  return true;
}

static bool merge (CosmosBytePairTrainer *self, size_t best)
{
  const int32_t left = self->pairs[best].left, right = self->pairs[best].right, joined = FIRST_MERGE + self->n_merges;
  size_t n_before = self->n_pairs;
  uint32_t *words = self->pairs[best].words, n = self->pairs[best].n;
  self->pairs[best].words = NULL;
  self->pairs[best].n = self->pairs[best].capacity = 0;
  self->pairs[best].count = 0;
  self->merges[self->n_merges][0] = left;
  self->merges[self->n_merges++][1] = right;
  bool ok = true;
  for (uint32_t i = 0; ok && i < n; i++)
    ok = join (self, words[i], left, right, joined);
  free (words);
  self->pairs[best].count = 0; /* what joins left over, as in "aaa", is gone with it */
  for (size_t i = n_before; ok && i < self->n_pairs; i++)
    ok = push (self, i);
  return ok;
}

/* ---- the result ---- */

static void append_token (const CosmosBytePairTrainer *self, int32_t token, CosmosTextBuffer *buffer)
{
  if (token >= FIRST_MERGE) {
    append_token (self, self->merges[token - FIRST_MERGE][0], buffer);
    append_token (self, self->merges[token - FIRST_MERGE][1], buffer);
  } else
    cosmos_text_buffer_append_point (buffer, cosmos_byte_level_to_point ((unsigned char) (token - N_SPECIALS)));
}

static bool add_name (const CosmosBytePairTrainer *self, yyjson_mut_doc *doc, yyjson_mut_val *vocabulary, int32_t token)
{
  CosmosTextBuffer buffer = {0};
  append_token (self, token, &buffer);
  size_t length = buffer.length;
  char *name = cosmos_text_buffer_finish (&buffer);
  bool ok = name && yyjson_mut_obj_add (vocabulary, yyjson_mut_strncpy (doc, name, length), yyjson_mut_int (doc, token));
  free (name);
  return ok;
}

static bool add_merge (const CosmosBytePairTrainer *self, yyjson_mut_doc *doc, yyjson_mut_val *merges, int i)
{
  CosmosTextBuffer buffer = {0};
  append_token (self, self->merges[i][0], &buffer);
  cosmos_text_buffer_append (&buffer, " ", 1);
  append_token (self, self->merges[i][1], &buffer);
  size_t length = buffer.length;
  char *line = cosmos_text_buffer_finish (&buffer);
  bool ok = line && yyjson_mut_arr_add_strncpy (doc, merges, line, length);
  free (line);
  return ok;
}

static yyjson_mut_val *new_byte_level (yyjson_mut_doc *doc)
{
  yyjson_mut_val *object = yyjson_mut_obj (doc);
  yyjson_mut_obj_add_str (doc, object, "type", "ByteLevel");
  yyjson_mut_obj_add_bool (doc, object, "add_prefix_space", true);
  yyjson_mut_obj_add_bool (doc, object, "trim_offsets", true);
  yyjson_mut_obj_add_bool (doc, object, "use_regex", true);
  return object;
}

static void add_specials (yyjson_mut_doc *doc, yyjson_mut_val *root, yyjson_mut_val *vocabulary)
{
  yyjson_mut_val *added = yyjson_mut_obj_add_arr (doc, root, "added_tokens");
  for (int i = 0; i < N_SPECIALS; i++) {
    yyjson_mut_val *token = yyjson_mut_arr_add_obj (doc, added);
    yyjson_mut_obj_add_int (doc, token, "id", i);
    yyjson_mut_obj_add_str (doc, token, "content", specials[i]);
    static const char *const flags[] = {"single_word", "lstrip", "rstrip", "normalized"};
    for (int k = 0; k < 4; k++)
      yyjson_mut_obj_add_bool (doc, token, flags[k], false);
    yyjson_mut_obj_add_bool (doc, token, "special", true);
    yyjson_mut_obj_add_int (doc, vocabulary, specials[i], i);
  }
}

static char *write (const CosmosBytePairTrainer *self, size_t *length)
{
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *root = yyjson_mut_obj (doc), *vocabulary = yyjson_mut_obj (doc), *merges = yyjson_mut_arr (doc);
  yyjson_mut_doc_set_root (doc, root);
  yyjson_mut_obj_add_str (doc, root, "version", "1.0");
  add_specials (doc, root, vocabulary);
  yyjson_mut_obj_add_val (doc, root, "pre_tokenizer", new_byte_level (doc));
  yyjson_mut_obj_add_val (doc, root, "decoder", new_byte_level (doc));
  yyjson_mut_val *model = yyjson_mut_obj_add_obj (doc, root, "model");
  bool ok = yyjson_mut_obj_add_str (doc, model, "type", "BPE");
  for (int32_t token = N_SPECIALS; ok && token < FIRST_MERGE + self->n_merges; token++)
    ok = add_name (self, doc, vocabulary, token);
  for (int i = 0; ok && i < self->n_merges; i++)
    ok = add_merge (self, doc, merges, i);
  ok = ok && yyjson_mut_obj_add_val (doc, model, "vocab", vocabulary) && yyjson_mut_obj_add_val (doc, model, "merges", merges);
  char *text = ok ? yyjson_mut_write (doc, YYJSON_WRITE_NOFLAG, length) : NULL;
  yyjson_mut_doc_free (doc);
  return text;
}

char *cosmos_byte_pair_trainer_finish (CosmosBytePairTrainer *self, int size, size_t *length, CosmosProgress *progress,
                                       CosmosError *err)
{
  int wanted = size > FIRST_MERGE ? size - FIRST_MERGE : 0;
  self->merges = malloc ((size_t) (wanted + 1) * sizeof *self->merges);
  bool ok = self->merges && begin_pairs (self), found = true;
  while (ok && found && self->n_merges < wanted && !cosmos_progress_is_cancelled (progress)) {
    size_t best;
    ok = find_best (self, &best, &found) && (!found || merge (self, best));
    cosmos_progress_report (progress, (double) self->n_merges / wanted, "making the tokenizer");
  }
  if (ok && cosmos_progress_is_cancelled (progress)) {
    cosmos_error_set (err, COSMOS_STATUS_CANCELLED, "cancelled");
    return NULL;
  }
  char *text = ok ? write (self, length) : NULL;
  if (!text)
    no_memory (err);
  return text;
}
