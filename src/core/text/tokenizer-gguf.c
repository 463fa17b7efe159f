/* The tokenizer.ggml.* keys of a GGUF file. Ours beside the usual ones: lower_case (WordPiece) and plain_tokens. */
#include "core/text/tokenizer-private.h"

#include <stdlib.h>
#include <string.h>

#define KEY "tokenizer.ggml."
#define WORD_START "\xe2\x96\x81" /* U+2581 */

enum { WORD_START_LENGTH = 3 };

/* Some tokens go by several keys; the first that a file has counts. "seperator" is how the format spells it. */
static const char *const special_keys[COSMOS_N_SPECIAL_TOKENS][3] = {
  [COSMOS_TOKEN_PAD] = {KEY "padding_token_id"},
  [COSMOS_TOKEN_UNKNOWN] = {KEY "unknown_token_id"},
  [COSMOS_TOKEN_CLS] = {KEY "cls_token_id", KEY "bos_token_id"},
  [COSMOS_TOKEN_SEP] = {KEY "seperator_token_id", KEY "separator_token_id", KEY "eos_token_id"},
  [COSMOS_TOKEN_MASK] = {KEY "mask_token_id"},
};

/* Writes what a stored token means to out, which has room for two bytes more than it; returns the length. */
static size_t read_phantom (CosmosGgufString stored, int32_t type, char *out)
{
  size_t length = stored.length;
  bool bracketed = length > 2 && stored.data[0] == '[' && stored.data[length - 1] == ']';
  if (cosmos_token_type_is_special (type) || bracketed) {
    memcpy (out, stored.data, length);
    return length;
  }
  if (length > WORD_START_LENGTH && memcmp (stored.data, WORD_START, WORD_START_LENGTH) == 0) {
    memcpy (out, stored.data + WORD_START_LENGTH, length - WORD_START_LENGTH);
    return length - WORD_START_LENGTH;
  }
  memcpy (out, "##", 2);
  memcpy (out + 2, stored.data, length);
  return length + 2;
}

static size_t write_phantom (CosmosGgufString token, int32_t type, char *out)
{
  char *at = out;
  if (!cosmos_token_type_is_special (type)) {
    if (token.length > 2 && memcmp (token.data, "##", 2) == 0)
      token = (CosmosGgufString) {token.data + 2, token.length - 2};
    else
      at = mempcpy (at, WORD_START, WORD_START_LENGTH);
  }
  at = mempcpy (at, token.data, token.length);
  return (size_t) (at - out);
}

bool cosmos_phantom_tokens_init (CosmosPhantomTokens *self, const CosmosVocabulary *vocabulary)
{
  const CosmosGgufString *tokens = cosmos_vocabulary_get_tokens (vocabulary);
  const int32_t *types = cosmos_vocabulary_get_types (vocabulary);
  size_t n = cosmos_vocabulary_get_size (vocabulary), bytes = 0;
  for (size_t i = 0; i < n; i++)
    bytes += tokens[i].length + WORD_START_LENGTH;
  self->items = malloc (n * sizeof *self->items);
  self->pool = malloc (bytes);
  if (!self->items || !self->pool)
    return false; /* cleared with its tokenizer */
  char *at = self->pool;
  for (size_t i = 0; i < n; i++) {
    self->items[i] = (CosmosGgufString) {at, write_phantom (tokens[i], types[i], at)};
    at += self->items[i].length;
    char back[COSMOS_VOCABULARY_MAX_TOKEN + WORD_START_LENGTH + 2];
    size_t length = read_phantom (self->items[i], types[i], back);
    if (length != tokens[i].length || memcmp (back, tokens[i].data, length) != 0) {
      cosmos_phantom_tokens_clear (self);
      break;
    }
  }
  return true;
}

void cosmos_phantom_tokens_clear (CosmosPhantomTokens *self)
{
  free (self->items);
  free (self->pool);
  self->items = NULL;
  self->pool = NULL;
}

void cosmos_tokenizer_write (const CosmosTokenizer *self, CosmosGgufWriter *writer)
{
  size_t n = cosmos_vocabulary_get_size (self->vocabulary);
  const CosmosGgufString *tokens = cosmos_vocabulary_get_tokens (self->vocabulary);
  if (self->byte_pair) {
    cosmos_gguf_writer_set_string (writer, KEY "model", "gpt2");
    cosmos_gguf_writer_set_string (writer, KEY "pre", cosmos_byte_pair_splits_numbers (self->byte_pair) ? "smollm" : "gpt-2");
    cosmos_gguf_writer_set_bool (writer, KEY "add_space_prefix", self->space_before);
    size_t n_merges;
    const CosmosGgufString *merges = cosmos_byte_pair_get_merges (self->byte_pair, &n_merges);
    cosmos_gguf_writer_set_strings (writer, KEY "merges", merges, n_merges);
  } else {
    cosmos_gguf_writer_set_string (writer, KEY "model", "bert");
    cosmos_gguf_writer_set_bool (writer, KEY "lower_case", self->lower_case);
    cosmos_gguf_writer_set_bool (writer, KEY "plain_tokens", !self->phantom.items);
    if (self->phantom.items)
      tokens = self->phantom.items;
  }
  cosmos_gguf_writer_set_strings (writer, KEY "tokens", tokens, n);
  cosmos_gguf_writer_set_i32s (writer, KEY "token_type", cosmos_vocabulary_get_types (self->vocabulary), n);
  for (int which = 0; which < COSMOS_N_SPECIAL_TOKENS; which++) {
    if (self->special[which] >= 0)
      cosmos_gguf_writer_set_u32 (writer, special_keys[which][0], (uint32_t) self->special[which]);
  }
  /* Other programs look for these in language models; a cls_token_id means nothing to llama.cpp, which puts no begin token before a text unasked. */
  if (self->byte_pair && self->special[COSMOS_TOKEN_CLS] >= 0) {
    cosmos_gguf_writer_set_u32 (writer, KEY "bos_token_id", (uint32_t) self->special[COSMOS_TOKEN_CLS]);
    cosmos_gguf_writer_set_bool (writer, KEY "add_bos_token", true);
  }
  if (self->byte_pair && self->special[COSMOS_TOKEN_SEP] >= 0)
    cosmos_gguf_writer_set_u32 (writer, KEY "eos_token_id", (uint32_t) self->special[COSMOS_TOKEN_SEP]);
}

bool cosmos_tokenizer_write_with (const CosmosTokenizer *self, const char *const *added, size_t n, CosmosGgufWriter *writer,
                                  CosmosError *err)
{
  const size_t before = cosmos_vocabulary_get_size (self->vocabulary);
  const CosmosGgufString *own = self->phantom.items ? self->phantom.items : cosmos_vocabulary_get_tokens (self->vocabulary);
  cosmos_tokenizer_write (self, writer);
  if (n == 0)
    return true;
  CosmosGgufString *tokens = malloc ((before + n) * sizeof *tokens);
  int32_t *types = malloc ((before + n) * sizeof *types);
  if (tokens && types) {
    memcpy (tokens, own, before * sizeof *tokens);
    memcpy (types, cosmos_vocabulary_get_types (self->vocabulary), before * sizeof *types);
    for (size_t i = 0; i < n; i++) {
      tokens[before + i] = (CosmosGgufString) {added[i], strlen (added[i])};
      types[before + i] = COSMOS_TOKEN_TYPE_CONTROL;
    }
    cosmos_gguf_writer_set_strings (writer, KEY "tokens", tokens, before + n);
    cosmos_gguf_writer_set_i32s (writer, KEY "token_type", types, before + n);
  }
  bool ok = (tokens && types) || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the tokenizer");
  free (tokens);
  free (types);
  return ok;
}

static bool out_of_memory (const CosmosTokenizerParts *parts, CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory for the tokenizer", parts->path);
}

static bool read_length (const CosmosGguf *file, const char *key, size_t max, size_t *n, CosmosError *err)
{
  if (!cosmos_gguf_get_array_length (file, key, n, err))
    return false;
  if (*n > max)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: %s has %zu entries; at most %zu are possible",
                             cosmos_gguf_get_path (file), key, *n, max);
  return true;
}

static bool read_specials (const CosmosGguf *file, CosmosTokenizerParts *parts, CosmosError *err)
{
  for (int which = 0; which < COSMOS_N_SPECIAL_TOKENS; which++) {
    parts->special[which] = -1;
    for (int i = 0; i < 3 && special_keys[which][i]; i++) {
      int64_t id;
      if (!cosmos_gguf_has (file, special_keys[which][i]))
        continue;
      if (!cosmos_gguf_get_integer (file, special_keys[which][i], -1, (int64_t) parts->n_tokens - 1, &id, err))
        return false;
      parts->special[which] = (int) id;
      break;
    }
  }
  return true;
}

/* Without types, the tokens that have a role are the special ones. */
static bool read_types (const CosmosGguf *file, CosmosTokenizerParts *parts, CosmosError *err)
{
  size_t n = parts->n_tokens, n_types;
  parts->types = malloc (n * sizeof *parts->types);
  if (!parts->types)
    return out_of_memory (parts, err);
  if (!cosmos_gguf_has (file, KEY "token_type")) {
    for (size_t i = 0; i < n; i++)
      parts->types[i] = COSMOS_TOKEN_TYPE_NORMAL;
    for (int which = 0; which < COSMOS_N_SPECIAL_TOKENS; which++) {
      if (parts->special[which] >= 0)
        parts->types[parts->special[which]] = COSMOS_TOKEN_TYPE_CONTROL;
    }
    return true;
  }
  if (!read_length (file, KEY "token_type", n, &n_types, err))
    return false;
  if (n_types != n)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %stoken_type has %zu entries for %zu tokens", parts->path, KEY,
                             n_types, n);
  int64_t *types = malloc (n * sizeof *types);
  if (!types)
    return out_of_memory (parts, err);
  bool ok = cosmos_gguf_get_integers (file, KEY "token_type", types, err);
  for (size_t i = 0; i < n && ok; i++)
    parts->types[i] = types[i] > 0 && types[i] < 100 ? (int32_t) types[i] : 0; /* 0 is refused with the token's number */
  free (types);
  return ok;
}

static bool read_merges (const CosmosGguf *file, CosmosTokenizerParts *parts, CosmosError *err)
{
  size_t n;
  if (!read_length (file, KEY "merges", COSMOS_BYTE_PAIR_MAX_MERGES, &n, err))
    return false;
  CosmosGgufString *lines = malloc ((n + 1) * sizeof *lines);
  parts->merges = malloc ((n + 1) * sizeof *parts->merges);
  bool ok = lines && parts->merges ? cosmos_gguf_get_strings (file, KEY "merges", lines, err) : out_of_memory (parts, err);
  for (size_t i = 0; i < n && ok; i++) {
    if (!cosmos_merge_parse (lines[i], &parts->merges[i]))
      ok = cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %smerges: entry %zu is not two tokens with a space between",
                             parts->path, KEY, i);
  }
  parts->n_merges = n;
  free (lines);
  return ok;
}

static bool read_byte_pair (const CosmosGguf *file, CosmosTokenizerParts *parts, CosmosError *err)
{
  const char *pre = "gpt-2"; /* files older than the key are GPT-2's */
  if (cosmos_gguf_has (file, KEY "pre") && !cosmos_gguf_get_string (file, KEY "pre", &pre, err))
    return false;
  parts->split_numbers = strcmp (pre, "smollm") == 0;
  if (!parts->split_numbers && strcmp (pre, "gpt-2") != 0)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: %spre is \"%s\"; only gpt-2 and smollm can be read",
                             parts->path, KEY, pre);
  if (cosmos_gguf_has (file, KEY "add_space_prefix")
      && !cosmos_gguf_get_bool (file, KEY "add_space_prefix", &parts->space_before, err))
    return false;
  if (parts->space_before && parts->split_numbers)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: %sadd_space_prefix cannot be had with smollm", parts->path,
                             KEY);
  return read_merges (file, parts, err);
}

/* The tokens as HF names them, in *pool. */
static bool read_phantoms (CosmosTokenizerParts *parts, char **pool, CosmosError *err)
{
  size_t bytes = 0;
  for (size_t i = 0; i < parts->n_tokens; i++)
    bytes += parts->tokens[i].length + 2; /* they lie in one file: no overflow */
  char *at = *pool = malloc (bytes + 1);
  if (!at)
    return out_of_memory (parts, err);
  for (size_t i = 0; i < parts->n_tokens; i++) {
    if (parts->tokens[i].length == 0)
      continue; /* refused later, with its number */
    parts->tokens[i] = (CosmosGgufString) {at, read_phantom (parts->tokens[i], parts->types[i], at)};
    at += parts->tokens[i].length;
  }
  return true;
}

/* For files of others, which do not say: a vocabulary with capitals is cased. */
static bool has_capitals (const CosmosTokenizerParts *parts)
{
  for (size_t i = 0; i < parts->n_tokens; i++) {
    if (cosmos_token_type_is_special (parts->types[i]) || (parts->tokens[i].length && parts->tokens[i].data[0] == '['))
      continue;
    for (size_t j = 0; j < parts->tokens[i].length; j++) {
      if (parts->tokens[i].data[j] >= 'A' && parts->tokens[i].data[j] <= 'Z')
        return true;
    }
  }
  return false;
}

static bool read_wordpiece (const CosmosGguf *file, CosmosTokenizerParts *parts, char **pool, CosmosError *err)
{
  bool plain = false;
  if ((cosmos_gguf_has (file, KEY "plain_tokens") && !cosmos_gguf_get_bool (file, KEY "plain_tokens", &plain, err))
      || (!plain && !read_phantoms (parts, pool, err)))
    return false;
  parts->wordpiece = true;
  parts->lower_case = !has_capitals (parts);
  return !cosmos_gguf_has (file, KEY "lower_case") || cosmos_gguf_get_bool (file, KEY "lower_case", &parts->lower_case, err);
}

static bool read_parts (const CosmosGguf *file, CosmosTokenizerParts *parts, char **pool, CosmosError *err)
{
  const char *model;
  if (!cosmos_gguf_get_string (file, KEY "model", &model, err)
      || !read_length (file, KEY "tokens", COSMOS_VOCABULARY_MAX_SIZE, &parts->n_tokens, err))
    return false;
  if (parts->n_tokens == 0)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %stokens is empty", parts->path, KEY);
  parts->tokens = malloc (parts->n_tokens * sizeof *parts->tokens);
  if (!parts->tokens)
    return out_of_memory (parts, err);
  if (!cosmos_gguf_get_strings (file, KEY "tokens", parts->tokens, err) || !read_specials (file, parts, err)
      || !read_types (file, parts, err))
    return false;
  if (strcmp (model, "gpt2") == 0)
    return read_byte_pair (file, parts, err);
  if (strcmp (model, "bert") == 0)
    return read_wordpiece (file, parts, pool, err);
  return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: %smodel is \"%s\"; only gpt2 and bert can be read", parts->path,
                           KEY, model);
}

CosmosTokenizer *cosmos_tokenizer_new_from_gguf (const CosmosGguf *file, CosmosError *err)
{
  CosmosTokenizerParts parts = {.path = cosmos_gguf_get_path (file)};
  char *pool = NULL;
  CosmosTokenizer *self = NULL;
  if (read_parts (file, &parts, &pool, err))
    self = cosmos_tokenizer_assemble (&parts, err);
  cosmos_tokenizer_parts_clear (&parts);
  free (pool);
  return self;
}
