#include "core/text/byte-pair.h"

#include "core/base/hash.h"
#include "core/text/byte-level.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

typedef struct {
  int32_t left, right, result;
} Rule;

struct CosmosBytePair {
  int32_t bytes[256]; /* the token of each byte, -1 for none */
  Rule *rules;        /* by rank */
  size_t n_rules;
  uint32_t *slots; /* rank + 1 by pair; open addressing, at most half full; 0 is free */
  size_t mask;
  CosmosHashKey key;
  CosmosGgufString *lines;
  char *line_pool;
  bool split_numbers;
};

/* A word while it is merged: a list of tokens in an array, and a heap of the merges that may be possible, each as
 * rank << 32 | place, so that the lowest rank comes first and of these the leftmost. */
typedef struct {
  int32_t id, previous, next;
} Symbol;

typedef struct {
  Symbol *symbols;
  uint64_t *heap;
  size_t capacity; /* symbols; the heap has twice as many entries */
  size_t n_heap;
} Word;

static size_t find_slot (const CosmosBytePair *self, int32_t left, int32_t right)
{
  uint64_t pair = (uint64_t) (uint32_t) left << 32 | (uint32_t) right;
  size_t slot = cosmos_hash_number (self->key, pair) & self->mask;
  for (;; slot = (slot + 1) & self->mask) {
    uint32_t entry = self->slots[slot];
    if (!entry || (self->rules[entry - 1].left == left && self->rules[entry - 1].right == right))
      return slot;
  }
}

bool cosmos_merge_parse (CosmosGgufString line, CosmosMerge *merge)
{
  const char *space = line.length ? memchr (line.data, ' ', line.length) : NULL;
  if (!space)
    return false;
  size_t left = (size_t) (space - line.data);
  *merge = (CosmosMerge) {{line.data, left}, {space + 1, line.length - left - 1}};
  return true;
}

static bool check_merges (const CosmosMerge *merges, size_t n, size_t *bytes, const char *path, CosmosError *err)
{
  if (n > COSMOS_BYTE_PAIR_MAX_MERGES)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: %zu merges; at most %d are possible", path, n,
                             COSMOS_BYTE_PAIR_MAX_MERGES);
  for (size_t i = 0; i < n; i++) {
    CosmosGgufString left = merges[i].left, right = merges[i].right;
    if (left.length == 0 || right.length == 0 || memchr (left.data, ' ', left.length) || memchr (right.data, ' ', right.length))
      return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: merge %zu is not two tokens without spaces", path, i);
    if (left.length + right.length > COSMOS_VOCABULARY_MAX_TOKEN)
      return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: merge %zu makes a token of more than %d bytes", path, i,
                               COSMOS_VOCABULARY_MAX_TOKEN);
    *bytes += left.length + right.length + 2;
  }
  return true;
}

static bool allocate (CosmosBytePair *self, size_t n, size_t bytes)
{
  size_t slots = 16;
  while (slots < n * 2)
    slots *= 2;
  self->mask = slots - 1;
  self->rules = malloc ((n + 1) * sizeof *self->rules);
  self->slots = calloc (slots, sizeof *self->slots);
  self->lines = malloc ((n + 1) * sizeof *self->lines);
  self->line_pool = malloc (bytes + 1);
  return self->rules && self->slots && self->lines && self->line_pool;
}

static int find_part (const CosmosVocabulary *vocabulary, CosmosGgufString name, size_t rank, const char *path, CosmosError *err)
{
  int id = cosmos_vocabulary_find (vocabulary, name.data, name.length);
  if (id < 0)
    cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: merge %zu names \"%.*s\", which is not in the vocabulary", path, rank,
                      name.length > 60 ? 60 : (int) name.length, name.data);
  return id;
}

static bool add_rules (CosmosBytePair *self, const CosmosVocabulary *vocabulary, const CosmosMerge *merges, size_t n,
                       const char *path, CosmosError *err)
{
  char *pool = self->line_pool;
  for (size_t i = 0; i < n; i++) {
    CosmosGgufString left = merges[i].left, right = merges[i].right;
    char joined[COSMOS_VOCABULARY_MAX_TOKEN];
    memcpy (joined, left.data, left.length);
    memcpy (joined + left.length, right.data, right.length);
    Rule rule = {.left = find_part (vocabulary, left, i, path, err)};
    if (rule.left < 0 || (rule.right = find_part (vocabulary, right, i, path, err)) < 0
        || (rule.result = find_part (vocabulary, (CosmosGgufString) {joined, left.length + right.length}, i, path, err)) < 0)
      return false;
    size_t slot = find_slot (self, rule.left, rule.right);
    if (self->slots[slot])
      return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: merges %zu and %zu are the same", path,
                               (size_t) self->slots[slot] - 1, i);
    self->rules[i] = rule;
    self->slots[slot] = (uint32_t) i + 1;
    self->n_rules = i + 1;

    self->lines[i] = (CosmosGgufString) {pool, left.length + 1 + right.length};
    pool = mempcpy (pool, left.data, left.length);
    *pool++ = ' ';
    pool = mempcpy (pool, right.data, right.length);
    *pool++ = 0;
  }
  return true;
}

CosmosBytePair *cosmos_byte_pair_new (const CosmosVocabulary *vocabulary, const CosmosMerge *merges, size_t n, bool split_numbers,
                                      const char *path, CosmosError *err)
{
  size_t bytes = 0;
  if (!check_merges (merges, n, &bytes, path, err))
    return NULL;
  CosmosBytePair *self = calloc (1, sizeof *self);
  if (!self || !allocate (self, n, bytes)) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory for the merges", path);
    cosmos_byte_pair_free (self);
    return NULL;
  }
  self->key = cosmos_hash_key_new ();
  self->split_numbers = split_numbers;
  for (int byte = 0; byte < 256; byte++) {
    utf8proc_uint8_t name[4];
    utf8proc_ssize_t length = utf8proc_encode_char (cosmos_byte_level_to_point ((unsigned char) byte), name);
    self->bytes[byte] = cosmos_vocabulary_find (vocabulary, (const char *) name, (size_t) length);
  }
  if (!add_rules (self, vocabulary, merges, n, path, err)) {
    cosmos_byte_pair_free (self);
    return NULL;
  }
  return self;
}

void cosmos_byte_pair_free (CosmosBytePair *self)
{
  if (!self)
    return;
  free (self->rules);
  free (self->slots);
  free (self->lines);
  free (self->line_pool);
  free (self);
}

bool cosmos_byte_pair_splits_numbers (const CosmosBytePair *self)
{
  return self->split_numbers;
}

const CosmosGgufString *cosmos_byte_pair_get_merges (const CosmosBytePair *self, size_t *n)
{
  *n = self->n_rules;
  return self->lines;
}

bool cosmos_byte_pair_has_all_bytes (const CosmosBytePair *self)
{
  for (int byte = 0; byte < 256; byte++) {
    if (self->bytes[byte] < 0)
      return false;
  }
  return true;
}

static void sift_down (Word *word, size_t at)
{
  uint64_t item = word->heap[at];
  for (;;) {
    size_t child = at * 2 + 1;
    if (child >= word->n_heap)
      break;
    if (child + 1 < word->n_heap && word->heap[child + 1] < word->heap[child])
      child++;
    if (item <= word->heap[child])
      break;
    word->heap[at] = word->heap[child];
    at = child;
  }
  word->heap[at] = item;
}

static uint64_t pop (Word *word)
{
  uint64_t top = word->heap[0];
  word->heap[0] = word->heap[--word->n_heap];
  if (word->n_heap)
    sift_down (word, 0);
  return top;
}

static void push (Word *word, uint64_t item)
{
  size_t at = word->n_heap++;
  while (at > 0 && word->heap[(at - 1) / 2] > item) {
    word->heap[at] = word->heap[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  word->heap[at] = item;
}

/* The heap entry of the merge of the symbols at left and right, if there is such a merge. */
static bool find_merge (const CosmosBytePair *self, const Word *word, int32_t left, int32_t right, uint64_t *item)
{
  if (left < 0 || right < 0)
    return false;
  uint32_t entry = self->slots[find_slot (self, word->symbols[left].id, word->symbols[right].id)];
  *item = (uint64_t) (entry - 1) << 32 | (uint32_t) left;
  return entry != 0;
}

static void merge_all (const CosmosBytePair *self, Word *word, size_t n)
{
  Symbol *symbols = word->symbols;
  uint64_t item;
  word->n_heap = 0;
  for (size_t i = 0; i + 1 < n; i++) {
    if (find_merge (self, word, (int32_t) i, (int32_t) i + 1, &item))
      word->heap[word->n_heap++] = item;
  }
  for (size_t i = word->n_heap / 2; i-- > 0;)
    sift_down (word, i);
  while (word->n_heap) {
    item = pop (word);
    const Rule *rule = &self->rules[item >> 32];
    int32_t left = (int32_t) (uint32_t) item, right = symbols[left].next;
    /* Neighbours that were merged since leave their entries behind; a merged-away symbol has the id -1. */
    if (right < 0 || symbols[left].id != rule->left || symbols[right].id != rule->right)
      continue;
    symbols[left].id = rule->result;
    symbols[left].next = symbols[right].next;
    if (symbols[right].next >= 0)
      symbols[symbols[right].next].previous = left;
    symbols[right].id = -1;
    if (find_merge (self, word, symbols[left].previous, left, &item))
      push (word, item);
    if (find_merge (self, word, left, symbols[left].next, &item))
      push (word, item);
  }
}

static bool reserve (Word *word, size_t n)
{
  if (n <= word->capacity)
    return true;
  size_t capacity = n + n / 2 + 64;
  Symbol *symbols = realloc (word->symbols, capacity * sizeof *symbols);
  if (symbols)
    word->symbols = symbols;
  /* At first an entry a pair; a merge takes one and adds two, and there are fewer merges than symbols. */
  uint64_t *heap = realloc (word->heap, capacity * 2 * sizeof *heap);
  if (heap)
    word->heap = heap;
  if (!symbols || !heap)
    return false;
  word->capacity = capacity;
  return true;
}

static bool encode_word (const CosmosBytePair *self, Word *word, const char *text, size_t length, CosmosIds *ids)
{
  if (!reserve (word, length))
    return false;
  int32_t n = 0;
  for (size_t i = 0; i < length; i++) {
    int32_t id = self->bytes[(unsigned char) text[i]];
    if (id >= 0) {
      word->symbols[n] = (Symbol) {id, n - 1, n + 1};
      n++;
    }
  }
  if (n == 0)
    return true;
  word->symbols[n - 1].next = -1;
  merge_all (self, word, (size_t) n);
  for (int32_t at = 0; at >= 0; at = word->symbols[at].next)
    cosmos_ids_push (ids, word->symbols[at].id);
  return true;
}

bool cosmos_byte_pair_encode (const CosmosBytePair *self, const char *text, size_t length, CosmosIds *ids)
{
  Word word = {0};
  bool ok = true;
  while (length && ok) {
    size_t piece = self->split_numbers ? cosmos_byte_level_next_number_split (text, length) : length;
    length -= piece;
    while (piece && ok) {
      size_t n = cosmos_byte_level_next_word (text, piece);
      ok = encode_word (self, &word, text, n, ids);
      text += n;
      piece -= n;
    }
  }
  free (word.symbols);
  free (word.heap);
  return ok;
}

void cosmos_byte_pair_append_bytes (CosmosGgufString token, CosmosTextBuffer *bytes)
{
  size_t start = bytes->length;
  for (size_t at = 0; at < token.length;) {
    int byte = cosmos_byte_level_from_point (cosmos_text_next (token.data, token.length, &at));
    if (byte < 0) { /* not written in this alphabet: an added token, which stands for itself */
      bytes->length = start;
      cosmos_text_buffer_append (bytes, token.data, token.length);
      return;
    }
    cosmos_text_buffer_append (bytes, &(char) {(char) byte}, 1);
  }
}
