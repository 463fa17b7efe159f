/* How much happens at each step of a run: a panel for each series that is shown, over the same steps.
 *
 * Properties: show-change, show-flipped, show-confidence, show-entropy (boolean, all TRUE), for buttons or settings to bind to; those of
 * CpgStepPicture. Read as an image whose value says the current step's numbers.
 */
#pragma once

#include "app/pictures/cpg-step-picture.h"

G_BEGIN_DECLS

typedef enum {
  CPG_CHANGE_DISTANCE,   /* root mean square of the guess against the one before, in standard deviations of a latent */
  CPG_CHANGE_FLIPPED,    /* tokens that are others than at the decoding before */
  CPG_CHANGE_CONFIDENCE, /* mean probability of the tokens, 0 .. 1 */
  CPG_CHANGE_ENTROPY,    /* mean, in nats */
  CPG_N_CHANGES
} CpgChange;

/* What is drawn. NAN: not known, as where a step is not decoded. */
typedef struct {
  const double *series[CPG_N_CHANGES]; /* n[i] values; NULL where that is 0 */
  int n[CPG_N_CHANGES];
  gboolean is_shown[CPG_N_CHANGES];
  int n_steps, current; /* current -1: none */
} CpgChangeData;

void cpg_change_chart_draw (const CpgChangeData *data, cairo_t *cr, double width, double height, const CpgStyle *style);

#define CPG_TYPE_CHANGE_CHART (cpg_change_chart_get_type ())
G_DECLARE_FINAL_TYPE (CpgChangeChart, cpg_change_chart, CPG, CHANGE_CHART, CpgStepPicture)

GtkWidget *cpg_change_chart_new (void);
/* Of steps 0 .. n - 1, copied. */
void cpg_change_chart_set_series (CpgChangeChart *self, CpgChange which, const double *values, int n);

G_END_DECLS
