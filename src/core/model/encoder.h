/* BERT without pooler: the frozen text encoder (spec 1.1). Token types, where a checkpoint has them, are folded into the positions. */
#pragma once

#include "core/math/graph.h"
#include "core/model/config.h"
#include "core/model/parameters.h"

typedef struct CosmosEncoder CosmosEncoder;

CosmosEncoder *cosmos_encoder_new (const CosmosConfig *config, CosmosParameters *parameters, CosmosError *err);
/* Without the statistics of its states, which the BERT of others has not: cosmos_encoder_normalise () is not for it. */
CosmosEncoder *cosmos_encoder_new_bare (const CosmosConfig *config, CosmosParameters *parameters, CosmosError *err);
void cosmos_encoder_free (CosmosEncoder *self);
/* ids: B x L, L <= positions; keep: B x L, false at pads (NULL: no pads). -> last hidden states (B, L, D). */
CosmosTensor *cosmos_encoder_run (const CosmosEncoder *self, CosmosGraph *graph, const int32_t *ids, const bool *keep,
                                  int64_t batch, int64_t length);
/* The states in units of their own statistics, (h - mean) / std: the compressor's input and the decompressor's target. */
CosmosTensor *cosmos_encoder_normalise (const CosmosEncoder *self, CosmosGraph *graph, const CosmosTensor *h);
