#include "train/samples.h"

#include "core/sample/trajectory.h"

#include <stdlib.h>
#include <string.h>

/* As a row of the training has it: cut to the task's source tokens. */
static void get_source (const CosmosTraining *training, int task, int i, int32_t *ids, int64_t *n)
{
  const CosmosTexts *sources = &cosmos_corpus_get_valid (training->corpus, task)->sources;
  const int64_t length = (int64_t) (sources->starts[i + 1] - sources->starts[i]),
                longest = training->recipe->tasks[task].source_tokens;
  *n = length < longest ? length : longest;
  memcpy (ids, sources->ids + sources->starts[i], (size_t) *n * sizeof *ids);
  ids[*n - 1] = cosmos_tokenizer_get_special (training->tokenizer, COSMOS_TOKEN_SEP);
}

char *cosmos_samples_get_source (const CosmosTraining *training, int task, int i)
{
  const CosmosTexts *sources = &cosmos_corpus_get_valid (training->corpus, task)->sources;
  if ((size_t) i >= sources->n)
    return NULL;
  return cosmos_tokenizer_decode (training->tokenizer, sources->ids + sources->starts[i],
                                  sources->starts[i + 1] - sources->starts[i]);
}

int cosmos_samples_count (const CosmosTraining *training, int task, int n)
{
  const size_t n_sources = cosmos_corpus_get_valid (training->corpus, task)->sources.n;
  return n_sources && n_sources < (size_t) n ? (int) n_sources : n;
}

/* n runs of one task together where they have no sources, one after the other where each has its own. */
static bool run (const CosmosTraining *training, const CosmosPipeline *pipeline, CosmosSettings *settings, int first, int batch,
                 CosmosEvaluation *evaluation, CosmosError *err)
{
  const int task = settings->task;
  const CosmosTexts *sources = &cosmos_corpus_get_valid (training->corpus, task)->sources;
  const bool reads_source = cosmos_denoiser_has_source (cosmos_pipeline_get_denoiser (pipeline)),
             has_source = reads_source && (size_t) first < sources->n;
  int32_t *ids = malloc (((size_t) training->recipe->config.source_tokens + 2) * sizeof *ids);
  int64_t n = 0;
  if (!ids)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for samples");
  if (has_source)
    get_source (training, task, first, ids, &n);
  else if (reads_source) {
    ids[n++] = cosmos_tokenizer_get_special (training->tokenizer, COSMOS_TOKEN_CLS);
    ids[n++] = cosmos_tokenizer_get_special (training->tokenizer, COSMOS_TOKEN_SEP);
  }
  settings->seed = (uint64_t) first;
  settings->batch = batch;
  CosmosTrajectory *trajectory = cosmos_trajectory_new_from_tokens (pipeline, training->pool, settings, ids, n, err);
  bool ok = trajectory;
  for (int k = 0; ok && k < settings->steps; k++)
    ok = cosmos_trajectory_advance (trajectory, training->progress, err);
  for (int b = 0; ok && b < batch; b++) {
    const CosmosDecoding *text = cosmos_trajectory_decode (trajectory, settings->steps, COSMOS_SHOW_X0, b, training->progress,
                                                           err);
    ok = text;
    if (ok)
      cosmos_evaluation_add_sample (evaluation, training->recipe->config.tasks[task],
                                    has_source ? cosmos_samples_get_source (training, task, first) : NULL, strdup (text->text));
  }
  cosmos_trajectory_free (trajectory);
  free (ids);
  return ok;
}

bool cosmos_samples_denoise (const CosmosTraining *training, const CosmosPipeline *pipeline, CosmosEvaluation *evaluation,
                             CosmosError *err)
{
  const CosmosRecipe *recipe = training->recipe;
  CosmosSettings settings = cosmos_settings_default (&recipe->config);
  settings.steps = recipe->denoiser.sample_steps;
  for (int task = 0; task < recipe->config.n_tasks; task++) {
    const bool has_sources = cosmos_denoiser_has_source (cosmos_pipeline_get_denoiser (pipeline))
                             && cosmos_corpus_get_valid (training->corpus, task)->sources.n > 0;
    const int n = cosmos_samples_count (training, task, recipe->denoiser.samples), batch = has_sources ? 1 : n;
    settings.task = task;
    for (int i = 0; i < n; i += batch)
      if (!run (training, pipeline, &settings, i, batch, evaluation, err))
        return false;
  }
  return true;
}
