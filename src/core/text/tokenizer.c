#include "core/text/tokenizer-private.h"

#include "core/text/added-tokens.h"
#include "core/text/wordpiece.h"

#include <stdlib.h>
#include <string.h>

/* The names that trainers give to special tokens, the usual one first. */
static const char *const special_names[COSMOS_N_SPECIAL_TOKENS][3] = {
  [COSMOS_TOKEN_PAD] = {"[PAD]", "<pad>", "<|padding|>"},
  [COSMOS_TOKEN_UNKNOWN] = {"[UNK]", "<unk>"},
  [COSMOS_TOKEN_CLS] = {"[CLS]", "<s>", "<|endoftext|>"},
  [COSMOS_TOKEN_SEP] = {"[SEP]", "</s>", "<|endoftext|>"},
  [COSMOS_TOKEN_MASK] = {"[MASK]", "<mask>"},
};

/* An ordinary word that happens to have such a name is none ("<s>" is a piece of HTML, too). */
static void find_specials (CosmosTokenizer *self)
{
  for (int which = 0; which < COSMOS_N_SPECIAL_TOKENS; which++) {
    self->special[which] = -1;
    for (int i = 0; i < 3 && special_names[which][i] && self->special[which] < 0; i++) {
      int id = cosmos_tokenizer_find (self, special_names[which][i]);
      if (id >= 0 && cosmos_token_type_is_special (cosmos_vocabulary_get_type (self->vocabulary, id)))
        self->special[which] = id;
    }
  }
}

static bool set_up_specials (CosmosTokenizer *self, const CosmosTokenizerParts *parts, CosmosError *err)
{
  int size = (int) parts->n_tokens;
  if (parts->find_specials) {
    find_specials (self);
  } else {
    for (int which = 0; which < COSMOS_N_SPECIAL_TOKENS; which++) {
      self->special[which] = parts->special[which];
      if (self->special[which] < -1 || self->special[which] >= size)
        return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: the special token %d is outside the vocabulary of %d",
                                 parts->path, self->special[which], size);
    }
  }
  if (parts->wordpiece && self->special[COSMOS_TOKEN_UNKNOWN] < 0)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: a WordPiece vocabulary needs a token for unknown words ([UNK])",
                             parts->path);
  return true;
}

static bool set_up_model (CosmosTokenizer *self, const CosmosTokenizerParts *parts, CosmosError *err)
{
  if (parts->wordpiece) {
    if (!cosmos_phantom_tokens_init (&self->phantom, self->vocabulary))
      return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory for the vocabulary", parts->path);
    return true;
  }
  self->byte_pair = cosmos_byte_pair_new (self->vocabulary, parts->merges, parts->n_merges, parts->split_numbers, parts->path,
                                          err);
  if (self->byte_pair && parts->needs_all_bytes && !cosmos_byte_pair_has_all_bytes (self->byte_pair))
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: model BPE with \"unk_token\" is not supported where a byte has no token", parts->path);
  return self->byte_pair != NULL;
}

CosmosTokenizer *cosmos_tokenizer_assemble (const CosmosTokenizerParts *parts, CosmosError *err)
{
  CosmosTokenizer *self = calloc (1, sizeof *self);
  if (!self) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", parts->path);
    return NULL;
  }
  self->lower_case = parts->lower_case;
  self->space_before = parts->space_before;
  self->vocabulary = cosmos_vocabulary_new (parts->tokens, parts->types, parts->n_tokens, parts->path, err);
  if (!self->vocabulary || !(self->added = cosmos_added_tokens_new (self->vocabulary, parts->path, err))
      || !set_up_specials (self, parts, err) || !set_up_model (self, parts, err)) {
    cosmos_tokenizer_free (self);
    return NULL;
  }
  return self;
}

void cosmos_tokenizer_parts_clear (CosmosTokenizerParts *parts)
{
  free (parts->tokens);
  free (parts->types);
  free (parts->merges);
  parts->tokens = NULL;
  parts->types = NULL;
  parts->merges = NULL;
}

void cosmos_tokenizer_free (CosmosTokenizer *self)
{
  if (!self)
    return;
  cosmos_vocabulary_free (self->vocabulary);
  cosmos_added_tokens_free (self->added);
  cosmos_byte_pair_free (self->byte_pair);
  cosmos_phantom_tokens_clear (&self->phantom);
  free (self);
}

int cosmos_tokenizer_get_size (const CosmosTokenizer *self)
{
  return (int) cosmos_vocabulary_get_size (self->vocabulary);
}

static bool has_id (const CosmosTokenizer *self, int id)
{
  return id >= 0 && id < cosmos_tokenizer_get_size (self);
}

int cosmos_tokenizer_get_special (const CosmosTokenizer *self, CosmosSpecialToken which)
{
  return self->special[which];
}

bool cosmos_tokenizer_is_special (const CosmosTokenizer *self, int id)
{
  return has_id (self, id) && cosmos_token_type_is_special (cosmos_vocabulary_get_type (self->vocabulary, id));
}

int cosmos_tokenizer_find (const CosmosTokenizer *self, const char *token)
{
  return cosmos_vocabulary_find (self->vocabulary, token, strlen (token));
}

const char *cosmos_tokenizer_get_kind (const CosmosTokenizer *self)
{
  if (self->byte_pair)
    return "byte-level BPE";
  return self->lower_case ? "WordPiece (uncased)" : "WordPiece (cased)";
}

/* A text, or what stands between two added tokens. */
static bool encode_piece (const CosmosTokenizer *self, const char *text, size_t length, CosmosIds *ids)
{
  if (!self->byte_pair)
    return cosmos_wordpiece_encode (self->vocabulary, self->lower_case, self->special[COSMOS_TOKEN_UNKNOWN], text, length, ids);
  if (!self->space_before || text[0] == ' ')
    return cosmos_byte_pair_encode (self->byte_pair, text, length, ids);
  char *copy = malloc (length + 1);
  if (!copy)
    return false;
  copy[0] = ' ';
  memcpy (copy + 1, text, length);
  bool ok = cosmos_byte_pair_encode (self->byte_pair, copy, length + 1, ids);
  free (copy);
  return ok;
}

bool cosmos_tokenizer_encode (const CosmosTokenizer *self, const char *text, size_t length, int32_t *ids, size_t capacity,
                              size_t *n, CosmosError *err)
{
  if (!cosmos_text_check (text, length, err))
    return false;
  CosmosIds out = {ids, capacity, 0};
  for (size_t at = 0; at < length;) {
    size_t start, end;
    int id = cosmos_added_tokens_find (self->added, text + at, length - at, &start, &end);
    if (start > 0 && !encode_piece (self, text + at, start, &out))
      return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for a text of %zu bytes", length);
    if (id >= 0)
      cosmos_ids_push (&out, id);
    at += end;
  }
  *n = out.n;
  return true;
}

static char *decode_wordpiece (const CosmosTokenizer *self, const int32_t *ids, size_t n)
{
  const CosmosGgufString *tokens = cosmos_vocabulary_get_tokens (self->vocabulary);
  CosmosGgufString *shown = calloc (n + 1, sizeof *shown);
  if (!shown)
    return NULL;
  size_t n_shown = 0;
  for (size_t i = 0; i < n; i++) {
    if (has_id (self, ids[i]) && !cosmos_tokenizer_is_special (self, ids[i]))
      shown[n_shown++] = tokens[ids[i]];
  }
  char *text = cosmos_wordpiece_join (shown, n_shown);
  free (shown);
  return text;
}

/* Added tokens are no writing of bytes, they stand for themselves. */
static void append_bytes (const CosmosTokenizer *self, int id, CosmosTextBuffer *bytes)
{
  CosmosGgufString token = cosmos_vocabulary_get_tokens (self->vocabulary)[id];
  CosmosTokenType type = cosmos_vocabulary_get_type (self->vocabulary, id);
  if (type == COSMOS_TOKEN_TYPE_USER || cosmos_token_type_is_special (type))
    cosmos_text_buffer_append (bytes, token.data, token.length);
  else
    cosmos_byte_pair_append_bytes (token, bytes);
}

static char *decode_byte_pair (const CosmosTokenizer *self, const int32_t *ids, size_t n)
{
  CosmosTextBuffer bytes = {0};
  bool space_before = self->space_before;
  for (size_t i = 0; i < n; i++) {
    if (!has_id (self, ids[i]) || cosmos_tokenizer_is_special (self, ids[i]))
      continue;
    if (bytes.length == 0 && cosmos_vocabulary_get_type (self->vocabulary, ids[i]) == COSMOS_TOKEN_TYPE_USER)
      space_before = false; /* encoding puts none before an added token */
    append_bytes (self, ids[i], &bytes);
  }
  char *text = NULL;
  if (!bytes.failed) {
    size_t skip = space_before && bytes.length && bytes.data[0] == ' ';
    text = cosmos_text_from_bytes (bytes.length ? bytes.data + skip : "", bytes.length - skip);
  }
  free (bytes.data);
  return text;
}

char *cosmos_tokenizer_decode (const CosmosTokenizer *self, const int32_t *ids, size_t n)
{
  return self->byte_pair ? decode_byte_pair (self, ids, n) : decode_wordpiece (self, ids, n);
}

void cosmos_tokenizer_describe (const CosmosTokenizer *self, int id, char *text, size_t size)
{
  if (size == 0)
    return;
  text[0] = 0;
  if (!has_id (self, id))
    return;
  CosmosGgufString token = cosmos_vocabulary_get_tokens (self->vocabulary)[id];
  char *whole = NULL;
  if (self->byte_pair) {
    CosmosTextBuffer bytes = {0};
    append_bytes (self, id, &bytes);
    if (!bytes.failed)
      whole = cosmos_text_from_bytes (bytes.data, bytes.length);
    free (bytes.data);
    if (!whole)
      return;
    token = (CosmosGgufString) {whole, strlen (whole)};
  } else if (token.length > 2 && memcmp (token.data, "##", 2) == 0) {
    token = (CosmosGgufString) {token.data + 2, token.length - 2};
  }
  size_t length = token.length < size ? token.length : size - 1;
  while (length < token.length && length > 0 && ((unsigned char) token.data[length] & 0xc0) == 0x80)
    length--; /* no half characters */
  memcpy (text, token.data, length);
  text[length] = 0;
  free (whole);
}
