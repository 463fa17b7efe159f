/* Latents back to hidden states and token logits, all positions at once (spec 1.3). */
#pragma once

#include "core/model/encoder.h"

typedef struct CosmosDecompressor CosmosDecompressor;

CosmosDecompressor *cosmos_decompressor_new (const CosmosConfig *config, CosmosParameters *parameters, CosmosError *err);
void cosmos_decompressor_free (CosmosDecompressor *self);
/* Raw latents (B, N, Z) -> (B, L, D), the guess at the normalised encoder states. */
CosmosTensor *cosmos_decompressor_run (const CosmosDecompressor *self, CosmosGraph *graph, const CosmosTensor *z);
/* (.., D) -> (.., V) */
CosmosTensor *cosmos_decompressor_predict (const CosmosDecompressor *self, CosmosGraph *graph, const CosmosTensor *hidden);
const CosmosWeight *cosmos_decompressor_get_head (const CosmosDecompressor *self);
