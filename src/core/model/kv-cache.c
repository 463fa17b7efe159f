#include "core/model/kv-cache.h"

#include <assert.h>
#include <string.h>

static CosmosTensor *join (const CosmosKvCache *self, CosmosGraph *graph, float *memory, const CosmosTensor *new)
{
  const int64_t T = new->shape[1], K = new->shape[2], all = self->used + T;
  assert (new->shape[0] == 1 && all <= self->capacity);
  for (int64_t i = 0; i < T; i++)
    memcpy (memory + (self->used + i) * K, cosmos_tensor_row (new, i), (size_t) K * sizeof (float));
  return cosmos_graph_view (graph, cosmos_tensor (memory, 3, (int64_t[]) {1, all, K}));
}

void cosmos_kv_cache_join (const CosmosKvCache *self, CosmosGraph *graph, CosmosTensor **k, CosmosTensor **v)
{
  if (!self || cosmos_graph_has_failed (graph))
    return;
  *k = join (self, graph, self->k, *k);
  *v = join (self, graph, self->v, *v);
}
