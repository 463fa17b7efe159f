#include "core/math/elementwise.h"
#include "core/base/simd.h"
#include "core/math/parallel.h"
#include "core/math/vector.h"

#include <assert.h>
#include <string.h>

/* Nanoseconds for one number, read and written in the second-level cache. */
static const double cost_of_number = 0.15;

/* ---- leaf loops ---- */

COSMOS_SIMD_CLONES static void add_rows (float *restrict y, const float *restrict a, const float *restrict b, int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    y[i] = a[i] + b[i];
}

COSMOS_SIMD_CLONES static void add_number (float *restrict y, const float *restrict a, float b, int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    y[i] = a[i] + b;
}

COSMOS_SIMD_CLONES static void multiply_rows (float *restrict y, const float *restrict a, const float *restrict b, int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    y[i] = a[i] * b[i];
}

COSMOS_SIMD_CLONES static void multiply_number (float *restrict y, const float *restrict a, float b, int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    y[i] = a[i] * b;
}

/* ---- sums and products ---- */

typedef struct {
  CosmosTensor a, b, y;
  bool multiplies;
  bool same_shape;                  /* nothing of b is repeated */
  int64_t b_steps[COSMOS_MAX_RANK]; /* rows of b that one step of a's dimension moves on: 0 where b is repeated */
  bool writes_a, writes_b;          /* on the way back of sums */
} Pair;

static Pair make_pair (const CosmosTensor *a, const CosmosTensor *b, bool multiplies)
{
  assert (b->rank <= a->rank);
  Pair self = {.a = *a, .b = *b, .multiplies = multiplies};
  int64_t step = 1;
  for (int i = 2; i <= b->rank; i++) {
    int64_t size = b->shape[b->rank - i];
    assert (size == 1 || size == a->shape[a->rank - i]);
    self.b_steps[a->rank - i] = size == 1 ? 0 : step;
    step *= size;
  }
  int64_t columns = cosmos_tensor_get_columns (b);
  assert (columns == 1 || columns == cosmos_tensor_get_columns (a));
  self.same_shape = columns == cosmos_tensor_get_columns (a) && cosmos_tensor_get_rows (a) == cosmos_tensor_get_rows (b);
  return self;
}

static int64_t row_of_b (const Pair *self, int64_t row)
{
  int64_t b = 0;
  for (int i = self->a.rank - 2; i >= 0; i--) {
    b += row % self->a.shape[i] * self->b_steps[i];
    row /= self->a.shape[i];
  }
  return b;
}

static void combine_run (const Pair *self, const float *a, const float *b, float *y, int64_t n)
{
  if (self->multiplies)
    multiply_rows (y, a, b, n);
  else
    add_rows (y, a, b, n);
}

static void combine_rows (int64_t first, int64_t count, void *data)
{
  const Pair *self = data;
  int64_t columns = cosmos_tensor_get_columns (&self->a);
  if (self->same_shape && cosmos_tensor_is_packed (&self->a) && cosmos_tensor_is_packed (&self->b)) {
    int64_t skip = first * columns;
    combine_run (self, self->a.data + skip, self->b.data + skip, self->y.data + skip, count * columns);
    return;
  }
  bool one_number = cosmos_tensor_get_columns (&self->b) == 1 && columns != 1;
  for (int64_t r = first; r < first + count; r++) {
    const float *a = cosmos_tensor_row (&self->a, r), *b = cosmos_tensor_row (&self->b, row_of_b (self, r));
    float *y = cosmos_tensor_row (&self->y, r);
    if (!one_number)
      combine_run (self, a, b, y, columns);
    else if (self->multiplies)
      multiply_number (y, a, *b, columns);
    else
      add_number (y, a, *b, columns);
  }
}

static void combine_backward_a (int64_t first, int64_t count, void *data)
{
  const Pair *self = data;
  int64_t columns = cosmos_tensor_get_columns (&self->a);
  for (int64_t r = first; r < first + count; r++) {
    const float *b = cosmos_tensor_row (&self->b, row_of_b (self, r)), *dy = self->y.grad + r * self->y.stride;
    float *da = self->a.grad + r * self->a.stride;
    if (self->writes_a)
      memcpy (da, dy, (size_t) columns * sizeof *da);
    else if (!self->multiplies)
      cosmos_vector_add (da, dy, columns);
    else if (cosmos_tensor_get_columns (&self->b) == 1)
      cosmos_vector_add_scaled (da, dy, *b, columns);
    else
      cosmos_vector_add_product (da, dy, b, columns);
  }
}

static void combine_backward_b_block (const Pair *self, int64_t first_row, int64_t rows, int64_t first, int64_t columns)
{
  for (int64_t r = first_row; r < first_row + rows; r++) {
    const float *a = cosmos_tensor_row (&self->a, r) + first, *dy = self->y.grad + r * self->y.stride + first;
    float *db = self->b.grad + row_of_b (self, r) * self->b.stride;
    if (self->writes_b)
      memcpy (db, dy, (size_t) columns * sizeof *db);
    else if (cosmos_tensor_get_columns (&self->b) == 1)
      *db += self->multiplies ? cosmos_vector_dot (dy, a, columns) : cosmos_vector_sum (dy, columns);
    else if (self->multiplies)
      cosmos_vector_add_product (db + first, dy, a, columns);
    else
      cosmos_vector_add (db + first, dy, columns);
  }
}

static void combine_backward_b_rows (int64_t first, int64_t count, void *data)
{
  const Pair *self = data;
  combine_backward_b_block (self, first, count, 0, cosmos_tensor_get_columns (&self->a));
}

/* Where b is repeated, rows add up: a piece is some columns of all rows, so that the order of the sum is fixed. */
static void combine_backward_b_columns (int64_t first, int64_t count, void *data)
{
  const Pair *self = data;
  combine_backward_b_block (self, 0, cosmos_tensor_get_rows (&self->a), first, count);
}

static void combine_backward (CosmosGraph *graph, const void *op)
{
  Pair self = *(const Pair *) op;
  CosmosPool *pool = cosmos_graph_get_pool (graph);
  int64_t rows = cosmos_tensor_get_rows (&self.a), columns = cosmos_tensor_get_columns (&self.a);
  cosmos_graph_settle (graph, &self.y);
  self.writes_a = !self.multiplies && self.a.grad && cosmos_tensor_claim_grad (&self.a);
  self.writes_b = !self.multiplies && self.same_shape && self.b.grad && cosmos_tensor_claim_grad (&self.b);
  cosmos_graph_settle (graph, &self.a);
  cosmos_graph_settle (graph, &self.b);
  if (self.a.grad)
    cosmos_parallel (pool, rows, (double) columns * cost_of_number, combine_backward_a, &self);
  if (!self.b.grad)
    return;
  if (self.same_shape)
    cosmos_parallel (pool, rows, (double) columns * cost_of_number, combine_backward_b_rows, &self);
  else if (cosmos_tensor_get_columns (&self.b) == 1)
    combine_backward_b_columns (0, columns, &self);
  else
    cosmos_parallel_columns (pool, columns, (double) rows * cost_of_number, combine_backward_b_columns, &self);
}

static CosmosTensor *combine (CosmosGraph *graph, const CosmosTensor *a, const CosmosTensor *b, bool multiplies)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  Pair self = make_pair (a, b, multiplies);
  CosmosTensor *y = cosmos_graph_tensor_like (graph, a);
  if (cosmos_graph_has_failed (graph))
    return y;
  self.y = *y;
  cosmos_parallel (cosmos_graph_get_pool (graph), cosmos_tensor_get_rows (a),
                   (double) cosmos_tensor_get_columns (a) * cost_of_number, combine_rows, &self);
  cosmos_graph_record_copy (graph, combine_backward, &self, sizeof self);
  return y;
}

CosmosTensor *cosmos_add (CosmosGraph *graph, const CosmosTensor *a, const CosmosTensor *b)
{
  return combine (graph, a, b, false);
}

CosmosTensor *cosmos_multiply (CosmosGraph *graph, const CosmosTensor *a, const CosmosTensor *b)
{
  return combine (graph, a, b, true);
}

/* ---- scale ---- */

typedef struct {
  CosmosTensor a, y;
  float factor;
} Scale;

static void scale_rows (int64_t first, int64_t count, void *data)
{
  const Scale *self = data;
  for (int64_t r = first; r < first + count; r++)
    multiply_number (cosmos_tensor_row (&self->y, r), cosmos_tensor_row (&self->a, r), self->factor,
                     cosmos_tensor_get_columns (&self->a));
}

static void scale_backward_rows (int64_t first, int64_t count, void *data)
{
  const Scale *self = data;
  for (int64_t r = first; r < first + count; r++)
    cosmos_vector_add_scaled (self->a.grad + r * self->a.stride, self->y.grad + r * self->y.stride, self->factor,
                              cosmos_tensor_get_columns (&self->a));
}

static void scale_backward (CosmosGraph *graph, const void *op)
{
  Scale self = *(const Scale *) op;
  cosmos_graph_settle (graph, &self.y);
  cosmos_graph_settle (graph, &self.a);
  if (self.a.grad)
    cosmos_parallel (cosmos_graph_get_pool (graph), cosmos_tensor_get_rows (&self.a),
                     (double) cosmos_tensor_get_columns (&self.a) * cost_of_number, scale_backward_rows, &self);
}

CosmosTensor *cosmos_scale (CosmosGraph *graph, const CosmosTensor *a, float factor)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  CosmosTensor *y = cosmos_graph_tensor_like (graph, a);
  if (cosmos_graph_has_failed (graph))
    return y;
  Scale self = {*a, *y, factor};
  cosmos_parallel (cosmos_graph_get_pool (graph), cosmos_tensor_get_rows (a),
                   (double) cosmos_tensor_get_columns (a) * cost_of_number, scale_rows, &self);
  cosmos_graph_record_copy (graph, scale_backward, &self, sizeof self);
  return y;
}

/* ---- repeat ---- */

typedef struct {
  CosmosTensor a, y;
  int64_t times;
} Repeat;

static void repeat_copies (int64_t first, int64_t count, void *data)
{
  const Repeat *self = data;
  for (int64_t k = first; k < first + count; k++)
    cosmos_tensor_copy_to (&self->a, self->y.data + k * cosmos_tensor_get_count (&self->a));
}

/* A row of a gets the sum of its copies' gradients. */
static void repeat_backward_rows (int64_t first, int64_t count, void *data)
{
  const Repeat *self = data;
  int64_t rows = cosmos_tensor_get_rows (&self->a);
  for (int64_t r = first; r < first + count; r++)
    for (int64_t k = 0; k < self->times; k++)
      cosmos_vector_add (self->a.grad + r * self->a.stride, self->y.grad + (k * rows + r) * self->y.stride,
                         cosmos_tensor_get_columns (&self->a));
}

static void repeat_backward (CosmosGraph *graph, const void *op)
{
  Repeat self = *(const Repeat *) op;
  cosmos_graph_settle (graph, &self.y);
  cosmos_graph_settle (graph, &self.a);
  if (self.a.grad)
    cosmos_parallel (cosmos_graph_get_pool (graph), cosmos_tensor_get_rows (&self.a),
                     (double) (self.times * cosmos_tensor_get_columns (&self.a)) * cost_of_number, repeat_backward_rows, &self);
}

CosmosTensor *cosmos_repeat (CosmosGraph *graph, const CosmosTensor *a, int64_t count)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  assert (a->rank < COSMOS_MAX_RANK);
  int64_t shape[COSMOS_MAX_RANK] = {count};
  memcpy (shape + 1, a->shape, (size_t) a->rank * sizeof *shape);
  CosmosTensor *y = cosmos_graph_tensor (graph, a->rank + 1, shape);
  if (cosmos_graph_has_failed (graph))
    return y;
  Repeat self = {*a, *y, count};
  cosmos_parallel (cosmos_graph_get_pool (graph), count, (double) cosmos_tensor_get_count (a) * cost_of_number, repeat_copies,
                   &self);
  cosmos_graph_record_copy (graph, repeat_backward, &self, sizeof self);
  return y;
}

/* ---- views: gradients are shared like the numbers; those of a part can only be added to ---- */

CosmosTensor *cosmos_slice (CosmosGraph *graph, const CosmosTensor *a, int64_t first, int64_t count)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  assert (first >= 0 && count >= 0 && first + count <= cosmos_tensor_get_columns (a));
  cosmos_graph_settle (graph, a);
  CosmosTensor view = *a;
  view.unset = NULL;
  view.shape[a->rank - 1] = count;
  view.data += first;
  if (view.grad)
    view.grad += first;
  return cosmos_graph_view (graph, view);
}

CosmosTensor *cosmos_head (CosmosGraph *graph, const CosmosTensor *a, int64_t count)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  assert (count >= 0 && count <= a->shape[0]);
  cosmos_graph_settle (graph, a);
  CosmosTensor view = *a;
  view.unset = NULL;
  view.shape[0] = count;
  return cosmos_graph_view (graph, view);
}

CosmosTensor *cosmos_rows (CosmosGraph *graph, const CosmosTensor *a, int64_t first, int64_t count)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  assert (a->rank == 2 && first >= 0 && first + count <= a->shape[0]);
  cosmos_graph_settle (graph, a);
  CosmosTensor view = *a;
  view.unset = NULL;
  view.shape[0] = count;
  view.data += first * a->stride;
  view.grad = a->grad ? a->grad + first * a->stride : NULL;
  return cosmos_graph_view (graph, view);
}

CosmosTensor *cosmos_reshape (CosmosGraph *graph, const CosmosTensor *a, int rank, const int64_t *shape)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  CosmosTensor view = cosmos_tensor (a->data, rank, shape);
  view.grad = a->grad;
  view.unset = a->unset;
  assert (cosmos_tensor_is_packed (a) && cosmos_tensor_get_count (&view) == cosmos_tensor_get_count (a));
  return cosmos_graph_view (graph, view);
}
