/* The noise schedule of a run: signal and noise (alpha and sigma), and the logarithm of their ratio, over the steps.
 *
 * Properties: those of CpgStepPicture. Read as an image whose value says the current step's numbers.
 */
#pragma once

#include "app/pictures/cpg-step-picture.h"

G_BEGIN_DECLS

/* What is drawn. */
typedef struct {
  const double *alpha, *sigma, *log_snr; /* n each, all of the variance-preserving schedule: x_t = alpha x_0 + sigma noise */
  int n;
  int n_steps, current; /* current -1: none */
} CpgScheduleData;

void cpg_schedule_chart_draw (const CpgScheduleData *data, cairo_t *cr, double width, double height, const CpgStyle *style);

#define CPG_TYPE_SCHEDULE_CHART (cpg_schedule_chart_get_type ())
G_DECLARE_FINAL_TYPE (CpgScheduleChart, cpg_schedule_chart, CPG, SCHEDULE_CHART, CpgStepPicture)

GtkWidget *cpg_schedule_chart_new (void);
/* Of steps 0 .. n - 1, copied; ln (alpha / sigma) follows from them, and is left out where that is infinite. */
void cpg_schedule_chart_set_levels (CpgScheduleChart *self, const double *alpha, const double *sigma, int n);

G_END_DECLS
