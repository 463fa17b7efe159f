#include "engine/cpg-model.h"

#include "core/sample/trajectory.h"
#include "engine/cpg-error.h"

/* ---- what is known of it ---- */

static CpgModelInfo *new_info (const CosmosPipeline *pipeline)
{
  const CosmosTokenizer *tokenizer = cosmos_pipeline_get_tokenizer (pipeline);
  CpgModelInfo *self = g_atomic_rc_box_new0 (CpgModelInfo);
  char text[256];
  self->name = g_strdup (cosmos_pipeline_get_name (pipeline));
  self->path = g_strdup (cosmos_pipeline_get_path (pipeline));
  self->compute = cosmos_compute_get_name (cosmos_pipeline_get_compute (pipeline));
  self->config = *cosmos_pipeline_get_config (pipeline);
  self->n_tokens = cosmos_tokenizer_get_size (tokenizer);
  self->tokens = g_new (char *, (gsize) self->n_tokens);
  for (int i = 0; i < self->n_tokens; i++) {
    cosmos_tokenizer_describe (tokenizer, i, text, sizeof text);
    self->tokens[i] = g_strdup (text);
  }
  return self;
}

static void clear_info (gpointer data)
{
  CpgModelInfo *self = data;
  for (int i = 0; i < self->n_tokens; i++)
    g_free (self->tokens[i]);
  g_free (self->tokens);
  g_free (self->name);
  g_free (self->path);
}

CpgModelInfo *cpg_model_info_ref (CpgModelInfo *self)
{
  return g_atomic_rc_box_acquire (self);
}

void cpg_model_info_unref (CpgModelInfo *self)
{
  g_atomic_rc_box_release_full (self, clear_info);
}

const char *cpg_model_info_get_token (const CpgModelInfo *self, int id)
{
  return id >= 0 && id < self->n_tokens ? self->tokens[id] : "";
}

/* ---- the model ---- */

CpgModel *cpg_model_open (const char *path, CosmosCompute compute, GError **error)
{
  CosmosError err;
  CosmosPipeline *pipeline = cosmos_pipeline_open (path, compute, &err);
  if (!pipeline) {
    cpg_error_from_core (error, &err);
    return NULL;
  }
  CpgModel *self = g_atomic_rc_box_new0 (CpgModel);
  self->pipeline = pipeline;
  self->info = new_info (pipeline);
  return self;
}

CpgModel *cpg_model_ref (CpgModel *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void clear_model (gpointer data)
{
  CpgModel *self = data;
  cosmos_pipeline_free (self->pipeline);
  cpg_model_info_unref (self->info);
}

void cpg_model_unref (CpgModel *self)
{
  g_atomic_rc_box_release_full (self, clear_model);
}

/* Weights are packed at their first use: a step and a decoding that nobody sees. */
void cpg_model_pack (CpgModel *self, CosmosPool *pool, CosmosProgress *progress)
{
  if (self->packed)
    return;
  CosmosSettings settings = cosmos_settings_default (&self->info->config);
  settings.steps = settings.batch = 1;
  CosmosTrajectory *run = cosmos_trajectory_new (self->pipeline, pool, &settings, NULL, 0, NULL);
  self->packed = run && cosmos_trajectory_advance (run, progress, NULL)
                 && cosmos_trajectory_decode (run, 0, COSMOS_SHOW_X0, 0, progress, NULL);
  cosmos_trajectory_free (run);
}
