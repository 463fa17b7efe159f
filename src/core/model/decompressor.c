#include "core/model/decompressor.h"

#include "core/math/elementwise.h"
#include "core/math/linear.h"
#include "core/model/latent-attention.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* What the paper's form computes its first hidden state from; the folded form has the result as `queries`. */
typedef struct {
  const CosmosTensor *mask_embedding; /* (D), frozen */
  CosmosFeedForward ffn;
  CosmosBranchScale scale;
  const CosmosTensor *positions; /* (max (L, N), D), shared by tokens and latents */
} Unfolded;

struct CosmosDecompressor {
  int tokens, latents, width, n_layers;
  bool folded;
  Unfolded unfolded;
  const CosmosTensor *queries;          /* (L, D) */
  const CosmosTensor *latent_positions; /* (N, Z) */
  const CosmosWeight *head;             /* (V, D) */
  CosmosLatentLayer layers[];
};

static void init_queries (CosmosDecompressor *self, const CosmosConfig *config, CosmosParameters *parameters)
{
  const int D = config->decompressor.width, L = config->tokens, N = config->latents;
  if (self->folded) {
    self->queries = cosmos_parameters_table (parameters, L, D, "decompressor.queries");
    self->latent_positions = cosmos_parameters_table (parameters, N, config->latent_width, "decompressor.latent_positions");
    return;
  }
  self->unfolded.mask_embedding = cosmos_parameters_constant (parameters, 0, D, "decompressor.mask_embedding");
  cosmos_feed_forward_init (&self->unfolded.ffn, parameters, "decompressor.embedding_ffn", D, config->decompressor.ffn);
  cosmos_branch_scale_init (&self->unfolded.scale, parameters, "decompressor.embedding_scale");
  self->unfolded.positions = cosmos_parameters_table (parameters, L > N ? L : N, D, "decompressor.positions");
}

CosmosDecompressor *cosmos_decompressor_new (const CosmosConfig *config, CosmosParameters *parameters, CosmosError *err)
{
  const CosmosResamplerSizes *sizes = &config->decompressor;
  CosmosDecompressor *self = calloc (1, sizeof *self + (size_t) sizes->layers * sizeof *self->layers);
  if (!self) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the decompressor");
    return NULL;
  }
  self->tokens = config->tokens;
  self->latents = config->latents;
  self->width = sizes->width;
  self->n_layers = sizes->layers;
  self->folded = config->folded;
  init_queries (self, config, parameters);
  for (int i = 0; i < sizes->layers; i++) {
    char prefix[64];
    snprintf (prefix, sizeof prefix, "decompressor.layers.%d", i);
    cosmos_latent_layer_init (&self->layers[i], parameters, prefix, config->latent_width, sizes->width, sizes->head, sizes->ffn,
                              !config->folded);
  }
  self->head = cosmos_parameters_matrix (parameters, config->vocabulary, sizes->width, "decompressor.head.weight");
  if (cosmos_parameters_check (parameters, err))
    return self;
  cosmos_decompressor_free (self);
  return NULL;
}

void cosmos_decompressor_free (CosmosDecompressor *self)
{
  free (self);
}

/* The first hidden state (L, D), the same for every text, and what is added to the latents (N, Z). */
static void start (const CosmosDecompressor *self, CosmosGraph *graph, const CosmosTensor **queries,
                   const CosmosTensor **latent_positions)
{
  *queries = self->queries;
  *latent_positions = self->latent_positions;
  if (self->folded)
    return;
  const Unfolded *u = &self->unfolded;
  CosmosTensor *positions = cosmos_scale (graph, u->positions, 1 / sqrtf ((float) self->width)); /* (max (L, N), D) */
  CosmosTensor *mask = cosmos_feed_forward_run (&u->ffn, graph, u->mask_embedding);              /* (D), no residual */
  mask = cosmos_branch_scale_run (&u->scale, graph, mask);
  *queries = cosmos_add (graph, cosmos_head (graph, positions, self->tokens), mask); /* (L, D) */
  *latent_positions = cosmos_head (graph, positions, self->latents);                 /* (N, D) */
}

CosmosTensor *cosmos_decompressor_run (const CosmosDecompressor *self, CosmosGraph *graph, const CosmosTensor *z)
{
  const CosmosTensor *queries, *latent_positions;
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  start (self, graph, &queries, &latent_positions);
  CosmosTensor *context = cosmos_add (graph, z, latent_positions); /* (B, N, Z) */
  CosmosTensor *y = cosmos_repeat (graph, queries, z->shape[0]);   /* (B, L, D) */
  for (int i = 0; i < self->n_layers; i++)
    y = cosmos_latent_layer_run (&self->layers[i], graph, context, y, NULL);
  return cosmos_graph_end (graph, scope, y);
}

CosmosTensor *cosmos_decompressor_predict (const CosmosDecompressor *self, CosmosGraph *graph, const CosmosTensor *hidden)
{
  return cosmos_linear (graph, hidden, self->head, NULL);
}

const CosmosWeight *cosmos_decompressor_get_head (const CosmosDecompressor *self)
{
  return self->head;
}
