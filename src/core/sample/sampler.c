#include "core/sample/sampler.h"

#include "core/base/simd.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
#define X(name, id, text) id,
  COSMOS_SAMPLERS (X)
#undef X
};

static const char *const descriptions[] = {
#define X(name, id, text) text,
  COSMOS_SAMPLERS (X)
#undef X
};

const char *cosmos_sampler_get_name (CosmosSampler self)
{
  return names[self];
}

const char *cosmos_sampler_get_description (CosmosSampler self)
{
  return descriptions[self];
}

bool cosmos_sampler_from_name (const char *name, CosmosSampler *self, CosmosError *err)
{
  char list[128];
  size_t used = 0;
  for (int i = 0; i < COSMOS_N_SAMPLERS; i++) {
    if (strcmp (name, names[i]) == 0) {
      *self = (CosmosSampler) i;
      return true;
    }
    used += (size_t) snprintf (list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", names[i]);
  }
  return cosmos_error_set (err, COSMOS_STATUS_RANGE, "There is no sampler \"%.40s\"; there are %s.", name, list);
}

bool cosmos_sampler_is_stochastic (CosmosSampler self)
{
  return self == COSMOS_SAMPLER_DPM_SDE || self == COSMOS_SAMPLER_EULER || self == COSMOS_SAMPLER_DDPM;
}

double cosmos_sampler_get_max_start (CosmosSampler self)
{
  return self == COSMOS_SAMPLER_DPM_SDE || self == COSMOS_SAMPLER_DPM_ODE ? 0.999 : 1.0;
}

/* Every sampler's step is linear in x, x0, the x0 before and the noise. The factors are worked out in double, once a step. */
typedef struct {
  double x, x0, before, noise;
} Factors;

/* m = x - (beta x / 2 + beta score) (s - t) with score = -(x - alpha x0) / sigma^2 (spec 1.11). */
static Factors euler (CosmosSchedule schedule, double t, double s)
{
  double alpha = cosmos_schedule_get_alpha (schedule, t), sigma = cosmos_schedule_get_sigma (schedule, t);
  double beta = cosmos_schedule_get_beta (schedule, t), width = t - s;
  return (Factors) {
    .x = 1.0 + width * beta * (0.5 - 1.0 / (sigma * sigma)),
    .x0 = width * beta * alpha / (sigma * sigma),
    .noise = sqrt (beta * width),
  };
}

/* q (x_s | x_t, x0), exactly (Ho et al. 2020, with the posterior's variance). */
static Factors ddpm (CosmosSchedule schedule, double t, double s)
{
  double alpha_t = cosmos_schedule_get_alpha (schedule, t), alpha_s = cosmos_schedule_get_alpha (schedule, s);
  double variance_t = pow (cosmos_schedule_get_sigma (schedule, t), 2),
         variance_s = pow (cosmos_schedule_get_sigma (schedule, s), 2);
  double kept = alpha_t / alpha_s, lost = 1.0 - kept * kept;
  return (Factors) {
    .x = kept * variance_s / variance_t,
    .x0 = alpha_s * lost / variance_t,
    .noise = sqrt (variance_s / variance_t * lost),
  };
}

/* x_s = alpha_s x0 + sigma_s eps with the eps that x_t and x0 imply (Song et al. 2021, eta = 0). */
static Factors ddim (CosmosSchedule schedule, double t, double s)
{
  double ratio = cosmos_schedule_get_sigma (schedule, s) / cosmos_schedule_get_sigma (schedule, t);
  return (Factors) {
    .x = ratio,
    .x0 = cosmos_schedule_get_alpha (schedule, s) - ratio * cosmos_schedule_get_alpha (schedule, t),
  };
}

/* The guess in the middle of the step, in log-SNR, is taken from the line through the last two: D = x0 + r (x0 - before), r = h / (2 h_before).
 * Towards t = 0 the log-SNR runs to infinity while the guess comes to rest; there the line would lead astray and D = x0. */
static double extrapolation (CosmosSchedule schedule, double t, double s, const CosmosSamplerHistory *before)
{
  if (!before)
    return 0.0;
  double here = cosmos_schedule_get_log_snr (schedule, t);
  double r = (cosmos_schedule_get_log_snr (schedule, s) - here)
             / (2.0 * (here - cosmos_schedule_get_log_snr (schedule, before->t)));
  return r <= 2.0 ? r : 0.0;
}

/* DPM-Solver++ 2M (Lu et al. 2022), as ODE and as SDE; e^-h = alpha_t sigma_s / (sigma_t alpha_s) also where h is infinite. */
static Factors dpm (CosmosSchedule schedule, double t, double s, const CosmosSamplerHistory *before, bool stochastic)
{
  double alpha_s = cosmos_schedule_get_alpha (schedule, s), sigma_s = cosmos_schedule_get_sigma (schedule, s);
  double ratio = sigma_s / cosmos_schedule_get_sigma (schedule, t);
  double decay = ratio * cosmos_schedule_get_alpha (schedule, t) / alpha_s;
  double gain = alpha_s * (stochastic ? 1.0 - decay * decay : 1.0 - decay), r = extrapolation (schedule, t, s, before);
  return (Factors) {
    .x = stochastic ? ratio * decay : ratio,
    .x0 = gain * (1.0 + r),
    .before = -gain * r,
    .noise = stochastic ? sigma_s * sqrt (1.0 - decay * decay) : 0.0,
  };
}

static Factors factors (CosmosSampler self, CosmosSchedule schedule, double t, double s, const CosmosSamplerHistory *before)
{
  switch (self) {
  case COSMOS_SAMPLER_EULER:
    return euler (schedule, t, s);
  case COSMOS_SAMPLER_DDPM:
    return ddpm (schedule, t, s);
  case COSMOS_SAMPLER_DDIM:
    return ddim (schedule, t, s);
  default:
    return dpm (schedule, t, s, before, self == COSMOS_SAMPLER_DPM_SDE);
  }
}

COSMOS_SIMD_CLONES static void combine (const float *x, const float *x0, float a, float b, float *restrict out, size_t n)
{
  for (size_t i = 0; i < n; i++)
    out[i] = a * x[i] + b * x0[i];
}

COSMOS_SIMD_CLONES static void accumulate (float factor, const float *x, float *restrict out, size_t n)
{
  for (size_t i = 0; i < n; i++)
    out[i] += factor * x[i];
}

void cosmos_sampler_step (CosmosSampler self, CosmosSchedule schedule, double t, double s, const float *x, const float *x0,
                          const CosmosSamplerHistory *before, const float *noise, float *next, size_t n)
{
  Factors f = factors (self, schedule, t, s, before);
  combine (x, x0, (float) f.x, (float) f.x0, next, n);
  if (f.before != 0.0)
    accumulate ((float) f.before, before->x0, next, n);
  if (f.noise != 0.0 && noise)
    accumulate ((float) f.noise, noise, next, n);
}
