#include "core/math/linear.h"

#include "core/math/gemm.h"

typedef struct {
  const CosmosTensor *x, *bias, *y;
  const CosmosWeight *weight;
} Linear;

static CosmosRows values_of (const CosmosTensor *tensor)
{
  return (CosmosRows) {tensor->data, cosmos_tensor_get_rows (tensor), tensor->stride};
}

static CosmosRows grad_of (const CosmosTensor *tensor)
{
  return (CosmosRows) {tensor->grad, cosmos_tensor_get_rows (tensor), tensor->stride};
}

static void backward (CosmosGraph *graph, const void *op)
{
  const Linear *self = op;
  CosmosPool *pool = cosmos_graph_get_pool (graph);
  CosmosArena *arena = cosmos_graph_get_arena (graph);
  CosmosRows dy = grad_of (self->y);
  CosmosError err;
  if ((self->x->grad && !cosmos_gemm_backward_input (pool, arena, self->weight, dy, grad_of (self->x), &err))
      || !cosmos_gemm_backward_weight (pool, arena, self->weight, dy, values_of (self->x), &err)) {
    cosmos_graph_fail (graph, err.code, "%s", err.message);
    return;
  }
  for (int64_t row = 0; self->bias && self->bias->grad && row < dy.rows; row++) {
    for (int64_t i = 0; i < cosmos_weight_get_out (self->weight); i++)
      self->bias->grad[i] += dy.data[row * dy.stride + i];
  }
}

CosmosTensor *cosmos_linear (CosmosGraph *graph, const CosmosTensor *x, const CosmosWeight *weight, const CosmosTensor *bias)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  int64_t shape[COSMOS_MAX_RANK];
  for (int i = 0; i < x->rank; i++)
    shape[i] = x->shape[i];
  shape[x->rank - 1] = cosmos_weight_get_out (weight);
  CosmosTensor *y = cosmos_graph_tensor (graph, x->rank, shape);
  if (cosmos_graph_has_failed (graph))
    return y;
  CosmosError err;
  if (!cosmos_gemm (cosmos_graph_get_pool (graph), cosmos_graph_get_arena (graph), weight, values_of (x), bias ? bias->data : NULL,
                    values_of (y), &err))
    return cosmos_graph_fail (graph, err.code, "%s", err.message);
  if (cosmos_graph_has_tape (graph)) {
    Linear *op = cosmos_graph_alloc (graph, sizeof *op);
    if (!op)
      return cosmos_graph_nothing (graph);
    *op = (Linear) {x, bias, y, weight};
    cosmos_graph_record (graph, backward, op);
  }
  return y;
}
