/* The transformer block of denoiser, source encoder and language model: norm before, RoPE, SwiGLU, optional cross-attention (spec 1.9, 1.13). */
#pragma once

#include "core/math/attention.h"
#include "core/math/norm.h"
#include "core/math/rope.h"
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

typedef struct {
  const CosmosTensor *attention_norm, *ffn_norm, *cross_norm;
  const CosmosWeight *qkv, *output, *gate_up, *down;
  const CosmosWeight *cross_query, *cross_kv, *cross_output;
} CosmosBlock;

/* Keys and values of the positions before, (1, capacity, kv width) each, for one text; `used` of them are filled. */
typedef struct {
  float *k, *v;
  int64_t capacity, used;
} CosmosKvCache;

/* The source that a block's cross-attention sees: (B, S, cross_width), keep B x S or NULL. x NULL: no source. */
typedef struct {
  const CosmosTensor *x;
  const bool *keep;
} CosmosSource;
