/* Random numbers as a function of a counter: Philox4x32-10 (Salmon et al., SC 2011).
 *
 * A number depends on (seed, step, index) alone, so a run can be replayed, branched from any step and split over any number of
 * threads without a change in its bits. `step` is any tag below 2^32 that keeps streams apart; `index` counts within a stream.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* One block of the generator: four words of 32 random bits from a 128-bit counter and a 64-bit key. */
void cosmos_random_philox (const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* out[i] ~ N(0, 1), i = 0 .. n-1, the numbers (seed, step, first + i); Box-Muller on pairs of words. */
void cosmos_random_normal (uint64_t seed, uint32_t step, uint64_t first, float *out, size_t n);

/* One number of U[0, 1) with 32 random bits. */
double cosmos_random_uniform (uint64_t seed, uint32_t step, uint64_t index);
