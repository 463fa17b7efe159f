#include "app/pictures/cpg-curves.h"

#include "app/pictures/cpg-ink.h"

#include <glib/gi18n.h>
#include <math.h>

static void free_curve (gpointer data)
{
  CpgCurve *self = data;
  g_free (self->name);
  g_free (self->x);
  g_free (self->y);
  g_free (self);
}

CpgCurves *cpg_curves_new (const char *y_title, const char *x_title, gboolean log_x)
{
  CpgCurves *self = g_new0 (CpgCurves, 1);
  self->y_title = g_strdup (y_title);
  self->x_title = g_strdup (x_title);
  self->log_x = log_x;
  self->curves = g_ptr_array_new_with_free_func (free_curve);
  self->xs = g_array_new (FALSE, FALSE, sizeof (double));
  return self;
}

void cpg_curves_free (CpgCurves *self)
{
  g_free (self->y_title);
  g_free (self->x_title);
  g_ptr_array_unref (self->curves);
  g_array_unref (self->xs);
  g_free (self);
}

CpgCurve *cpg_curves_add (CpgCurves *self, const char *name, int number, gboolean is_other)
{
  static const double dashes[2][3] = {{0, 2, 10}, {6, 3.5, 14}};
  CpgCurve *curve = g_new0 (CpgCurve, 1);
  curve->name = g_strdup (name);
  curve->level = NAN;
  curve->colour = number % CPG_STYLE_N_SERIES;
  curve->dash = dashes[is_other ? 1 : 0][number / CPG_STYLE_N_SERIES % 3];
  curve->is_hollow = is_other;
  g_ptr_array_add (self->curves, curve);
  return curve;
}

/* Among all x, at its place. */
static void add_x (CpgCurves *self, double x)
{
  guint low = 0, high = self->xs->len;
  while (low < high) {
    guint middle = (low + high) / 2;
    if (g_array_index (self->xs, double, middle) < x)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == self->xs->len || g_array_index (self->xs, double, low) != x)
    g_array_insert_val (self->xs, low, x);
}

void cpg_curves_add_point (CpgCurves *self, CpgCurve *curve, double x, double y)
{
  if (!isfinite (y) || isinf (x) || (self->log_x && x <= 0))
    return;
  if (isnan (x)) {
    curve->level = y;
    return;
  }
  if ((curve->n & (curve->n - 1)) == 0) { /* room for a power of two */
    curve->x = g_renew (double, curve->x, MAX (2 * curve->n, 1));
    curve->y = g_renew (double, curve->y, MAX (2 * curve->n, 1));
  }
  curve->x[curve->n] = x;
  curve->y[curve->n++] = y;
  add_x (self, x);
}

double cpg_curve_get (const CpgCurve *self, double x)
{
  for (int i = 0; i < self->n; i++)
    if (self->x[i] == x)
      return self->y[i];
  return self->level;
}

char *cpg_curves_title (const CpgCurves *self)
{
  /* Translators: what a chart shows: a measure, over what it is drawn, for example "MSE over sigma" */
  return g_strdup_printf (_ ("%s over %s"), self->y_title, self->x_title);
}

static char *describe_ends (const CpgCurve *curve)
{
  if (curve->n == 0)
    return cpg_ink_number (curve->level);
  int last = curve->n - 1;
  g_autofree char *x = cpg_ink_number (curve->x[0]), *y = cpg_ink_number (curve->y[0]), *last_x = cpg_ink_number (curve->x[last]),
                  *last_y = cpg_ink_number (curve->y[last]);
  /* Translators: the first and the last point of a curve: its value, where; its value, where */
  return g_strdup_printf (_ ("%s at %s to %s at %s"), y, x, last_y, last_x);
}

char *cpg_curves_describe (const CpgCurves *self, int index, const char *separator)
{
  g_autofree char *title = cpg_curves_title (self);
  GString *words = g_string_new (title);
  if (self->xs->len == 0) {
    g_string_append_printf (words, "%s%s", separator, _ ("Nothing is measured"));
    return g_string_free (words, FALSE);
  }
  double x = index >= 0 && (guint) index < self->xs->len ? g_array_index (self->xs, double, index) : NAN;
  if (isfinite (x)) {
    g_autofree char *place = cpg_ink_number (x);
    g_string_append_printf (words, "%s%s %s", separator, self->x_title, place);
  }
  for (guint i = 0; i < self->curves->len; i++) {
    const CpgCurve *curve = self->curves->pdata[i];
    g_autofree char *value = isfinite (x) ? cpg_ink_number (cpg_curve_get (curve, x)) : describe_ends (curve);
    g_string_append_printf (words, "%s%s: %s", separator, curve->name, value);
  }
  return g_string_free (words, FALSE);
}
