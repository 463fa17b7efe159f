#include "core/sample/settings.h"

#include <math.h>
#include <stdio.h>

CosmosSettings cosmos_settings_default (const CosmosConfig *config)
{
  CosmosSampler sampler = COSMOS_SAMPLER_DPM_SDE;
  return (CosmosSettings) {
    .steps = 50,
    .sampler = sampler,
    .guidance = config->guidance,
    .self_conditioning = true,
    .noise_scale = config->noise_scale,
    .schedule_d = config->schedule_d,
    .t_start = fmin (config->t_start, cosmos_sampler_get_max_start (sampler)),
    .t_end = config->t_end,
    .strength = 1,
    .returned = COSMOS_RETURN_X0,
    .batch = 1,
  };
}

static bool refuse (CosmosError *err, const char *what, double value, const char *possible)
{
  return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s is %g; it must be %s.", what, value, possible);
}

double cosmos_settings_get_first_time (const CosmosSettings *self)
{
  return self->strength * self->t_start;
}

static bool check_times (const CosmosSettings *self, CosmosError *err)
{
  char possible[96];
  double max = cosmos_sampler_get_max_start (self->sampler);
  if (!(self->t_start > 0.0 && self->t_start <= max)) {
    snprintf (possible, sizeof possible, "above 0 and at most %g with the sampler %s", max,
              cosmos_sampler_get_name (self->sampler));
    return refuse (err, "The start time", self->t_start, possible);
  }
  if (!(self->t_end >= 0.0 && self->t_end < self->t_start)) {
    snprintf (possible, sizeof possible, "at least 0 and below the start time %g", self->t_start);
    return refuse (err, "The end time", self->t_end, possible);
  }
  if (!(self->strength <= 1.0 && self->strength > 0.0 && cosmos_settings_get_first_time (self) > self->t_end)) {
    snprintf (possible, sizeof possible, "at most 1 and above %.3g, where the last step ends", self->t_end / self->t_start);
    return refuse (err, "The strength", self->strength, possible);
  }
  return true;
}

/* Comparisons are written so that NaN fails them. */
bool cosmos_settings_check (const CosmosSettings *self, const CosmosConfig *config, CosmosError *err)
{
  char possible[64];
  int n_tasks = config->n_tasks > 0 ? config->n_tasks : 1;
  if (self->task < 0 || self->task >= n_tasks) {
    snprintf (possible, sizeof possible, "0 to %d", n_tasks - 1);
    return refuse (err, "The task's number", self->task, possible);
  }
  if (self->steps < 1 || self->steps > COSMOS_MAX_STEPS) {
    snprintf (possible, sizeof possible, "1 to %d", COSMOS_MAX_STEPS);
    return refuse (err, "The number of steps", self->steps, possible);
  }
  if (self->batch < 1 || self->batch > COSMOS_MAX_BATCH) {
    snprintf (possible, sizeof possible, "1 to %d", COSMOS_MAX_BATCH);
    return refuse (err, "The number of samples that run together", self->batch, possible);
  }
  if ((unsigned) self->sampler >= COSMOS_N_SAMPLERS)
    return refuse (err, "The sampler's number", self->sampler, "one of the listed ones");
  if (self->returned != COSMOS_RETURN_X0 && self->returned != COSMOS_RETURN_MEAN)
    return refuse (err, "What the last step returns", self->returned, "x0 (0) or the mean (1)");
  if (!(self->guidance >= 0.0 && self->guidance <= 100.0))
    return refuse (err, "The guidance", self->guidance, "0 to 100; 1 turns it off");
  if (!(self->schedule_d > 0.0 && self->schedule_d <= 1000.0))
    return refuse (err, "The schedule's d", self->schedule_d, "above 0 and at most 1000");
  if (!(self->noise_scale > 0.0 && self->noise_scale <= 2.0))
    return refuse (err, "The noise scale", self->noise_scale, "above 0 and at most 2; 1 is as the schedule has it");
  return check_times (self, err);
}
