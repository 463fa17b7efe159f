/* One set of axes over the steps of a run: a panel of a chart. A plain value; the direction of steps follows the style.
 *
 * A chart stacks panels: its own margin around them, a line of words over each, and the numbers of the steps below the last.
 */
#pragma once

#include "app/pictures/cpg-style.h"

typedef struct {
  double x, y, width, height; /* of the data, in pixels */
  int n_steps;                /* planned, >= 1 */
  double low, high;           /* values at the bottom and at the top, low < high */
  gboolean rtl;
} CpgPanel;

/* Numbers of an axis as they stand beside it. (transfer full) */
char *cpg_panel_format (double value, gboolean percent);
/* Panel i of n in a chart; before it is room for labels of label_width pixels. */
CpgPanel cpg_panel_new (int i, int n, double width, double height, double label_width, int n_steps, const CpgStyle *style);
double cpg_panel_get_x (const CpgPanel *self, double step);
double cpg_panel_get_y (const CpgPanel *self, double value);
/* The step nearest to a column, always one of the planned; clamped. */
int cpg_panel_find (const CpgPanel *self, double x);

/* Over it, at the end: what it is at the current step. */
void cpg_panel_draw_reading (const CpgPanel *self, cairo_t *cr, const CpgStyle *style, const char *words);
/* Over it, from the start: a line as the series has it, and its name. offset: where the key before ended, 0 at first; where this one ends. The name
 * leaves room pixels at the end for the reading. */
double cpg_panel_draw_key (const CpgPanel *self, cairo_t *cr, const CpgStyle *style, double offset, const GdkRGBA *colour,
                           double dash, const char *name, double room);
/* Lines across at values, with their numbers beside; percent: as shares. */
void cpg_panel_draw_grid (const CpgPanel *self, cairo_t *cr, const CpgStyle *style, const double *values, int n,
                          gboolean percent);
/* Numbers of steps below; counted from 1. */
void cpg_panel_draw_steps (const CpgPanel *self, cairo_t *cr, const CpgStyle *style);
/* The line through the current step; -1: nothing. */
void cpg_panel_draw_current (const CpgPanel *self, cairo_t *cr, const CpgStyle *style, int step);
/* Through all values that are finite, with a dot where both neighbours are not, and at the current step. dash 0: an unbroken line. fill: to low. */
void cpg_panel_draw_line (const CpgPanel *self, cairo_t *cr, const CpgStyle *style, const GdkRGBA *colour, const double *values,
                          int n, int current, double dash, gboolean fill);
/* From the bottom; not finite ones are left out. */
void cpg_panel_draw_bars (const CpgPanel *self, cairo_t *cr, const GdkRGBA *colour, const double *values, int n, int current);
