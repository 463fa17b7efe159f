#include "core/model/gpt2-block.h"

#include "core/math/activation.h"
#include "core/math/attention.h"
#include "core/math/elementwise.h"
#include "core/math/linear.h"
#include "core/math/norm.h"

void cosmos_gpt2_block_init (CosmosGpt2Block *self, CosmosParameters *parameters, const CosmosGpt2BlockSizes *sizes, int layer)
{
  const int D = sizes->width, F = sizes->ffn;
#define NAME(name) "blk.%d." name, layer
  *self = (CosmosGpt2Block) {
    .head = sizes->head,
    .norm_eps = sizes->norm_eps,
    .attention_norm = cosmos_parameters_vector (parameters, D, NAME ("attn_norm.weight")),
    .attention_norm_bias = cosmos_parameters_vector (parameters, D, NAME ("attn_norm.bias")),
    .qkv = cosmos_parameters_matrix (parameters, 3 * D, D, NAME ("attn_qkv.weight")),
    .qkv_bias = cosmos_parameters_vector (parameters, 3 * D, NAME ("attn_qkv.bias")),
    .output = cosmos_parameters_matrix (parameters, D, D, NAME ("attn_output.weight")),
    .output_bias = cosmos_parameters_vector (parameters, D, NAME ("attn_output.bias")),
    .ffn_norm = cosmos_parameters_vector (parameters, D, NAME ("ffn_norm.weight")),
    .ffn_norm_bias = cosmos_parameters_vector (parameters, D, NAME ("ffn_norm.bias")),
    .up = cosmos_parameters_matrix (parameters, F, D, NAME ("ffn_up.weight")),
    .up_bias = cosmos_parameters_vector (parameters, F, NAME ("ffn_up.bias")),
    .down = cosmos_parameters_matrix (parameters, D, F, NAME ("ffn_down.weight")),
    .down_bias = cosmos_parameters_vector (parameters, D, NAME ("ffn_down.bias")),
  };
#undef NAME
}

static CosmosTensor *attend (const CosmosGpt2Block *self, CosmosGraph *graph, const CosmosTensor *x, const CosmosKvCache *cache)
{
  const int64_t D = cosmos_tensor_get_columns (x);
  CosmosTensor *u = cosmos_layer_norm (graph, x, self->attention_norm, self->attention_norm_bias, self->norm_eps); /* (B, T, D) */
  CosmosTensor *qkv = cosmos_linear (graph, u, self->qkv, self->qkv_bias); /* (B, T, 3 D) */
  CosmosTensor *q = cosmos_slice (graph, qkv, 0, D), *k = cosmos_slice (graph, qkv, D, D),
               *v = cosmos_slice (graph, qkv, 2 * D, D);
  cosmos_kv_cache_join (cache, graph, &k, &v); /* (B, used + T, D) */
  CosmosTensor *a = cosmos_attention (graph, q, (CosmosKeys) {k, v, NULL}, (CosmosKeys) {0},
                                      (CosmosAttention) {self->head, true}); /* (B, T, D) */
  return cosmos_linear (graph, a, self->output, self->output_bias);
}

static CosmosTensor *feed_forward (const CosmosGpt2Block *self, CosmosGraph *graph, const CosmosTensor *x)
{
  CosmosTensor *u = cosmos_layer_norm (graph, x, self->ffn_norm, self->ffn_norm_bias, self->norm_eps); /* (B, T, D) */
  CosmosTensor *f = cosmos_gelu_tanh (graph, cosmos_linear (graph, u, self->up, self->up_bias));       /* (B, T, F) */
  return cosmos_linear (graph, f, self->down, self->down_bias);
}

CosmosTensor *cosmos_gpt2_block_run (const CosmosGpt2Block *self, CosmosGraph *graph, const CosmosTensor *x,
                                     const CosmosKvCache *cache)
{
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  CosmosTensor *y = cosmos_add (graph, x, attend (self, graph, x, cache)); /* (B, T, D) */
  return cosmos_graph_end (graph, scope, cosmos_add (graph, y, feed_forward (self, graph, y)));
}
