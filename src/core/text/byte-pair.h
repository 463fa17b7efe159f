/* Byte-level byte-pair encoding: the merges of a vocabulary, and words to ids by them.
 *
 * Friends of the tokenizer only. A word of n bytes takes O(n log n), whatever it holds.
 */
#pragma once

#include "core/base/status.h"
#include "core/text/ids.h"
#include "core/text/text.h"
#include "core/text/vocabulary.h"

typedef struct CosmosBytePair CosmosBytePair;

/* The two tokens that a merge joins, as names. */
typedef struct {
  CosmosGgufString left, right;
} CosmosMerge;

/* Both of a line "left right"; they point into it. False where it has no space. */
bool cosmos_merge_parse (CosmosGgufString line, CosmosMerge *merge);

enum { COSMOS_BYTE_PAIR_MAX_MERGES = 1 << 20 };

/* merges: by rank. vocabulary is borrowed. split_numbers: every character of \p{N} is a piece of its own, before words are cut. */
CosmosBytePair *cosmos_byte_pair_new (const CosmosVocabulary *vocabulary, const CosmosMerge *merges, size_t n, bool split_numbers,
                                      const char *path, CosmosError *err);
void cosmos_byte_pair_free (CosmosBytePair *self);

bool cosmos_byte_pair_splits_numbers (const CosmosBytePair *self);
/* The merges as GGUF writes them: "left right". */
const CosmosGgufString *cosmos_byte_pair_get_merges (const CosmosBytePair *self, size_t *n);
/* False where some byte has no token, so that texts can lose it. */
bool cosmos_byte_pair_has_all_bytes (const CosmosBytePair *self);

/* text: UTF-8. Bytes without a token are left out. False: out of memory. */
bool cosmos_byte_pair_encode (const CosmosBytePair *self, const char *text, size_t length, CosmosIds *ids);
/* The bytes that a token stands for. */
void cosmos_byte_pair_append_bytes (CosmosGgufString token, CosmosTextBuffer *bytes);
