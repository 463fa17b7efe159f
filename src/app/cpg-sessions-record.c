#include "app/cpg-sessions-record.h"

#include "app/cpg-config.h"
#include "store/cpg-log-pack.h"
#include "store/cpg-log-settings.h"

/* These have columns of their own; and which steps were read while the run went on changes nothing of it. */
static const char *const without[] = {"task", "source", "seed", "decode-every", NULL};

CpgLogRun *cpg_sessions_record_new (CpgSettings *settings)
{
  CpgLogRun *self = cpg_log_run_new ();
  g_set_str (&self->task, cpg_settings_get_task (settings));
  g_set_str (&self->source, cpg_settings_get_source (settings));
  g_object_get (settings, "seed", &self->seed, NULL);
  g_free (self->settings);
  self->settings = cpg_log_settings_new (G_OBJECT (settings), without);
  g_set_str (&self->program, CPG_VERSION);
  return self;
}

void cpg_sessions_record_take_model (CpgLogRun *self, CpgRun *run)
{
  g_set_str (&self->model_name, cpg_run_get_model_name (run));
  g_set_str (&self->model_path, cpg_run_get_model_path (run));
  g_set_str (&self->engine, cpg_run_get_compute_name (run));
}

/* ---- the end ---- */

static CpgLogState get_state (CpgRun *run)
{
  switch (cpg_run_get_state (run)) {
  case CPG_RUN_DONE:
    return CPG_LOG_DONE;
  case CPG_RUN_FAILED:
    return CPG_LOG_FAILED;
  case CPG_RUN_CANCELLED:
    return CPG_LOG_CANCELLED;
  default:
    return CPG_LOG_RUNNING;
  }
}

/* The result, or the newest guess that was read. */
static CpgStep *find_text (CpgRun *run)
{
  if (cpg_run_get_result (run))
    return cpg_run_get_result (run);
  if (cpg_run_get_show (run) != COSMOS_SHOW_X0)
    return NULL;
  for (int i = cpg_run_get_n_done (run) - 1; i >= 0; i--)
    if (cpg_step_is_decoded (cpg_run_get_step (run, i)))
      return cpg_run_get_step (run, i);
  return NULL;
}

void cpg_sessions_record_take_end (CpgLogRun *self, CpgRun *run)
{
  CpgStep *result = cpg_run_get_result (run), *step = find_text (run);
  self->state = get_state (run);
  self->seconds = cpg_run_get_seconds (run);
  g_set_str (&self->error, cpg_run_get_error (run));
  g_set_str (&self->output, step ? cpg_step_get_text (step) : NULL);
  g_clear_pointer (&self->output_hash, g_free);
  if (result) {
    int n, width;
    const float *latents = cpg_step_get_latents (result, COSMOS_SHOW_X0, &n, &width);
    self->output_hash = cpg_log_hash_output (cpg_step_get_text (result), latents, (gsize) n * (gsize) width);
  }
}

/* ---- steps ---- */

static GBytes *pack_tokens (CpgStep *step)
{
  int n;
  const CpgToken *tokens = cpg_step_get_tokens (step, &n);
  g_autofree int *ids = g_new (int, (gsize) n);
  g_autofree float *probabilities = g_new (float, (gsize) n);
  for (int i = 0; i < n; i++) {
    ids[i] = tokens[i].guess.id;
    probabilities[i] = tokens[i].guess.probability;
  }
  return cpg_log_tokens_pack (ids, probabilities, n);
}

CpgLogStep *cpg_sessions_record_step (CpgStep *step, CosmosShow show)
{
  CpgLogStep *self = cpg_log_step_new ();
  self->number = cpg_step_get_index (step);
  self->t = cpg_step_get_t (step);
  self->alpha = cpg_step_get_alpha (step);
  self->sigma = cpg_step_get_sigma (step);
  self->change = cpg_step_get_change (step);
  self->seconds = cpg_step_get_seconds (step);
  self->decoded = show == COSMOS_SHOW_X0 && cpg_step_is_decoded (step);
  if (show == COSMOS_SHOW_XT)
    self->noisy_text = g_strdup (cpg_step_get_text (step));
  if (!self->decoded)
    return self;
  self->confidence = cpg_step_get_confidence (step);
  self->entropy = cpg_step_get_entropy (step);
  self->n_changed = cpg_step_get_n_changed (step);
  self->n_settled = cpg_step_get_n_settled (step);
  g_set_str (&self->text, cpg_step_get_text (step));
  self->tokens = pack_tokens (step);
  return self;
}

/* ---- back ---- */

CpgSettings *cpg_sessions_record_get_settings (const CpgLogRun *self, int decode_every)
{
  g_autoptr (CpgSettings) settings = cpg_settings_new ();
  if (!cpg_log_settings_apply (self->settings, G_OBJECT (settings)))
    return NULL;
  g_object_set (settings, "task", self->task, "source", self->source, "seed", self->seed, "decode-every", decode_every, NULL);
  return g_steal_pointer (&settings);
}
