/* What every op must do, checked on any op that is written as a function from tensors to a tensor:
 * its gradients against central differences, the same bits at any number of threads, and its manners when something fails.
 *
 * Include it in one file of a test program. */
#pragma once

#include "core/base/random.h"
#include "core/math/graph.h"

#include "scarce.h"
#include <glib.h>
#include <math.h>
#include <string.h>

enum { GRADIENT_MAX_INPUTS = 6 };
/* Of the largest entry of a gradient: differences of float results cannot be trusted more. */
static const double gradient_tolerance = 1e-3;

/* The op (or a small network) under test. */
typedef CosmosTensor *(*GradientOp) (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data);

typedef struct {
  GradientOp op;
  const void *data;
  int count;
  CosmosTensor inputs[GRADIENT_MAX_INPUTS]; /* those with grad are checked */
} GradientCase;

/* Never freed: reachable until the program ends. */
static CosmosArena *gradient_memory;

static float *gradient_floats (int64_t count)
{
  if (!gradient_memory)
    gradient_memory = cosmos_arena_new (1 << 20);
  float *floats = cosmos_arena_alloc (gradient_memory, (size_t) count * sizeof *floats);
  g_assert_nonnull (floats);
  memset (floats, 0, (size_t) count * sizeof *floats);
  return floats;
}

/* Normal numbers with room for a gradient; gap: numbers between rows, which are NaN so that nobody uses them. */
static CosmosTensor gradient_tensor (uint64_t seed, int64_t gap, int rank, const int64_t *shape)
{
  CosmosTensor tensor = cosmos_tensor (NULL, rank, shape);
  tensor.stride += gap;
  int64_t rows = cosmos_tensor_get_rows (&tensor), columns = cosmos_tensor_get_columns (&tensor);
  tensor.data = gradient_floats (rows * tensor.stride);
  tensor.grad = gradient_floats (rows * tensor.stride);
  for (int64_t i = 0; i < rows * tensor.stride; i++)
    tensor.data[i] = NAN;
  for (int64_t r = 0; r < rows; r++)
    cosmos_random_normal (seed, 0, (uint64_t) (r * columns), cosmos_tensor_row (&tensor, r), (size_t) columns);
  return tensor;
}

static void gradient_run_op (CosmosGraph *graph, const GradientCase *self, CosmosTensor **y)
{
  CosmosTensor copies[GRADIENT_MAX_INPUTS], *inputs[GRADIENT_MAX_INPUTS];
  for (int i = 0; i < self->count; i++) {
    copies[i] = self->inputs[i]; /* an op must not need the header later */
    inputs[i] = &copies[i];
  }
  *y = self->op (graph, inputs, self->data);
  memset (copies, 0xa5, sizeof copies);
}

/* ---- a loss: the output's numbers times fixed random ones ---- */

typedef struct {
  const CosmosTensor *y, *loss;
  const float *weights;
} GradientLoss;

static void gradient_loss_backward (CosmosGraph *graph, const void *op)
{
  const GradientLoss *self = op;
  int64_t columns = cosmos_tensor_get_columns (self->y);
  cosmos_graph_settle (graph, self->y);
  for (int64_t i = 0; i < cosmos_tensor_get_count (self->y); i++)
    self->y->grad[i / columns * self->y->stride + i % columns] += self->weights[i] * self->loss->grad[0];
}

static double gradient_sum (const CosmosTensor *y, const float *weights)
{
  int64_t columns = cosmos_tensor_get_columns (y);
  double sum = 0.0;
  for (int64_t i = 0; i < cosmos_tensor_get_count (y); i++)
    sum += (double) y->data[i / columns * y->stride + i % columns] * (double) weights[i];
  return sum;
}

static float *gradient_weights (CosmosGraph *graph, const CosmosTensor *y)
{
  size_t count = (size_t) cosmos_tensor_get_count (y);
  float *weights = cosmos_graph_alloc (graph, count * sizeof *weights);
  if (weights)
    cosmos_random_normal (4711, 1, 0, weights, count);
  return weights;
}

static double gradient_get_loss (CosmosGraph *graph, const GradientCase *self)
{
  CosmosTensor *y;
  cosmos_graph_reset (graph);
  gradient_run_op (graph, self, &y);
  g_assert_true (cosmos_graph_check (graph, NULL));
  return gradient_sum (y, gradient_weights (graph, y));
}

/* Forward and backward; false where the graph failed. The gradients of all inputs start at `start`. */
static bool gradient_run_backward (CosmosGraph *graph, const GradientCase *self, float start, CosmosTensor **y)
{
  for (int i = 0; i < self->count; i++) {
    const CosmosTensor *input = &self->inputs[i];
    for (int64_t k = 0; input->grad && k < cosmos_tensor_get_rows (input) * input->stride; k++)
      input->grad[k] = start;
  }
  cosmos_graph_start_tape (graph);
  gradient_run_op (graph, self, y);
  CosmosTensor *loss = cosmos_graph_tensor (graph, 1, (int64_t[]) {1});
  float *weights = gradient_weights (graph, *y);
  if (cosmos_graph_has_failed (graph))
    return false;
  loss->data[0] = (float) gradient_sum (*y, weights);
  GradientLoss op = {*y, loss, weights};
  cosmos_graph_record_copy (graph, gradient_loss_backward, &op, sizeof op);
  return cosmos_graph_backward (graph, loss, NULL);
}

/* ---- the checks ---- */

/* Gradients that nobody has written yet are written, not added to: NaN before, the same afterwards as what was added to `start`. Inputs that an op only
 * adds to (gains, and what stands for a matrix) are left out. */
static void gradient_check_unset (const GradientCase *self, float start)
{
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  CosmosTensor *y;
  GradientCase unset = *self;
  bool flags[GRADIENT_MAX_INPUTS] = {false};
  for (int i = 0; i < self->count; i++) {
    const CosmosTensor *input = &self->inputs[i];
    if (!input->grad)
      continue;
    flags[i] = true;
    unset.inputs[i].unset = &flags[i];
    unset.inputs[i].grad = gradient_floats (cosmos_tensor_get_rows (input) * input->stride);
  }
  g_assert_true (gradient_run_backward (graph, &unset, NAN, &y));
  for (int i = 0; i < self->count; i++) {
    const CosmosTensor *input = &self->inputs[i];
    for (int64_t k = 0; input->grad && !flags[i] && k < cosmos_tensor_get_rows (input) * input->stride; k++) {
      float added = input->grad[k] - start, written = unset.inputs[i].grad[k];
      if (k % input->stride < cosmos_tensor_get_columns (input))
        g_assert_cmpfloat_with_epsilon (written, added, 1e-4f * fmaxf (1.0f, fabsf (added)));
      else
        g_assert_true (isnan (unset.inputs[i].grad[k]));
    }
  }
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
}

/* d loss / d input by central differences, for every number of every input with a gradient; and that gradients are added, in the input's own
 * columns only. */
static void gradient_check (const GradientCase *self)
{
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL), *other = cosmos_graph_new (pool, NULL);
  CosmosTensor *y;
  const float start = 0.5f;
  g_assert_true (gradient_run_backward (graph, self, start, &y));
  for (int i = 0; i < self->count; i++) {
    const CosmosTensor *input = &self->inputs[i];
    double largest = 0.0;
    for (int64_t k = 0; input->grad && k < cosmos_tensor_get_rows (input) * input->stride; k++) {
      if (k % input->stride >= cosmos_tensor_get_columns (input))
        g_assert_true (input->grad[k] == start);
      else
        largest = fmax (largest, fabs ((double) (input->grad[k] - start)));
    }
    for (int64_t k = 0; input->grad && k < cosmos_tensor_get_rows (input) * input->stride; k++) {
      if (k % input->stride >= cosmos_tensor_get_columns (input))
        continue;
      float x = input->data[k], step = 0.01f;
      input->data[k] = x + step;
      double above = gradient_get_loss (other, self), width = (double) input->data[k];
      input->data[k] = x - step;
      double below = gradient_get_loss (other, self);
      width -= (double) input->data[k];
      input->data[k] = x;
      double want = (above - below) / width, got = (double) (input->grad[k] - start);
      if (!(fabs (want - got) <= gradient_tolerance * fmax (largest, 0.1)))
        g_error ("input %d, number %d: the gradient is %g, differences give %g (largest %g)", i, (int) k, got, want, largest);
    }
  }
  gradient_check_unset (self, start);
  cosmos_graph_free (graph);
  cosmos_graph_free (other);
  cosmos_pool_free (pool);
}

static void gradient_append (GArray *bits, const CosmosTensor *tensor, const float *values)
{
  for (int64_t r = 0; r < cosmos_tensor_get_rows (tensor); r++)
    g_array_append_vals (bits, values + r * tensor->stride, (guint) cosmos_tensor_get_columns (tensor));
}

/* The output and all gradients. */
static GArray *gradient_get_bits (const GradientCase *self, int threads)
{
  CosmosPool *pool = cosmos_pool_new (threads);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  GArray *bits = g_array_new (FALSE, FALSE, sizeof (float));
  CosmosTensor *y;
  g_assert_true (gradient_run_backward (graph, self, 0.0f, &y));
  gradient_append (bits, y, y->data);
  for (int i = 0; i < self->count; i++)
    if (self->inputs[i].grad)
      gradient_append (bits, &self->inputs[i], self->inputs[i].grad);
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
  return bits;
}

/* 1 and 3 threads; give it sizes for which the op uses the pool. Small inputs prove nothing. */
static void gradient_check_threads (const GradientCase *self)
{
  GArray *one = gradient_get_bits (self, 1), *three = gradient_get_bits (self, 3);
  g_assert_cmpmem (one->data, one->len * sizeof (float), three->data, three->len * sizeof (float));
  for (guint i = 0; i < one->len; i++)
    g_assert_true (isfinite (g_array_index (one, float, i)));
  g_array_unref (one);
  g_array_unref (three);
}

/* After a failure and when cancelled the op returns nothing; out of memory it fails in words, wherever that happens, on the way back too;
 * inputs without gradients are left alone; a scoped run allocates nothing the second time. */
static void gradient_check_manners (const GradientCase *self)
{
  enum { MOST = 3 << 20 };
  CosmosError err = {COSMOS_STATUS_OK};
  CosmosProgress progress = {0};
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, &progress);
  CosmosTensor *nothing = cosmos_graph_nothing (graph), *y;

  cosmos_graph_fail (graph, COSMOS_STATUS_RANGE, "before");
  gradient_run_op (graph, self, &y);
  g_assert_true (y == nothing);
  CosmosTensor *nothings[GRADIENT_MAX_INPUTS];
  for (int i = 0; i < GRADIENT_MAX_INPUTS; i++)
    nothings[i] = nothing;
  g_assert_true (self->op (graph, nothings, self->data) == nothing);

  cosmos_graph_reset (graph);
  atomic_store (&progress.cancelled, true);
  gradient_run_op (graph, self, &y);
  g_assert_true (y == nothing);
  g_assert_false (cosmos_graph_check (graph, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
  atomic_store (&progress.cancelled, false);

  /* Fill the memory there is, up to a little more each time. */
  int failures = 0;
  bool ok = false;
  for (size_t left = 0; !ok; left += 192) {
    CosmosGraph *poor = cosmos_graph_new (pool, NULL);
    scarce_allocations = 0;
    size_t fill = 4 << 20;
    g_assert_true (left < MOST && cosmos_graph_alloc (poor, fill - left / 64 * 64));
    ok = gradient_run_backward (poor, self, 0.0f, &y);
    g_assert_true (ok == cosmos_graph_check (poor, &err));
    if (!ok)
      g_assert_cmpint (err.code, ==, COSMOS_STATUS_NO_MEMORY);
    failures += !ok;
    scarce_allocations = -1;
    cosmos_graph_free (poor);
  }
  g_assert_cmpint (failures, >, 0);

  GradientCase untrained = *self;
  for (int i = 0; i < self->count; i++)
    untrained.inputs[i].grad = NULL;
  cosmos_graph_reset (graph);
  g_assert_true (gradient_run_backward (graph, &untrained, 0.0f, &y));

  size_t allocations = 0;
  for (int round = 0; round < 3; round++) {
    cosmos_graph_reset (graph);
    CosmosArenaMark scope = cosmos_graph_begin (graph);
    gradient_run_op (graph, self, &y);
    if (!cosmos_tensor_is_packed (y))
      y = nothing;
    cosmos_graph_end (graph, scope, y);
    if (round > 0)
      g_assert_cmpuint (cosmos_arena_get_allocations (cosmos_graph_get_arena (graph)), ==, allocations);
    allocations = cosmos_arena_get_allocations (cosmos_graph_get_arena (graph));
  }
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
}

/* ---- forward ---- */

/* want (i, data): the right number at place i of the packed output. Differences up to tolerance (1 + |want|). */
static void gradient_check_values (const GradientCase *self, double (*want) (int64_t i, const GradientCase *self),
                                   double tolerance)
{
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  CosmosTensor *y;
  gradient_run_op (graph, self, &y);
  g_assert_true (cosmos_graph_check (graph, NULL));
  int64_t columns = cosmos_tensor_get_columns (y);
  for (int64_t i = 0; i < cosmos_tensor_get_count (y); i++) {
    double right = want (i, self), got = (double) cosmos_tensor_row (y, i / columns)[i % columns];
    if (!(fabs (right - got) <= tolerance * (1.0 + fabs (right))))
      g_error ("number %d is %.9g, not %.9g", (int) i, got, right);
  }
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
}

/* Number c of row r. */
static inline double gradient_at (const CosmosTensor *tensor, int64_t r, int64_t c)
{
  return (double) cosmos_tensor_row (tensor, r)[c];
}
