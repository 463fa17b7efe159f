/* A thin strip for under a scrubber: how much each step changed as bars, the noise level as a line. No words are drawn in it.
 *
 * Properties: inset (int, pixels at either end before the first and behind the last step, as a slider's knob has them; 10); those of CpgStepPicture.
 */
#pragma once

#include "app/pictures/cpg-step-picture.h"

G_BEGIN_DECLS

/* What is drawn. */
typedef struct {
  const double *change; /* n_change values, NAN: not known */
  const double *noise;  /* n_noise values, 0 .. 1 */
  int n_change, n_noise;
  int n_steps, current; /* current -1: none */
  int inset;
} CpgStepStripData;

void cpg_step_strip_draw (const CpgStepStripData *data, cairo_t *cr, double width, double height, const CpgStyle *style);

#define CPG_TYPE_STEP_STRIP (cpg_step_strip_get_type ())
G_DECLARE_FINAL_TYPE (CpgStepStrip, cpg_step_strip, CPG, STEP_STRIP, CpgStepPicture)

GtkWidget *cpg_step_strip_new (void);
/* Both of steps 0 .. n - 1, copied. */
void cpg_step_strip_set_change (CpgStepStrip *self, const double *change, int n);
void cpg_step_strip_set_noise (CpgStepStrip *self, const double *noise, int n);

G_END_DECLS
