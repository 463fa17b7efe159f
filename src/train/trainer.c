#include "train/trainer.h"

#include "core/base/clock.h"
#include "train/checkpoint.h"
#include "train/ranks.h"
#include "train/ready-encoder.h"
#include "train/shared-step.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  const CosmosTraining *training;
  const CosmosStageKind *kind;
  const CosmosStageRecipe *recipe;
  const CosmosTrainingOptions *options;
  char *path;
  CosmosParameters *store;
  CosmosOptimiser *optimiser;
  CosmosSharedStep *shared;
  CosmosGraph *graph;
  void *stage;
  CosmosStart start;
  CosmosEvaluation measured; /* last; without samples */

  int64_t step;         /* done */
  bool stops;           /* before the last one */
  double begun, before; /* seconds: when this run began; of earlier runs */
  double reported, saved;
  int64_t reported_step;
  double loss, measures[COSMOS_MAX_MEASURES], last_loss; /* sums since the last report */
} Trainer;

double cosmos_training_get_rate (const CosmosStageRecipe *recipe, int64_t step)
{
  if (step < recipe->warm_up)
    return recipe->rate * (double) (step + 1) / recipe->warm_up;
  double share = (double) (step - recipe->warm_up) / fmax (recipe->steps - recipe->warm_up, 1);
  return recipe->rate * (recipe->final_rate + (1 - recipe->final_rate) * .5 * (1 + cos (M_PI * fmin (share, 1))));
}

/* ---- making ---- */

static void trainer_clear (Trainer *self)
{
  if (self->stage)
    self->kind->free (self->stage);
  cosmos_shared_step_free (self->shared);
  cosmos_optimiser_free (self->optimiser);
  cosmos_graph_free (self->graph);
  cosmos_parameters_free (self->store);
  free (self->path);
}

static bool has_checkpoint (const Trainer *self)
{
  return self->options->resume && access (self->path, F_OK) == 0;
}

static bool make (Trainer *self, CosmosError *err)
{
  const CosmosTraining *training = self->training;
  CosmosOptimiserSettings settings = cosmos_optimiser_settings_default ();
  settings.decay = self->recipe->decay;
  settings.clip = self->recipe->clip;
  settings.average_decay = self->recipe->average_decay;
  settings.muon = self->recipe->muon;
  settings.compute = training->compute;
  settings.slow = self->kind->slow;
  settings.slow_rate = self->recipe->slow_rate;
  self->path = cosmos_stage_get_path (training, self->kind->name);
  self->store = cosmos_parameters_new_random (training->recipe->seed, training->compute);
  self->graph = cosmos_graph_new (training->pool, NULL);
  if (!self->path || !self->store || !self->graph)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory to train");
  return (self->kind != &cosmos_stage_autoencoder || cosmos_ready_encoder_complete (training, !has_checkpoint (self), err))
         && (self->stage = self->kind->make (training, self->store, err))
         && (has_checkpoint (self) || cosmos_origin_start (training, self->kind->name, self->store, &self->start, err))
         && cosmos_parameters_make_gradients (self->store, err)
         && (self->optimiser = cosmos_optimiser_new (self->store, training->pool, &settings, err))
         && (self->shared = cosmos_shared_step_new (self->store, err));
}

static bool resume (Trainer *self, CosmosError *err)
{
  if (!has_checkpoint (self))
    return true;
  CosmosCheckpointInfo info = {0};
  strcpy (info.stage, self->kind->name);
  if (!cosmos_checkpoint_load (self->path, &info, self->store, self->optimiser, err))
    return false;
  self->step = self->reported_step = info.step;
  self->before = info.seconds;
  self->last_loss = info.loss;
  return true;
}

/* ---- reports and checkpoints ---- */

static double get_seconds (const Trainer *self)
{
  return self->before + cosmos_clock_now () - self->begun;
}

static void report (Trainer *self, const CosmosEvaluation *evaluation)
{
  double now = cosmos_clock_now (), steps = (double) (self->step - self->reported_step);
  if (steps < 1 && !evaluation)
    return;
  CosmosTrainingReport report = {.kind = self->kind,
                                 .step = self->step,
                                 .steps = self->recipe->steps,
                                 .loss = self->loss / steps,
                                 .norm = cosmos_optimiser_get_norm (self->optimiser),
                                 .rate = cosmos_training_get_rate (self->recipe, self->step - 1),
                                 .texts_per_second = steps < 1 ? NAN
                                                               : steps * self->recipe->batch / fmax (now - self->reported, 1e-9),
                                 .seconds = get_seconds (self),
                                 .evaluation = evaluation};
  for (int i = 0; i < COSMOS_MAX_MEASURES; i++) {
    report.measures[i] = self->measures[i] / steps;
    self->measures[i] = 0;
  }
  if (steps >= 1)
    self->last_loss = report.loss;
  self->loss = 0;
  self->reported = now;
  self->reported_step = self->step;
  if (self->options->report)
    self->options->report (&report, self->options->data);
}

static void report_start (const Trainer *self)
{
  CosmosTrainingReport report = {
    .kind = self->kind, .steps = self->recipe->steps, .loss = NAN, .norm = NAN, .rate = NAN, .start = &self->start};
  for (int i = 0; i < COSMOS_MAX_MEASURES; i++)
    report.measures[i] = NAN;
  report.texts_per_second = NAN;
  if (self->start.path && self->options->report)
    self->options->report (&report, self->options->data);
}

static bool save (Trainer *self, CosmosError *err)
{
  if (!cosmos_ranks_is_first ())
    return true;
  CosmosCheckpointInfo info = {.step = self->step,
                               .seconds = get_seconds (self),
                               .loss = self->last_loss,
                               .provenance = self->training->provenance,
                               .measured = &self->measured};
  strcpy (info.stage, self->kind->name);
  if (!cosmos_checkpoint_save (self->path, &info, &self->training->recipe->config, self->training->tokenizer, self->store,
                               self->optimiser, err))
    return false;
  self->saved = cosmos_clock_now ();
  return true;
}

/* ---- steps ---- */

/* Whether this process was told to stop, or its time is over. */
static bool wants_to_stop (const Trainer *self)
{
  return cosmos_progress_is_cancelled (self->training->progress)
         || (self->options->seconds > 0 && cosmos_clock_now () - self->begun >= self->options->seconds);
}

/* Down the texts first .. end - 1 of the batch, a micro-batch after the other. */
static bool lose (Trainer *self, int first, int end, CosmosStepSums *sums, CosmosError *err)
{
  double measures[COSMOS_MAX_MEASURES] = {0};
  for (int count; first < end; first += count) {
    count = end - first < self->recipe->micro_batch ? end - first : self->recipe->micro_batch;
    cosmos_graph_reset (self->graph);
    cosmos_graph_start_tape (self->graph);
    CosmosTensor *share = self->kind->lose (self->stage, self->graph, first, count, measures);
    if (!cosmos_graph_check (self->graph, err))
      return false;
    if (!share)
      continue;
    sums->loss += share->data[0];
    if (!cosmos_graph_backward (self->graph, share, err))
      return false;
  }
  for (int i = 0; i < COSMOS_MAX_MEASURES; i++)
    sums->measures[i] = (float) measures[i];
  return true;
}

/* Each rank goes down its places in the batch; then all make the same step of the sums. A share that was cancelled in its midst is no failure, but
 * leaves no step to make. */
static bool make_step (Trainer *self, CosmosError *err)
{
  const int batch = self->recipe->batch, rank = cosmos_ranks_get_rank (), count = cosmos_ranks_get_count ();
  CosmosStepSums sums = {0};
  CosmosError why = {0};
  if (!self->kind->draw (self->stage, self->step, &why)
      || !lose (self, batch * rank / count, batch * (rank + 1) / count, &sums, &why)) {
    if (why.code != COSMOS_STATUS_CANCELLED)
      return cosmos_error_set (err, why.code, "%s", why.message);
    sums.n_cut = 1;
  }
  sums.n_stopping = wants_to_stop (self);
  cosmos_shared_step_sum (self->shared, &sums);
  self->stops = sums.n_stopping > 0 || sums.n_cut > 0;
  if (sums.n_cut > 0)
    return true;
  if (!cosmos_optimiser_step (self->optimiser, cosmos_training_get_rate (self->recipe, self->step), 1, err))
    return false;
  self->step++;
  self->loss += (double) sums.loss;
  for (int i = 0; i < COSMOS_MAX_MEASURES; i++)
    self->measures[i] += (double) sums.measures[i];
  return true;
}

/* Of the weights that later stages will read: the average, where there is one. */
static bool evaluate (Trainer *self, CosmosError *err)
{
  if (!cosmos_ranks_is_first ())
    return true;
  CosmosEvaluation evaluation = {0};
  report (self, NULL); /* the steps so far, whose speed is not the evaluation's */
  cosmos_optimiser_swap_average (self->optimiser);
  CosmosError why = {0};
  bool ok = !self->kind->evaluate || self->kind->evaluate (self->stage, &evaluation, &why);
  cosmos_optimiser_swap_average (self->optimiser);
  if (ok)
    report (self, &evaluation);
  cosmos_evaluation_clear_samples (&evaluation);
  if (ok)
    self->measured = evaluation;
  /* Who stops does not wait for measurements. */
  return ok || why.code == COSMOS_STATUS_CANCELLED || cosmos_error_set (err, why.code, "%s", why.message);
}

static bool finish (Trainer *self, CosmosError *err)
{
  if (!self->kind->finish)
    return true;
  cosmos_optimiser_swap_average (self->optimiser);
  bool ok = self->kind->finish (self->stage, err);
  cosmos_optimiser_swap_average (self->optimiser);
  return ok;
}

static bool run (Trainer *self, bool *done, CosmosError *err)
{
  const CosmosTrainingOptions *options = self->options;
  float n_stopping = cosmos_progress_is_cancelled (self->training->progress);
  cosmos_ranks_sum (&n_stopping, 1);
  self->stops = n_stopping > 0;
  self->begun = self->reported = self->saved = cosmos_clock_now ();
  report_start (self);
  while (self->step < self->recipe->steps && !self->stops) {
    if (!make_step (self, err))
      return false;
    if (cosmos_clock_now () - self->saved >= options->checkpoint_seconds) {
      if (!save (self, err) || !evaluate (self, err))
        return false;
    } else if (cosmos_clock_now () - self->reported >= options->report_seconds)
      report (self, NULL);
  }
  *done = self->step >= self->recipe->steps;
  /* Saved before it is evaluated, lest that fail; and after it, with what was measured. */
  bool ok = (!*done || finish (self, err)) && save (self, err) && (!*done || (evaluate (self, err) && save (self, err)));
  if (ok)
    cosmos_ranks_wait (); /* what was saved is what the next stage begins with */
  return ok;
}

bool cosmos_train_stage (const CosmosTraining *training, const CosmosStageKind *kind, const CosmosTrainingOptions *options,
                         bool *done, CosmosError *err)
{
  bool is_done = false;
  Trainer self = {
    .training = training, .kind = kind, .recipe = kind->get_recipe (training->recipe), .options = options, .last_loss = NAN};
  char *path = cosmos_stage_get_path (training, kind->name);
  /* The baseline's sizes are not in its checkpoint's config. */
  is_done = path && options->resume && kind->evaluate && kind != &cosmos_stage_baseline
            && cosmos_checkpoint_is_finished (path, kind->name, &training->recipe->config, self.recipe->steps);
  free (path);
  if (cosmos_ranks_get_first (is_done) > 0) { /* whose checkpoints they are */
    if (done)
      *done = true;
    return true;
  }
  is_done = false;
  bool ok = make (&self, err) && resume (&self, err) && cosmos_shared_step_check (self.shared, training, self.step, err)
            && run (&self, &is_done, err);
  if (ok && done)
    *done = is_done;
  trainer_clear (&self);
  return ok;
}
