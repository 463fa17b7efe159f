#include "cli/engine.h"

#include "cli/models.h"
#include "cli/say.h"
#include "cli/terminal.h"

#include <math.h>
#include <stdlib.h>

bool cli_engine_init (CliEngine *self, const CliArguments *arguments, CosmosError *err)
{
  *self = (CliEngine) {0};
  if (!cosmos_compute_from_name (arguments->compute ? arguments->compute : "auto", &self->compute, err)
      || !cosmos_compute_is_available (self->compute, err))
    return false;
  self->pool = cosmos_pool_new (arguments->threads);
  return self->pool || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for threads");
}

void cli_engine_clear (CliEngine *self)
{
  cosmos_pipeline_free (self->pipeline);
  if (self->judge != self->baseline)
    cosmos_language_model_free (self->judge);
  cosmos_language_model_free (self->baseline);
  cosmos_pool_free (self->pool);
  *self = (CliEngine) {0};
}

bool cli_engine_open_pipeline (CliEngine *self, const CliArguments *arguments, bool has_source, CosmosError *err)
{
  double start = cli_now ();
  char *path = cli_models_find_bundle (arguments->model, arguments->task, has_source, err);
  if (!path)
    return false;
  self->pipeline = cosmos_pipeline_open (path, self->compute, err);
  free (path);
  self->load_seconds = cli_now () - start;
  return self->pipeline;
}

static CosmosLanguageModel *open_language_model (CliEngine *self, const char *named, const char *task, CosmosError *err)
{
  char *path = cli_models_find_language_model (named, task, err);
  CosmosLanguageModel *model = path ? cosmos_language_model_open (path, self->compute, err) : NULL;
  free (path);
  return model;
}

bool cli_engine_open_baseline (CliEngine *self, const CliArguments *arguments, CosmosError *err)
{
  self->baseline = open_language_model (self, arguments->baseline, arguments->task, err);
  return self->baseline;
}

bool cli_engine_open_judge (CliEngine *self, const CliArguments *arguments, CosmosError *err)
{
  if (arguments->judge) {
    self->judge = open_language_model (self, arguments->judge, NULL, err);
    return self->judge;
  }
  if (!self->baseline && !cli_engine_open_baseline (self, arguments, err))
    return false;
  self->judge = self->baseline;
  return true;
}

CosmosAsking cli_engine_find_asking (const CliEngine *self, const char *task)
{
  CosmosAsking asking = cosmos_asking_find (self->baseline, task);
  if (asking == COSMOS_ASKING_UNKNOWN)
    cli_say ("%s: its chat template is not ChatML, the one that is known here: it goes on with the text instead of being asked",
             cosmos_language_model_get_name (self->baseline));
  return asking;
}

static void take (double given, double *value)
{
  if (!isnan (given))
    *value = given;
}

bool cli_engine_get_settings (const CliEngine *self, const CliArguments *arguments, CosmosSettings *settings, CosmosError *err)
{
  const CosmosConfig *config = cosmos_pipeline_get_config (self->pipeline);
  CosmosSettings s = cosmos_settings_default (config);
  s.batch = 1;
  if (arguments->task)
    s.task = cosmos_config_find_task (config, arguments->task);
  if (arguments->has_seed)
    s.seed = arguments->seed;
  if (arguments->steps)
    s.steps = arguments->steps;
  if (arguments->sampler && !cosmos_sampler_from_name (arguments->sampler, &s.sampler, err))
    return false;
  take (arguments->guidance, &s.guidance);
  take (arguments->schedule_d, &s.schedule_d);
  take (arguments->t_end, &s.t_end);
  take (arguments->noise_scale, &s.noise_scale);
  take (arguments->strength, &s.strength);
  if (arguments->no_self_conditioning)
    s.self_conditioning = false;
  if (arguments->returned)
    s.returned = arguments->returned[0] == 'x' ? COSMOS_RETURN_X0 : COSMOS_RETURN_MEAN;
  if (!cosmos_settings_check (&s, config, err))
    return false;
  *settings = s;
  return true;
}

bool cli_engine_get_autoregress_settings (const CliEngine *self, const CliArguments *arguments,
                                          CosmosAutoregressSettings *settings, CosmosError *err)
{
  CosmosAutoregressSettings s = cosmos_autoregress_settings_default (self->baseline);
  take (arguments->temperature, &s.temperature);
  take (arguments->top_p, &s.top_p);
  if (arguments->top_k >= 0)
    s.top_k = arguments->top_k;
  if (arguments->max_tokens)
    s.max_tokens = arguments->max_tokens;
  if (arguments->has_seed)
    s.seed = arguments->seed;
  if (arguments->greedy)
    s.temperature = 0;
  if (!cosmos_autoregress_settings_check (&s, err))
    return false;
  *settings = s;
  return true;
}
