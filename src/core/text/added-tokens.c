#include "core/text/added-tokens.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  CosmosGgufString text;
  int id;
} Entry;

struct CosmosAddedTokens {
  Entry *entries; /* in the order of their bytes */
  size_t n;
  bool begins[256]; /* whether a token begins with this byte */
};

static int compare (const void *a, const void *b)
{
  CosmosGgufString left = ((const Entry *) a)->text, right = ((const Entry *) b)->text;
  int order = memcmp (left.data, right.data, left.length < right.length ? left.length : right.length);
  return order ? order : (left.length > right.length) - (left.length < right.length);
}

static bool is_added (const CosmosVocabulary *vocabulary, size_t id)
{
  CosmosTokenType type = cosmos_vocabulary_get_type (vocabulary, (int) id);
  return type == COSMOS_TOKEN_TYPE_CONTROL || type == COSMOS_TOKEN_TYPE_USER;
}

CosmosAddedTokens *cosmos_added_tokens_new (const CosmosVocabulary *vocabulary, const char *path, CosmosError *err)
{
  size_t size = cosmos_vocabulary_get_size (vocabulary), n = 0;
  for (size_t id = 0; id < size; id++)
    n += is_added (vocabulary, id);
  CosmosAddedTokens *self = calloc (1, sizeof *self);
  if (!self || !(self->entries = malloc ((n + 1) * sizeof *self->entries))) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory for the added tokens", path);
    cosmos_added_tokens_free (self);
    return NULL;
  }
  const CosmosGgufString *tokens = cosmos_vocabulary_get_tokens (vocabulary);
  for (size_t id = 0; id < size; id++) {
    if (!is_added (vocabulary, id))
      continue;
    if (tokens[id].length > COSMOS_ADDED_TOKEN_MAX_LENGTH) {
      cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: the added token %zu has %zu bytes; at most %d are possible", path, id,
                        tokens[id].length, COSMOS_ADDED_TOKEN_MAX_LENGTH);
      cosmos_added_tokens_free (self);
      return NULL;
    }
    self->entries[self->n++] = (Entry) {tokens[id], (int) id};
    self->begins[(unsigned char) tokens[id].data[0]] = true;
  }
  qsort (self->entries, self->n, sizeof *self->entries, compare);
  return self;
}

void cosmos_added_tokens_free (CosmosAddedTokens *self)
{
  if (!self)
    return;
  free (self->entries);
  free (self);
}

/* The first entry of [low, high), all equal in the bytes before `at`, whose byte there is `byte` or more. */
static size_t lower_bound (const Entry *entries, size_t low, size_t high, size_t at, unsigned byte)
{
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    /* An entry that ends before `at` comes before all longer ones. */
    if (entries[middle].text.length <= at || (unsigned char) entries[middle].text.data[at] < byte)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* The longest token that text begins with, or NULL. */
static const Entry *match (const CosmosAddedTokens *self, const char *text, size_t length)
{
  const Entry *found = NULL;
  size_t low = 0, high = self->n;
  for (size_t at = 0; low < high; at++) {
    if (self->entries[low].text.length == at)
      found = &self->entries[low];
    if (at == length)
      break;
    unsigned byte = (unsigned char) text[at];
    low = lower_bound (self->entries, low, high, at, byte);
    high = lower_bound (self->entries, low, high, at, byte + 1);
  }
  return found;
}

int cosmos_added_tokens_find (const CosmosAddedTokens *self, const char *text, size_t length, size_t *start, size_t *end)
{
  for (size_t at = 0; at < length; at++) {
    if (!self->begins[(unsigned char) text[at]])
      continue;
    const Entry *entry = match (self, text + at, length - at);
    if (entry) {
      *start = at;
      *end = at + entry->text.length;
      return entry->id;
    }
  }
  *start = *end = length;
  return -1;
}
