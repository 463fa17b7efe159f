/* BERT's WordPiece: BasicTokenizer, then the longest known piece from the left, again and again.
 *
 * Friends of the tokenizer only. Character classes are those of utf8proc's Unicode; the Hugging Face package has the tables of
 * Unicode 8 here, so texts with marks and punctuation that are younger than 2015 may be cut otherwise; and it does not count
 * U+2B820 .. U+2B91F as ideographs, which BERT does. All other characters were compared one by one.
 */
#pragma once

#include "core/text/ids.h"
#include "core/text/vocabulary.h"

enum { COSMOS_WORDPIECE_MAX_CHARACTERS = 100 }; /* of a word; longer ones are unknown */

/* text: UTF-8. lower_case: also takes accents off. unknown: the id of a word that cannot be put together. False: out of memory. */
bool cosmos_wordpiece_encode (const CosmosVocabulary *vocabulary, bool lower_case, int unknown, const char *text, size_t length,
                              CosmosIds *ids);
/* The tokens as a text: a space before each that does not begin with "##", then spaces tidied. NULL: out of memory. */
char *cosmos_wordpiece_join (const CosmosGgufString *tokens, size_t n);
