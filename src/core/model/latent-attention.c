#include "core/model/latent-attention.h"

#include "core/math/activation.h"
#include "core/math/attention.h"
#include "core/math/elementwise.h"
#include "core/math/linear.h"
#include "core/math/norm.h"
#include <stdio.h>

static const float rms_eps = 1e-5f, layer_eps = 1e-5f; /* spec 1.0 */

static CosmosTensor *rms (CosmosGraph *graph, const CosmosTensor *x, const CosmosTensor *weight)
{
  return cosmos_rms_norm (graph, x, weight, COSMOS_RMS_CLAMP, rms_eps);
}

void cosmos_latent_attention_init (CosmosLatentAttention *self, CosmosParameters *parameters, const char *prefix,
                                   int context_width, int width, int head)
{
  const int C = context_width, D = width;
  *self = (CosmosLatentAttention) {
    .width = width,
    .head = head,
    .norm_context = cosmos_parameters_vector (parameters, C, "%s.norm_context.weight", prefix),
    .norm_query = cosmos_parameters_vector (parameters, D, "%s.norm_query.weight", prefix),
    .query = cosmos_parameters_matrix (parameters, D, D, "%s.query.weight", prefix),
    .kv_context = cosmos_parameters_matrix (parameters, 2 * D, C, "%s.kv_context.weight", prefix),
    .kv_query = cosmos_parameters_matrix (parameters, 2 * D, D, "%s.kv_query.weight", prefix),
    .output = cosmos_parameters_matrix (parameters, D, D, "%s.output.weight", prefix),
    .head_norm_query = cosmos_parameters_vector (parameters, head, "%s.head_norm_query.weight", prefix),
    .head_norm_key = cosmos_parameters_vector (parameters, head, "%s.head_norm_key.weight", prefix),
  };
}

/* x (B, S, 2 D) = [keys, values], with every head of the keys normalised. */
static CosmosKeys split (const CosmosLatentAttention *self, CosmosGraph *graph, const CosmosTensor *x, const bool *keep)
{
  const int D = self->width;
  return (CosmosKeys) {rms (graph, cosmos_slice (graph, x, 0, D), self->head_norm_key), cosmos_slice (graph, x, D, D), keep};
}

CosmosTensor *cosmos_latent_attention_run (const CosmosLatentAttention *self, CosmosGraph *graph, const CosmosTensor *context,
                                           const CosmosTensor *y, const bool *keep)
{
  CosmosTensor *c = rms (graph, context, self->norm_context);                                          /* (B, S, C) */
  CosmosTensor *u = rms (graph, y, self->norm_query);                                                  /* (B, T, D) */
  CosmosTensor *q = rms (graph, cosmos_linear (graph, u, self->query, NULL), self->head_norm_query);   /* (B, T, D) */
  CosmosKeys of_context = split (self, graph, cosmos_linear (graph, c, self->kv_context, NULL), keep); /* (B, S, D) each */
  CosmosKeys of_queries = split (self, graph, cosmos_linear (graph, u, self->kv_query, NULL), NULL);   /* (B, T, D) each */
  CosmosTensor *a = cosmos_attention (graph, q, of_context, of_queries, (CosmosAttention) {self->head, false}); /* (B, T, D) */
  return cosmos_linear (graph, a, self->output, NULL);
}

void cosmos_feed_forward_init (CosmosFeedForward *self, CosmosParameters *parameters, const char *prefix, int width, int inner)
{
  *self = (CosmosFeedForward) {
    .norm_weight = cosmos_parameters_vector (parameters, width, "%s.norm.weight", prefix),
    .norm_bias = cosmos_parameters_vector (parameters, width, "%s.norm.bias", prefix),
    .up = cosmos_parameters_matrix (parameters, inner, width, "%s.up.weight", prefix),
    .up_bias = cosmos_parameters_vector (parameters, inner, "%s.up.bias", prefix),
    .down = cosmos_parameters_matrix (parameters, width, inner, "%s.down.weight", prefix),
    .down_bias = cosmos_parameters_vector (parameters, width, "%s.down.bias", prefix),
  };
}

CosmosTensor *cosmos_feed_forward_run (const CosmosFeedForward *self, CosmosGraph *graph, const CosmosTensor *x)
{
  CosmosTensor *u = cosmos_layer_norm (graph, x, self->norm_weight, self->norm_bias, layer_eps); /* (.., D) */
  u = cosmos_gelu (graph, cosmos_linear (graph, u, self->up, self->up_bias));                    /* (.., F) */
  return cosmos_linear (graph, u, self->down, self->down_bias);
}

void cosmos_branch_scale_init (CosmosBranchScale *self, CosmosParameters *parameters, const char *prefix)
{
  self->weight = cosmos_parameters_vector (parameters, 1, "%s.weight", prefix);
  self->bias = cosmos_parameters_vector (parameters, 1, "%s.bias", prefix);
}

CosmosTensor *cosmos_branch_scale_run (const CosmosBranchScale *self, CosmosGraph *graph, CosmosTensor *branch)
{
  if (!self->weight)
    return branch;
  CosmosTensor *one = cosmos_graph_input (graph, 1, (int64_t[]) {1}, (float[]) {1});
  return cosmos_multiply (graph, branch, cosmos_add (graph, cosmos_add (graph, one, self->weight), self->bias));
}

void cosmos_latent_layer_init (CosmosLatentLayer *self, CosmosParameters *parameters, const char *prefix, int context_width,
                               int width, int head, int inner, bool scaled)
{
  char name[96];
  *self = (CosmosLatentLayer) {0};
  snprintf (name, sizeof name, "%s.attention", prefix);
  cosmos_latent_attention_init (&self->attention, parameters, name, context_width, width, head);
  snprintf (name, sizeof name, "%s.ffn", prefix);
  cosmos_feed_forward_init (&self->ffn, parameters, name, width, inner);
  if (!scaled)
    return;
  snprintf (name, sizeof name, "%s.attention_scale", prefix);
  cosmos_branch_scale_init (&self->attention_scale, parameters, name);
  snprintf (name, sizeof name, "%s.ffn_scale", prefix);
  cosmos_branch_scale_init (&self->ffn_scale, parameters, name);
}

CosmosTensor *cosmos_latent_layer_run (const CosmosLatentLayer *self, CosmosGraph *graph, const CosmosTensor *context,
                                       const CosmosTensor *y, const bool *keep)
{
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  CosmosTensor *a = cosmos_latent_attention_run (&self->attention, graph, context, y, keep);
  CosmosTensor *u = cosmos_add (graph, y, cosmos_branch_scale_run (&self->attention_scale, graph, a)); /* (B, T, D) */
  CosmosTensor *f = cosmos_feed_forward_run (&self->ffn, graph, u);
  return cosmos_graph_end (graph, scope, cosmos_add (graph, u, cosmos_branch_scale_run (&self->ffn_scale, graph, f)));
}
