/* BERT's vocab.txt: a token a line. */
#include "core/text/tokenizer-private.h"

#include "core/file/mapping.h"

#include <stdlib.h>
#include <string.h>

/* What BERT's own tokenizer never cuts. */
static bool is_control (CosmosGgufString token)
{
  static const char *const names[] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (token.length == strlen (names[i]) && memcmp (token.data, names[i], token.length) == 0)
      return true;
  }
  return false;
}

static bool count_lines (const char *text, size_t size, size_t *n, const char *path, CosmosError *err)
{
  *n = 0;
  for (const char *at = text, *end = text + size; at < end; ++*n) {
    const char *stop = memchr (at, '\n', (size_t) (end - at));
    at = stop ? stop + 1 : end;
  }
  if (*n == 0 || *n > COSMOS_VOCABULARY_MAX_SIZE)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: a vocabulary of %zu lines; 1 to %d are possible", path, *n,
                             COSMOS_VOCABULARY_MAX_SIZE);
  return true;
}

CosmosTokenizer *cosmos_tokenizer_new_from_vocabulary_bytes (const void *data, size_t size, bool lower_case, const char *path,
                                                             CosmosError *err)
{
  CosmosTokenizerParts parts = {.path = path, .wordpiece = true, .lower_case = lower_case, .find_specials = true};
  const char *at = data, *end = at + size;
  if (!count_lines (at, size, &parts.n_tokens, path, err))
    return NULL;
  parts.tokens = malloc (parts.n_tokens * sizeof *parts.tokens);
  parts.types = malloc (parts.n_tokens * sizeof *parts.types);
  CosmosTokenizer *self = NULL;
  if (parts.tokens && parts.types) {
    for (size_t id = 0; id < parts.n_tokens; id++) {
      const char *stop = memchr (at, '\n', (size_t) (end - at));
      size_t length = (size_t) ((stop ? stop : end) - at);
      while (length && (at[length - 1] == '\r' || at[length - 1] == ' '))
        length--;
      parts.tokens[id] = (CosmosGgufString) {at, length};
      parts.types[id] = is_control (parts.tokens[id]) ? COSMOS_TOKEN_TYPE_CONTROL : COSMOS_TOKEN_TYPE_NORMAL;
      at = stop ? stop + 1 : end;
    }
    self = cosmos_tokenizer_assemble (&parts, err);
  } else {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory for the vocabulary", path);
  }
  cosmos_tokenizer_parts_clear (&parts);
  return self;
}

CosmosTokenizer *cosmos_tokenizer_new_from_vocabulary (const char *path, bool lower_case, CosmosError *err)
{
  CosmosMapping *mapping = cosmos_mapping_open (path, err);
  if (!mapping)
    return NULL;
  CosmosTokenizer *self = cosmos_tokenizer_new_from_vocabulary_bytes (cosmos_mapping_get_data (mapping),
                                                                      cosmos_mapping_get_size (mapping), lower_case, path, err);
  cosmos_mapping_free (mapping);
  return self;
}
