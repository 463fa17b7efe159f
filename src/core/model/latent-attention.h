/* The layer of compressor and decompressor (spec 1.2): queries y attend to a fixed context and to themselves, then a feed-forward; both residual. */
#pragma once

#include "core/math/graph.h"
#include "core/model/parameters.h"

typedef struct {
  const CosmosTensor *norm_context, *norm_query, *head_norm_query, *head_norm_key;
  const CosmosWeight *query, *kv_context, *kv_query, *output;
} CosmosLatentAttention;

/* LayerNorm, linear, GELU, linear. */
typedef struct {
  const CosmosTensor *norm_weight, *norm_bias, *up_bias, *down_bias;
  const CosmosWeight *up, *down;
} CosmosFeedForward;

void cosmos_latent_attention_init (CosmosLatentAttention *self, CosmosParameters *parameters, const char *prefix, int context_width,
                                   int width, int head);
/* context (B, S, C), y (B, T, D), keep (B, S) or NULL -> (B, T, D), without the residual. */
CosmosTensor *cosmos_latent_attention_run (const CosmosLatentAttention *self, CosmosGraph *graph, const CosmosTensor *context,
                                           const CosmosTensor *y, const bool *keep);
void cosmos_feed_forward_init (CosmosFeedForward *self, CosmosParameters *parameters, const char *prefix, int width, int inner);
CosmosTensor *cosmos_feed_forward_run (const CosmosFeedForward *self, CosmosGraph *graph, const CosmosTensor *x);
