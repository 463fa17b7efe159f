/* The ways back through a matrix with oneDNN, in f32 or bf16: products of the same panels as the way forward, packed for the occasion. */
#pragma once

#include "core/math/gemm-private.h"

/* Only trainable matrices (floats), not in int8. */
bool cosmos_gemm_onednn_can_go_back (const CosmosWeight *weight);
/* dx += dy W */
bool cosmos_gemm_onednn_add_input (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows dy,
                                   CosmosRows dx, CosmosError *err);
/* weight.grad += dy^T x, sums in pieces of rows */
bool cosmos_gemm_onednn_add_weight (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows dy,
                                    CosmosRows x, CosmosError *err);
