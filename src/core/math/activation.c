#include "core/math/activation.h"
#include "core/base/simd.h"
#include "core/math/functions.h"
#include "core/math/parallel.h"

#include <assert.h>

/* ---- leaf loops ---- */

/* Where Phi is 0 or 1 the factor x must not be infinite. */
static const float gelu_end = 15.0f;
/* The same for 1 / (1 + exp (-x)), whose exponential is infinite beyond 89. */
static const float silu_end = 120.0f;

COSMOS_SIMD_CLONES static void gelu_run (const float *restrict x, float *restrict y, int64_t n)
{
  for (int64_t i = 0; i < n; i++) {
    float density;
    y[i] = cosmos_choose (x[i] < -gelu_end, -gelu_end, x[i]) * cosmos_normal (x[i], &density);
  }
}

/* (x Phi)' = Phi + x exp (-x^2 / 2) / sqrt (2 pi) */
COSMOS_SIMD_INLINE float gelu_slope (float x)
{
  float density, phi = cosmos_normal (x, &density);
  float factor = cosmos_choose (x < -gelu_end, -gelu_end, cosmos_choose (x > gelu_end, gelu_end, x));
  return phi + factor * density * 0.398942280f;
}

COSMOS_SIMD_CLONES static void gelu_backward_run (const float *restrict x, const float *restrict dy, float *restrict dx,
                                                  bool adds, int64_t n)
{
  if (adds)
    for (int64_t i = 0; i < n; i++)
      dx[i] += dy[i] * gelu_slope (x[i]);
  else
    for (int64_t i = 0; i < n; i++)
      dx[i] = dy[i] * gelu_slope (x[i]);
}

/* The factor is 1 / (1 + exp (-w)) with w = 2 sqrt (2 / pi) (x + 0.044715 x^3); *slope: w'. */
COSMOS_SIMD_INLINE float gelu_tanh_factor (float x, float *slope)
{
  x = cosmos_choose (x < -gelu_end, -gelu_end, cosmos_choose (x > gelu_end, gelu_end, x));
  *slope = 1.59576912f + 0.214064489f * (x * x);
  return cosmos_sigmoid (x * (1.59576912f + 0.0713548163f * (x * x)));
}

COSMOS_SIMD_CLONES static void gelu_tanh_run (const float *restrict x, float *restrict y, int64_t n)
{
  for (int64_t i = 0; i < n; i++) {
    float slope;
    y[i] = cosmos_choose (x[i] < -gelu_end, -gelu_end, x[i]) * gelu_tanh_factor (x[i], &slope);
  }
}

/* With s the factor: (x s)' = s + x s (1 - s) w' */
COSMOS_SIMD_INLINE float gelu_tanh_slope (float x)
{
  float slope, s = gelu_tanh_factor (x, &slope);
  float factor = cosmos_choose (x < -gelu_end, -gelu_end, cosmos_choose (x > gelu_end, gelu_end, x));
  return s + factor * s * (1.0f - s) * slope;
}

COSMOS_SIMD_CLONES static void gelu_tanh_backward_run (const float *restrict x, const float *restrict dy, float *restrict dx,
                                                       bool adds, int64_t n)
{
  if (adds)
    for (int64_t i = 0; i < n; i++)
      dx[i] += dy[i] * gelu_tanh_slope (x[i]);
  else
    for (int64_t i = 0; i < n; i++)
      dx[i] = dy[i] * gelu_tanh_slope (x[i]);
}

COSMOS_SIMD_INLINE float silu (float x)
{
  float factor = cosmos_choose (x < -silu_end, -silu_end, x);
  return factor / (1.0f + cosmos_exp (-x));
}

/* With s = 1 / (1 + exp (-x)): (x s)' = s + x s (1 - s) */
COSMOS_SIMD_INLINE float silu_slope (float x)
{
  float s = cosmos_sigmoid (x);
  float factor = cosmos_choose (x < -silu_end, -silu_end, cosmos_choose (x > silu_end, silu_end, x));
  return s + factor * s * (1.0f - s);
}

COSMOS_SIMD_CLONES static void silu_run (const float *restrict x, float *restrict y, int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    y[i] = silu (x[i]);
}

COSMOS_SIMD_CLONES static void silu_backward_run (const float *restrict x, const float *restrict dy, float *restrict dx,
                                                  bool adds, int64_t n)
{
  if (adds)
    for (int64_t i = 0; i < n; i++)
      dx[i] += dy[i] * silu_slope (x[i]);
  else
    for (int64_t i = 0; i < n; i++)
      dx[i] = dy[i] * silu_slope (x[i]);
}

COSMOS_SIMD_CLONES static void silu_gate_run (const float *restrict gate, const float *restrict up, float *restrict y, int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    y[i] = silu (gate[i]) * up[i];
}

COSMOS_SIMD_CLONES static void silu_gate_backward_run (const float *restrict gate, const float *restrict up,
                                                       const float *restrict dy, float *restrict dgate, float *restrict dup,
                                                       bool adds, int64_t n)
{
  if (adds)
    for (int64_t i = 0; i < n; i++) {
      dgate[i] += dy[i] * up[i] * silu_slope (gate[i]);
      dup[i] += dy[i] * silu (gate[i]);
    }
  else
    for (int64_t i = 0; i < n; i++) {
      dgate[i] = dy[i] * up[i] * silu_slope (gate[i]);
      dup[i] = dy[i] * silu (gate[i]);
    }
}

/* ---- one number in, one out ---- */

typedef struct {
  void (*run) (const float *restrict x, float *restrict y, int64_t n);
  void (*backward_run) (const float *restrict x, const float *restrict dy, float *restrict dx, bool adds, int64_t n);
  double cost; /* nanoseconds for one number */
} Kind;

typedef struct {
  const Kind *kind;
  CosmosTensor x, y;
  bool adds; /* on the way back, to what x.grad holds */
} Activation;

static void activate_rows (int64_t first, int64_t count, void *data)
{
  const Activation *self = data;
  for (int64_t r = first; r < first + count; r++)
    self->kind->run (cosmos_tensor_row (&self->x, r), cosmos_tensor_row (&self->y, r), cosmos_tensor_get_columns (&self->x));
}

static void activate_backward_rows (int64_t first, int64_t count, void *data)
{
  const Activation *self = data;
  for (int64_t r = first; r < first + count; r++)
    self->kind->backward_run (cosmos_tensor_row (&self->x, r), self->y.grad + r * self->y.stride,
                              self->x.grad + r * self->x.stride, self->adds, cosmos_tensor_get_columns (&self->x));
}

static void activate_backward (CosmosGraph *graph, const void *op)
{
  Activation self = *(const Activation *) op;
  if (!self.x.grad)
    return;
  cosmos_graph_settle (graph, &self.y);
  self.adds = !cosmos_tensor_claim_grad (&self.x);
  cosmos_parallel (cosmos_graph_get_pool (graph), cosmos_tensor_get_rows (&self.x),
                   (double) cosmos_tensor_get_columns (&self.x) * self.kind->cost, activate_backward_rows, &self);
}

static CosmosTensor *activate (CosmosGraph *graph, const CosmosTensor *x, const Kind *kind)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  CosmosTensor *y = cosmos_graph_tensor_like (graph, x);
  if (cosmos_graph_has_failed (graph))
    return y;
  Activation self = {.kind = kind, .x = *x, .y = *y};
  cosmos_parallel (cosmos_graph_get_pool (graph), cosmos_tensor_get_rows (x), (double) cosmos_tensor_get_columns (x) * kind->cost,
                   activate_rows, &self);
  cosmos_graph_record_copy (graph, activate_backward, &self, sizeof self);
  return y;
}

CosmosTensor *cosmos_gelu (CosmosGraph *graph, const CosmosTensor *x)
{
  static const Kind kind = {gelu_run, gelu_backward_run, 0.8};
  return activate (graph, x, &kind);
}

CosmosTensor *cosmos_gelu_tanh (CosmosGraph *graph, const CosmosTensor *x)
{
  static const Kind kind = {gelu_tanh_run, gelu_tanh_backward_run, 0.6};
  return activate (graph, x, &kind);
}

CosmosTensor *cosmos_silu (CosmosGraph *graph, const CosmosTensor *x)
{
  static const Kind kind = {silu_run, silu_backward_run, 0.5};
  return activate (graph, x, &kind);
}

/* ---- the gate ---- */

static const double cost_of_gate = 0.6;

typedef struct {
  CosmosTensor x, y;
  bool adds; /* on the way back, to what x.grad holds */
} Gate;

static void gate_rows (int64_t first, int64_t count, void *data)
{
  const Gate *self = data;
  int64_t n = cosmos_tensor_get_columns (&self->y);
  for (int64_t r = first; r < first + count; r++) {
    const float *x = cosmos_tensor_row (&self->x, r);
    silu_gate_run (x, x + n, cosmos_tensor_row (&self->y, r), n);
  }
}

static void gate_backward_rows (int64_t first, int64_t count, void *data)
{
  const Gate *self = data;
  int64_t n = cosmos_tensor_get_columns (&self->y);
  for (int64_t r = first; r < first + count; r++) {
    const float *x = cosmos_tensor_row (&self->x, r);
    float *dx = self->x.grad + r * self->x.stride;
    silu_gate_backward_run (x, x + n, self->y.grad + r * self->y.stride, dx, dx + n, self->adds, n);
  }
}

static void gate_backward (CosmosGraph *graph, const void *op)
{
  Gate self = *(const Gate *) op;
  if (!self.x.grad)
    return;
  cosmos_graph_settle (graph, &self.y);
  self.adds = !cosmos_tensor_claim_grad (&self.x);
  cosmos_parallel (cosmos_graph_get_pool (graph), cosmos_tensor_get_rows (&self.x),
                   (double) cosmos_tensor_get_columns (&self.y) * cost_of_gate, gate_backward_rows, &self);
}

CosmosTensor *cosmos_silu_gate (CosmosGraph *graph, const CosmosTensor *x)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  int64_t columns = cosmos_tensor_get_columns (x);
  assert (columns % 2 == 0);
  CosmosTensor half = *x;
  half.shape[x->rank - 1] = columns / 2;
  CosmosTensor *y = cosmos_graph_tensor_like (graph, &half);
  if (cosmos_graph_has_failed (graph))
    return y;
  Gate self = {.x = *x, .y = *y};
  cosmos_parallel (cosmos_graph_get_pool (graph), cosmos_tensor_get_rows (x), (double) (columns / 2) * cost_of_gate, gate_rows,
                   &self);
  cosmos_graph_record_copy (graph, gate_backward, &self, sizeof self);
  return y;
}
