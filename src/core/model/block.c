#include "core/model/block.h"

#include "core/math/activation.h"
#include "core/math/elementwise.h"
#include "core/math/linear.h"

void cosmos_block_init (CosmosBlock *self, CosmosParameters *parameters, const char *prefix, const CosmosBlockSizes *sizes)
{
  const int D = sizes->width, F = sizes->ffn, A = sizes->heads * sizes->head, K = sizes->kv_heads * sizes->head;
  *self = (CosmosBlock) {
    .sizes = *sizes,
    .attention_norm = cosmos_parameters_vector (parameters, D, "%s.attention_norm.weight", prefix),
    .qkv.stacked = cosmos_parameters_matrix (parameters, A + 2 * K, D, "%s.attention.qkv.weight", prefix),
    .output = cosmos_parameters_matrix (parameters, D, A, "%s.attention.output.weight", prefix),
    .ffn_norm = cosmos_parameters_vector (parameters, D, "%s.ffn_norm.weight", prefix),
    .gate_up.stacked = cosmos_parameters_matrix (parameters, 2 * F, D, "%s.ffn.gate_up.weight", prefix),
    .down = cosmos_parameters_matrix (parameters, D, F, "%s.ffn.down.weight", prefix),
  };
  if (!sizes->cross)
    return;
  if (sizes->cross_norm)
    self->cross_norm = cosmos_parameters_vector (parameters, D, "%s.cross_norm.weight", prefix);
  self->cross_query = cosmos_parameters_matrix (parameters, A, D, "%s.cross.query.weight", prefix);
  self->cross_kv = cosmos_parameters_matrix (parameters, 2 * A, sizes->cross_width, "%s.cross.kv.weight", prefix);
  self->cross_output = cosmos_parameters_matrix (parameters, D, A, "%s.cross.output.weight", prefix);
}

static CosmosTensor *norm (const CosmosBlock *self, CosmosGraph *graph, const CosmosTensor *x, const CosmosTensor *weight)
{
  return cosmos_rms_norm (graph, x, weight, self->sizes.norm_kind, self->sizes.norm_eps);
}

static CosmosTensor *attend (const CosmosBlock *self, CosmosGraph *graph, const CosmosTensor *x,
                             const CosmosBlockContext *context)
{
  const CosmosBlockSizes *s = &self->sizes;
  const int A = s->heads * s->head, K = s->kv_heads * s->head;
  CosmosTensor *u = norm (self, graph, x, self->attention_norm), *q, *k, *v; /* u (B, T, D) */
  if (self->qkv.stacked) {
    CosmosTensor *all = cosmos_linear (graph, u, self->qkv.stacked, NULL); /* (B, T, A + 2 K) */
    q = cosmos_slice (graph, all, 0, A);
    k = cosmos_slice (graph, all, A, K);
    v = cosmos_slice (graph, all, A + K, K);
  } else {
    q = cosmos_linear (graph, u, self->qkv.apart[0], NULL); /* (B, T, A) */
    k = cosmos_linear (graph, u, self->qkv.apart[1], NULL); /* (B, T, K) */
    v = cosmos_linear (graph, u, self->qkv.apart[2], NULL); /* (B, T, K) */
  }
  const int64_t first = context->cache ? context->cache->used : 0;
  q = cosmos_rope (graph, q, s->head, first, s->rope_theta, s->rope_pairs);
  k = cosmos_rope (graph, k, s->head, first, s->rope_theta, s->rope_pairs);
  cosmos_kv_cache_join (context->cache, graph, &k, &v); /* (B, used + T, K) */
  CosmosKeys keys = {k, v, context->keep};
  CosmosTensor *a = cosmos_attention (graph, q, keys, (CosmosKeys) {0},
                                      (CosmosAttention) {s->head, context->causal}); /* (B, T, A) */
  return cosmos_linear (graph, a, self->output, NULL);
}

static CosmosTensor *attend_source (const CosmosBlock *self, CosmosGraph *graph, const CosmosTensor *x, CosmosKeys source)
{
  const CosmosTensor *u = self->cross_norm ? norm (self, graph, x, self->cross_norm) : x; /* (B, T, D) */
  CosmosTensor *q = cosmos_linear (graph, u, self->cross_query, NULL);                    /* (B, T, A) */
  const int64_t B = x->shape[0], n = source.k->shape[0];
  if (n > 1 && n < B) /* neighbours are one text to it: queries do not see each other */
    q = cosmos_reshape (graph, q, 3, (int64_t[]) {n, B / n * x->shape[1], q->shape[2]});
  CosmosTensor *a = cosmos_attention (graph, q, source, (CosmosKeys) {0}, (CosmosAttention) {self->sizes.head, false});
  if (n > 1 && n < B)
    a = cosmos_reshape (graph, a, 3, (int64_t[]) {B, x->shape[1], a->shape[2]});
  return cosmos_linear (graph, a, self->cross_output, NULL);
}

static CosmosTensor *feed_forward (const CosmosBlock *self, CosmosGraph *graph, const CosmosTensor *x)
{
  CosmosTensor *u = norm (self, graph, x, self->ffn_norm), *f; /* (B, T, D) */
  if (self->gate_up.stacked)
    f = cosmos_silu_gate (graph, cosmos_linear (graph, u, self->gate_up.stacked, NULL)); /* (B, T, 2 F) -> (B, T, F) */
  else
    f = cosmos_multiply (graph, cosmos_silu (graph, cosmos_linear (graph, u, self->gate_up.apart[0], NULL)),
                         cosmos_linear (graph, u, self->gate_up.apart[1], NULL)); /* (B, T, F) */
  return cosmos_linear (graph, f, self->down, NULL);
}

CosmosTensor *cosmos_block_run (const CosmosBlock *self, CosmosGraph *graph, const CosmosTensor *x,
                                const CosmosBlockContext *context)
{
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  CosmosTensor *y = cosmos_add (graph, x, attend (self, graph, x, context)); /* (B, T, D) */
  if (context->source.k)
    y = cosmos_add (graph, y, attend_source (self, graph, y, context->source));
  return cosmos_graph_end (graph, scope, cosmos_add (graph, y, feed_forward (self, graph, y)));
}

CosmosTensor *cosmos_block_project_source (const CosmosBlock *self, CosmosGraph *graph, const CosmosTensor *source)
{
  return cosmos_linear (graph, source, self->cross_kv, NULL);
}
