/* Points into groups: Lloyd's k-means from k-means++ starts (Arthur and Vassilvitskii 2007). */
#pragma once

#include "core/base/status.h"
#include <stddef.h>
#include <stdint.h>

/* points: n x d, row-major, k <= n. labels: n, of 0 .. k - 1. The best of `starts` starts, each from the chance of (seed, start) and run until no point changes
 * its group, 500 rounds at most; *error: the sum of squared distances to the groups' means, may be NULL. A group that loses all its points keeps its place.
 * A round takes n k d products. */
bool cosmos_quantise (const double *points, size_t n, size_t d, size_t k, int starts, uint64_t seed, int32_t *labels,
                      double *error, CosmosError *err);
