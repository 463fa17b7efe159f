#include "core/math/linear.h"

#include "core/math/gemm.h"
#include "core/math/parallel.h"
#include "core/math/vector.h"

#include <string.h>

typedef struct {
  CosmosTensor x, bias, y;
  const CosmosWeight *weight;
} Linear;

static CosmosRows rows_of (const CosmosTensor *tensor, float *data)
{
  return (CosmosRows) {data, cosmos_tensor_get_rows (tensor), tensor->stride};
}

static void sum_rows (int64_t first, int64_t count, float *sums, void *data)
{
  const Linear *self = data;
  for (int64_t row = first; row < first + count; row++)
    cosmos_vector_add (sums, self->y.grad + row * self->y.stride, cosmos_tensor_get_columns (&self->y));
}

static void backward (CosmosGraph *graph, const void *op)
{
  const Linear *self = op;
  CosmosPool *pool = cosmos_graph_get_pool (graph);
  CosmosArena *arena = cosmos_graph_get_arena (graph);
  CosmosRows dy = rows_of (&self->y, self->y.grad);
  int64_t columns = cosmos_tensor_get_columns (&self->y);
  CosmosError err;
  if (self->bias.grad
      && !cosmos_parallel_sums (pool, arena, dy.rows, 0.1 * (double) columns, sum_rows, (void *) self, columns, 1,
                                (float *const[]) {self->bias.grad})) {
    cosmos_graph_fail (graph, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for a gradient: use a smaller batch");
    return;
  }
  if (!cosmos_gemm_backward (pool, arena, self->weight, dy, rows_of (&self->x, self->x.data), rows_of (&self->x, self->x.grad),
                             &err))
    cosmos_graph_fail (graph, err.code, "%s", err.message);
}

CosmosTensor *cosmos_linear (CosmosGraph *graph, const CosmosTensor *x, const CosmosWeight *weight, const CosmosTensor *bias)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  int64_t shape[COSMOS_MAX_RANK];
  memcpy (shape, x->shape, sizeof shape);
  shape[x->rank - 1] = cosmos_weight_get_out (weight);
  CosmosTensor *y = cosmos_graph_tensor (graph, x->rank, shape);
  if (cosmos_graph_has_failed (graph))
    return y;
  CosmosError err;
  if (!cosmos_gemm (cosmos_graph_get_pool (graph), cosmos_graph_get_arena (graph), weight, rows_of (x, x->data),
                    bias ? bias->data : NULL, rows_of (y, y->data), &err))
    return cosmos_graph_fail (graph, err.code, "%s", err.message);
  Linear op = {.x = *x, .y = *y, .weight = weight};
  if (bias)
    op.bias = *bias;
  cosmos_graph_record_copy (graph, backward, &op, sizeof op);
  return cosmos_graph_has_failed (graph) ? cosmos_graph_nothing (graph) : y;
}
