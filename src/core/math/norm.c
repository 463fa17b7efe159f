#include "core/math/norm.h"
#include "core/base/simd.h"
#include "core/math/parallel.h"
#include "core/math/vector.h"

#include <assert.h>
#include <math.h>

/* Nanoseconds for one number, forward or backward. */
static const double cost_of_number = 0.25;

/* ---- root mean square ---- */

typedef struct {
  CosmosTensor x, weight, y;
  CosmosRmsKind kind;
  float eps;
  int64_t groups;  /* a row */
  float *inverses; /* 1 / r of each group, for the way back; else NULL */
} Rms;

COSMOS_SIMD_INLINE float inverse_root (float square, CosmosRmsKind kind, float eps)
{
  if (kind == COSMOS_RMS_ADD)
    return 1.0f / sqrtf (square + eps);
  float root = sqrtf (square);
  return 1.0f / (root < eps ? eps : root);
}

COSMOS_SIMD_CLONES static void rms_row (const float *restrict x, const float *restrict weight, float *restrict y,
                                        float *restrict inverses, int64_t groups, int64_t n, CosmosRmsKind kind, float eps)
{
  for (int64_t g = 0; g < groups; g++, x += n, y += n) {
    float square = 0.0f;
#pragma omp simd reduction(+ : square)
    for (int64_t i = 0; i < n; i++)
      square += x[i] * x[i];
    float inverse = inverse_root (square / (float) n, kind, eps);
    for (int64_t i = 0; i < n; i++)
      y[i] = x[i] * inverse * weight[i];
    if (inverses)
      inverses[g] = inverse;
  }
}

/* dx += inverse (w dy - x inverse^2 mean (x w dy)); the second term is the derivative of r, which a clamped r does not have. */
COSMOS_SIMD_CLONES static void rms_backward_row (const float *restrict x, const float *restrict weight, const float *restrict dy,
                                                 const float *restrict inverses, float *restrict dx, int64_t groups, int64_t n,
                                                 float clamped)
{
  for (int64_t g = 0; g < groups; g++, x += n, dy += n, dx += n) {
    float inverse = inverses[g], product = 0.0f;
#pragma omp simd reduction(+ : product)
    for (int64_t i = 0; i < n; i++)
      product += x[i] * weight[i] * dy[i];
    float along = inverse == clamped ? 0.0f : product / (float) n * inverse * inverse * inverse;
    for (int64_t i = 0; i < n; i++)
      dx[i] += inverse * weight[i] * dy[i] - x[i] * along;
  }
}

/* dweight += dy x inverse, over the groups. */
COSMOS_SIMD_CLONES static void rms_backward_weight_row (const float *restrict x, const float *restrict dy,
                                                        const float *restrict inverses, float *restrict dweight, int64_t groups,
                                                        int64_t n)
{
  for (int64_t g = 0; g < groups; g++, x += n, dy += n) {
    float inverse = inverses[g];
    for (int64_t i = 0; i < n; i++)
      dweight[i] += dy[i] * (x[i] * inverse);
  }
}

static void rms_rows (int64_t first, int64_t count, void *data)
{
  const Rms *self = data;
  for (int64_t r = first; r < first + count; r++)
    rms_row (cosmos_tensor_row (&self->x, r), self->weight.data, cosmos_tensor_row (&self->y, r),
             self->inverses ? self->inverses + r * self->groups : NULL, self->groups, self->weight.shape[0], self->kind,
             self->eps);
}

static void rms_backward_rows (int64_t first, int64_t count, float *dweight, void *data)
{
  const Rms *self = data;
  float clamped = self->kind == COSMOS_RMS_CLAMP ? 1.0f / self->eps : 0.0f;
  for (int64_t r = first; r < first + count; r++) {
    const float *x = cosmos_tensor_row (&self->x, r), *dy = self->y.grad + r * self->y.stride;
    const float *inverses = self->inverses + r * self->groups;
    if (self->x.grad)
      rms_backward_row (x, self->weight.data, dy, inverses, self->x.grad + r * self->x.stride, self->groups,
                        self->weight.shape[0], clamped);
    if (self->weight.grad)
      rms_backward_weight_row (x, dy, inverses, dweight, self->groups, self->weight.shape[0]);
  }
}

/* Input and weight in one pass over the rows, n numbers of n_totals weights. */
static void backward_rows (CosmosGraph *graph, const CosmosTensor *x,
                           void (*work) (int64_t first, int64_t count, float *sums, void *data), void *op, int64_t n,
                           int n_totals, float *const *totals)
{
  double cost = 2.0 * (double) cosmos_tensor_get_columns (x) * cost_of_number;
  if (!cosmos_parallel_sums (cosmos_graph_get_pool (graph), cosmos_graph_get_arena (graph), cosmos_tensor_get_rows (x), cost,
                             work, op, n, n_totals, totals))
    cosmos_graph_fail (graph, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for a gradient: use a smaller batch");
}

static void rms_backward (CosmosGraph *graph, const void *op)
{
  Rms self = *(const Rms *) op;
  if (self.x.grad || self.weight.grad)
    backward_rows (graph, &self.x, rms_backward_rows, &self, self.weight.shape[0], 1, (float *const[]) {self.weight.grad});
}

CosmosTensor *cosmos_rms_norm (CosmosGraph *graph, const CosmosTensor *x, const CosmosTensor *weight, CosmosRmsKind kind,
                               float eps)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  int64_t columns = cosmos_tensor_get_columns (x), rows = cosmos_tensor_get_rows (x);
  assert (weight->rank == 1 && weight->shape[0] > 0 && columns % weight->shape[0] == 0);
  Rms self = {.x = *x, .weight = *weight, .kind = kind, .eps = eps, .groups = columns / weight->shape[0]};
  CosmosTensor *y = cosmos_graph_tensor_like (graph, x);
  if (cosmos_graph_has_tape (graph))
    self.inverses = cosmos_graph_alloc (graph, (size_t) (rows * self.groups) * sizeof *self.inverses);
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  self.y = *y;
  cosmos_parallel (cosmos_graph_get_pool (graph), rows, (double) columns * cost_of_number, rms_rows, &self);
  cosmos_graph_record_copy (graph, rms_backward, &self, sizeof self);
  return y;
}

/* ---- layer norm ---- */

/* Of a row. */
typedef struct {
  float mean, inverse;
} Moments;

typedef struct {
  CosmosTensor x, weight, bias, y;
  float eps;
  Moments *moments; /* of each row, for the way back; else NULL */
} LayerNorm;

COSMOS_SIMD_CLONES static Moments layer_norm_row (const float *restrict x, const float *restrict weight,
                                                  const float *restrict bias, float *restrict y, int64_t n, float eps)
{
  float total = 0.0f, rest = 0.0f, square = 0.0f;
#pragma omp simd reduction(+ : total)
  for (int64_t i = 0; i < n; i++)
    total += x[i];
  float mean = total / (float) n;
#pragma omp simd reduction(+ : rest, square)
  for (int64_t i = 0; i < n; i++) {
    rest += x[i] - mean;
    square += (x[i] - mean) * (x[i] - mean);
  }
  /* What rounding left of the mean, which is much where the mean is larger than the deviation. */
  rest /= (float) n;
  mean += rest;
  float inverse = 1.0f / sqrtf (square / (float) n - rest * rest + eps);
  for (int64_t i = 0; i < n; i++)
    y[i] = (x[i] - mean) * inverse * weight[i] + bias[i];
  return (Moments) {mean, inverse};
}

/* With n = (x - mean) inverse: dx += inverse (w dy - mean (w dy) - n mean (n w dy)). */
COSMOS_SIMD_CLONES static void layer_norm_backward_row (const float *restrict x, const float *restrict weight,
                                                        const float *restrict dy, float *restrict dx, int64_t n, Moments moments)
{
  float mean = moments.mean, inverse = moments.inverse, total = 0.0f, product = 0.0f;
#pragma omp simd reduction(+ : total, product)
  for (int64_t i = 0; i < n; i++) {
    total += weight[i] * dy[i];
    product += weight[i] * dy[i] * ((x[i] - mean) * inverse);
  }
  total /= (float) n;
  product /= (float) n;
  for (int64_t i = 0; i < n; i++)
    dx[i] += inverse * (weight[i] * dy[i] - total - (x[i] - mean) * inverse * product);
}

/* dweight += dy n */
COSMOS_SIMD_CLONES static void layer_norm_backward_weight_row (const float *restrict x, const float *restrict dy,
                                                               float *restrict dweight, int64_t n, Moments moments)
{
  for (int64_t i = 0; i < n; i++)
    dweight[i] += dy[i] * ((x[i] - moments.mean) * moments.inverse);
}

static void layer_norm_rows (int64_t first, int64_t count, void *data)
{
  const LayerNorm *self = data;
  for (int64_t r = first; r < first + count; r++) {
    Moments moments = layer_norm_row (cosmos_tensor_row (&self->x, r), self->weight.data, self->bias.data,
                                      cosmos_tensor_row (&self->y, r), cosmos_tensor_get_columns (&self->x), self->eps);
    if (self->moments)
      self->moments[r] = moments;
  }
}

static void layer_norm_backward_rows (int64_t first, int64_t count, float *sums, void *data)
{
  const LayerNorm *self = data;
  int64_t n = cosmos_tensor_get_columns (&self->x);
  for (int64_t r = first; r < first + count; r++) {
    const float *x = cosmos_tensor_row (&self->x, r), *dy = self->y.grad + r * self->y.stride;
    if (self->x.grad)
      layer_norm_backward_row (x, self->weight.data, dy, self->x.grad + r * self->x.stride, n, self->moments[r]);
    if (self->weight.grad)
      layer_norm_backward_weight_row (x, dy, sums, n, self->moments[r]);
    if (self->bias.grad)
      cosmos_vector_add (sums + n, dy, n);
  }
}

static void layer_norm_backward (CosmosGraph *graph, const void *op)
{
  LayerNorm self = *(const LayerNorm *) op;
  if (self.x.grad || self.weight.grad || self.bias.grad)
    backward_rows (graph, &self.x, layer_norm_backward_rows, &self, cosmos_tensor_get_columns (&self.x), 2,
                   (float *const[]) {self.weight.grad, self.bias.grad});
}

CosmosTensor *cosmos_layer_norm (CosmosGraph *graph, const CosmosTensor *x, const CosmosTensor *weight, const CosmosTensor *bias,
                                 float eps)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  int64_t columns = cosmos_tensor_get_columns (x), rows = cosmos_tensor_get_rows (x);
  assert (cosmos_tensor_has_shape (weight, 1, &columns) && cosmos_tensor_has_shape (bias, 1, &columns));
  LayerNorm self = {.x = *x, .weight = *weight, .bias = *bias, .eps = eps};
  CosmosTensor *y = cosmos_graph_tensor_like (graph, x);
  if (cosmos_graph_has_tape (graph))
    self.moments = cosmos_graph_alloc (graph, (size_t) rows * sizeof *self.moments);
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  self.y = *y;
  cosmos_parallel (cosmos_graph_get_pool (graph), rows, (double) columns * cost_of_number, layer_norm_rows, &self);
  cosmos_graph_record_copy (graph, layer_norm_backward, &self, sizeof self);
  return y;
}
