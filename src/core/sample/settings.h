/* Everything that a run depends on besides the weights. */
#pragma once

#include "core/model/config.h"
#include "core/sample/sampler.h"

enum { COSMOS_MAX_STEPS = 1000, COSMOS_MAX_BATCH = 64 };

/* What a run gives back from its last step. */
typedef enum { COSMOS_RETURN_X0, COSMOS_RETURN_MEAN } CosmosReturn;

typedef struct {
  int task; /* number in the config, 0 .. n_tasks - 1; 0 where it has none */
  uint64_t seed;
  int steps; /* 1 .. COSMOS_MAX_STEPS */
  CosmosSampler sampler;
  double guidance; /* w: w x0(source) + (1 - w) x0(no source); 1: off */
  bool self_conditioning;
  /* Of the noise that stochastic samplers add after a step (S_noise of Karras et al. 2022): 1 as the schedule has it; below, texts are likelier
   * and less varied. */
  double noise_scale;
  double schedule_d, t_start, t_end; /* 0 <= t_end < strength t_start, t_start <= what the sampler allows */
  /* Above 0, at most 1. 1: a run begins as pure noise. Below: at the time strength t_start, as the source's latents z with that time's noise,
   * alpha z + sigma eps (SDEdit, Meng et al. 2022, arXiv 2108.01073); less keeps more of the source. */
  double strength;
  CosmosReturn returned;
  int batch; /* 1 .. COSMOS_MAX_BATCH samples that run together, seeds seed, seed + 1 ... */
} CosmosSettings;

/* Defaults of a bundle: its schedule, DPM-Solver++ 2M SDE, 50 steps, seed 0, self-conditioning, from pure noise, the last x0, one sample. */
CosmosSettings cosmos_settings_default (const CosmosConfig *config);
/* Where the steps begin: strength t_start. */
double cosmos_settings_get_first_time (const CosmosSettings *self);
/* False with what is wrong and what is possible. */
bool cosmos_settings_check (const CosmosSettings *self, const CosmosConfig *config, CosmosError *err);
