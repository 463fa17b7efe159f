/* One step of the reverse process from t to s < t, given the network's guess at x0 (spec 1.11, 4.1). Knows nothing of networks. */
#pragma once

#include "core/sample/schedule.h"
#include <stddef.h>
#include <stdint.h>

#define COSMOS_SAMPLERS(X)                                 \
  X (DPM_SDE, "dpm-sde", "DPM-Solver++ 2M, stochastic")    \
  X (DPM_ODE, "dpm-ode", "DPM-Solver++ 2M, deterministic") \
  X (EULER, "euler", "Euler-Maruyama, as the paper")       \
  X (DDPM, "ddpm", "ancestral, posterior variance")        \
  X (DDIM, "ddim", "deterministic, first order")

typedef enum {
#define X(name, id, text) COSMOS_SAMPLER_##name,
  COSMOS_SAMPLERS (X)
#undef X
      COSMOS_N_SAMPLERS
} CosmosSampler;

const char *cosmos_sampler_get_name (CosmosSampler self);
const char *cosmos_sampler_get_description (CosmosSampler self);
/* False, with the list of names, for another one. */
bool cosmos_sampler_from_name (const char *name, CosmosSampler *self, CosmosError *err);
/* Whether it draws noise. */
bool cosmos_sampler_is_stochastic (CosmosSampler self);
/* Where it may start: 1 for Euler, DDPM and DDIM, .999 for the log-SNR solvers. */
double cosmos_sampler_get_max_start (CosmosSampler self);

/* The guess before and where it was made; NULL at the first step (and after a branch with another model). */
typedef struct {
  const float *x0;
  double t;
} CosmosSamplerHistory;

/* x at t, x0 guessed there, n numbers each -> next: x at s, 0 <= s < t. noise: n of N(0, 1), unused by deterministic ones; NULL: the step
 * without its noise (Euler's m). Arrays do not overlap. At s = 0 all but Euler give x0 itself. */
void cosmos_sampler_step (CosmosSampler self, CosmosSchedule schedule, double t, double s, const float *x, const float *x0,
                          const CosmosSamplerHistory *before, const float *noise, float *next, size_t n);
