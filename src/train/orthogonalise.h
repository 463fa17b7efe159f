/* The nearest matrix with orthonormal rows (or columns, where there are fewer), nearly: what Muon makes of a momentum (Jordan et al. 2024, "Muon: an
 * optimizer for hidden layers in neural networks"). Five Newton-Schulz iterations
 *
 *   X = G / |G|,   A = X X^T,   X = a X + (b A + c A A) X      a = 3.4445, b = -4.7750, c = 2.0315
 *
 * which bring every singular value that is not tiny to between about 0.7 and 1.2 and leave the singular vectors as they are.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* (rows, columns) in row order, in place; zeros stay zeros. On the caller's thread. False when out of memory, with nothing changed. */
bool cosmos_orthogonalise (float *matrix, int64_t rows, int64_t columns);
