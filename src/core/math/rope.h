#pragma once

#include "core/math/graph.h"

typedef enum {
  COSMOS_ROPE_HALVES,   /* pairs (i, i + head_width / 2) */
  COSMOS_ROPE_ADJACENT, /* pairs (2i, 2i + 1): GGUF's llama */
} CosmosRopePairs;

/* Rotary positions (arXiv 2104.09864): x (B, T, heads * head width) turned by the angles (first + position) theta^(-2i / head width). */
CosmosTensor *cosmos_rope (CosmosGraph *graph, const CosmosTensor *x, int head_width, int64_t first, double theta,
                           CosmosRopePairs pairs);
