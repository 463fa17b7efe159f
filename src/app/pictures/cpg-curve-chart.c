#include "app/pictures/cpg-curve-chart.h"

#include "app/pictures/cpg-ink.h"
#include "app/pictures/cpg-panel.h"

#include <glib/gi18n.h>
#include <math.h>

enum { MARGIN = 10, GAP = 6, SAMPLE = 16, N_PLACES = 1001, N_MARKS = 4, MOST_MARKS = 12 };
#define DOT 2.5

/* ---- axes ---- */

typedef struct {
  double low, high, step; /* marks at multiples of step */
} Axis;

/* Round numbers around low .. high. */
static Axis get_axis (double low, double high)
{
  double size = fmax (fabs (low), fabs (high));
  if (low >= 0 && low < .6 * high)
    low = 0;
  if (!(high - low > 1e-9 * size) || !isfinite (high - low)) { /* level, or farther apart than numbers go */
    double around = isfinite (high - low) && size > 0 ? size / 2 : 1;
    low = (isfinite (high - low) ? low : 0) - around;
    high = low + 2 * around;
  }
  double step = cpg_ink_round_up ((high - low) / N_MARKS);
  return (Axis) {floor (low / step + 1e-9) * step, ceil (high / step - 1e-9) * step, step};
}

static Axis get_y_axis (const CpgCurves *curves)
{
  double low = INFINITY, high = -INFINITY;
  for (guint i = 0; i < curves->curves->len; i++) {
    const CpgCurve *curve = curves->curves->pdata[i];
    for (int k = 0; k < curve->n; k++) {
      low = fmin (low, curve->y[k]);
      high = fmax (high, curve->y[k]);
    }
    low = isnan (curve->level) ? low : fmin (low, curve->level);
    high = isnan (curve->level) ? high : fmax (high, curve->level);
  }
  return get_axis (low, high);
}

static double get_first_x (const CpgCurves *curves)
{
  return g_array_index (curves->xs, double, 0);
}

static double get_last_x (const CpgCurves *curves)
{
  return g_array_index (curves->xs, double, curves->xs->len - 1);
}

static double get_x (const CpgCurves *curves, const CpgPanel *panel, double x)
{
  double low = get_first_x (curves), high = get_last_x (curves);
  if (curves->log_x) {
    x = log (x);
    low = log (low);
    high = log (high);
  }
  double share = high - low > 0 && isfinite (high - low) ? (x - low) / (high - low) : .5;
  return cpg_panel_get_x (panel, share * (N_PLACES - 1));
}

/* ---- the key ---- */

/* Where each name goes: in lines, as many as it takes. cr NULL: only measured. Returns their height. */
static double draw_key (const CpgCurves *curves, cairo_t *cr, const CpgStyle *style, double left, double top, double width)
{
  double offset = 0, y = top, sign = style->rtl ? -1 : 1, start = style->rtl ? left + width : left;
  if (curves->curves->len < 2)
    return 0;
  for (guint i = 0; i < curves->curves->len; i++) {
    const CpgCurve *curve = curves->curves->pdata[i];
    double words = MIN (cpg_ink_text_width (style, curve->name) + 1, MAX (width - SAMPLE - GAP, 1));
    if (offset > 0 && offset + SAMPLE + GAP + words > width) {
      offset = 0;
      y += style->line + 2;
    }
    if (cr) {
      double x = start + sign * offset, middle = floor (y + style->line / 2) + .5;
      cairo_save (cr);
      if (curve->dash > 0)
        cairo_set_dash (cr, &curve->dash, 1, 0);
      cpg_ink_line (cr, &style->series[curve->colour], 2, x, middle, x + sign * SAMPLE, middle);
      cairo_restore (cr);
      x += sign * (SAMPLE + GAP);
      cpg_ink_text_in (cr, style, &style->dim, style->rtl ? x - words : x, y, words, 0, curve->name);
    }
    offset += SAMPLE + GAP + words + 2 * GAP;
  }
  return y + style->line + 2 * GAP - top;
}

static CpgPanel get_panel (const CpgCurves *curves, double width, double height, const CpgStyle *style, const Axis *axis)
{
  double label = 0;
  for (int i = 0; i <= MOST_MARKS && axis->low + i * axis->step <= axis->high + axis->step / 2; i++) {
    char *words = cpg_panel_format (axis->low + i * axis->step, FALSE);
    label = fmax (label, cpg_ink_text_width (style, words));
    g_free (words);
  }
  CpgPanel panel = cpg_panel_new (0, 1, width, height, label, N_PLACES, style);
  double key = draw_key (curves, NULL, style, MARGIN, 0, width - 2 * MARGIN);
  panel.y += key;
  panel.height = MAX (panel.height - key, 1);
  panel.low = axis->low;
  panel.high = axis->high;
  return panel;
}

/* ---- drawing ---- */

/* TRUE: there was room for it behind the one before. */
static gboolean draw_mark (const CpgCurves *curves, const CpgPanel *panel, cairo_t *cr, const CpgStyle *style, double value,
                           double *before)
{
  char *words = cpg_ink_tick (value);
  double width = cpg_ink_text_width (style, words), x = get_x (curves, panel, value);
  x = CLAMP (x, panel->x + width / 2 - GAP, panel->x + panel->width - width / 2 + GAP);
  gboolean fits = isnan (*before) || fabs (x - *before) > width + 2 * GAP;
  if (fits) {
    cpg_ink_text (cr, style, &style->dim, x, panel->y + panel->height + GAP, .5, 0, words);
    *before = x;
  }
  g_free (words);
  return fits;
}

/* Of a logarithmic axis the xs themselves, else round numbers. */
static void draw_marks (const CpgCurves *curves, const CpgPanel *panel, cairo_t *cr, const CpgStyle *style)
{
  double before = NAN, low = get_first_x (curves), high = get_last_x (curves);
  if (curves->log_x || !isfinite (high - low) || !(high - low > 1e-9 * fmax (fabs (low), fabs (high)))) {
    for (guint i = 0; i < curves->xs->len; i++)
      draw_mark (curves, panel, cr, style, g_array_index (curves->xs, double, i), &before);
    return;
  }
  double step = cpg_ink_round_up ((high - low) / N_MARKS), first = ceil (low / step - 1e-9) * step;
  for (int i = 0; i <= MOST_MARKS && first + i * step <= high + step * 1e-6; i++)
    draw_mark (curves, panel, cr, style, first + i * step, &before);
}

static void draw_dot (cairo_t *cr, const CpgStyle *style, const CpgCurve *curve, double x, double y, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  gdk_cairo_set_source_rgba (cr, curve->is_hollow ? &style->surface : &style->series[curve->colour]);
  cairo_fill_preserve (cr);
  gdk_cairo_set_source_rgba (cr, &style->series[curve->colour]);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
}

static void draw_curve (const CpgCurves *curves, const CpgCurve *curve, const CpgPanel *panel, cairo_t *cr, const CpgStyle *style,
                        double current)
{
  cairo_save (cr);
  gdk_cairo_set_source_rgba (cr, &style->series[curve->colour]);
  cairo_set_line_width (cr, style->high_contrast ? 2.5 : 1.75);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  if (curve->dash > 0)
    cairo_set_dash (cr, &curve->dash, 1, 0);
  cairo_new_path (cr);
  for (int i = 0; i < curve->n; i++)
    cairo_line_to (cr, get_x (curves, panel, curve->x[i]), cpg_panel_get_y (panel, curve->y[i]));
  if (curve->n == 0 && !isnan (curve->level)) {
    double y = floor (cpg_panel_get_y (panel, curve->level)) + .5;
    cairo_move_to (cr, panel->x, y);
    cairo_line_to (cr, panel->x + panel->width, y);
  }
  cairo_stroke (cr);
  cairo_restore (cr);
  double room = panel->width / MAX (curve->n, 1);
  for (int i = 0; i < curve->n && (room > 4 * DOT || curve->n == 1); i++)
    draw_dot (cr, style, curve, get_x (curves, panel, curve->x[i]), cpg_panel_get_y (panel, curve->y[i]), DOT);
  double value = isfinite (current) && curve->n > 0 ? cpg_curve_get (curve, current) : NAN;
  if (isfinite (value))
    draw_dot (cr, style, curve, get_x (curves, panel, current), cpg_panel_get_y (panel, value), 2 * DOT);
}

/* At the end of the title's line: where, and of a single curve what. */
static char *format_reading (const CpgCurves *curves, double x)
{
  if (!isfinite (x))
    return g_strdup ("");
  g_autofree char *place = cpg_ink_number (x), *value = NULL;
  if (curves->curves->len > 1)
    return g_strdup_printf ("%s %s", curves->x_title, place);
  value = cpg_ink_number (cpg_curve_get (curves->curves->pdata[0], x));
  return g_strdup_printf ("%s %s: %s", curves->x_title, place, value);
}

void cpg_curve_chart_draw (const CpgCurves *curves, int current, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  g_autofree char *title = cpg_curves_title (curves);
  double inner = width - 2 * MARGIN;
  if (curves->xs->len == 0) {
    cpg_ink_text_in (cr, style, &style->foreground, MARGIN, MARGIN, inner, 0, title);
    cpg_ink_text (cr, style, &style->dim, width / 2, height / 2, .5, .5, _ ("Nothing is measured"));
    return;
  }
  double x = current >= 0 && (guint) current < curves->xs->len ? g_array_index (curves->xs, double, current) : NAN;
  Axis axis = get_y_axis (curves);
  CpgPanel panel = get_panel (curves, width, height, style, &axis);
  g_autofree char *reading = format_reading (curves, x);
  double room = *reading ? cpg_ink_text_width (style, reading) + 2 * GAP : 0;
  cpg_ink_text_in (cr, style, &style->foreground, style->rtl ? MARGIN + room : MARGIN, MARGIN, MAX (inner - room, 0), 0, title);
  cpg_ink_text_in (cr, style, &style->dim, MARGIN, MARGIN, inner, 1, reading);
  draw_key (curves, cr, style, MARGIN, MARGIN + style->line + GAP, inner);
  double values[MOST_MARKS + 1];
  int n = 0;
  while (n <= MOST_MARKS && axis.low + n * axis.step <= axis.high + axis.step / 2) {
    values[n] = axis.low + n * axis.step;
    n++;
  }
  cpg_panel_draw_grid (&panel, cr, style, values, n, FALSE);
  draw_marks (curves, &panel, cr, style);
  if (isfinite (x)) {
    double at = floor (get_x (curves, &panel, x)) + .5;
    GdkRGBA colour = cpg_style_fade (style->foreground, style->high_contrast ? 1 : .45);
    cpg_ink_line (cr, &colour, 1, at, panel.y, at, panel.y + panel.height);
  }
  for (guint i = curves->curves->len; i > 0; i--)
    draw_curve (curves, curves->curves->pdata[i - 1], &panel, cr, style, x);
}

/* ---- the widget ---- */

struct _CpgCurveChart {
  CpgStepPicture parent_instance;
  CpgCurves *curves;
};

G_DEFINE_FINAL_TYPE (CpgCurveChart, cpg_curve_chart, CPG_TYPE_STEP_PICTURE)

static void draw (CpgPicture *picture, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  CpgCurveChart *self = CPG_CURVE_CHART (picture);
  if (self->curves)
    cpg_curve_chart_draw (self->curves, cpg_step_picture_get_current_step (CPG_STEP_PICTURE (self)), cr, width, height, style);
}

static char *describe (CpgPicture *picture)
{
  CpgCurveChart *self = CPG_CURVE_CHART (picture);
  return self->curves ? cpg_curves_describe (self->curves, cpg_step_picture_get_current_step (CPG_STEP_PICTURE (self)), "; ")
                      : g_strdup ("");
}

/* The nearest, on the screen. */
static int find (CpgStepPicture *picture, double x, double y G_GNUC_UNUSED, double width, double height, const CpgStyle *style)
{
  const CpgCurves *curves = CPG_CURVE_CHART (picture)->curves;
  if (!curves || curves->xs->len == 0)
    return -1;
  Axis axis = get_y_axis (curves);
  CpgPanel panel = get_panel (curves, width, height, style, &axis);
  int best = 0;
  double nearest = INFINITY;
  for (guint i = 0; i < curves->xs->len; i++) {
    double distance = fabs (get_x (curves, &panel, g_array_index (curves->xs, double, i)) - x);
    if (distance < nearest)
      best = (int) i;
    nearest = fmin (nearest, distance);
  }
  return best;
}

static gboolean query_tooltip (GtkWidget *widget, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip)
{
  CpgCurveChart *self = CPG_CURVE_CHART (widget);
  int index = by_keyboard ? cpg_step_picture_get_current_step (CPG_STEP_PICTURE (self))
                          : cpg_step_picture_find (CPG_STEP_PICTURE (self), x, y);
  if (!self->curves)
    return FALSE;
  g_autofree char *words = cpg_curves_describe (self->curves, index, "\n");
  gtk_tooltip_set_text (tooltip, words);
  return TRUE;
}

static void measure (GtkWidget *widget G_GNUC_UNUSED, GtkOrientation orientation, int for_size G_GNUC_UNUSED, int *minimum,
                     int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum_baseline = *natural_baseline = -1;
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 260 : 220;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 360 : 250;
}

static void finalize (GObject *object)
{
  g_clear_pointer (&CPG_CURVE_CHART (object)->curves, cpg_curves_free);
  G_OBJECT_CLASS (cpg_curve_chart_parent_class)->finalize (object);
}

static void cpg_curve_chart_class_init (CpgCurveChartClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = finalize;
  widget_class->measure = measure;
  widget_class->query_tooltip = query_tooltip;
  CPG_PICTURE_CLASS (class)->draw = draw;
  CPG_PICTURE_CLASS (class)->describe = describe;
  CPG_STEP_PICTURE_CLASS (class)->find = find;
  gtk_widget_class_set_css_name (widget_class, "curvechart");
}

static void cpg_curve_chart_init (CpgCurveChart *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *cpg_curve_chart_new (CpgCurves *curves)
{
  CpgCurveChart *self = g_object_new (CPG_TYPE_CURVE_CHART, NULL);
  g_autofree char *title = cpg_curves_title (curves);
  self->curves = curves;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (self), (int) curves->xs->len);
  cpg_picture_changed (CPG_PICTURE (self));
  return GTK_WIDGET (self);
}

const CpgCurves *cpg_curve_chart_get_curves (CpgCurveChart *self)
{
  return self->curves;
}
