/* The whole evaluation of a model at a task: reconstruction with and without noise, then texts by every sampler at every number of steps, and by the baseline on
 * the same inputs, each with its time. */
#pragma once

#include "evaluate/bench.h"
#include "evaluate/report.h"

enum { COSMOS_EVALUATION_STEPS = 32, COSMOS_EVALUATION_SIGMAS = 32 };

typedef struct {
  int steps[COSMOS_EVALUATION_STEPS], n_steps;
  CosmosSampler samplers[COSMOS_N_SAMPLERS];
  int n_samplers;
  double sigmas[COSMOS_EVALUATION_SIGMAS];
  int n_sigmas;
} CosmosEvaluationPlan;

/* 8, 16, 25, 50, 100, 200 steps; all samplers; sigma 0 .. 2 by quarters. */
CosmosEvaluationPlan cosmos_evaluation_plan_default (void);
/* bench: prepared. Rows come into the report one by one, so that a run that was cancelled or failed leaves there what was measured. Deterministic by
 * bench->settings.seed, but for times. */
bool cosmos_evaluate (CosmosBench *bench, const CosmosEvaluationPlan *plan, CosmosReport *report, CosmosError *err);
