/* Perceiver resampler (spec 1.2): L normalised encoder states to N latents, with a projection where the latent width differs from the hidden one. */
#pragma once

#include "core/model/encoder.h"

typedef struct CosmosCompressor CosmosCompressor;

CosmosCompressor *cosmos_compressor_new (const CosmosConfig *config, CosmosParameters *parameters, CosmosError *err);
void cosmos_compressor_free (CosmosCompressor *self);
/* h (B, L, D), keep: B x L or NULL -> raw latents (B, N, Z). */
CosmosTensor *cosmos_compressor_run (const CosmosCompressor *self, CosmosGraph *graph, const CosmosTensor *h, const bool *keep);
