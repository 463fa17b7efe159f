/* A run of the reverse process, step by step: what the latents were, what the network guessed, what the text was.
 *
 * advance() makes one step, so that whoever drives it can pause anywhere, cancel (the progress of the call, between layers) or branch:
 * a step that did not finish leaves no trace. Decoding to text is apart from stepping and lazy. A run is a function of (weights, settings,
 * source): noise is drawn by (seed, step, index). One thread at a time.
 */
#pragma once

#include "core/model/pipeline.h"
#include "core/sample/decoding.h"
#include "core/sample/settings.h"

typedef struct CosmosTrajectory CosmosTrajectory;

/* Step k = 0 .. steps - 1 goes from times[k] to times[k + 1]. The point after the last step is index `steps`. */
typedef struct {
  int index;
  double t, alpha, sigma;
  const float *x;  /* (B, N, Z) at t, before the step */
  const float *x0; /* (B, N, Z), the guess made from it */
  double change;   /* root mean square of x0 - the guess before, over all numbers; 0 at the first step */
  double seconds;
} CosmosStep;

/* What a trajectory shows at a step. */
typedef enum { COSMOS_SHOW_X0, COSMOS_SHOW_XT } CosmosShow;

/* source: UTF-8 of size bytes, NULL for none (a denoiser without source encoder refuses one). pipeline and pool are borrowed. */
CosmosTrajectory *cosmos_trajectory_new (const CosmosPipeline *pipeline, CosmosPool *pool, const CosmosSettings *settings,
                                         const char *source, size_t size, CosmosError *err);
/* A new run that shares steps 0 .. k - 1 with this one and goes on from x at step k (1 <= k <= steps done) under new settings: other
 * seed, sampler, guidance ... ; the number of steps and the times must not change. */
CosmosTrajectory *cosmos_trajectory_branch (const CosmosTrajectory *self, int k, const CosmosSettings *settings, CosmosError *err);
void cosmos_trajectory_free (CosmosTrajectory *self);

const CosmosSettings *cosmos_trajectory_get_settings (const CosmosTrajectory *self);
const CosmosPipeline *cosmos_trajectory_get_pipeline (const CosmosTrajectory *self);
int cosmos_trajectory_get_n_steps (const CosmosTrajectory *self);
int cosmos_trajectory_get_n_done (const CosmosTrajectory *self);
bool cosmos_trajectory_is_done (const CosmosTrajectory *self);
/* Whether the source was longer than the model reads. */
bool cosmos_trajectory_is_source_cut (const CosmosTrajectory *self);

bool cosmos_trajectory_advance (CosmosTrajectory *self, CosmosProgress *progress, CosmosError *err);
/* k < n_done. Lives as long as the trajectory. */
const CosmosStep *cosmos_trajectory_get_step (const CosmosTrajectory *self, int k);
/* What the settings return, (B, N, Z); only when done. */
const float *cosmos_trajectory_get_result (const CosmosTrajectory *self);

/* The text of sample b at step k (k < n_done; k = n_done shows the result when done). Kept: a second call costs nothing. */
const CosmosDecoding *cosmos_trajectory_decode (CosmosTrajectory *self, int k, CosmosShow show, int b, CosmosProgress *progress,
                                                CosmosError *err);
/* Arena allocations so far: constant from the second step on. */
size_t cosmos_trajectory_get_allocations (const CosmosTrajectory *self);
