/* The strings of a vocabulary, by id and by name. Constant after it was made. */
#pragma once

#include "core/base/status.h"
#include "core/file/gguf.h"

typedef struct CosmosVocabulary CosmosVocabulary;

enum {
  COSMOS_VOCABULARY_MAX_SIZE = 1 << 20,
  COSMOS_VOCABULARY_MAX_TOKEN = 4096, /* bytes of one token */
};

/* What a token is, in the numbers of tokenizer.ggml.token_type. */
typedef enum {
  COSMOS_TOKEN_TYPE_NORMAL = 1,
  COSMOS_TOKEN_TYPE_UNKNOWN = 2, /* stands for what has no token */
  COSMOS_TOKEN_TYPE_CONTROL = 3, /* special: found in a text before anything else, left out when decoding */
  COSMOS_TOKEN_TYPE_USER = 4,    /* found in a text before anything else, but shown */
  COSMOS_TOKEN_TYPE_UNUSED = 5,
  COSMOS_TOKEN_TYPE_BYTE = 6,
} CosmosTokenType;

/* Special tokens are left out of decoded texts. */
static inline bool cosmos_token_type_is_special (CosmosTokenType type)
{
  return type == COSMOS_TOKEN_TYPE_CONTROL || type == COSMOS_TOKEN_TYPE_UNKNOWN;
}

/* Copies n tokens; types may be NULL (all normal). Refuses empty, over-long and repeated ones, those that are not UTF-8 or hold
 * a zero byte, and types out of range. path: a name for messages. */
CosmosVocabulary *cosmos_vocabulary_new (const CosmosGgufString *tokens, const int32_t *types, size_t n, const char *path,
                                         CosmosError *err);
void cosmos_vocabulary_free (CosmosVocabulary *self);

size_t cosmos_vocabulary_get_size (const CosmosVocabulary *self);
/* The longest token in bytes. */
size_t cosmos_vocabulary_get_longest (const CosmosVocabulary *self);
/* All tokens by id, each ended by a 0 that its length does not count. */
const CosmosGgufString *cosmos_vocabulary_get_tokens (const CosmosVocabulary *self);
/* A CosmosTokenType an entry. */
const int32_t *cosmos_vocabulary_get_types (const CosmosVocabulary *self);
CosmosTokenType cosmos_vocabulary_get_type (const CosmosVocabulary *self, int id);
/* -1 where there is none. */
int cosmos_vocabulary_find (const CosmosVocabulary *self, const char *token, size_t length);
