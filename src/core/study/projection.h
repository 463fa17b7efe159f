/* Principal components: where a trajectory goes, seen in the two directions in which it moves most. */
#pragma once

#include "core/base/status.h"
#include <stddef.h>

/* points: n x d, row-major. coordinates: n x k, along the k directions of largest variance around the mean (largest first, the sign chosen so that
 * the first point's coordinate is not positive); explained: k shares of the variance, may be NULL. Through the n x n Gram matrix, so d may be large. */
bool cosmos_projection (const float *points, size_t n, size_t d, int k, double *coordinates, double *explained, CosmosError *err);
