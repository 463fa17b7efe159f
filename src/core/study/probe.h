/* Experiments with the autoencoder: text -> latents -> text, and what happens on the way. */
#pragma once

#include "core/sample/decoding.h"

typedef struct {
  int n_tokens, n_right; /* [CLS] and [SEP] are targets, too; pads are not */
  bool exact;            /* all of them */
  double mse;            /* of the normalised encoder states, over real tokens */
  double latent_mean, latent_std; /* over all numbers of the normalised latents */
  bool cut;              /* the text was longer than the model reads */
  CosmosDecoding *decoding;
} CosmosReconstruction;

/* texts: n of them, run in batches. results: n, each to be cleared. */
bool cosmos_reconstruct (const CosmosPipeline *pipeline, CosmosPool *pool, const char *const *texts, size_t n, CosmosReconstruction *results,
                         CosmosProgress *progress, CosmosError *err);
void cosmos_reconstruction_clear (CosmosReconstruction *self);

/* Latents of one text (N x Z) plus sigma N(0, 1) noise by (seed, 0, index), decoded; bleu against the decode without noise, over tokens. */
typedef struct {
  double sigma, bleu, token_accuracy; /* share of positions of the clean decode that did not change */
  CosmosDecoding *decoding;
} CosmosPerturbation;

bool cosmos_perturb (const CosmosPipeline *pipeline, CosmosPool *pool, const char *text, const double *sigmas, size_t n, uint64_t seed,
                     CosmosPerturbation *results, CosmosProgress *progress, CosmosError *err);
void cosmos_perturbation_clear (CosmosPerturbation *self);

/* Decodes of (1 - mu) a + mu b, mu = 0 .. 1 in n equal steps (n >= 2); spherical: along the great circle instead. */
bool cosmos_interpolate (const CosmosPipeline *pipeline, CosmosPool *pool, const char *a, const char *b, size_t n, bool spherical,
                         CosmosDecoding **decodings, CosmosProgress *progress, CosmosError *err);
