#include "cli/again.h"

#include "cli/engine.h"
#include "cli/models.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "core/sample/trajectory.h"
#include "engine/cpg-settings.h"
#include "store/cpg-log-pack.h"
#include "store/cpg-log-settings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- what it is made with ---- */

/* "oneDNN bf16" back to what it names; where that cannot be had here, the best of here. */
static const char *choose_compute (const CliArguments *arguments, const char *logged)
{
  static const char *const names[] = {"f32", "bf16", "int8", "openblas"};
  if (arguments->compute)
    return arguments->compute;
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    CosmosCompute compute;
    if (cosmos_compute_from_name (names[i], &compute, NULL) && strcmp (cosmos_compute_get_name (compute), logged) == 0
        && cosmos_compute_is_available (compute, NULL))
      return names[i];
  }
  return "auto";
}

/* malloc'd; NULL with the error. */
static char *find_model (const CliArguments *arguments, const CpgLogRun *run, CosmosError *err)
{
  char *found = arguments->model ? g_strdup (arguments->model) : cpg_log_run_find_model (run, TRUE);
  if (!found)
    cosmos_error_set (err, COSMOS_STATUS_IO, "The model \"%.60s\" of this run is not here; name its file with --model",
                      run->model_name);
  return found;
}

static bool pin (CosmosTrajectory *trajectory, const CpgPins *pins, const CosmosConfig *config, CosmosError *err)
{
  if (!pins)
    return true;
  if (pins->n != config->latents || pins->width != config->latent_width)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE,
                             "The pinned latents are of another model: %d of %d numbers each, not %d of %d", pins->n, pins->width,
                             config->latents, config->latent_width);
  return cosmos_trajectory_pin (trajectory, pins->latents, pins->mask, err);
}

/* ---- a run after the one that it branched from ---- */

/* before NULL: from the noise on. Nothing is advanced yet. */
static CosmosTrajectory *begin (const CliEngine *engine, const CpgLogRun *run, CosmosTrajectory *before, uint64_t *seed,
                                CosmosError *err)
{
  const CosmosConfig *config = cosmos_pipeline_get_config (engine->pipeline);
  g_autoptr (CpgSettings) settings = cpg_settings_new ();
  g_autoptr (GError) error = NULL;
  CosmosSettings core;
  if (!cpg_log_settings_apply (run->settings, G_OBJECT (settings))) {
    cosmos_error_set (err, COSMOS_STATUS_CORRUPT, "The log has no settings of run %" PRId64, run->number);
    return NULL;
  }
  g_object_set (settings, "task", run->task, "source", run->source, "seed", run->seed, NULL);
  if (!cpg_settings_to_core (settings, config, &core, &error)) {
    cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s", error->message);
    return NULL;
  }
  if (seed)
    core.seed = *seed;
  CosmosTrajectory *trajectory = before ? cosmos_trajectory_branch (before, run->branched, &core, err)
                                        : cosmos_trajectory_new (engine->pipeline, engine->pool, &core,
                                                                 *run->source ? run->source : NULL, strlen (run->source), err);
  if (trajectory && !cosmos_trajectory_is_done (trajectory) && !pin (trajectory, cpg_settings_get_pins (settings), config, err)) {
    cosmos_trajectory_free (trajectory);
    return NULL;
  }
  return trajectory;
}

static bool advance (CosmosTrajectory *trajectory, int steps, CosmosError *err)
{
  CosmosProgress *progress = cli_progress_get ();
  int all = cosmos_trajectory_get_n_steps (trajectory);
  if (steps > all)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "The run that it branched from has too few steps");
  while (cosmos_trajectory_get_n_done (trajectory) < steps) {
    if (!cosmos_trajectory_advance (trajectory, progress, err))
      return false;
    cli_progress_show ((double) cosmos_trajectory_get_n_done (trajectory) / all, "writing");
  }
  return true;
}

/* All of the chain, the oldest first; each one only as far as the next one needs it. */
static CosmosTrajectory *make (const CliEngine *engine, GPtrArray *chain, uint64_t *seed, CosmosError *err)
{
  CosmosTrajectory *trajectory = NULL;
  for (guint i = chain->len; i-- > 0;) {
    CosmosTrajectory *next = begin (engine, chain->pdata[i], trajectory, i == 0 ? seed : NULL, err);
    cosmos_trajectory_free (trajectory);
    trajectory = next;
    if (!trajectory)
      return NULL;
    int steps = i > 0 ? ((CpgLogRun *) chain->pdata[i - 1])->branched : cosmos_trajectory_get_n_steps (trajectory);
    if (!advance (trajectory, steps, err)) {
      cosmos_trajectory_free (trajectory);
      return NULL;
    }
  }
  return trajectory;
}

static bool take_result (CosmosTrajectory *trajectory, const CosmosConfig *config, CliAgain *again, CosmosError *err)
{
  int steps = cosmos_trajectory_get_n_steps (trajectory);
  const CosmosDecoding *decoding = cosmos_trajectory_decode (trajectory, steps, COSMOS_SHOW_X0, 0, cli_progress_get (), err);
  if (!decoding)
    return false;
  again->text = g_strdup (decoding->text);
  again->hash = cpg_log_hash_output (decoding->text, cosmos_trajectory_get_result (trajectory),
                                     (gsize) config->latents * (gsize) config->latent_width);
  return true;
}

bool cli_again (const CliArguments *arguments, GPtrArray *chain, CliAgain *again, CosmosError *err)
{
  const CpgLogRun *run = chain->pdata[0];
  CliArguments own = *arguments;
  CliEngine engine;
  uint64_t seed = arguments->seed;
  *again = (CliAgain) {.seed = arguments->has_seed ? seed : run->seed, .model = find_model (arguments, run, err)};
  if (!again->model)
    return false;
  own.model = again->model;
  own.task = NULL;
  own.compute = choose_compute (arguments, run->engine);
  double start = 0;
  bool ok = cli_engine_init (&engine, &own, err) && cli_engine_open_pipeline (&engine, &own, false, err);
  CosmosTrajectory *trajectory = NULL;
  if (ok) {
    again->model_sha256 = cpg_log_hash_model (again->model);
    again->compute = cosmos_compute_get_name (cosmos_pipeline_get_compute (engine.pipeline));
    start = cli_now ();
    trajectory = make (&engine, chain, arguments->has_seed ? &seed : NULL, err);
  }
  ok = trajectory && take_result (trajectory, cosmos_pipeline_get_config (engine.pipeline), again, err);
  again->seconds = cli_now () - start;
  cosmos_trajectory_free (trajectory);
  cli_engine_clear (&engine);
  return ok;
}

void cli_again_clear (CliAgain *self)
{
  g_free (self->model);
  g_free (self->model_sha256);
  g_free (self->text);
  g_free (self->hash);
  *self = (CliAgain) {0};
}
