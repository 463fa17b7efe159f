#include "core/math/join.h"

#include <assert.h>
#include <string.h>

typedef struct {
  int n;
  CosmosTensor *const *parts;
  CosmosTensor *out;
} Join;

static void backward (CosmosGraph *graph, const void *op)
{
  (void) graph;
  const Join *self = op;
  const int64_t rows = cosmos_tensor_get_rows (self->out);
  int64_t first = 0;
  for (int p = 0; p < self->n; p++) {
    const CosmosTensor *part = self->parts[p];
    const int64_t columns = cosmos_tensor_get_columns (part);
    for (int64_t r = 0; part->grad && r < rows; r++)
      for (int64_t c = 0; c < columns; c++)
        part->grad[r * part->stride + c] += self->out->grad[r * self->out->stride + first + c];
    first += columns;
  }
}

CosmosTensor *cosmos_join (CosmosGraph *graph, int n, CosmosTensor *const *parts)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  CosmosTensor shape = *parts[0];
  int64_t *columns = &shape.shape[shape.rank - 1];
  *columns = 0;
  for (int p = 0; p < n; p++) {
    assert (cosmos_tensor_get_rows (parts[p]) == cosmos_tensor_get_rows (parts[0]));
    *columns += cosmos_tensor_get_columns (parts[p]);
  }
  CosmosTensor *out = cosmos_graph_tensor (graph, shape.rank, shape.shape);
  CosmosTensor **kept = cosmos_graph_alloc (graph, (size_t) n * sizeof *kept);
  if (!kept || cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  memcpy (kept, parts, (size_t) n * sizeof *kept);
  const int64_t rows = cosmos_tensor_get_rows (out);
  int64_t first = 0;
  for (int p = 0; p < n; p++) {
    const int64_t count = cosmos_tensor_get_columns (parts[p]);
    for (int64_t r = 0; r < rows; r++)
      memcpy (cosmos_tensor_row (out, r) + first, cosmos_tensor_row (parts[p], r), (size_t) count * sizeof (float));
    first += count;
  }
  Join op = {n, kept, out};
  cosmos_graph_record_copy (graph, backward, &op, sizeof op);
  return out;
}
