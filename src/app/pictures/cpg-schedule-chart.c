#include "app/pictures/cpg-schedule-chart.h"
#include "app/pictures/cpg-ink.h"
#include "app/pictures/cpg-panel.h"

#include <glib/gi18n.h>
#include <math.h>

enum { N_PANELS = 2 };
#define NOISE_DASH 6.

/* Drawing */

/* Both ends of the axis of log-SNR, round and on either side of zero. */
static void get_range (const CpgScheduleData *data, double *low, double *high)
{
  *low = *high = 0;
  for (int i = 0; i < data->n; i++)
    if (isfinite (data->log_snr[i])) {
      *low = fmin (*low, data->log_snr[i]);
      *high = fmax (*high, data->log_snr[i]);
    }
  *low = -cpg_ink_get_axis_end (-*low);
  *high = cpg_ink_get_axis_end (*high);
}

static double get_label_width (const CpgScheduleData *data, const CpgStyle *style)
{
  double low, high;
  get_range (data, &low, &high);
  char *first = cpg_panel_format (low, FALSE), *second = cpg_panel_format (high, FALSE);
  double width = fmax (fmax (cpg_ink_text_width (style, first), cpg_ink_text_width (style, second)),
                       cpg_ink_text_width (style, "0.5"));
  g_free (first);
  g_free (second);
  return width;
}

static gboolean has_current (const CpgScheduleData *data)
{
  return data->current >= 0 && data->current < data->n;
}

static void draw_levels (const CpgScheduleData *data, const CpgPanel *panel, cairo_t *cr, const CpgStyle *style)
{
  const GdkRGBA *signal = &style->series[0], *noise = &style->series[1];
  cpg_panel_draw_grid (panel, cr, style, (double[]) {0, .5, 1}, 3, FALSE);
  cpg_panel_draw_current (panel, cr, style, data->current);
  cpg_panel_draw_line (panel, cr, style, noise, data->sigma, data->n, data->current, NOISE_DASH, FALSE);
  cpg_panel_draw_line (panel, cr, style, signal, data->alpha, data->n, data->current, 0, FALSE);
  char *reading = has_current (data) ? g_strdup_printf ("α %.2f  σ %.2f", data->alpha[data->current], data->sigma[data->current])
                                     : g_strdup ("");
  double room = cpg_ink_text_width (style, reading) + 12;
  double offset = cpg_panel_draw_key (panel, cr, style, 0, signal, 0, _ ("signal α"), room);
  cpg_panel_draw_key (panel, cr, style, offset, noise, NOISE_DASH, _ ("noise σ"), room);
  cpg_panel_draw_reading (panel, cr, style, reading);
  g_free (reading);
}

static void draw_log_snr (const CpgScheduleData *data, const CpgPanel *panel, cairo_t *cr, const CpgStyle *style)
{
  const GdkRGBA *colour = &style->series[2];
  cpg_panel_draw_grid (panel, cr, style, (double[]) {panel->low, 0, panel->high}, 3, FALSE);
  cpg_panel_draw_current (panel, cr, style, data->current);
  cpg_panel_draw_line (panel, cr, style, colour, data->log_snr, data->n, data->current, 0, FALSE);
  char *reading = has_current (data) ? cpg_ink_number (data->log_snr[data->current]) : g_strdup ("");
  cpg_panel_draw_key (panel, cr, style, 0, colour, 0, _ ("log-SNR, ln (α/σ)"), cpg_ink_text_width (style, reading) + 12);
  cpg_panel_draw_reading (panel, cr, style, reading);
  g_free (reading);
}

void cpg_schedule_chart_draw (const CpgScheduleData *data, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  if (data->n_steps < 1) {
    cpg_ink_text (cr, style, &style->dim, width / 2, height / 2, .5, .5, _ ("No schedule yet"));
    return;
  }
  double label_width = get_label_width (data, style);
  CpgPanel levels = cpg_panel_new (0, N_PANELS, width, height, label_width, data->n_steps, style);
  CpgPanel ratio = cpg_panel_new (1, N_PANELS, width, height, label_width, data->n_steps, style);
  get_range (data, &ratio.low, &ratio.high);
  draw_levels (data, &levels, cr, style);
  draw_log_snr (data, &ratio, cr, style);
  cpg_panel_draw_steps (&ratio, cr, style);
}

/* Widget */

struct _CpgScheduleChart {
  CpgStepPicture parent_instance;

  double *numbers; /* alpha, sigma, log-SNR, n each */
  int n;
};

G_DEFINE_FINAL_TYPE (CpgScheduleChart, cpg_schedule_chart, CPG_TYPE_STEP_PICTURE)

GtkWidget *cpg_schedule_chart_new (void)
{
  return g_object_new (CPG_TYPE_SCHEDULE_CHART, NULL);
}

static CpgScheduleData get_data (CpgScheduleChart *self)
{
  int n_steps = cpg_step_picture_get_n_steps (CPG_STEP_PICTURE (self));
  gboolean is_empty = self->n == 0;
  return (CpgScheduleData) {.alpha = self->numbers,
                            .sigma = is_empty ? NULL : self->numbers + self->n,
                            .log_snr = is_empty ? NULL : self->numbers + 2 * self->n,
                            .n = MIN (self->n, n_steps),
                            .n_steps = n_steps,
                            .current = cpg_step_picture_get_current_step (CPG_STEP_PICTURE (self))};
}

static void draw (CpgPicture *picture, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  CpgScheduleData data = get_data (CPG_SCHEDULE_CHART (picture));
  cpg_schedule_chart_draw (&data, cr, width, height, style);
}

static char *describe (CpgPicture *picture)
{
  CpgScheduleData data = get_data (CPG_SCHEDULE_CHART (picture));
  if (data.n_steps < 1)
    return g_strdup (_ ("No schedule yet"));
  if (!has_current (&data))
    return g_strdup_printf (ngettext ("%d step", "%d steps", (gulong) data.n_steps), data.n_steps);
  char *alpha = cpg_ink_number (data.alpha[data.current]), *sigma = cpg_ink_number (data.sigma[data.current]),
       *ratio = cpg_ink_number (data.log_snr[data.current]);
  char *words = g_strdup_printf (_ ("Step %d of %d, signal: %s, noise: %s, logarithm of their ratio: %s"), data.current + 1,
                                 data.n_steps, alpha, sigma, ratio);
  g_free (alpha);
  g_free (sigma);
  g_free (ratio);
  return words;
}

static int find (CpgStepPicture *picture, double x, double y G_GNUC_UNUSED, double width, double height, const CpgStyle *style)
{
  CpgScheduleData data = get_data (CPG_SCHEDULE_CHART (picture));
  CpgPanel panel = cpg_panel_new (0, N_PANELS, width, height, get_label_width (&data, style), data.n_steps, style);
  return cpg_panel_find (&panel, x);
}

void cpg_schedule_chart_set_levels (CpgScheduleChart *self, const double *alpha, const double *sigma, int n)
{
  g_return_if_fail (CPG_IS_SCHEDULE_CHART (self) && ((alpha && sigma) || n <= 0));
  self->n = MAX (n, 0);
  self->numbers = g_renew (double, self->numbers, 3 * (gsize) self->n);
  for (int i = 0; i < n; i++) {
    self->numbers[i] = alpha[i];
    self->numbers[n + i] = sigma[i];
    self->numbers[2 * n + i] = alpha[i] > 0 && sigma[i] > 0 ? log (alpha[i] / sigma[i]) : NAN;
  }
  cpg_picture_changed (CPG_PICTURE (self));
}

static void follow (CpgPicture *picture, CpgRun *run, gboolean is_other_step)
{
  CPG_PICTURE_CLASS (cpg_schedule_chart_parent_class)->follow (picture, run, is_other_step);
  int n = run ? cpg_run_get_n_done (run) : 0;
  if (is_other_step)
    return;
  double *alpha = g_new (double, (gsize) n), *sigma = g_new (double, (gsize) n);
  for (int i = 0; i < n; i++) {
    CpgStep *step = cpg_run_get_step (run, i);
    alpha[i] = cpg_step_get_alpha (step);
    sigma[i] = cpg_step_get_sigma (step);
  }
  cpg_schedule_chart_set_levels (CPG_SCHEDULE_CHART (picture), alpha, sigma, n);
  g_free (alpha);
  g_free (sigma);
}

static void measure (GtkWidget *widget G_GNUC_UNUSED, GtkOrientation orientation, int for_size G_GNUC_UNUSED, int *minimum,
                     int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum_baseline = *natural_baseline = -1;
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 170;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 260;
}

static void finalize (GObject *object)
{
  g_free (CPG_SCHEDULE_CHART (object)->numbers);
  G_OBJECT_CLASS (cpg_schedule_chart_parent_class)->finalize (object);
}

static void cpg_schedule_chart_class_init (CpgScheduleChartClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
  GTK_WIDGET_CLASS (class)->measure = measure;
  CPG_PICTURE_CLASS (class)->draw = draw;
  CPG_PICTURE_CLASS (class)->describe = describe;
  CPG_PICTURE_CLASS (class)->follow = follow;
  CPG_STEP_PICTURE_CLASS (class)->find = find;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "schedulechart");
}

static void cpg_schedule_chart_init (CpgScheduleChart *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Noise schedule"), -1);
}
