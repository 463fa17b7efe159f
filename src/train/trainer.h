/* Runs a stage: step after step down its loss, with checkpoints, a log, and a clean end at any moment. All ranks together, see ranks.h: each goes down
 * its share of the batch, the first one alone saves, evaluates and reports; a stop of one stops all after the same step. */
#pragma once

#include "train/origin.h"

/* What is told from time to time: means since the last report; NAN where there was no step since. */
typedef struct {
  const CosmosStageKind *kind;
  int64_t step, steps; /* done, of */
  double loss, measures[COSMOS_MAX_MEASURES];
  double norm; /* of the gradient, before clipping */
  double rate;
  double texts_per_second, seconds;   /* seconds: of training in all */
  const CosmosEvaluation *evaluation; /* NULL between checkpoints */
  const CosmosStart *start;           /* before the first step of a stage that begins from another file; else NULL */
} CosmosTrainingReport;

typedef struct {
  bool resume;               /* from the stage's checkpoint, where there is one */
  double seconds;            /* at most, from now; 0: no limit */
  double checkpoint_seconds; /* between checkpoints, at which the stage is also evaluated */
  double report_seconds;
  void (*report) (const CosmosTrainingReport *report, void *data);
  void *data;
} CosmosTrainingOptions;

/* Ends when all steps are done, when the time is over, or when the progress was cancelled (which is no failure: *done tells), always with a checkpoint.
 * done may be NULL. */
bool cosmos_train_stage (const CosmosTraining *training, const CosmosStageKind *kind, const CosmosTrainingOptions *options,
                         bool *done, CosmosError *err);
/* The rate of a step (counts from 0): up linearly over warm_up steps, then a cosine from `rate` down to final_rate of it. */
double cosmos_training_get_rate (const CosmosStageRecipe *recipe, int64_t step);
