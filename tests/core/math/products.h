/* What tests of products share: computes, random matrices, references in double precision. Include it in one file of a test program. */
#pragma once

#include "core/base/random.h"
#include "core/math/gemm.h"

#include <glib.h>
#include <math.h>
#include <string.h>

static const CosmosCompute products_computes[] = {
  {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32},
  {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_F32},
  {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_BF16},
  {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_INT8},
};
enum { PRODUCTS_COMPUTES = G_N_ELEMENTS (products_computes) };

/* The largest difference, as a part of |x| |w|, the product of the norms of the row and of the weights. bf16: each factor is off by 2^-9 of itself at
 * most. int8: weights are off by half of amax / 127 and activations by half of range / 255; of normal numbers (amax about 4) that is 1.3 % each for a
 * number, less in a sum. */
static double products_get_tolerance (CosmosPrecision precision)
{
  static const double tolerances[] = {
    [COSMOS_PRECISION_F32] = 2e-6, [COSMOS_PRECISION_BF16] = 0x1.1p-8, [COSMOS_PRECISION_INT8] = 0.015};
  return tolerances[precision];
}

static float *products_random (uint64_t seed, size_t n)
{
  float *values = g_new (float, n + 1);
  cosmos_random_normal (seed, 0, 0, values, n);
  return values;
}

static inline double products_norm (const float *x, int64_t n)
{
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += (double) x[i] * (double) x[i];
  return sqrt (sum);
}

/* y (R, out) against x W^T + bias of the floats w (out, in). */
static inline void products_check (const float *w, int64_t out, int64_t in, CosmosRows x, const float *bias, CosmosRows y,
                                   double tolerance)
{
  double *norms = g_new (double, out);
  for (int64_t o = 0; o < out; o++)
    norms[o] = products_norm (w + o * in, in);
  for (int64_t r = 0; r < y.rows; r++) {
    double norm = products_norm (x.data + r * x.stride, in);
    for (int64_t o = 0; o < out; o++) {
      double want = bias ? (double) bias[o] : 0, got = (double) y.data[r * y.stride + o];
      for (int64_t i = 0; i < in; i++)
        want += (double) x.data[r * x.stride + i] * (double) w[o * in + i];
      if (!(fabs (got - want) <= tolerance * (norm * norms[o] + fabs (want)) + 1e-12))
        g_error ("(%d x %d x %d) row %d, output %d is %.9g, not %.9g (norms %g)", (int) y.rows, (int) out, (int) in, (int) r,
                 (int) o, got, want, norm * norms[o]);
    }
  }
  g_free (norms);
}
