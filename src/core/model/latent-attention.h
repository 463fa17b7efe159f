/* The layer of compressor and decompressor (spec 1.2): queries y attend to a fixed context and to themselves, then a feed-forward; both residual. */
#pragma once

#include "core/math/graph.h"
#include "core/model/parameters.h"

typedef struct {
  int width, head;
  const CosmosTensor *norm_context, *norm_query, *head_norm_query, *head_norm_key;
  const CosmosWeight *query, *kv_context, *kv_query, *output;
} CosmosLatentAttention;

/* LayerNorm, linear, GELU, linear. */
typedef struct {
  const CosmosTensor *norm_weight, *norm_bias, *up_bias, *down_bias;
  const CosmosWeight *up, *down;
} CosmosFeedForward;

/* A branch's scalar factor s = weight + bias + 1 (spec 1.3); NULLs: 1. */
typedef struct {
  const CosmosTensor *weight, *bias;
} CosmosBranchScale;

typedef struct {
  CosmosLatentAttention attention;
  CosmosFeedForward ffn;
  CosmosBranchScale attention_scale, ffn_scale;
} CosmosLatentLayer;

/* prefix: "compressor.layers.0.attention" */
void cosmos_latent_attention_init (CosmosLatentAttention *self, CosmosParameters *parameters, const char *prefix,
                                   int context_width, int width, int head);
/* context (B, S, C), y (B, T, D), keep: B x S or NULL -> (B, T, D), without the residual. */
CosmosTensor *cosmos_latent_attention_run (const CosmosLatentAttention *self, CosmosGraph *graph, const CosmosTensor *context,
                                           const CosmosTensor *y, const bool *keep);
void cosmos_feed_forward_init (CosmosFeedForward *self, CosmosParameters *parameters, const char *prefix, int width, int inner);
/* x (.., D) -> (.., D), without the residual. */
CosmosTensor *cosmos_feed_forward_run (const CosmosFeedForward *self, CosmosGraph *graph, const CosmosTensor *x);
/* prefix.weight and prefix.bias, one number each. */
void cosmos_branch_scale_init (CosmosBranchScale *self, CosmosParameters *parameters, const char *prefix);
CosmosTensor *cosmos_branch_scale_run (const CosmosBranchScale *self, CosmosGraph *graph, CosmosTensor *branch);

/* prefix: "compressor.layers.0". scaled: with factors for both branches. */
void cosmos_latent_layer_init (CosmosLatentLayer *self, CosmosParameters *parameters, const char *prefix, int context_width,
                               int width, int head, int inner, bool scaled);
/* y (B, T, D) -> (B, T, D), in a scope of its own. */
CosmosTensor *cosmos_latent_layer_run (const CosmosLatentLayer *self, CosmosGraph *graph, const CosmosTensor *context,
                                       const CosmosTensor *y, const bool *keep);
