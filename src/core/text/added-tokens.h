/* Tokens that are found in a text as they stand, before it is cut into words: the special ones and those added by a person.
 * Of those that begin at the first possible place the longest is taken. */
#pragma once

#include "core/text/vocabulary.h"

typedef struct CosmosAddedTokens CosmosAddedTokens;

enum { COSMOS_ADDED_TOKEN_MAX_LENGTH = 256 }; /* bytes; bounds the work a character of a text */

/* Those of the types CONTROL and USER. vocabulary is borrowed. */
CosmosAddedTokens *cosmos_added_tokens_new (const CosmosVocabulary *vocabulary, const char *path, CosmosError *err);
void cosmos_added_tokens_free (CosmosAddedTokens *self);

/* The first token in text: its id, *start and *end; or -1 with *start = *end = length. */
int cosmos_added_tokens_find (const CosmosAddedTokens *self, const char *text, size_t length, size_t *start, size_t *end);
