#include "core/model/compressor.h"

#include "core/math/elementwise.h"
#include "core/math/linear.h"
#include "core/math/norm.h"
#include "core/model/latent-attention.h"
#include <stdio.h>
#include <stdlib.h>

static const float rms_eps = 1e-5f;

struct CosmosCompressor {
  int tokens, n_layers;
  const CosmosTensor *positions;                /* (L, D), already scaled */
  const CosmosTensor *latents;                  /* (N, D) */
  const CosmosTensor *input_norm, *output_norm; /* (D), (Z) */
  const CosmosWeight *projection;               /* (Z, D), NULL where Z = D */
  CosmosLatentLayer layers[];
};

CosmosCompressor *cosmos_compressor_new (const CosmosConfig *config, CosmosParameters *parameters, CosmosError *err)
{
  const CosmosResamplerSizes *sizes = &config->compressor;
  const int D = sizes->width, Z = config->latent_width;
  CosmosCompressor *self = calloc (1, sizeof *self + (size_t) sizes->layers * sizeof *self->layers);
  if (!self) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the compressor");
    return NULL;
  }
  self->tokens = config->tokens;
  self->n_layers = sizes->layers;
  self->positions = cosmos_parameters_table (parameters, config->tokens, D, "compressor.positions");
  self->latents = cosmos_parameters_table (parameters, config->latents, D, "compressor.latents");
  self->input_norm = cosmos_parameters_vector (parameters, D, "compressor.input_norm.weight");
  for (int i = 0; i < sizes->layers; i++) {
    char prefix[64];
    snprintf (prefix, sizeof prefix, "compressor.layers.%d", i);
    cosmos_latent_layer_init (&self->layers[i], parameters, prefix, D, D, sizes->head, sizes->ffn, false);
  }
  if (Z != D)
    self->projection = cosmos_parameters_matrix (parameters, Z, D, "compressor.projection.weight");
  self->output_norm = cosmos_parameters_vector (parameters, Z, "compressor.output_norm.weight");
  if (cosmos_parameters_check (parameters, err))
    return self;
  cosmos_compressor_free (self);
  return NULL;
}

void cosmos_compressor_free (CosmosCompressor *self)
{
  free (self);
}

CosmosTensor *cosmos_compressor_run (const CosmosCompressor *self, CosmosGraph *graph, const CosmosTensor *h, const bool *keep)
{
  const int64_t B = h->shape[0], L = h->shape[1];
  if (L > self->tokens)
    return cosmos_graph_fail (graph, COSMOS_STATUS_RANGE, "The compressor reads at most %d tokens, not %d", self->tokens,
                              (int) L);
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  CosmosTensor *x = cosmos_add (graph, h, cosmos_head (graph, self->positions, L));                      /* (B, L, D) */
  CosmosTensor *z = cosmos_rms_norm (graph, self->latents, self->input_norm, COSMOS_RMS_CLAMP, rms_eps); /* (N, D) */
  z = cosmos_repeat (graph, z, B);                                                                       /* (B, N, D) */
  for (int i = 0; i < self->n_layers; i++)
    z = cosmos_latent_layer_run (&self->layers[i], graph, x, z, keep);
  if (self->projection)
    z = cosmos_linear (graph, z, self->projection, NULL); /* (B, N, Z) */
  return cosmos_graph_end (graph, scope, cosmos_rms_norm (graph, z, self->output_norm, COSMOS_RMS_CLAMP, rms_eps));
}
