/* The transformer block of denoiser, source encoder and language model: norm before, RoPE, SwiGLU, optional cross-attention (spec 1.9, 1.13). */
#pragma once

#include "core/math/attention.h"
#include "core/math/norm.h"
#include "core/math/rope.h"
#include "core/model/kv-cache.h"
#include "core/model/parameters.h"

typedef struct {
  int width, head, heads, kv_heads, ffn;
  bool cross, cross_norm;
  int cross_width; /* of the source */
  CosmosRmsKind norm_kind;
  float norm_eps;
  double rope_theta;
  CosmosRopePairs rope_pairs;
} CosmosBlockSizes;

/* Matrices of the same input: stacked in one (rows of the first, then of the next), or apart as llama.cpp stores them. */
typedef struct {
  const CosmosWeight *stacked, *apart[3];
} CosmosProjections;

typedef struct {
  CosmosBlockSizes sizes;
  const CosmosTensor *attention_norm, *ffn_norm, *cross_norm;
  CosmosProjections qkv, gate_up;
  const CosmosWeight *output, *down;
  const CosmosWeight *cross_query, *cross_kv, *cross_output;
} CosmosBlock;

/* How a block is run; zeros: all positions see each other, no source. */
typedef struct {
  bool causal;
  const bool *keep;     /* B x T */
  CosmosKvCache *cache; /* B = 1; the texts' positions follow those in it */
  CosmosKeys source;    /* of the cross-attention; k NULL: none */
} CosmosBlockContext;

/* Stacked matrices; prefix: "denoiser.blocks.0". */
void cosmos_block_init (CosmosBlock *self, CosmosParameters *parameters, const char *prefix, const CosmosBlockSizes *sizes);
/* x (B, T, D) -> (B, T, D), in a scope of its own. */
CosmosTensor *cosmos_block_run (const CosmosBlock *self, CosmosGraph *graph, const CosmosTensor *x,
                                const CosmosBlockContext *context);
/* Source (B, S, cross_width) -> keys and values of the cross-attention side by side, (B, S, 2 D): the same at every step of a run. */
CosmosTensor *cosmos_block_project_source (const CosmosBlock *self, CosmosGraph *graph, const CosmosTensor *source);
