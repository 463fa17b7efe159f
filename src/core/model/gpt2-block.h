/* The transformer block of GPT-2 (Radford et al. 2019): LayerNorm before, biases everywhere, GELU with tanh. Positions are no part of it. */
#pragma once

#include "core/model/kv-cache.h"
#include "core/model/parameters.h"

typedef struct {
  int head;
  float norm_eps;
  const CosmosTensor *attention_norm, *attention_norm_bias, *ffn_norm, *ffn_norm_bias; /* (D) */
  const CosmosWeight *qkv, *output, *up, *down;
  const CosmosTensor *qkv_bias, *output_bias, *up_bias, *down_bias;
} CosmosGpt2Block;

typedef struct {
  int width, head, ffn;
  float norm_eps;
} CosmosGpt2BlockSizes;

/* Parameters as llama.cpp names them: blk.LAYER.attn_qkv.weight, .bias ... */
void cosmos_gpt2_block_init (CosmosGpt2Block *self, CosmosParameters *parameters, const CosmosGpt2BlockSizes *sizes, int layer);
/* x (B, T, D) -> (B, T, D), causal, in a scope of its own. cache: B = 1, or NULL. */
CosmosTensor *cosmos_gpt2_block_run (const CosmosGpt2Block *self, CosmosGraph *graph, const CosmosTensor *x,
                                     const CosmosKvCache *cache);
