/* Random networks that are small enough for tests, with every part that a bundle can have. Include after glib.h. */
#pragma once

#include "core/model/language-model.h"
#include "core/model/pipeline.h"

enum { TINY_VOCABULARY = 300, TINY_TOKENS = 12, TINY_SOURCE_TOKENS = 10 };

static const CosmosCompute tiny_compute = {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};

static inline CosmosConfig tiny_config (void)
{
  CosmosConfig self = {
    .vocabulary = TINY_VOCABULARY,
    .tokens = TINY_TOKENS,
    .latents = 40,
    .latent_width = 64, /* more numbers than one thread draws at a time */
    .source_tokens = TINY_SOURCE_TOKENS,
    .encoder = {.layers = 2, .width = 32, .heads = 2, .ffn = 48, .positions = 16, .norm_eps = 1e-12f},
    .compressor = {.layers = 2, .width = 32, .head = 16, .ffn = 48},
    .decompressor = {.layers = 2, .width = 32, .head = 16, .ffn = 48},
    .folded = true,
    .denoiser = {.layers = 4,
                 .width = 32,
                 .head = 16,
                 .ffn = 48,
                 .max_period = 10,
                 .rope_theta = 10000,
                 .tasks = 2,
                 .source_layers = 1,
                 .source_positions = TINY_SOURCE_TOKENS,
                 .cross_norm = true},
    .schedule_d = 5,
    .t_start = 1,
    .t_end = 0.05,
    .n_tasks = 2,
    .tasks = {"story", "summary"},
  };
  return self;
}

static inline CosmosPipeline *tiny_pipeline (const CosmosConfig *config)
{
  CosmosError err;
  CosmosPipeline *self = cosmos_pipeline_new_random (config, 11, tiny_compute, &err);
  if (!self)
    g_error ("%s", err.message);
  return self;
}

static inline CosmosLanguageModelSizes tiny_language_model_sizes (void)
{
  CosmosLanguageModelSizes self = {
    .vocabulary = TINY_VOCABULARY,
    .layers = 2,
    .width = 32,
    .heads = 4,
    .kv_heads = 2,
    .head = 8,
    .ffn = 48,
    .context = 100,
    .norm_eps = 1e-5f,
    .rope_theta = 10000,
    .tied = false,
  };
  return self;
}
