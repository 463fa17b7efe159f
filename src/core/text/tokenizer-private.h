/* What the readers of the different files hand to the tokenizer. */
#pragma once

#include "core/text/byte-pair.h"
#include "core/text/tokenizer.h"
#include "core/text/vocabulary.h"

/* Arrays belong to the parts; strings are borrowed from the file. */
typedef struct {
  const char *path; /* for messages */
  bool wordpiece;   /* else byte-level BPE */
  bool lower_case;
  bool space_before;    /* BPE: a text that does not begin with a space gets one */
  bool split_numbers;   /* BPE: see byte-pair.h */
  bool needs_all_bytes; /* BPE: what would happen to bytes without a token is not supported */
  bool find_specials;   /* by their usual names; else special is used */
  int special[COSMOS_N_SPECIAL_TOKENS];
  CosmosGgufString *tokens;
  int32_t *types; /* NULL: all normal */
  size_t n_tokens;
  CosmosMerge *merges;
  size_t n_merges;
} CosmosTokenizerParts;

CosmosTokenizer *cosmos_tokenizer_assemble (const CosmosTokenizerParts *parts, CosmosError *err);
void cosmos_tokenizer_parts_clear (CosmosTokenizerParts *parts);

/* WordPiece tokens as GGUF has them: "##x" as "x", "x" that begins a word as U+2581 "x", special ones as they are. */
typedef struct {
  CosmosGgufString *items; /* NULL where a token would not come back from that form; then the file holds plain tokens */
  char *pool;
} CosmosPhantomTokens;

bool cosmos_phantom_tokens_init (CosmosPhantomTokens *self, const CosmosVocabulary *vocabulary);
void cosmos_phantom_tokens_clear (CosmosPhantomTokens *self);

struct CosmosTokenizer {
  CosmosVocabulary *vocabulary;
  struct CosmosAddedTokens *added;
  CosmosBytePair *byte_pair;   /* NULL: WordPiece */
  CosmosPhantomTokens phantom; /* WordPiece only; made on loading because writing has no way to run out of memory */
  bool lower_case;
  bool space_before;
  int special[COSMOS_N_SPECIAL_TOKENS];
};
