#include "core/math/join.h"

#include "core/math/parallel.h"
#include "core/math/vector.h"

#include <assert.h>
#include <string.h>

/* Nanoseconds for one number, from memory to memory. */
static const double cost_of_number = 0.3;

typedef struct {
  int n;
  CosmosTensor *const *parts;
  CosmosTensor *out;
} Join;

static void copy_rows (int64_t first, int64_t count, void *data)
{
  const Join *self = data;
  for (int64_t r = first; r < first + count; r++) {
    float *out = cosmos_tensor_row (self->out, r);
    for (int p = 0; p < self->n; out += cosmos_tensor_get_columns (self->parts[p++]))
      memcpy (out, cosmos_tensor_row (self->parts[p], r), (size_t) cosmos_tensor_get_columns (self->parts[p]) * sizeof *out);
  }
}

static void backward_rows (int64_t first, int64_t count, void *data)
{
  const Join *self = data;
  for (int64_t r = first; r < first + count; r++) {
    const float *dy = self->out->grad + r * self->out->stride;
    for (int p = 0; p < self->n; dy += cosmos_tensor_get_columns (self->parts[p++])) {
      const CosmosTensor *part = self->parts[p];
      if (part->grad)
        cosmos_vector_add (part->grad + r * part->stride, dy, cosmos_tensor_get_columns (part));
    }
  }
}

static void run (CosmosGraph *graph, const Join *self, void (*work) (int64_t first, int64_t count, void *data))
{
  cosmos_parallel (cosmos_graph_get_pool (graph), cosmos_tensor_get_rows (self->out),
                   (double) cosmos_tensor_get_columns (self->out) * cost_of_number, work, (void *) self);
}

static void backward (CosmosGraph *graph, const void *op)
{
  run (graph, op, backward_rows);
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
  Join op = {n, kept, out};
  run (graph, &op, copy_rows);
  cosmos_graph_record_copy (graph, backward, &op, sizeof op);
  return out;
}
