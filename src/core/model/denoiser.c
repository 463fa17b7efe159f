#include "core/model/denoiser.h"

#include "core/math/activation.h"
#include "core/math/elementwise.h"
#include "core/math/embedding.h"
#include "core/math/join.h"
#include "core/math/linear.h"
#include <stdio.h>
#include <stdlib.h>

static const float rms_eps = 1e-5f;

typedef struct {
  const CosmosWeight *weight;
  const CosmosTensor *bias;
} Linear;

typedef struct {
  CosmosBlock block;
  Linear time, self_condition;
} Layer;

struct CosmosDenoiser {
  CosmosDenoiserSizes sizes;
  int latent_width;
  Linear input, self_condition_input, output; /* weights NULL where Z = W */
  const CosmosTensor *positions;              /* (N, W) or NULL */
  Linear time_in, time_out;
  const CosmosTensor *task_embedding; /* (tasks, W) or NULL */
  const CosmosTensor *output_norm;
  Linear source_input, source_latents_input; /* weight NULL: none */
  CosmosBlock *source_blocks;
  const CosmosTensor *source_norm, *source_positions; /* (W), (P, W); NULL: none */
  Layer layers[];
};

/* ---- making it ---- */

static Linear linear_init (CosmosParameters *parameters, int out, int in, const char *name)
{
  return (Linear) {cosmos_parameters_matrix (parameters, out, in, "denoiser.%s.weight", name),
                   cosmos_parameters_vector (parameters, out, "denoiser.%s.bias", name)};
}

/* The i-th of several. */
static Linear linear_init_at (CosmosParameters *parameters, int out, int in, const char *name, int i)
{
  char indexed[64];
  snprintf (indexed, sizeof indexed, "%s.%d", name, i);
  return linear_init (parameters, out, in, indexed);
}

static void init_source (CosmosDenoiser *self, CosmosParameters *parameters, const CosmosBlockSizes *block, int encoder_width)
{
  const int W = self->sizes.width;
  if (self->sizes.source_input)
    self->source_input = linear_init (parameters, W, encoder_width, "source_input");
  if (self->sizes.source_latents)
    self->source_latents_input = linear_init (parameters, W, self->latent_width, "source_latents_input");
  for (int i = 0; i < self->sizes.source_layers; i++) {
    char prefix[64];
    snprintf (prefix, sizeof prefix, "denoiser.source_blocks.%d", i);
    cosmos_block_init (&self->source_blocks[i], parameters, prefix, block);
  }
  self->source_norm = cosmos_parameters_vector (parameters, W, "denoiser.source_norm.weight");
  if (self->sizes.source_positions)
    self->source_positions = cosmos_parameters_table (parameters, self->sizes.source_positions, W, "denoiser.source_positions");
}

static void init (CosmosDenoiser *self, const CosmosConfig *config, CosmosParameters *parameters)
{
  const CosmosDenoiserSizes *s = &self->sizes;
  const int W = s->width, Z = config->latent_width;
  CosmosBlockSizes block = {.width = W,
                            .head = s->head,
                            .heads = W / s->head,
                            .kv_heads = W / s->head,
                            .ffn = s->ffn,
                            .norm_kind = COSMOS_RMS_CLAMP,
                            .norm_eps = rms_eps,
                            .rope_theta = s->rope_theta,
                            .rope_pairs = COSMOS_ROPE_HALVES};
  if (s->source_layers >= 0)
    init_source (self, parameters, &block, config->encoder.width);
  if (Z != W) {
    self->input = linear_init (parameters, W, Z, "input");
    self->self_condition_input = linear_init (parameters, W, Z, "self_condition_input");
    self->output = linear_init (parameters, Z, W, "output");
  }
  if (s->positions)
    self->positions = cosmos_parameters_table (parameters, config->latents, W, "denoiser.positions");
  self->time_in = linear_init (parameters, 2 * W, W, "time_in");
  self->time_out = linear_init (parameters, W, 2 * W, "time_out");
  if (s->tasks)
    self->task_embedding = cosmos_parameters_table (parameters, s->tasks, W, "denoiser.task_embedding.weight");
  block.cross = s->source_layers >= 0;
  block.cross_norm = s->cross_norm;
  block.cross_width = W;
  for (int i = 0; i < s->layers; i++) {
    char prefix[64];
    snprintf (prefix, sizeof prefix, "denoiser.blocks.%d", i);
    cosmos_block_init (&self->layers[i].block, parameters, prefix, &block);
    self->layers[i].time = linear_init_at (parameters, W, W, "time_layers", i);
    self->layers[i].self_condition = linear_init_at (parameters, W, W, "self_condition_layers", i);
  }
  self->output_norm = cosmos_parameters_vector (parameters, W, "denoiser.output_norm.weight");
}

CosmosDenoiser *cosmos_denoiser_new (const CosmosConfig *config, CosmosParameters *parameters, CosmosError *err)
{
  const CosmosDenoiserSizes *s = &config->denoiser;
  CosmosDenoiser *self = calloc (1, sizeof *self + (size_t) s->layers * sizeof *self->layers);
  CosmosBlock *source_blocks = calloc (s->source_layers > 0 ? (size_t) s->source_layers : 1, sizeof *source_blocks);
  if (!self || !source_blocks) {
    free (self);
    free (source_blocks);
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the denoiser");
    return NULL;
  }
  self->sizes = *s;
  self->latent_width = config->latent_width;
  self->source_blocks = source_blocks;
  init (self, config, parameters);
  if (cosmos_parameters_check (parameters, err))
    return self;
  cosmos_denoiser_free (self);
  return NULL;
}

void cosmos_denoiser_free (CosmosDenoiser *self)
{
  if (!self)
    return;
  free (self->source_blocks);
  free (self);
}

bool cosmos_denoiser_has_source (const CosmosDenoiser *self)
{
  return self->sizes.source_layers >= 0;
}

bool cosmos_denoiser_has_source_latents (const CosmosDenoiser *self)
{
  return self->sizes.source_latents;
}

/* ---- running it ---- */

/* x itself where there is no such layer. */
static const CosmosTensor *apply (Linear self, CosmosGraph *graph, const CosmosTensor *x)
{
  return self.weight ? cosmos_linear (graph, x, self.weight, self.bias) : x;
}

CosmosTensor *cosmos_denoiser_encode_source (const CosmosDenoiser *self, CosmosGraph *graph, const CosmosTensor *h,
                                             const bool *keep)
{
  const int64_t S = h->shape[1];
  const int n = self->sizes.layers;
  if (self->source_positions && S > self->source_positions->shape[0])
    return cosmos_graph_fail (graph, COSMOS_STATUS_RANGE, "The source may have %d tokens, not %d",
                              (int) self->source_positions->shape[0], (int) S);
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  const CosmosTensor *x = apply (self->source_input, graph, h); /* (B, S, W) */
  for (int i = 0; i < self->sizes.source_layers; i++)
    x = cosmos_block_run (&self->source_blocks[i], graph, x, &(CosmosBlockContext) {.keep = keep});
  CosmosTensor *c = cosmos_rms_norm (graph, x, self->source_norm, COSMOS_RMS_CLAMP, rms_eps);
  if (self->source_positions)
    c = cosmos_add (graph, c, cosmos_head (graph, self->source_positions, S));
  CosmosTensor **kv = cosmos_graph_alloc (graph, (size_t) n * sizeof *kv);
  for (int i = 0; kv && i < n; i++)
    kv[i] = cosmos_block_project_source (&self->layers[i].block, graph, c);           /* (B, S, 2 W) */
  CosmosTensor *all = kv ? cosmos_join (graph, n, kv) : cosmos_graph_nothing (graph); /* (B, S, n 2 W) */
  return cosmos_graph_end (graph, scope, all);
}

/* silu (e), e the embedding of time and task (spec 1.9) -> (B, 1, W) */
static CosmosTensor *embed_time (const CosmosDenoiser *self, CosmosGraph *graph, const double *t, const int32_t *tasks, int64_t B)
{
  const int W = self->sizes.width;
  CosmosTensor *phi = cosmos_time_embedding (graph, t, B, W, self->sizes.max_period); /* (B, W) */
  const CosmosTensor *e = cosmos_silu (graph, apply (self->time_in, graph, phi));     /* (B, 2 W) */
  e = apply (self->time_out, graph, e);                                               /* (B, W) */
  if (self->task_embedding && tasks)
    e = cosmos_add (graph, e, cosmos_gather (graph, self->task_embedding, tasks, B));
  return cosmos_reshape (graph, cosmos_silu (graph, e), 3, (int64_t[]) {B, 1, W});
}

/* Keys and values of the i-th block in what encode_source() gave. */
static CosmosKeys keys_of (const CosmosDenoiser *self, CosmosGraph *graph, CosmosSource source, int i)
{
  const int W = self->sizes.width;
  if (!source.x)
    return (CosmosKeys) {0};
  return (CosmosKeys) {cosmos_slice (graph, source.x, 2 * W * i, W), cosmos_slice (graph, source.x, 2 * W * i + W, W),
                       source.keep};
}

CosmosTensor *cosmos_denoiser_run (const CosmosDenoiser *self, CosmosGraph *graph, const CosmosTensor *x, const double *t,
                                   const CosmosTensor *self_condition, const int32_t *tasks, CosmosSource source)
{
  const int n = self->sizes.layers;
  const CosmosTensor *skips[COSMOS_MAX_LAYERS / 2];
  if (source.x && (!cosmos_denoiser_has_source (self) || cosmos_tensor_get_columns (source.x) != 2 * n * self->sizes.width))
    return cosmos_graph_fail (graph, COSMOS_STATUS_RANGE, "The source was encoded for another denoiser");
  if (source.x && self->sizes.source_latents && !source.latents)
    return cosmos_graph_fail (graph, COSMOS_STATUS_RANGE, "This denoiser needs the latents of a source, too");
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  CosmosTensor *e = embed_time (self, graph, t, tasks, x->shape[0]);
  if (!self_condition) {
    float *zeros = cosmos_graph_alloc (graph, (size_t) self->latent_width * sizeof *zeros);
    for (int i = 0; zeros && i < self->latent_width; i++)
      zeros[i] = 0;
    self_condition = zeros ? cosmos_graph_view (graph, cosmos_tensor (zeros, 3, (int64_t[]) {1, 1, self->latent_width}))
                           : cosmos_graph_nothing (graph);
  }
  const CosmosTensor *s = apply (self->self_condition_input, graph, self_condition); /* (B, N, W), or (1, 1, W) for zeros */
  const CosmosTensor *y = apply (self->input, graph, x);                             /* (B, N, W) */
  if (self->positions)
    y = cosmos_add (graph, y, self->positions);
  if (self->sizes.source_latents && source.latents)
    y = cosmos_add (graph, y, apply (self->source_latents_input, graph, source.latents)); /* + (B or 1, N, W) */
  for (int i = 0; i < n; i++) {
    CosmosArenaMark layer = cosmos_graph_begin (graph);
    const CosmosTensor *u = y;
    if (i < n / 2)
      skips[i] = y;
    else
      u = cosmos_add (graph, y, skips[n - 1 - i]);
    u = cosmos_add (graph, u, apply (self->layers[i].time, graph, e));           /* + (B, 1, W) */
    u = cosmos_add (graph, u, apply (self->layers[i].self_condition, graph, s)); /* + (B or 1, N or 1, W) */
    CosmosBlockContext context = {.source = keys_of (self, graph, source, i)};
    y = cosmos_graph_end (graph, layer, cosmos_block_run (&self->layers[i].block, graph, u, &context));
  }
  CosmosTensor *x0 = cosmos_rms_norm (graph, y, self->output_norm, COSMOS_RMS_CLAMP, rms_eps);
  if (self->output.weight)
    x0 = cosmos_linear (graph, x0, self->output.weight, self->output.bias); /* (B, N, Z) */
  return cosmos_graph_end (graph, scope, x0);
}
