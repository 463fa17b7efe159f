#include "core/text/vocabulary.h"

#include "core/base/hash.h"
#include "core/base/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct CosmosVocabulary {
  char *pool;
  CosmosGgufString *tokens;
  int32_t *types;
  size_t n;
  size_t longest;
  int32_t *slots; /* open addressing, at most half full; -1 is free */
  size_t mask;
  CosmosHashKey key;
};

/* The slot that holds token, or the free one where it would go. */
static size_t find_slot (const CosmosVocabulary *self, const char *token, size_t length)
{
  size_t slot = cosmos_hash_bytes (self->key, token, length) & self->mask;
  for (;; slot = (slot + 1) & self->mask) {
    int32_t id = self->slots[slot];
    if (id < 0 || (self->tokens[id].length == length && memcmp (self->tokens[id].data, token, length) == 0))
      return slot;
  }
}

static bool check_token (CosmosGgufString token, int32_t type, size_t id, const char *path, CosmosError *err)
{
  if (token.length == 0)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: token %zu of the vocabulary is empty", path, id);
  if (token.length > COSMOS_VOCABULARY_MAX_TOKEN)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: token %zu has %zu bytes; at most %d are possible", path, id,
                             token.length, COSMOS_VOCABULARY_MAX_TOKEN);
  size_t offset;
  if (!cosmos_utf8_is_valid (token.data, token.length, &offset))
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: token %zu is not UTF-8 (its byte %zu)", path, id, offset);
  if (memchr (token.data, 0, token.length))
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: token %zu holds a zero byte", path, id);
  if (type < COSMOS_TOKEN_TYPE_NORMAL || type > COSMOS_TOKEN_TYPE_BYTE)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: token %zu has the unknown type %d", path, id, (int) type);
  return true;
}

static bool allocate (CosmosVocabulary *self, size_t bytes)
{
  size_t slots = 16;
  while (slots < self->n * 2)
    slots *= 2;
  self->mask = slots - 1;
  self->pool = malloc (bytes);
  self->tokens = malloc (self->n * sizeof *self->tokens);
  self->types = malloc (self->n * sizeof *self->types);
  self->slots = malloc (slots * sizeof *self->slots);
  if (!self->pool || !self->tokens || !self->types || !self->slots)
    return false;
  memset (self->slots, -1, slots * sizeof *self->slots);
  return true;
}

static bool fill (CosmosVocabulary *self, const CosmosGgufString *tokens, const int32_t *types, const char *path,
                  CosmosError *err)
{
  char *at = self->pool;
  for (size_t id = 0; id < self->n; id++) {
    size_t length = tokens[id].length;
    memcpy (at, tokens[id].data, length);
    at[length] = 0;
    self->tokens[id] = (CosmosGgufString) {at, length};
    self->types[id] = types ? types[id] : COSMOS_TOKEN_TYPE_NORMAL;
    size_t slot = find_slot (self, at, length);
    if (self->slots[slot] >= 0)
      return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: tokens %d and %zu are the same, \"%.60s\"", path,
                               (int) self->slots[slot], id, at);
    self->slots[slot] = (int32_t) id;
    at += length + 1;
    if (length > self->longest)
      self->longest = length;
  }
  return true;
}

CosmosVocabulary *cosmos_vocabulary_new (const CosmosGgufString *tokens, const int32_t *types, size_t n, const char *path,
                                         CosmosError *err)
{
  if (n == 0 || n > COSMOS_VOCABULARY_MAX_SIZE) {
    cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: a vocabulary of %zu tokens; 1 to %d are possible", path, n,
                      COSMOS_VOCABULARY_MAX_SIZE);
    return NULL;
  }
  size_t bytes = 0; /* no overflow: both factors are capped */
  for (size_t id = 0; id < n; id++) {
    if (!check_token (tokens[id], types ? types[id] : COSMOS_TOKEN_TYPE_NORMAL, id, path, err))
      return NULL;
    bytes += tokens[id].length + 1;
  }
  CosmosVocabulary *self = calloc (1, sizeof *self);
  if (self) {
    self->n = n;
    self->key = cosmos_hash_key_new ();
  }
  if (!self || !allocate (self, bytes)) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory for the vocabulary", path);
    cosmos_vocabulary_free (self);
    return NULL;
  }
  if (!fill (self, tokens, types, path, err)) {
    cosmos_vocabulary_free (self);
    return NULL;
  }
  return self;
}

void cosmos_vocabulary_free (CosmosVocabulary *self)
{
  if (!self)
    return;
  free (self->pool);
  free (self->tokens);
  free (self->types);
  free (self->slots);
  free (self);
}

size_t cosmos_vocabulary_get_size (const CosmosVocabulary *self)
{
  return self->n;
}

size_t cosmos_vocabulary_get_longest (const CosmosVocabulary *self)
{
  return self->longest;
}

const CosmosGgufString *cosmos_vocabulary_get_tokens (const CosmosVocabulary *self)
{
  return self->tokens;
}

const int32_t *cosmos_vocabulary_get_types (const CosmosVocabulary *self)
{
  return self->types;
}

CosmosTokenType cosmos_vocabulary_get_type (const CosmosVocabulary *self, int id)
{
  return (CosmosTokenType) self->types[id];
}

int cosmos_vocabulary_find (const CosmosVocabulary *self, const char *token, size_t length)
{
  if (length > self->longest)
    return -1;
  return self->slots[find_slot (self, token, length)];
}
