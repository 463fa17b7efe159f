/* A text as the decompressor sees it: the most likely token at every position, and how sure it is. Immutable. */
#pragma once

#include "core/model/pipeline.h"

enum { COSMOS_TOP_K = 5 };

typedef struct {
  int32_t id;                   /* the most likely */
  float probability;            /* its probability, the "confidence" */
  float entropy;                /* of the whole distribution, in nats */
  int32_t top[COSMOS_TOP_K];    /* ids, most likely first; -1 beyond a small vocabulary */
  float top_probability[COSMOS_TOP_K];
} CosmosTokenGuess;

typedef struct {
  int n_positions;          /* L */
  int n_tokens;             /* real ones: behind [CLS], before the first [SEP] */
  int first;                /* position of the first real one (1, or 0 where position 0 is not [CLS]) */
  CosmosTokenGuess *tokens; /* n_positions */
  char *text;               /* of the real tokens, detokenised (spec 1.12) */
  double confidence;        /* means over real tokens; 0 where there are none */
  double entropy;
  double seconds;
} CosmosDecoding;

/* Guesses from rows of logits (rows, V). */
void cosmos_token_guesses (CosmosPool *pool, const CosmosTensor *logits, CosmosTokenGuess *guesses);

/* Normalised latents (B, N, Z) -> B decodings, to be freed one by one. tokenizer NULL (random networks): no text. False: nothing was made. */
bool cosmos_decode (const CosmosPipeline *pipeline, CosmosGraph *graph, const float *latents, int batch, CosmosDecoding **decodings,
                    CosmosError *err);
void cosmos_decoding_free (CosmosDecoding *self);

/* How a token stands between the decoding before and this one. */
typedef enum {
  COSMOS_MARK_SAME,    /* as before, but not yet for long */
  COSMOS_MARK_CHANGED, /* another token than before */
  COSMOS_MARK_UNSURE,  /* probability below 1/2 */
  COSMOS_MARK_SETTLED, /* the same in all of `later` */
} CosmosMark;

/* marks: n_positions. before NULL: all changed. */
void cosmos_decoding_mark (const CosmosDecoding *self, const CosmosDecoding *before, CosmosMark *marks);
int cosmos_decoding_count_changed (const CosmosDecoding *self, const CosmosDecoding *before);
