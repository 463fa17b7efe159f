#include "core/math/int8.h"

#include "core/base/simd.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Memory that holds sums first and floats then. */
typedef int32_t __attribute__ ((may_alias)) Sum;

/* The bits of a float, turned so that they are ordered as floats are, with NaN beyond the infinities of its sign: compilers vectorise the maximum of
 * integers only. Its own inverse. */
COSMOS_SIMD_INLINE int32_t turn_bits (int32_t bits)
{
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

COSMOS_SIMD_INLINE int32_t order_of (float x)
{
  int32_t bits;
  memcpy (&bits, &x, sizeof bits);
  return turn_bits (bits);
}

COSMOS_SIMD_INLINE float of_order (int32_t order)
{
  float x;
  order = turn_bits (order);
  memcpy (&x, &order, sizeof x);
  return x;
}

COSMOS_SIMD_CLONES void cosmos_int8_round_weights (const float *w, int64_t n, int8_t *q, float *scale, int32_t *sum)
{
  int32_t order = 0;
  for (int64_t i = 0; i < n; i++) {
    int32_t size = order_of (fabsf (w[i]));
    order = size > order ? size : order;
  }
  float largest = of_order (order);
  /* Subnormal numbers have no inverse. */
  float inverse = largest > FLT_MIN && largest <= FLT_MAX ? 127 / largest : 0;
  int32_t total = 0;
  for (int64_t i = 0; i < n; i++) {
    float y = w[i] * inverse;
    y = y > -127 ? y : -127;                       /* also NaN, which no integer can hold */
    int32_t number = (int32_t) (y + 127.5f) - 127; /* to nearest: what is cut is positive */
    q[i] = (int8_t) number;
    total += number;
  }
  *scale = largest <= FLT_MAX ? largest / 127 : NAN;
  *sum = total;
}

COSMOS_SIMD_CLONES void cosmos_int8_round_activations (const float *x, int64_t n, uint8_t *q, float *scale, int32_t *zero)
{
  int32_t lowest = 0, highest = 0;
  for (int64_t i = 0; i < n; i++) {
    int32_t order = order_of (x[i]);
    lowest = order < lowest ? order : lowest;
    highest = order > highest ? order : highest;
  }
  float least = of_order (lowest), largest = of_order (highest);
  bool is_finite = least >= -FLT_MAX && largest <= FLT_MAX;
  float step = is_finite ? largest / 255 - least / 255 : NAN; /* the difference itself may be infinite */
  float inverse = step > FLT_MIN ? 1 / step : 0, middle = inverse > 0 ? (float) (int32_t) (0.5f - least * inverse) : 0;
  for (int64_t i = 0; i < n; i++) {
    float y = x[i] * inverse + (middle + 0.5f);
    y = y > 0 ? y : 0; /* also NaN */
    y = y < 255 ? y : 255;
    q[i] = (uint8_t) (int32_t) y;
  }
  *scale = step;
  *zero = (int32_t) middle;
}

COSMOS_SIMD_CLONES static void scale_sums (const Sum *sums, float *y, int64_t n, float scale, int32_t zero,
                                           const float *restrict scales, const int32_t *restrict totals)
{
#pragma omp simd
  for (int64_t i = 0; i < n; i++)
    y[i] = (float) (sums[i] - zero * totals[i]) * (scale * scales[i]);
}

COSMOS_SIMD_CLONES static void scale_sums_and_add (const Sum *sums, float *y, int64_t n, float scale, int32_t zero,
                                                   const float *restrict scales, const int32_t *restrict totals,
                                                   const float *restrict bias)
{
#pragma omp simd
  for (int64_t i = 0; i < n; i++)
    y[i] = (float) (sums[i] - zero * totals[i]) * (scale * scales[i]) + bias[i];
}

void cosmos_int8_scale_sums (void *y, int64_t n, float scale, int32_t zero, CosmosInt8Columns columns)
{
  if (columns.bias)
    scale_sums_and_add (y, y, n, scale, zero, columns.scales, columns.sums, columns.bias);
  else
    scale_sums (y, y, n, scale, zero, columns.scales, columns.sums);
}
