/* The yardstick of a denoiser: the best one that is linear, which needs no training. For latents of mean 0 with the covariance C,
 *
 *   x0 (x) = alpha C (alpha^2 C + sigma^2)^-1 x,   loss = mean over the eigenvalues c of C of c sigma^2 / (alpha^2 c + sigma^2)
 *
 * (the Wiener filter). A network that stays above it has learnt nothing of what makes texts of latents. */
#pragma once

#include "core/base/status.h"
#include "core/sample/schedule.h"

#include <stddef.h>

/* Numbers of a text's latents up to which it is worth its time and memory (n^2 doubles). */
enum { COSMOS_LINEAR_DENOISER_MAX = 4096 };

/* A row of n normalised latents of text i. */
typedef void (*CosmosLatentsRow) (size_t i, float *row, void *data);

/* eigenvalues: n, of the covariance of the rows 0 .. n_rows - 1; more rows than n, else the loss is too small. n at most COSMOS_LINEAR_DENOISER_MAX. */
bool cosmos_linear_denoiser_measure (CosmosLatentsRow get_row, void *data, size_t n_rows, int n, double *eigenvalues,
                                     CosmosError *err);
/* Mean squared error at time t. */
double cosmos_linear_denoiser_get_loss (const double *eigenvalues, int n, CosmosSchedule schedule, double t);
