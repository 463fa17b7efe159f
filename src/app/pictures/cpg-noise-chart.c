#include "app/pictures/cpg-noise-chart.h"
#include "app/pictures/cpg-ink.h"
#include "app/pictures/cpg-panel.h"

#include <glib/gi18n.h>
#include <math.h>

enum { GAP = 6, N_MARKS = 4 };

/* Drawing */

static double get_value (const double *values, int n, int level)
{
  return values && level >= 0 && level < n ? values[level] : NAN;
}

/* The axis' first number with its name before it. (transfer full) */
static char *format_first (const char *zero)
{
  /* Translators: the first number of an axis, together with what it is of */
  return g_strdup_printf (_ ("noise %s"), zero);
}

/* On the left is room for numbers, and for the name below them, which another language may need more of. */
static CpgPanel get_panel (const CpgNoiseData *data, double width, double height, const CpgStyle *style)
{
  g_autofree char *middle = cpg_panel_format (.5, FALSE), *zero = cpg_ink_tick (0), *first = format_first (zero);
  double name = cpg_ink_text_width (style, first) - cpg_ink_text_width (style, zero) / 2 - GAP;
  return cpg_panel_new (0, 1, width, height, fmax (cpg_ink_text_width (style, middle), name), data->n_levels, style);
}

/* Numbers of the noise below. */
static void draw_noise (const CpgNoiseData *data, const CpgPanel *panel, cairo_t *cr, const CpgStyle *style)
{
  double y = panel->y + panel->height + GAP, before = panel->rtl ? 1 : 0;
  for (int i = 1; i <= N_MARKS; i++) {
    char *number = cpg_ink_tick (data->max_noise * i / N_MARKS);
    double x = cpg_panel_get_x (panel, (double) (panel->n_steps - 1) * i / N_MARKS);
    cpg_ink_text (cr, style, &style->dim, x, y, i < N_MARKS ? .5 : 1 - before, 0, number);
    g_free (number);
  }
  /* The axis' name stands before its first number. */
  g_autofree char *zero = cpg_ink_tick (0), *first = format_first (zero);
  double half = cpg_ink_text_width (style, zero) / 2, origin = cpg_panel_get_x (panel, 0);
  cpg_ink_text (cr, style, &style->dim, panel->rtl ? origin - half : origin + half, y, 1 - before, 0, first);
}

static char *format_reading (const CpgNoiseData *data)
{
  double bleu = get_value (data->bleu, data->n_levels, data->current),
         kept = get_value (data->kept, data->n_levels, data->current);
  if (!isfinite (bleu))
    return g_strdup ("");
  char *share = cpg_panel_format (kept, TRUE), *number = cpg_ink_number (bleu);
  /* Translators: BLEU and the share of tokens kept, for example "0.62 · 71 %" */
  char *words = g_strdup_printf (_ ("%s · %s"), number, share);
  g_free (share);
  g_free (number);
  return words;
}

void cpg_noise_chart_draw (const CpgNoiseData *data, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  if (data->n_levels < 2) {
    cpg_ink_text (cr, style, &style->dim, width / 2, height / 2, .5, .5, _ ("Nothing is measured yet"));
    return;
  }
  CpgPanel panel = get_panel (data, width, height, style);
  const double dash = 6;
  char *reading = format_reading (data);
  double room = cpg_ink_text_width (style, reading) + 2 * GAP;
  cpg_panel_draw_grid (&panel, cr, style, (double[]) {0, .5, 1}, 3, FALSE);
  cpg_panel_draw_current (&panel, cr, style, data->current);
  if (data->kept)
    cpg_panel_draw_line (&panel, cr, style, &style->series[1], data->kept, data->n_levels, data->current, dash, FALSE);
  if (data->bleu)
    cpg_panel_draw_line (&panel, cr, style, &style->series[0], data->bleu, data->n_levels, data->current, 0, TRUE);
  double end = cpg_panel_draw_key (&panel, cr, style, 0, &style->series[0], 0, _ ("BLEU"), room);
  cpg_panel_draw_key (&panel, cr, style, end, &style->series[1], dash, _ ("tokens kept"), room);
  cpg_panel_draw_reading (&panel, cr, style, reading);
  g_free (reading);
  draw_noise (data, &panel, cr, style);
}

/* Widget */

struct _CpgNoiseChart {
  CpgStepPicture parent_instance;

  double *bleu, *kept; /* n, NULL where that is 0 */
  int n;
  double max_noise;
};

enum { PROPERTY_MAX_NOISE = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgNoiseChart, cpg_noise_chart, CPG_TYPE_STEP_PICTURE)

GtkWidget *cpg_noise_chart_new (void)
{
  return g_object_new (CPG_TYPE_NOISE_CHART, NULL);
}

static CpgNoiseData get_data (CpgNoiseChart *self)
{
  return (CpgNoiseData) {.bleu = self->bleu,
                         .kept = self->kept,
                         .n_levels = MIN (self->n, cpg_step_picture_get_n_steps (CPG_STEP_PICTURE (self))),
                         .current = cpg_step_picture_get_current_step (CPG_STEP_PICTURE (self)),
                         .max_noise = self->max_noise};
}

static void draw (CpgPicture *picture, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  CpgNoiseData data = get_data (CPG_NOISE_CHART (picture));
  cpg_noise_chart_draw (&data, cr, width, height, style);
}

static char *describe (CpgPicture *picture)
{
  CpgNoiseData data = get_data (CPG_NOISE_CHART (picture));
  if (data.n_levels < 2)
    return g_strdup (_ ("Nothing is measured yet"));
  if (data.current < 0)
    return g_strdup_printf (ngettext ("%d level of noise", "%d levels of noise", (gulong) data.n_levels), data.n_levels);
  double bleu = get_value (data.bleu, data.n_levels, data.current), kept = get_value (data.kept, data.n_levels, data.current);
  double noise = data.max_noise * data.current / (data.n_levels - 1);
  if (!isfinite (bleu))
    return g_strdup_printf (_ ("Noise %.2f: not measured yet"), noise);
  return g_strdup_printf (_ ("Noise %.2f: BLEU %.2f, %.0f %% of the tokens kept"), noise, bleu, 100 * kept);
}

static int find (CpgStepPicture *picture, double x, double y G_GNUC_UNUSED, double width, double height, const CpgStyle *style)
{
  CpgNoiseData data = get_data (CPG_NOISE_CHART (picture));
  if (data.n_levels < 2)
    return -1;
  CpgPanel panel = get_panel (&data, width, height, style);
  return cpg_panel_find (&panel, x);
}

void cpg_noise_chart_set_values (CpgNoiseChart *self, const double *bleu, const double *kept, int n)
{
  g_return_if_fail (CPG_IS_NOISE_CHART (self) && ((bleu && kept) || n <= 0));
  g_free (self->bleu);
  g_free (self->kept);
  self->n = MAX (n, 0);
  self->bleu = g_memdup2 (bleu, (gsize) self->n * sizeof *bleu);
  self->kept = g_memdup2 (kept, (gsize) self->n * sizeof *kept);
  cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (self), self->n);
  cpg_picture_changed (CPG_PICTURE (self));
}

static void measure (GtkWidget *widget G_GNUC_UNUSED, GtkOrientation orientation, int for_size G_GNUC_UNUSED, int *minimum,
                     int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum_baseline = *natural_baseline = -1;
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 120;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 180;
}

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROPERTY_MAX_NOISE)
    g_value_set_double (value, CPG_NOISE_CHART (object)->max_noise);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROPERTY_MAX_NOISE) {
    CPG_NOISE_CHART (object)->max_noise = g_value_get_double (value);
    cpg_picture_changed (CPG_PICTURE (object));
  } else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void finalize (GObject *object)
{
  g_free (CPG_NOISE_CHART (object)->bleu);
  g_free (CPG_NOISE_CHART (object)->kept);
  G_OBJECT_CLASS (cpg_noise_chart_parent_class)->finalize (object);
}

static void cpg_noise_chart_class_init (CpgNoiseChartClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->finalize = finalize;
  GTK_WIDGET_CLASS (class)->measure = measure;
  CPG_PICTURE_CLASS (class)->draw = draw;
  CPG_PICTURE_CLASS (class)->describe = describe;
  CPG_STEP_PICTURE_CLASS (class)->find = find;
  properties[PROPERTY_MAX_NOISE] = g_param_spec_double ("max-noise", NULL, NULL, 1e-6, 100, 2,
                                                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "noisechart");
}

static void cpg_noise_chart_init (CpgNoiseChart *self)
{
  self->max_noise = 2;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Text over Noise"), -1);
}
