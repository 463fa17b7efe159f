/* The gemm seam: all matrix products of the core go through here.
 *
 * A product is cut into panels of output columns that do not depend on the number of threads; each panel is one single-threaded
 * call of the back end on one thread of the pool. So the same machine and back end give the same bits at any number of threads.
 * Scratch (rounded activations) comes from the arena and is given back before returning.
 */
#pragma once

#include "core/base/arena.h"
#include "core/base/pool.h"
#include "core/math/weight.h"

/* Rows of numbers in memory. */
typedef struct {
  float *data;
  int64_t rows;
  int64_t stride;
} CosmosRows;

/* y = x W^T + bias. x: (R, in), y: (R, out), bias: (out) or NULL. False when out of memory or where the back end failed. */
bool cosmos_gemm (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows x, const float *bias,
                  CosmosRows y, CosmosError *err);

/* Backward, in bf16 where the product is bf16, else in f32: dx += dy W (not where dx.data is NULL), and weight.grad += dy^T x (not where it has
 * none). dy: (R, out), dx and x: (R, in). */
bool cosmos_gemm_backward (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows dy, CosmosRows x,
                           CosmosRows dx, CosmosError *err);
/* The same with dw += dy^T x, (out, in) packed, NULL for none, in the place of the weight's own gradient; and dx = dy W where writes. */
bool cosmos_gemm_backward_into (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows dy, CosmosRows x,
                                CosmosRows dx, bool writes, float *dw, CosmosError *err);

/* What OpenBLAS and oneDNN say of themselves ("OpenBLAS 0.3.29, kernel Zen"; "oneDNN 3.7, avx512_core_bf16"; "not built in"), and whether
 * the environment slows OpenBLAS down (OPENBLAS_CORETYPE ...): for `cosmos bench`. */
void cosmos_gemm_describe (CosmosBackend backend, char *text, size_t size);
bool cosmos_gemm_is_slowed_by_environment (void);
