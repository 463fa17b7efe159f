/* Principal components: where a trajectory goes, seen in the two directions in which it moves most. */
#pragma once

#include "core/base/status.h"
#include <stddef.h>

enum { COSMOS_PROJECTION_MAX_POINTS = 8192 };

/* points: n x d, row-major. coordinates: n x k, along the k directions of largest variance around the mean (largest first, the sign chosen so that
 * the first point's coordinate is not positive); explained: k shares of the variance, may be NULL. Directions beyond the n - 1 that n points
 * can have get zeros. Through the n x n Gram matrix, so d may be large. Points that are not finite or too many are refused. */
bool cosmos_projection (const float *points, size_t n, size_t d, int k, double *coordinates, double *explained, CosmosError *err);

/* Other points, m x d, along the directions that cosmos_projection () found for these points and coordinates, around their mean: m x k. So the ways of
 * several runs are seen from one side. Directions that the points do not have get zeros. */
bool cosmos_projection_apply (const float *points, size_t n, size_t d, int k, const double *coordinates, const float *others,
                              size_t m, double *projected, CosmosError *err);
