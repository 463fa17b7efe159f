/* A text as the decompressor sees it: the most likely token at every position, and how sure it is. Immutable. */
#pragma once

#include "core/model/pipeline.h"

enum { COSMOS_TOP_K = 5 };

typedef struct {
  int32_t id;                          /* the most likely */
  float probability;                   /* its probability, the "confidence" */
  float entropy;                       /* of the whole distribution, in nats */
  int32_t top[COSMOS_TOP_K];           /* ids, most likely first; -1 beyond a small vocabulary */
  float top_probability[COSMOS_TOP_K]; /* 0 there */
} CosmosTokenGuess;

typedef struct {
  int n_positions;          /* L */
  int n_tokens;             /* real ones: behind [CLS], before the first [SEP] */
  int first;                /* position of the first real one (1, or 0 where position 0 is not [CLS]) */
  CosmosTokenGuess *tokens; /* n_positions */
  char *text;               /* of the real tokens, detokenised (spec 1.12) */
  double confidence;        /* means over real tokens; 0 where there are none */
  double entropy;
  double seconds; /* that decoding took, a share of its batch */
} CosmosDecoding;

/* Guesses from rows of logits (rows, V). False where a logit is not finite (COSMOS_STATUS_CORRUPT). */
bool cosmos_token_guesses (CosmosPool *pool, const CosmosTensor *logits, CosmosTokenGuess *guesses, CosmosError *err);

/* A text from its logits (L, V). tokenizer NULL (random networks): every position is a real token and the text is empty. */
CosmosDecoding *cosmos_decoding_new (const CosmosTokenizer *tokenizer, CosmosPool *pool, const CosmosTensor *logits,
                                     CosmosError *err);
void cosmos_decoding_free (CosmosDecoding *self);

/* Normalised latents (B, N, Z) -> B decodings, to be freed one by one. Resets the graph. False: nothing was made, decodings is untouched. */
bool cosmos_decode (const CosmosPipeline *pipeline, CosmosGraph *graph, const float *latents, int batch,
                    CosmosDecoding **decodings, CosmosError *err);
/* The same from the decompressor's hidden states (B, L, D), in the graph, which is not reset. */
bool cosmos_decode_hidden (const CosmosPipeline *pipeline, CosmosGraph *graph, const CosmosTensor *hidden,
                           CosmosDecoding **decodings, CosmosError *err);

/* How the token of a position stands against the decodings of the steps before. The first that is true counts. */
typedef enum {
  COSMOS_MARK_CHANGED, /* another token than in the decoding before */
  COSMOS_MARK_UNSURE,  /* probability below 1/2 */
  COSMOS_MARK_SETTLED, /* probability at least 9/10, and the same token in this and the four decodings before */
  COSMOS_MARK_SAME,    /* none of these */
} CosmosMark;

enum { COSMOS_SETTLED_AFTER = 4 }; /* decodings before this one */

/* before: earlier decodings of the same length, the latest first; more than COSMOS_SETTLED_AFTER are not looked at, none (n 0): all changed.
 * marks: n_positions. */
void cosmos_decoding_mark (const CosmosDecoding *self, const CosmosDecoding *const *before, int n, CosmosMark *marks);
/* Positions at which the texts show different tokens, or only one of them shows one. before NULL: all real tokens. */
int cosmos_decoding_count_changed (const CosmosDecoding *self, const CosmosDecoding *before);
