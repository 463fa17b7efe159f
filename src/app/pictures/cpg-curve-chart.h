/* Curves over an axis that is no run's: what a study measured.
 *
 * A step of this picture is one of the xs of the curves, so that a place is chosen by a press, a drag or keys (CpgStepPicture); what all curves are
 * there is read, and shown as a tooltip. Read as an image whose value says the same in words.
 */
#pragma once

#include "app/pictures/cpg-curves.h"
#include "app/pictures/cpg-step-picture.h"

G_BEGIN_DECLS

/* current: of the xs; -1: none */
void cpg_curve_chart_draw (const CpgCurves *curves, int current, cairo_t *cr, double width, double height, const CpgStyle *style);

#define CPG_TYPE_CURVE_CHART (cpg_curve_chart_get_type ())
G_DECLARE_FINAL_TYPE (CpgCurveChart, cpg_curve_chart, CPG, CURVE_CHART, CpgStepPicture)

/* curves: taken over. */
GtkWidget *cpg_curve_chart_new (CpgCurves *curves);
const CpgCurves *cpg_curve_chart_get_curves (CpgCurveChart *self);

G_END_DECLS
