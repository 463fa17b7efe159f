/* A run of the reverse process, step by step: what the latents were, what the network guessed, what the text was.
 *
 * advance() makes one step, so that whoever drives it can pause anywhere, cancel (the progress of the call, between layers) or branch:
 * a step that did not finish leaves no trace and can be advanced again. Decoding to text is apart from stepping and lazy. A run is a function of
 * (weights, settings, source): the noise of x at the first time is N(0, 1) by (seed + b, 0, index), that of step k by (seed + b, k + 1, index), so
 * that sample b is what seed + b gives alone, up to rounding. The memory of all steps is taken when the run is made. One thread at a time; runs share
 * nothing that changes, but runs that go on at the same time need pools of their own.
 *
 * Latents can be pinned to values z, so that the run makes the rest to fit them: the replacement method of conditional sampling (Song et al. 2021,
 * arXiv 2011.13456, section 5 and appendix I.2; Lugmayr et al. 2022, arXiv 2201.09865). At every step the network reads alpha_t z + sigma_t eps in
 * their place, eps being N(0, 1) by (seed + b, COSMOS_PIN_STREAM + k, index); its guess there is replaced by z, so that self-conditioning, the
 * sampler's memory and the result carry z itself, bit for bit. The noise of the other latents is what it is without pins.
 */
#pragma once

#include "core/model/pipeline.h"
#include "core/sample/decoding.h"
#include "core/sample/settings.h"

typedef struct CosmosTrajectory CosmosTrajectory;

/* The stream of the pinned latents' noise at step 0: apart from those of all steps. */
#define COSMOS_PIN_STREAM UINT32_C (0x80000000)

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

/* source: UTF-8 of size bytes, NULL for none: a denoiser with a source encoder then reads "[CLS][SEP]", one without refuses any other. It is
 * encoded once, here. A strength below 1 needs a source whose latents the denoiser reads (COSMOS_STATUS_UNSUPPORTED). pipeline and pool are borrowed. */
CosmosTrajectory *cosmos_trajectory_new (const CosmosPipeline *pipeline, CosmosPool *pool, const CosmosSettings *settings,
                                         const char *source, size_t size, CosmosError *err);
/* The same with the source as n tokens, first and last being [CLS] and [SEP]; n 0: none, and no cross-attention. */
CosmosTrajectory *cosmos_trajectory_new_from_tokens (const CosmosPipeline *pipeline, CosmosPool *pool,
                                                     const CosmosSettings *settings, const int32_t *source, int64_t n,
                                                     CosmosError *err);
/* A new run with copies of steps 0 .. k - 1 of this one, which goes on from x at step k (1 <= k <= steps done) under new settings: other seed,
 * sampler, guidance, task ... ; the number of steps, the times, the schedule and the batch must not change. Nothing is pinned in it, until it is
 * pinned itself. */
CosmosTrajectory *cosmos_trajectory_branch (const CosmosTrajectory *self, int k, const CosmosSettings *settings,
                                            CosmosError *err);
/* From the next step on; what was pinned before is free. latents: normalised, (N, Z), of which those are looked at that the mask (N) has, the same for
 * all samples; both copied. Refuses numbers that are not finite, and a run that is done (COSMOS_STATUS_RANGE). */
bool cosmos_trajectory_pin (CosmosTrajectory *self, const float *latents, const bool *mask, CosmosError *err);
void cosmos_trajectory_free (CosmosTrajectory *self);

const CosmosSettings *cosmos_trajectory_get_settings (const CosmosTrajectory *self);
const CosmosPipeline *cosmos_trajectory_get_pipeline (const CosmosTrajectory *self);
int cosmos_trajectory_get_n_steps (const CosmosTrajectory *self);
int cosmos_trajectory_get_n_done (const CosmosTrajectory *self);
bool cosmos_trajectory_is_done (const CosmosTrajectory *self);
/* Whether the source was longer than the model reads. */
bool cosmos_trajectory_is_source_cut (const CosmosTrajectory *self);

/* The next step; a finished run refuses (COSMOS_STATUS_RANGE). */
bool cosmos_trajectory_advance (CosmosTrajectory *self, CosmosProgress *progress, CosmosError *err);
/* k < n_done. Lives as long as the trajectory. */
const CosmosStep *cosmos_trajectory_get_step (const CosmosTrajectory *self, int k);
/* What the settings return, (B, N, Z); NULL before it is done. */
const float *cosmos_trajectory_get_result (const CosmosTrajectory *self);

/* The text of sample b at step k < n_done; k = number of steps shows the result, when done. Kept: a second call costs nothing. */
const CosmosDecoding *cosmos_trajectory_decode (CosmosTrajectory *self, int k, CosmosShow show, int b, CosmosProgress *progress,
                                                CosmosError *err);
/* Arena allocations so far: constant from the second step on, but for the first decoding. */
size_t cosmos_trajectory_get_allocations (const CosmosTrajectory *self);
