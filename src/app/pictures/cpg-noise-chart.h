/* What noise does to a text: BLEU against the text without it, and the share of tokens that stay, over the noise's standard deviation.
 *
 * A step of this picture is a level of noise: level i of n is i / (n - 1) of max-noise. Properties: max-noise (double, 2); those of CpgStepPicture, so
 * that the level is chosen by a press, a drag or keys. Read as an image whose value says the current level's numbers.
 */
#pragma once

#include "app/pictures/cpg-step-picture.h"

G_BEGIN_DECLS

/* What is drawn. NAN: not measured. */
typedef struct {
  const double *bleu, *kept; /* n_levels values each, 0 .. 1; NULL where nothing is measured */
  int n_levels, current;     /* current -1: none */
  double max_noise;
} CpgNoiseData;

void cpg_noise_chart_draw (const CpgNoiseData *data, cairo_t *cr, double width, double height, const CpgStyle *style);

#define CPG_TYPE_NOISE_CHART (cpg_noise_chart_get_type ())
G_DECLARE_FINAL_TYPE (CpgNoiseChart, cpg_noise_chart, CPG, NOISE_CHART, CpgStepPicture)

GtkWidget *cpg_noise_chart_new (void);
/* Of levels 0 .. n - 1, which are all; copied. */
void cpg_noise_chart_set_values (CpgNoiseChart *self, const double *bleu, const double *kept, int n);

G_END_DECLS
