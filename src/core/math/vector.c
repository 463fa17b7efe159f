#include "core/math/vector.h"
#include "core/base/simd.h"

#include <math.h>

COSMOS_SIMD_CLONES void cosmos_vector_add (float *restrict y, const float *restrict a, int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    y[i] += a[i];
}

COSMOS_SIMD_CLONES void cosmos_vector_add_scaled (float *restrict y, const float *restrict a, float factor, int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    y[i] += a[i] * factor;
}

COSMOS_SIMD_CLONES void cosmos_vector_add_product (float *restrict y, const float *restrict a, const float *restrict b, int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    y[i] += a[i] * b[i];
}

COSMOS_SIMD_CLONES float cosmos_vector_sum (const float *restrict a, int64_t n)
{
  float total = 0.0f;
#pragma omp simd reduction(+ : total)
  for (int64_t i = 0; i < n; i++)
    total += a[i];
  return total;
}

COSMOS_SIMD_CLONES float cosmos_vector_dot (const float *restrict a, const float *restrict b, int64_t n)
{
  float total = 0.0f;
#pragma omp simd reduction(+ : total)
  for (int64_t i = 0; i < n; i++)
    total += a[i] * b[i];
  return total;
}

COSMOS_SIMD_CLONES float cosmos_vector_get_largest (const float *a, int64_t n)
{
  enum { LANES = 16 }; /* by hand: clang does not vectorise a plain maximum of floats, for the sake of NaN */
  float lanes[LANES];
  int64_t i = 0;
  for (int j = 0; j < LANES; j++)
    lanes[j] = -INFINITY;
  for (; i + LANES <= n; i += LANES)
#pragma omp simd
    for (int j = 0; j < LANES; j++)
      lanes[j] = a[i + j] > lanes[j] ? a[i + j] : lanes[j];
  for (; i < n; i++)
    lanes[0] = a[i] > lanes[0] ? a[i] : lanes[0];
  for (int j = 1; j < LANES; j++)
    lanes[0] = lanes[j] > lanes[0] ? lanes[j] : lanes[0];
  return lanes[0];
}
