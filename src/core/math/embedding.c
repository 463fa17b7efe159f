#include "core/math/embedding.h"
#include "core/math/parallel.h"
#include "core/math/vector.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Nanoseconds for one number: from memory, perhaps out of a block format. */
static const double cost_of_number = 0.5;

/* ---- rows of a table: a weight or a tensor ---- */

typedef struct {
  const CosmosWeight *weight; /* NULL: rows of `table` */
  CosmosTensor table;
  float *table_grad; /* NULL where nobody trains it */
  const int32_t *ids;
  int64_t count;
  CosmosTensor y;
} Lookup;

static void look_up_rows (int64_t first, int64_t count, void *data)
{
  const Lookup *self = data;
  for (int64_t r = first; r < first + count; r++) {
    float *y = cosmos_tensor_row (&self->y, r);
    if (self->weight)
      cosmos_weight_get_row (self->weight, self->ids[r], y);
    else
      memcpy (y, cosmos_tensor_row (&self->table, self->ids[r]), (size_t) cosmos_tensor_get_columns (&self->y) * sizeof *y);
  }
}

/* An id may come more than once: a piece is some columns of all rows, so that the order of the sum is fixed. */
static void look_up_backward_columns (int64_t first, int64_t count, void *data)
{
  const Lookup *self = data;
  for (int64_t r = 0; r < self->count; r++)
    cosmos_vector_add (self->table_grad + self->ids[r] * self->table.stride + first, self->y.grad + r * self->y.stride + first,
                       count);
}

static void look_up_backward (CosmosGraph *graph, const void *op)
{
  Lookup self = *(const Lookup *) op;
  cosmos_graph_settle (graph, &self.y);
  cosmos_graph_settle (graph, &self.table);
  if (self.table_grad)
    cosmos_parallel_columns (cosmos_graph_get_pool (graph), cosmos_tensor_get_columns (&self.y),
                             (double) self.count * cost_of_number, look_up_backward_columns, &self);
}

static CosmosTensor *look_up (CosmosGraph *graph, Lookup *self, const int32_t *ids, int rank, const int64_t *shape)
{
  CosmosTensor *y = cosmos_graph_tensor (graph, rank, shape);
  int32_t *copy = cosmos_graph_alloc (graph, (size_t) self->count * sizeof *copy);
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  memcpy (copy, ids, (size_t) self->count * sizeof *copy);
  self->ids = copy;
  self->y = *y;
  cosmos_parallel (cosmos_graph_get_pool (graph), self->count, (double) cosmos_tensor_get_columns (y) * cost_of_number,
                   look_up_rows, self);
  cosmos_graph_record_copy (graph, look_up_backward, self, sizeof *self);
  return y;
}

static bool all_inside (const int32_t *ids, int64_t count, int64_t rows)
{
  for (int64_t i = 0; i < count; i++)
    if (ids[i] < 0 || ids[i] >= rows)
      return false;
  return true;
}

CosmosTensor *cosmos_embedding (CosmosGraph *graph, const CosmosWeight *table, const int32_t *ids, int64_t batch, int64_t length)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  int64_t rows = cosmos_weight_get_out (table), columns = cosmos_weight_get_in (table);
  assert (all_inside (ids, batch * length, rows));
  Lookup self = {.weight = table, .table.stride = columns, .table_grad = cosmos_weight_get_grad (table), .count = batch * length};
  return look_up (graph, &self, ids, 3, (int64_t[]) {batch, length, columns});
}

CosmosTensor *cosmos_gather (CosmosGraph *graph, const CosmosTensor *table, const int32_t *ids, int64_t count)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  assert (table->rank == 2 && all_inside (ids, count, table->shape[0]));
  Lookup self = {.table = *table, .table_grad = table->grad, .count = count};
  return look_up (graph, &self, ids, 2, (int64_t[]) {count, table->shape[1]});
}

/* ---- time ---- */

CosmosTensor *cosmos_time_embedding (CosmosGraph *graph, const double *t, int64_t batch, int64_t width, double max_period)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  assert (width > 0 && width % 2 == 0);
  CosmosTensor *y = cosmos_graph_tensor (graph, 2, (int64_t[]) {batch, width});
  if (cosmos_graph_has_failed (graph))
    return y;
  int64_t half = width / 2;
  double ratio = pow (max_period, -1.0 / (double) half);
  for (int64_t b = 0; b < batch; b++) {
    float *row = cosmos_tensor_row (y, b);
    double frequency = 1.0;
    for (int64_t i = 0; i < half; i++, frequency *= ratio) {
      double sine, cosine;
      sincos (t[b] * frequency, &sine, &cosine);
      row[i] = (float) cosine;
      row[half + i] = (float) sine;
    }
  }
  return y;
}
