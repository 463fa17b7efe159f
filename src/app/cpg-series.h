/* Numbers of a run's steps, as rows for pictures. */
#pragma once

#include "engine/cpg-run.h"

typedef enum {
  CPG_SERIES_ALPHA,
  CPG_SERIES_SIGMA,
  CPG_SERIES_CHANGE,  /* of the guess; NAN at the first step, which has none before it */
  CPG_SERIES_FLIPPED, /* tokens; this and what follows: NAN where a step is not decoded */
  CPG_SERIES_CONFIDENCE,
  CPG_SERIES_ENTROPY,
} CpgSeries;

/* Of the steps made so far, *n of them. run may be NULL. (transfer full) */
double *cpg_series_create (CpgRun *run, CpgSeries which, int *n);
