/* The score network as x0 predictor (spec 1.9): long skips, time embedding, self-conditioning; optionally projections where the latent width
 * differs from the hidden width, learned positions of the latents, a task embedding, and a source encoder with cross-attention in every block
 * (spec 1.13); and the source's own latents beside x_t at the input, as InstructPix2Pix has its picture (Brooks et al. 2023). */
#pragma once

#include "core/model/block.h"
#include "core/model/config.h"

typedef struct CosmosDenoiser CosmosDenoiser;

/* A source as the network reads it; zeros: none. */
typedef struct {
  const CosmosTensor *
      x; /* of cosmos_denoiser_encode_source(); B may be 1 for all texts, or divide their number: then neighbours share a source */
  const bool *keep; /* B x S or NULL */
  const CosmosTensor *
      latents; /* of the source as a text of its own, normalised (1 or as many as texts, N, Z); needed where has_source_latents() */
} CosmosSource;

CosmosDenoiser *cosmos_denoiser_new (const CosmosConfig *config, CosmosParameters *parameters, CosmosError *err);
void cosmos_denoiser_free (CosmosDenoiser *self);
bool cosmos_denoiser_has_source (const CosmosDenoiser *self);
bool cosmos_denoiser_has_source_latents (const CosmosDenoiser *self);

/* Normalised encoder states of the source (B, S, D), keep: B x S or NULL -> what run() takes as source: the keys and values of every block's
 * cross-attention side by side, (B, S, layers 2 W). They are the same at every step of a run. */
CosmosTensor *cosmos_denoiser_encode_source (const CosmosDenoiser *self, CosmosGraph *graph, const CosmosTensor *h,
                                             const bool *keep);
/* x_t (B, N, Z) in normalised latents; t: B numbers in [0, 1]; self_condition: the last x0 guess (B, N, Z), or NULL (counts as zeros);
 * tasks: B task numbers, NULL where the network has none; source.x NULL where it has none -> x0 guess (B, N, Z). */
CosmosTensor *cosmos_denoiser_run (const CosmosDenoiser *self, CosmosGraph *graph, const CosmosTensor *x, const double *t,
                                   const CosmosTensor *self_condition, const int32_t *tasks, CosmosSource source);
