/* The way of a run through latent space, seen in the two directions in which it moves most; the ways of other runs, faint behind it.
 *
 * All runs must be in the same projection. Both axes have the same scale. A press or drag near the path asks for the step there.
 * Properties: those of CpgStepPicture. Read as an image whose value says where the current step is.
 */
#pragma once

#include "app/pictures/cpg-step-picture.h"

G_BEGIN_DECLS

/* A point a step: first and second component, in standard deviations of a latent times the square root of their number. Points that are not
 * finite are passed over. */
typedef struct {
  const double *points; /* 2 n numbers */
  int n;
} CpgPath;

/* What is drawn. */
typedef struct {
  CpgPath path;
  const CpgPath *others;
  int n_others;
  int n_steps, current; /* current -1: none */
} CpgPathData;

void cpg_path_chart_draw (const CpgPathData *data, cairo_t *cr, double width, double height, const CpgStyle *style);

#define CPG_TYPE_PATH_CHART (cpg_path_chart_get_type ())
G_DECLARE_FINAL_TYPE (CpgPathChart, cpg_path_chart, CPG, PATH_CHART, CpgStepPicture)

GtkWidget *cpg_path_chart_new (void);
/* points: 2 n numbers, copied. */
void cpg_path_chart_set_path (CpgPathChart *self, const double *points, int n);
/* The run's way, and those of the others that were set for it, as they are known now: cpg_run_project (). NULL: none. */
void cpg_path_chart_take_run (CpgPathChart *self, CpgRun *run);
/* Copied. */
void cpg_path_chart_set_others (CpgPathChart *self, const CpgPath *others, int n);

G_END_DECLS
