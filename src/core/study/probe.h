/* Experiments with the autoencoder: text -> latents -> text, and what happens on the way. Each makes a graph of its own on the pool and runs in
 * batches; progress is told and asked between them. On failure nothing was made and results are untouched.
 * Latents are normalised, N x Z. Who makes many experiments with a text encodes it once and goes on with its latents. */
#pragma once

#include "core/sample/decoding.h"

enum { COSMOS_PROBE_BATCH = 16 };

typedef struct {
  int n_tokens, n_right;          /* [CLS] and [SEP] are targets, too; pads are not */
  bool exact;                     /* all of them */
  double mse;                     /* of the normalised encoder states, over real tokens */
  double latent_mean, latent_std; /* over all numbers of the normalised latents */
  bool cut;                       /* the text was longer than the model reads */
  CosmosDecoding *decoding;
  float *latents;    /* N x Z */
  int32_t *expected; /* at each position of the decoding: the token of the text, -1 behind its end */
} CosmosReconstruction;

/* texts: n of them, ended by 0. results: n, each to be cleared. */
bool cosmos_reconstruct (const CosmosPipeline *pipeline, CosmosPool *pool, const char *const *texts, size_t n,
                         CosmosReconstruction *results, CosmosProgress *progress, CosmosError *err);
/* The same from framed tokens, n x L, as cosmos_pipeline_frame() makes them. */
bool cosmos_reconstruct_tokens (const CosmosPipeline *pipeline, CosmosPool *pool, const int32_t *ids, const bool *keep, size_t n,
                                CosmosReconstruction *results, CosmosProgress *progress, CosmosError *err);
void cosmos_reconstruction_clear (CosmosReconstruction *self);

/* Latents of one text (N x Z) plus sigma N(0, 1) noise by (seed, 0, index), the same numbers for every sigma, decoded and compared with the
 * decode without noise. */
typedef struct {
  double sigma;
  double bleu;           /* over the tokens of both texts, smoothed */
  double token_accuracy; /* share of positions of the clean decode's text that did not change */
  CosmosDecoding *decoding;
} CosmosPerturbation;

/* results: n, one a sigma (0 .. 100), each to be cleared. */
bool cosmos_perturb (const CosmosPipeline *pipeline, CosmosPool *pool, const char *text, const double *sigmas, size_t n,
                     uint64_t seed, CosmosPerturbation *results, CosmosProgress *progress, CosmosError *err);
/* The same from latents: of a run, say. clean: their decode without noise, where it is there already, or NULL. */
bool cosmos_perturb_latents (const CosmosPipeline *pipeline, CosmosPool *pool, const float *latents, const CosmosDecoding *clean,
                             const double *sigmas, size_t n, uint64_t seed, CosmosPerturbation *results, CosmosProgress *progress,
                             CosmosError *err);
void cosmos_perturbation_clear (CosmosPerturbation *self);

/* Decodes of (1 - mu) a + mu b, mu = 0 .. 1 in n equal steps (2 <= n <= 1000); spherical: along the great circle instead. decodings: n, to
 * be freed. */
bool cosmos_interpolate (const CosmosPipeline *pipeline, CosmosPool *pool, const char *a, const char *b, size_t n, bool spherical,
                         CosmosDecoding **decodings, CosmosProgress *progress, CosmosError *err);
/* The same between latents, at any n places mu (0 .. 1). */
bool cosmos_interpolate_latents (const CosmosPipeline *pipeline, CosmosPool *pool, const float *a, const float *b,
                                 const double *mus, size_t n, bool spherical, CosmosDecoding **decodings,
                                 CosmosProgress *progress, CosmosError *err);

/* What each latent does: influence[i L + j] is by how much the probability of the token at position j of the clean decode falls when latent i is
 * replaced by 0, the mean of all texts' latents, and all others stay; -1 .. 1. A token that is not among the likeliest COSMOS_TOP_K any more counts
 * as impossible. influence: N x L. clean: as above. */
bool cosmos_measure_influence (const CosmosPipeline *pipeline, CosmosPool *pool, const float *latents,
                               const CosmosDecoding *clean, float *influence, CosmosProgress *progress, CosmosError *err);
