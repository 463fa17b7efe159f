/* AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101) over all parameters of a store that have gradients, with clipping by the global norm and,
 * where wished, a moving average of the weights.
 *
 *   g = gradient min (1, clip / |gradient|)            |gradient| over all parameters
 *   m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2
 *   w = w - rate (m / (1 - b1^n) / (sqrt (v / (1 - b2^n)) + eps) + decay w)      n = 1, 2 ..
 *   average = k average + (1 - k) w,  k = min (average_decay, (1 + n) / (10 + n))
 *
 * Where `muon` is not 0, the matrices between the embeddings and the head go by Muon instead (Jordan et al. 2024), with Nesterov's momentum, and
 * scaled so that a number changes about as much as AdamW changes it (Liu et al. 2025, arXiv 2502.16982):
 *   m = .95 m + g,  u = g + .95 m
 *   w = w - rate muon (.2 sqrt (max (rows, columns)) orthogonal (u) + decay w)         orthogonal: orthogonalise.h
 *
 * Matrices decay; gains, biases and tables do not. Tables whose values have an amplitude of one, where weights have 1 / sqrt (width), learn slower:
 * `slow` names them. The sums' order does not depend on the number of threads. One thread at a time; the store and the pool are borrowed.
 */
#pragma once

#include "core/base/pool.h"
#include "core/model/parameters.h"

typedef struct {
  double beta1, beta2, eps, decay, clip; /* clip 0: none */
  double average_decay;                  /* 0: no average */
  double muon;                           /* 0: AdamW for all; else what matrices' rate is multiplied by */
  CosmosCompute compute;                 /* how the products of Muon are made */
  double slow_rate;                      /* share of the rate that slow tables get */
  const char *const *slow;               /* what their names contain; ended by NULL; NULL: none. Borrowed */
} CosmosOptimiserSettings;

typedef struct CosmosOptimiser CosmosOptimiser;

/* The paper's: AdamW with .9, .98, 1e-6, decay 1e-5, clip 1, no average (spec 1.10). */
CosmosOptimiserSettings cosmos_optimiser_settings_default (void);

/* parameters: with gradients (cosmos_parameters_make_gradients). */
CosmosOptimiser *cosmos_optimiser_new (CosmosParameters *parameters, CosmosPool *pool, const CosmosOptimiserSettings *settings,
                                       CosmosError *err);
void cosmos_optimiser_free (CosmosOptimiser *self);

/* One step down the gradients, times `scale` first (1 / number of summed micro-batches), which are then zeros again. False, with nothing changed but
 * the gradients, where their norm is not finite; or when out of memory, with a part of the step made. */
bool cosmos_optimiser_step (CosmosOptimiser *self, double rate, double scale, CosmosError *err);
int64_t cosmos_optimiser_get_n_steps (const CosmosOptimiser *self);
/* Of the last step, before clipping. */
double cosmos_optimiser_get_norm (const CosmosOptimiser *self);

/* Puts the average in the place of the weights, and back. Nothing where there is none. */
void cosmos_optimiser_swap_average (CosmosOptimiser *self);

/* ---- checkpoints ---- */

/* Its state as named arrays, for the store's parameter `index` of those with gradients: "first" and "second" moments (the latter NULL where it goes by
 * Muon) and "average" (NULL without). */
typedef struct {
  CosmosParameter parameter;
  float *first, *second, *average;
} CosmosOptimiserState;

size_t cosmos_optimiser_get_n (const CosmosOptimiser *self);
CosmosOptimiserState cosmos_optimiser_get_state (const CosmosOptimiser *self, size_t index);
/* After the arrays were filled from a checkpoint. */
void cosmos_optimiser_set_n_steps (CosmosOptimiser *self, int64_t n);
