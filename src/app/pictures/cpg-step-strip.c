#include "app/pictures/cpg-step-strip.h"
#include "app/pictures/cpg-ink.h"
#include "app/pictures/cpg-panel.h"

#include <glib/gi18n.h>
#include <math.h>

enum { INSET = 10, EDGE = 2 };

/* Drawing */

static CpgPanel get_panel (const CpgStepStripData *data, double width, double height, const CpgStyle *style)
{
  return (CpgPanel) {.x = data->inset,
                     .y = EDGE,
                     .width = MAX (width - 2 * data->inset, 1),
                     .height = MAX (height - 2 * EDGE, 1),
                     .n_steps = MAX (data->n_steps, 1),
                     .high = 1,
                     .rtl = style->rtl};
}

void cpg_step_strip_draw (const CpgStepStripData *data, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  if (data->n_steps < 1)
    return;
  CpgPanel panel = get_panel (data, width, height, style);
  double bottom = floor (panel.y + panel.height) - .5;
  cpg_ink_line (cr, &style->faint, 1, panel.x, bottom, panel.x + panel.width, bottom);
  panel.high = 0;
  for (int i = 0; i < data->n_change; i++)
    if (isfinite (data->change[i]))
      panel.high = fmax (panel.high, data->change[i]);
  panel.high = panel.high > 0 ? panel.high : 1;
  cpg_panel_draw_bars (&panel, cr, &style->accent, data->change, data->n_change, data->current);
  panel.high = 1;
  GdkRGBA line = cpg_style_fade (style->series[1], .9);
  cpg_panel_draw_line (&panel, cr, style, &line, data->noise, data->n_noise, -1, 0, FALSE);
  cpg_panel_draw_current (&panel, cr, style, data->current);
}

/* Widget */

struct _CpgStepStrip {
  CpgStepPicture parent_instance;

  double *change, *noise;
  int n_change, n_noise;
  int inset;
};

enum { PROPERTY_INSET = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgStepStrip, cpg_step_strip, CPG_TYPE_STEP_PICTURE)

GtkWidget *cpg_step_strip_new (void)
{
  return g_object_new (CPG_TYPE_STEP_STRIP, NULL);
}

static CpgStepStripData get_data (CpgStepStrip *self)
{
  int n_steps = cpg_step_picture_get_n_steps (CPG_STEP_PICTURE (self));
  return (CpgStepStripData) {.change = self->change,
                             .noise = self->noise,
                             .n_change = MIN (self->n_change, n_steps),
                             .n_noise = MIN (self->n_noise, n_steps),
                             .n_steps = n_steps,
                             .current = cpg_step_picture_get_current_step (CPG_STEP_PICTURE (self)),
                             .inset = self->inset};
}

static void draw (CpgPicture *picture, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  CpgStepStripData data = get_data (CPG_STEP_STRIP (picture));
  cpg_step_strip_draw (&data, cr, width, height, style);
}

static char *describe (CpgPicture *picture)
{
  CpgStepStripData data = get_data (CPG_STEP_STRIP (picture));
  int current = data.current;
  if (current < 0)
    return g_strdup (_ ("No steps yet"));
  char *change = cpg_ink_number (current < data.n_change ? data.change[current] : NAN),
       *noise = cpg_ink_number (current < data.n_noise ? data.noise[current] : NAN);
  char *words = g_strdup_printf (_ ("Step %d of %d, change: %s, noise: %s"), current + 1, data.n_steps, change, noise);
  g_free (change);
  g_free (noise);
  return words;
}

static int find (CpgStepPicture *picture, double x, double y G_GNUC_UNUSED, double width, double height, const CpgStyle *style)
{
  CpgStepStripData data = get_data (CPG_STEP_STRIP (picture));
  CpgPanel panel = get_panel (&data, width, height, style);
  return cpg_panel_find (&panel, x);
}

static void set_numbers (CpgStepStrip *self, double **numbers, int *count, const double *values, int n)
{
  *count = MAX (n, 0);
  g_free (*numbers);
  *numbers = g_memdup2 (values, (gsize) *count * sizeof *values);
  cpg_picture_changed (CPG_PICTURE (self));
}

void cpg_step_strip_set_change (CpgStepStrip *self, const double *change, int n)
{
  g_return_if_fail (CPG_IS_STEP_STRIP (self) && (change || n <= 0));
  set_numbers (self, &self->change, &self->n_change, change, n);
}

void cpg_step_strip_set_noise (CpgStepStrip *self, const double *noise, int n)
{
  g_return_if_fail (CPG_IS_STEP_STRIP (self) && (noise || n <= 0));
  set_numbers (self, &self->noise, &self->n_noise, noise, n);
}

static void follow (CpgPicture *picture, CpgRun *run, gboolean is_other_step)
{
  CPG_PICTURE_CLASS (cpg_step_strip_parent_class)->follow (picture, run, is_other_step);
  int n = run ? cpg_run_get_n_done (run) : 0;
  if (is_other_step)
    return;
  double *change = g_new (double, (gsize) n), *noise = g_new (double, (gsize) n);
  for (int i = 0; i < n; i++) {
    CpgStep *step = cpg_run_get_step (run, i);
    change[i] = i > 0 ? cpg_step_get_change (step) : NAN; /* nothing came before the first */
    noise[i] = cpg_step_get_sigma (step);
  }
  cpg_step_strip_set_change (CPG_STEP_STRIP (picture), change, n);
  cpg_step_strip_set_noise (CPG_STEP_STRIP (picture), noise, n);
  g_free (change);
  g_free (noise);
}

static void measure (GtkWidget *widget G_GNUC_UNUSED, GtkOrientation orientation, int for_size G_GNUC_UNUSED, int *minimum,
                     int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum_baseline = *natural_baseline = -1;
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 80 : 16;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 320 : 32;
}

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROPERTY_INSET)
    g_value_set_int (value, CPG_STEP_STRIP (object)->inset);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROPERTY_INSET) {
    CPG_STEP_STRIP (object)->inset = g_value_get_int (value);
    gtk_widget_queue_draw (GTK_WIDGET (object));
  } else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void finalize (GObject *object)
{
  CpgStepStrip *self = CPG_STEP_STRIP (object);
  g_free (self->change);
  g_free (self->noise);
  G_OBJECT_CLASS (cpg_step_strip_parent_class)->finalize (object);
}

static void cpg_step_strip_class_init (CpgStepStripClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->finalize = finalize;
  GTK_WIDGET_CLASS (class)->measure = measure;
  CPG_PICTURE_CLASS (class)->draw = draw;
  CPG_PICTURE_CLASS (class)->describe = describe;
  CPG_PICTURE_CLASS (class)->follow = follow;
  CPG_STEP_PICTURE_CLASS (class)->find = find;
  properties[PROPERTY_INSET] = g_param_spec_int ("inset", NULL, NULL, 0, 1000, INSET, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "stepstrip");
}

static void cpg_step_strip_init (CpgStepStrip *self)
{
  self->inset = INSET;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Change and noise per step"), -1);
}
