/* The ways back through a matrix with oneDNN, in f32 or bf16: products of the same panels as the way forward, packed for the occasion. */
#pragma once

#include "core/math/gemm-private.h"

/* Only trainable matrices (floats) with some outputs, not in int8. */
bool cosmos_gemm_onednn_can_go_back (const CosmosWeight *weight);
/* See cosmos_gemm_backward (). */
bool cosmos_gemm_onednn_go_back (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows dy, CosmosRows x,
                                 CosmosRows dx, bool writes, float *dw, CosmosError *err);
