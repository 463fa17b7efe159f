#include "app/cpg-series.h"

#include <math.h>

static double read_step (CpgStep *step, CpgSeries which)
{
  gboolean decoded = cpg_step_is_decoded (step);
  switch (which) {
  case CPG_SERIES_ALPHA:
    return cpg_step_get_alpha (step);
  case CPG_SERIES_SIGMA:
    return cpg_step_get_sigma (step);
  case CPG_SERIES_CHANGE:
    return cpg_step_get_index (step) > 0 ? cpg_step_get_change (step) : NAN;
  case CPG_SERIES_FLIPPED:
    return decoded ? cpg_step_get_n_changed (step) : NAN;
  case CPG_SERIES_CONFIDENCE:
    return decoded ? cpg_step_get_confidence (step) : NAN;
  case CPG_SERIES_ENTROPY:
    return decoded ? cpg_step_get_entropy (step) : NAN;
  }
  g_return_val_if_reached (NAN);
}

double *cpg_series_create (CpgRun *run, CpgSeries which, int *n)
{
  *n = run ? cpg_run_get_n_done (run) : 0;
  double *values = g_new (double, MAX (*n, 1));
  for (int k = 0; k < *n; k++)
    values[k] = read_step (cpg_run_get_step (run, k), which);
  return values;
}
