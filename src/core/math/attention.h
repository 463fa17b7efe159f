/* Softmax attention with heads: softmax (q k^T / sqrt (head width) + mask) v. */
#pragma once

#include "core/math/graph.h"

/* A set of keys with their values, (B, S, kv heads * head width) each. keep: (B, S), false where a key may not be seen; NULL: all
 * are. B is the queries' batch, or 1 for the same keys (and mask) for all texts. keep is not needed after the call. */
typedef struct {
  const CosmosTensor *k, *v;
  const bool *keep;
} CosmosKeys;

typedef struct {
  int head_width;
  bool
      causal; /* query i of T sees keys up to S - T + i of `keys` (a cache may stand before the queries); `extra` must be empty */
} CosmosAttention;

/* q (B, T, heads * head width) -> (B, T, heads * head width), packed. `extra` (k NULL for none) is a second set seen by the same softmax, so
 * that a latent sees the tokens and the latents. kv heads divide the heads (grouped keys). A query that may see nothing gives 0.
 * Tensors may be strided. Products are single-threaded CBLAS calls (OpenBLAS is told so), one head to a thread of the pool. */
CosmosTensor *cosmos_attention (CosmosGraph *graph, const CosmosTensor *q, CosmosKeys keys, CosmosKeys extra,
                                CosmosAttention kind);
