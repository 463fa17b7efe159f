/* The variance-preserving noise schedule x_t = alpha x0 + sigma eps, tan-d (spec 1.8): alpha = 1 / sqrt (1 + d^2 tan^2 (pi t / 2)), t in [0, 1]. */
#pragma once

#include "core/base/status.h"

typedef struct {
  double d; /* > 0; larger: more noise at the same t */
} CosmosSchedule;

/* From 1 at t = 0 down to about 1e-16 / d at t = 1. */
double cosmos_schedule_get_alpha (CosmosSchedule self, double t);
/* From 0, exactly, up to 1. */
double cosmos_schedule_get_sigma (CosmosSchedule self, double t);
/* -2 d ln alpha / dt, with t clipped at .95 as the authors' code does. */
double cosmos_schedule_get_beta (CosmosSchedule self, double t);
/* lambda = ln (alpha / sigma); t <= .999 keeps it small, at t = 0 it is infinite. */
double cosmos_schedule_get_log_snr (CosmosSchedule self, double t);
/* times[k] = t_start + (t_end - t_start) k / steps, k = 0 .. steps. */
void cosmos_schedule_fill_times (double t_start, double t_end, int steps, double *times);
