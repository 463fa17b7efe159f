/* What the ranks of a training tell each other in every step: the sums of their gradients and losses, and whether one of them wants to stop. One
 * message: the gradients of all parameters one behind the other, then the rest. With one rank there is nothing to tell. The store is borrowed. */
#pragma once

#include "core/model/parameters.h"
#include "train/stage.h"

/* Of a rank's share before, of the whole batch after. */
typedef struct {
  float loss, measures[COSMOS_MAX_MEASURES];
  float n_stopping; /* ranks that were told to stop, or whose time is over */
  float n_cut;      /* ranks that did not finish their share: there is no step to make */
} CosmosStepSums;

typedef struct CosmosSharedStep CosmosSharedStep;

/* store: with gradients. */
CosmosSharedStep *cosmos_shared_step_new (CosmosParameters *store, CosmosError *err);
void cosmos_shared_step_free (CosmosSharedStep *self);
/* All ranks. */
void cosmos_shared_step_sum (CosmosSharedStep *self, CosmosStepSums *sums);
/* All ranks: fails on those that do not begin with the first one's step, weights and number of texts. */
bool cosmos_shared_step_check (const CosmosSharedStep *self, const CosmosTraining *training, int64_t step, CosmosError *err);
