#include "app/pictures/cpg-change-chart.h"
#include "app/pictures/cpg-ink.h"
#include "app/pictures/cpg-panel.h"

#include <glib/gi18n.h>
#include <math.h>

enum { MIN_PANEL_HEIGHT = 56, PANEL_HEIGHT = 88 };

/* Drawing */

static const char *get_name (int which)
{
  static const char *const names[] = {N_ ("change of the guess (rms)"), N_ ("tokens flipped"), N_ ("mean confidence"),
                                      N_ ("mean entropy (nats)")};
  return _ (names[which]);
}

/* Dashes tell the series apart where colours do not. */
static const double dashes[CPG_N_CHANGES] = {0, 0, 6, 2};

static double get_value (const CpgChangeData *data, int which, int step)
{
  return step >= 0 && step < data->n[which] ? data->series[which][step] : NAN;
}

static char *format_value (int which, double value)
{
  return which == CPG_CHANGE_CONFIDENCE ? cpg_panel_format (value, TRUE) : cpg_ink_number (value);
}

static double get_high (const CpgChangeData *data, int which)
{
  if (which == CPG_CHANGE_CONFIDENCE)
    return 1;
  double high = 0;
  for (int i = 0; i < data->n[which]; i++)
    if (isfinite (data->series[which][i]))
      high = fmax (high, data->series[which][i]);
  return cpg_ink_get_axis_end (high);
}

static int count_shown (const CpgChangeData *data)
{
  int n = 0;
  for (int i = 0; i < CPG_N_CHANGES; i++)
    n += data->is_shown[i];
  return n;
}

static double get_label_width (const CpgChangeData *data, const CpgStyle *style)
{
  double width = cpg_ink_text_width (style, "0");
  for (int i = 0; i < CPG_N_CHANGES; i++) {
    if (!data->is_shown[i])
      continue;
    char *number = cpg_panel_format (get_high (data, i), i == CPG_CHANGE_CONFIDENCE);
    width = fmax (width, cpg_ink_text_width (style, number));
    g_free (number);
  }
  return width;
}

static void draw_panel (const CpgChangeData *data, int which, CpgPanel *panel, cairo_t *cr, const CpgStyle *style)
{
  const GdkRGBA *colour = &style->series[which];
  panel->high = get_high (data, which);
  cpg_panel_draw_grid (panel, cr, style, (double[]) {0, panel->high}, 2, which == CPG_CHANGE_CONFIDENCE);
  cpg_panel_draw_current (panel, cr, style, data->current);
  if (which == CPG_CHANGE_FLIPPED)
    cpg_panel_draw_bars (panel, cr, colour, data->series[which], data->n[which], data->current);
  else
    cpg_panel_draw_line (panel, cr, style, colour, data->series[which], data->n[which], data->current, dashes[which],
                         which == CPG_CHANGE_DISTANCE);
  char *reading = data->current >= 0 ? format_value (which, get_value (data, which, data->current)) : g_strdup ("");
  cpg_panel_draw_reading (panel, cr, style, reading);
  cpg_panel_draw_key (panel, cr, style, 0, colour, dashes[which], get_name (which), cpg_ink_text_width (style, reading) + 12);
  g_free (reading);
}

void cpg_change_chart_draw (const CpgChangeData *data, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  int n = count_shown (data), i = 0;
  if (data->n_steps < 1 || n == 0) {
    cpg_ink_text (cr, style, &style->dim, width / 2, height / 2, .5, .5, n == 0 ? _ ("No series is chosen") : _ ("No steps yet"));
    return;
  }
  double label_width = get_label_width (data, style);
  for (int which = 0; which < CPG_N_CHANGES; which++) {
    if (!data->is_shown[which])
      continue;
    CpgPanel panel = cpg_panel_new (i++, n, width, height, label_width, data->n_steps, style);
    draw_panel (data, which, &panel, cr, style);
    if (i == n)
      cpg_panel_draw_steps (&panel, cr, style);
  }
}

/* Widget */

struct _CpgChangeChart {
  CpgStepPicture parent_instance;

  double *series[CPG_N_CHANGES];
  int n[CPG_N_CHANGES];
  gboolean is_shown[CPG_N_CHANGES];
};

/* Property 1 + i shows series i. */
static GParamSpec *properties[1 + CPG_N_CHANGES];

G_DEFINE_FINAL_TYPE (CpgChangeChart, cpg_change_chart, CPG_TYPE_STEP_PICTURE)

GtkWidget *cpg_change_chart_new (void)
{
  return g_object_new (CPG_TYPE_CHANGE_CHART, NULL);
}

static CpgChangeData get_data (CpgChangeChart *self)
{
  CpgChangeData data = {.n_steps = cpg_step_picture_get_n_steps (CPG_STEP_PICTURE (self)),
                        .current = cpg_step_picture_get_current_step (CPG_STEP_PICTURE (self))};
  for (int i = 0; i < CPG_N_CHANGES; i++) {
    data.series[i] = self->series[i];
    data.n[i] = MIN (self->n[i], data.n_steps);
    data.is_shown[i] = self->is_shown[i];
  }
  return data;
}

static void draw (CpgPicture *picture, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  CpgChangeData data = get_data (CPG_CHANGE_CHART (picture));
  cpg_change_chart_draw (&data, cr, width, height, style);
}

static char *describe (CpgPicture *picture)
{
  CpgChangeData data = get_data (CPG_CHANGE_CHART (picture));
  if (data.n_steps < 1)
    return g_strdup (_ ("No steps yet"));
  if (data.current < 0)
    return g_strdup_printf (ngettext ("%d step", "%d steps", (gulong) data.n_steps), data.n_steps);
  GString *words = g_string_new (NULL);
  g_string_append_printf (words, _ ("Step %d of %d"), data.current + 1, data.n_steps);
  for (int i = 0; i < CPG_N_CHANGES; i++) {
    double value = get_value (&data, i, data.current);
    if (!data.is_shown[i] || !isfinite (value))
      continue;
    char *number = format_value (i, value);
    /* Translators: a name and its value in a list, for example ", mean confidence: 83 %" */
    g_string_append_printf (words, _ (", %s: %s"), get_name (i), number);
    g_free (number);
  }
  return g_string_free_and_steal (words);
}

static int find (CpgStepPicture *picture, double x, double y G_GNUC_UNUSED, double width, double height, const CpgStyle *style)
{
  CpgChangeData data = get_data (CPG_CHANGE_CHART (picture));
  CpgPanel panel = cpg_panel_new (0, MAX (count_shown (&data), 1), width, height, get_label_width (&data, style), data.n_steps,
                                  style);
  return cpg_panel_find (&panel, x);
}

void cpg_change_chart_set_series (CpgChangeChart *self, CpgChange which, const double *values, int n)
{
  g_return_if_fail (CPG_IS_CHANGE_CHART (self) && (guint) which < CPG_N_CHANGES && (values || n <= 0));
  g_free (self->series[which]);
  self->n[which] = MAX (n, 0);
  self->series[which] = g_memdup2 (values, (gsize) self->n[which] * sizeof *values);
  cpg_picture_changed (CPG_PICTURE (self));
}

static void follow (CpgPicture *picture, CpgRun *run, gboolean is_other_step)
{
  CPG_PICTURE_CLASS (cpg_change_chart_parent_class)->follow (picture, run, is_other_step);
  if (is_other_step)
    return;
  int n = run ? cpg_run_get_n_done (run) : 0;
  double *values[CPG_N_CHANGES];
  for (int which = 0; which < CPG_N_CHANGES; which++)
    values[which] = g_new (double, (gsize) n);
  for (int i = 0; i < n; i++) {
    CpgStep *step = cpg_run_get_step (run, i);
    gboolean is_decoded = cpg_step_is_decoded (step);
    /* Nothing came before the first step. */
    values[CPG_CHANGE_DISTANCE][i] = i > 0 ? cpg_step_get_change (step) : NAN;
    values[CPG_CHANGE_FLIPPED][i] = is_decoded ? cpg_step_get_n_changed (step) : NAN;
    values[CPG_CHANGE_CONFIDENCE][i] = is_decoded ? cpg_step_get_confidence (step) : NAN;
    values[CPG_CHANGE_ENTROPY][i] = is_decoded ? cpg_step_get_entropy (step) : NAN;
  }
  for (int which = 0; which < CPG_N_CHANGES; which++) {
    cpg_change_chart_set_series (CPG_CHANGE_CHART (picture), which, values[which], n);
    g_free (values[which]);
  }
}

static void measure (GtkWidget *widget, GtkOrientation orientation, int for_size G_GNUC_UNUSED, int *minimum, int *natural,
                     int *minimum_baseline, int *natural_baseline)
{
  CpgChangeData data = get_data (CPG_CHANGE_CHART (widget));
  int n = MAX (count_shown (&data), 1);
  *minimum_baseline = *natural_baseline = -1;
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 40 + n * MIN_PANEL_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 40 + n * PANEL_HEIGHT;
}

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec G_GNUC_UNUSED)
{
  g_value_set_boolean (value, CPG_CHANGE_CHART (object)->is_shown[id - 1]);
}

static void set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  gboolean *is_shown = &CPG_CHANGE_CHART (object)->is_shown[id - 1];
  if (*is_shown == g_value_get_boolean (value))
    return;
  *is_shown = !*is_shown;
  gtk_widget_queue_resize (GTK_WIDGET (object));
  cpg_picture_changed (CPG_PICTURE (object));
  g_object_notify_by_pspec (object, pspec);
}

static void finalize (GObject *object)
{
  for (int i = 0; i < CPG_N_CHANGES; i++)
    g_free (CPG_CHANGE_CHART (object)->series[i]);
  G_OBJECT_CLASS (cpg_change_chart_parent_class)->finalize (object);
}

static void cpg_change_chart_class_init (CpgChangeChartClass *class)
{
  static const char *const names[] = {"show-change", "show-flipped", "show-confidence", "show-entropy"};
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->finalize = finalize;
  GTK_WIDGET_CLASS (class)->measure = measure;
  CPG_PICTURE_CLASS (class)->draw = draw;
  CPG_PICTURE_CLASS (class)->describe = describe;
  CPG_PICTURE_CLASS (class)->follow = follow;
  CPG_STEP_PICTURE_CLASS (class)->find = find;
  for (int i = 0; i < CPG_N_CHANGES; i++)
    properties[1 + i] = g_param_spec_boolean (names[i], NULL, NULL, TRUE,
                                              G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "changechart");
}

static void cpg_change_chart_init (CpgChangeChart *self)
{
  for (int i = 0; i < CPG_N_CHANGES; i++)
    self->is_shown[i] = TRUE;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Change per step"), -1);
}
