/* Curves over one axis: what a CpgCurveChart draws, on the screen or on paper. A plain value without a widget; whoever made it frees it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  char *name;
  double *x, *y; /* n each, all finite; in the order of the line */
  int n;
  double level;       /* the value at any x; NAN: it is a curve of points */
  int colour;         /* which of the style's series */
  double dash;        /* 0: unbroken */
  gboolean is_hollow; /* its points */
} CpgCurve;

typedef struct {
  char *y_title, *x_title;
  gboolean log_x;
  GPtrArray *curves; /* CpgCurve */
  GArray *xs;        /* double: all x that any curve has, ascending, none twice */
} CpgCurves;

CpgCurves *cpg_curves_new (const char *y_title, const char *x_title, gboolean log_x);
void cpg_curves_free (CpgCurves *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgCurves, cpg_curves_free)

/* An empty one. is_other: of a second set that lies over the first; broken and hollow then. number: of the name in its set, which gives the looks.
 * (transfer none) */
CpgCurve *cpg_curves_add (CpgCurves *self, const char *name, int number, gboolean is_other);
/* A point; not finite ones, and those that a logarithmic axis does not have, are left out. An x that is NAN: the curve is level. */
void cpg_curves_add_point (CpgCurves *self, CpgCurve *curve, double x, double y);
/* At one of the xs; NAN: none. */
double cpg_curve_get (const CpgCurve *self, double x);

/* "MSE over sigma". (transfer full) */
char *cpg_curves_title (const CpgCurves *self);
/* What each is at an x, one a line; index -1: where each begins and ends. (transfer full) */
char *cpg_curves_describe (const CpgCurves *self, int index, const char *separator);

G_END_DECLS
