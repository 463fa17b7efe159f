#include "core/model/encoder.h"

#include "core/math/activation.h"
#include "core/math/attention.h"
#include "core/math/elementwise.h"
#include "core/math/embedding.h"
#include "core/math/linear.h"
#include "core/math/norm.h"
#include <assert.h>
#include <stdlib.h>

typedef struct {
  const CosmosWeight *qkv, *output, *up, *down;
  const CosmosTensor *qkv_bias, *output_bias, *up_bias, *down_bias;
  const CosmosTensor *attention_norm, *attention_norm_bias, *ffn_norm, *ffn_norm_bias;
} Layer;

struct CosmosEncoder {
  CosmosEncoderSizes sizes;
  const CosmosWeight *tokens;           /* (V, D) */
  const CosmosTensor *positions;        /* (P, D) */
  const CosmosTensor *norm, *norm_bias; /* (D) */
  CosmosTensor minus_mean, inverse_std; /* (D) of the output; own their numbers; NULL: it has none */
  Layer layers[];
};

static void init_layer (Layer *self, const CosmosEncoderSizes *sizes, CosmosParameters *parameters, int i)
{
  const int D = sizes->width, F = sizes->ffn;
#define NAME(name) "encoder.layers.%d." name, i
  *self = (Layer) {
    .qkv = cosmos_parameters_matrix (parameters, 3 * D, D, NAME ("attention.qkv.weight")),
    .qkv_bias = cosmos_parameters_vector (parameters, 3 * D, NAME ("attention.qkv.bias")),
    .output = cosmos_parameters_matrix (parameters, D, D, NAME ("attention.output.weight")),
    .output_bias = cosmos_parameters_vector (parameters, D, NAME ("attention.output.bias")),
    .attention_norm = cosmos_parameters_vector (parameters, D, NAME ("attention_norm.weight")),
    .attention_norm_bias = cosmos_parameters_vector (parameters, D, NAME ("attention_norm.bias")),
    .up = cosmos_parameters_matrix (parameters, F, D, NAME ("ffn.up.weight")),
    .up_bias = cosmos_parameters_vector (parameters, F, NAME ("ffn.up.bias")),
    .down = cosmos_parameters_matrix (parameters, D, F, NAME ("ffn.down.weight")),
    .down_bias = cosmos_parameters_vector (parameters, D, NAME ("ffn.down.bias")),
    .ffn_norm = cosmos_parameters_vector (parameters, D, NAME ("ffn_norm.weight")),
    .ffn_norm_bias = cosmos_parameters_vector (parameters, D, NAME ("ffn_norm.bias")),
  };
#undef NAME
}

/* Statistics as what is added and what is multiplied by. */
static bool init_statistics (CosmosEncoder *self, const CosmosTensor *mean, const CosmosTensor *std, const char *origin,
                             CosmosError *err)
{
  const int64_t D = self->sizes.width;
  float *values = malloc (2 * (size_t) D * sizeof *values);
  if (!values)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the encoder");
  self->minus_mean = cosmos_tensor (values, 1, &D);
  self->inverse_std = cosmos_tensor (values + D, 1, &D);
  for (int64_t i = 0; i < D; i++) {
    if (!(std->data[i] > 0))
      return cosmos_error_set (err, COSMOS_STATUS_CORRUPT, "%s: encoder.std must be positive, but number %d is %g", origin,
                               (int) i, std->data[i]);
    self->minus_mean.data[i] = -mean->data[i];
    self->inverse_std.data[i] = 1 / std->data[i];
  }
  return true;
}

CosmosEncoder *cosmos_encoder_new_bare (const CosmosConfig *config, CosmosParameters *parameters, CosmosError *err)
{
  const CosmosEncoderSizes *sizes = &config->encoder;
  const int D = sizes->width;
  CosmosEncoder *self = calloc (1, sizeof *self + (size_t) sizes->layers * sizeof *self->layers);
  if (!self) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the encoder");
    return NULL;
  }
  self->sizes = *sizes;
  self->tokens = cosmos_parameters_matrix (parameters, config->vocabulary, D, "encoder.token_embedding.weight");
  self->positions = cosmos_parameters_table (parameters, sizes->positions, D, "encoder.position_embedding.weight");
  self->norm = cosmos_parameters_vector (parameters, D, "encoder.embedding_norm.weight");
  self->norm_bias = cosmos_parameters_vector (parameters, D, "encoder.embedding_norm.bias");
  for (int i = 0; i < sizes->layers; i++)
    init_layer (&self->layers[i], sizes, parameters, i);
  if (cosmos_parameters_check (parameters, err))
    return self;
  cosmos_encoder_free (self);
  return NULL;
}

CosmosEncoder *cosmos_encoder_new (const CosmosConfig *config, CosmosParameters *parameters, CosmosError *err)
{
  const int D = config->encoder.width;
  CosmosEncoder *self = cosmos_encoder_new_bare (config, parameters, err);
  if (!self)
    return NULL;
  const CosmosTensor *mean = cosmos_parameters_constant (parameters, 0, D, "encoder.mean");
  const CosmosTensor *std = cosmos_parameters_constant (parameters, 0, D, "encoder.std");
  if (cosmos_parameters_check (parameters, err)
      && init_statistics (self, mean, std, cosmos_parameters_get_origin (parameters), err))
    return self;
  cosmos_encoder_free (self);
  return NULL;
}

void cosmos_encoder_free (CosmosEncoder *self)
{
  if (!self)
    return;
  free (self->minus_mean.data);
  free (self);
}

/* x (B, L, D) -> (B, L, D) */
static CosmosTensor *run_layer (const Layer *self, const CosmosEncoderSizes *sizes, CosmosGraph *graph, const CosmosTensor *x,
                                const bool *keep)
{
  const int D = sizes->width;
  CosmosTensor *qkv = cosmos_linear (graph, x, self->qkv, self->qkv_bias); /* (B, L, 3 D) */
  CosmosTensor *q = cosmos_slice (graph, qkv, 0, D);
  CosmosKeys keys = {cosmos_slice (graph, qkv, D, D), cosmos_slice (graph, qkv, 2 * D, D), keep};
  CosmosTensor *a = cosmos_attention (graph, q, keys, (CosmosKeys) {0},
                                      (CosmosAttention) {D / sizes->heads, false}); /* (B, L, D) */
  CosmosTensor *y = cosmos_add (graph, x, cosmos_linear (graph, a, self->output, self->output_bias));
  y = cosmos_layer_norm (graph, y, self->attention_norm, self->attention_norm_bias, sizes->norm_eps);
  CosmosTensor *f = cosmos_gelu (graph, cosmos_linear (graph, y, self->up, self->up_bias)); /* (B, L, F) */
  y = cosmos_add (graph, y, cosmos_linear (graph, f, self->down, self->down_bias));
  return cosmos_layer_norm (graph, y, self->ffn_norm, self->ffn_norm_bias, sizes->norm_eps);
}

CosmosTensor *cosmos_encoder_run (const CosmosEncoder *self, CosmosGraph *graph, const int32_t *ids, const bool *keep,
                                  int64_t batch, int64_t length)
{
  if (length > self->sizes.positions)
    return cosmos_graph_fail (graph, COSMOS_STATUS_RANGE, "The encoder reads at most %d tokens, not %d", self->sizes.positions,
                              (int) length);
  for (int64_t i = 0; i < batch * length; i++)
    if (ids[i] < 0 || ids[i] >= cosmos_weight_get_out (self->tokens))
      return cosmos_graph_fail (graph, COSMOS_STATUS_RANGE, "There is no token %d in the encoder's vocabulary", ids[i]);
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  CosmosTensor *x = cosmos_embedding (graph, self->tokens, ids, batch, length); /* (B, L, D) */
  x = cosmos_add (graph, x, cosmos_head (graph, self->positions, length));      /* + (L, D) */
  x = cosmos_layer_norm (graph, x, self->norm, self->norm_bias, self->sizes.norm_eps);
  x = cosmos_graph_end (graph, scope, x);
  for (int i = 0; i < self->sizes.layers; i++) {
    scope = cosmos_graph_begin (graph);
    x = cosmos_graph_end (graph, scope, run_layer (&self->layers[i], &self->sizes, graph, x, keep));
  }
  return x;
}

CosmosTensor *cosmos_encoder_normalise (const CosmosEncoder *self, CosmosGraph *graph, const CosmosTensor *h)
{
  assert (self->minus_mean.data); /* not one that was made bare */
  return cosmos_multiply (graph, cosmos_add (graph, h, &self->minus_mean), &self->inverse_std);
}
