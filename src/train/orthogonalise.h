/* The nearest matrix with orthonormal rows (or columns, where there are fewer), nearly: what Muon makes of a momentum (Jordan et al. 2024, "Muon: an
 * optimizer for hidden layers in neural networks"). Five Newton-Schulz iterations
 *
 *   X = G / |G|,   A = X^T X,   X = a X + X (b A + c A A)      a = 3.4445, b = -4.7750, c = 2.0315
 *
 * (of the turned matrix where it is wide) which bring every singular value that is not tiny to between about 0.7 and 1.2 and leave the singular
 * vectors as they are.
 */
#pragma once

#include "core/base/arena.h"
#include "core/base/pool.h"
#include "core/math/compute.h"

/* (rows, columns) in row order, in place; zeros stay zeros. The products are made as `compute` says, bf16 being enough. scratch: given back. False when
 * out of memory, with the matrix as it was or void. */
bool cosmos_orthogonalise (CosmosPool *pool, CosmosArena *scratch, CosmosCompute compute, float *matrix, int64_t rows,
                           int64_t columns, CosmosError *err);
