#include "app/cpg-run-pictures.h"

#include "app/cpg-config.h"
#include "app/cpg-series.h"
#include "app/pictures/cpg-change-chart.h"
#include "app/pictures/cpg-heat-map.h"
#include "app/pictures/cpg-path-chart.h"
#include "app/pictures/cpg-schedule-chart.h"

enum { COPY_SCALE = 2 };

struct _CpgRunPictures {
  AdwBin parent_instance;
  CpgSession *session;
  GSignalGroup *run_signals;
  guint tick; /* pictures of what has come are made once a frame, however much comes between two */

  AdwViewStack *stack;
  CpgHeatMap *latents;
  CpgPathChart *path;
  CpgChangeChart *change;
  CpgScheduleChart *schedule;
};

enum { PROP_SESSION = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgRunPictures, cpg_run_pictures, ADW_TYPE_BIN)

AdwViewStack *cpg_run_pictures_get_stack (CpgRunPictures *self)
{
  return self->stack;
}

static CpgRun *cpg_run_pictures_get_run (CpgRunPictures *self)
{
  return self->session ? cpg_session_get_run (self->session) : NULL;
}

/* ---- from the run to the pictures ---- */

static void cpg_run_pictures_update_step (CpgRunPictures *self)
{
  CpgRun *run = cpg_run_pictures_get_run (self);
  CpgStep *step = run ? cpg_run_get_current (run) : NULL;
  int current = run ? cpg_run_get_current_step (run) : -1, n = 0, width = 0;
  const float *latents = step ? cpg_step_get_latents (step, cpg_run_get_show (run), &n, &width) : NULL;
  cpg_heat_map_set_values (self->latents, latents, n, width);
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (self->path), current);
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (self->change), current);
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (self->schedule), current);
}

static void cpg_run_pictures_update_path (CpgRunPictures *self)
{
  cpg_path_chart_take_run (self->path, cpg_run_pictures_get_run (self));
}

static void cpg_run_pictures_update_series (CpgRunPictures *self)
{
  static const struct {
    CpgSeries series;
    CpgChange change;
  } changes[] = {
    {CPG_SERIES_CHANGE, CPG_CHANGE_DISTANCE},
    {CPG_SERIES_FLIPPED, CPG_CHANGE_FLIPPED},
    {CPG_SERIES_CONFIDENCE, CPG_CHANGE_CONFIDENCE},
    {CPG_SERIES_ENTROPY, CPG_CHANGE_ENTROPY},
  };
  CpgRun *run = cpg_run_pictures_get_run (self);
  int n, n_steps = run ? cpg_run_get_n_steps (run) : 0;
  cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (self->path), n_steps);
  cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (self->change), n_steps);
  cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (self->schedule), n_steps);
  for (size_t i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autofree double *values = cpg_series_create (run, changes[i].series, &n);
    cpg_change_chart_set_series (self->change, changes[i].change, values, n);
  }
  g_autofree double *alpha = cpg_series_create (run, CPG_SERIES_ALPHA, &n),
                    *sigma = cpg_series_create (run, CPG_SERIES_SIGMA, &n);
  cpg_schedule_chart_set_levels (self->schedule, alpha, sigma, n);
}

static gboolean cpg_run_pictures_on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  CpgRunPictures *self = CPG_RUN_PICTURES (widget);
  self->tick = 0;
  cpg_run_pictures_update_series (self);
  /* The path is computed for who looks at it. */
  if (g_strcmp0 (adw_view_stack_get_visible_child_name (self->stack), "path") == 0)
    cpg_run_pictures_update_path (self);
  cpg_run_pictures_update_step (self);
  return G_SOURCE_REMOVE;
}

static void cpg_run_pictures_queue (CpgRunPictures *self)
{
  if (!self->tick)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), cpg_run_pictures_on_tick, NULL, NULL);
}

static void cpg_run_pictures_on_run (CpgRunPictures *self)
{
  g_signal_group_set_target (self->run_signals, cpg_run_pictures_get_run (self));
  cpg_path_chart_set_path (self->path, NULL, 0);
  cpg_path_chart_set_others (self->path, NULL, 0);
  cpg_run_pictures_queue (self);
}

/* ---- from the pictures to the run ---- */

static void cpg_run_pictures_on_selected (CpgRunPictures *self, int step)
{
  CpgRun *run = cpg_run_pictures_get_run (self);
  if (!run)
    return;
  cpg_player_set_playing (cpg_session_get_player (self->session), FALSE);
  cpg_run_set_current_step (run, step);
}

/* ---- to other programs ---- */

/* What stands in the stack is a picture with words below it. */
GdkTexture *cpg_run_pictures_create_texture (CpgRunPictures *self)
{
  CpgPicture *picture = CPG_PICTURE (gtk_widget_get_first_child (adw_view_stack_get_visible_child (self->stack)));
  const CpgStyle *style = cpg_picture_get_style (picture);
  int width = MAX (gtk_widget_get_width (GTK_WIDGET (picture)), 1),
      height = MAX (gtk_widget_get_height (GTK_WIDGET (picture)), 1);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, COPY_SCALE * width, COPY_SCALE * height);
  cairo_t *cr = cairo_create (surface);
  cairo_scale (cr, COPY_SCALE, COPY_SCALE);
  gdk_cairo_set_source_rgba (cr, &style->surface);
  cairo_paint (cr);
  cpg_picture_draw (picture, cr, width, height, style);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  gsize stride = (gsize) cairo_image_surface_get_stride (surface);
  g_autoptr (GBytes) pixels = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface),
                                                          COPY_SCALE * (gsize) height * stride,
                                                          (GDestroyNotify) cairo_surface_destroy, surface);
  return gdk_memory_texture_new (COPY_SCALE * width, COPY_SCALE * height, GDK_MEMORY_DEFAULT, pixels, stride);
}

static GdkContentProvider *cpg_run_pictures_on_drag (CpgRunPictures *self, double x, double y, GtkDragSource *source)
{
  g_autoptr (GdkTexture) texture = cpg_run_pictures_create_texture (self);
  return gdk_content_provider_new_typed (GDK_TYPE_TEXTURE, texture);
}

/* ---- the object ---- */

static void cpg_run_pictures_set_session (CpgRunPictures *self, CpgSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session)
    g_signal_connect_object (session, "notify::run", G_CALLBACK (cpg_run_pictures_on_run), self, G_CONNECT_SWAPPED);
  cpg_run_pictures_on_run (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);
}

static void cpg_run_pictures_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, CPG_RUN_PICTURES (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_run_pictures_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    cpg_run_pictures_set_session (CPG_RUN_PICTURES (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_run_pictures_dispose (GObject *object)
{
  CpgRunPictures *self = CPG_RUN_PICTURES (object);
  if (self->tick)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  g_clear_object (&self->run_signals);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_RUN_PICTURES);
  G_OBJECT_CLASS (cpg_run_pictures_parent_class)->dispose (object);
}

static void cpg_run_pictures_class_init (CpgRunPicturesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = cpg_run_pictures_get_property;
  object_class->set_property = cpg_run_pictures_set_property;
  object_class->dispose = cpg_run_pictures_dispose;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CPG_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (CPG_TYPE_HEAT_MAP);
  g_type_ensure (CPG_TYPE_PATH_CHART);
  g_type_ensure (CPG_TYPE_CHANGE_CHART);
  g_type_ensure (CPG_TYPE_SCHEDULE_CHART);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-run-pictures.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgRunPictures, stack);
  gtk_widget_class_bind_template_child (widget_class, CpgRunPictures, latents);
  gtk_widget_class_bind_template_child (widget_class, CpgRunPictures, path);
  gtk_widget_class_bind_template_child (widget_class, CpgRunPictures, change);
  gtk_widget_class_bind_template_child (widget_class, CpgRunPictures, schedule);
  gtk_widget_class_bind_template_callback (widget_class, cpg_run_pictures_on_drag);
  gtk_widget_class_bind_template_callback (widget_class, cpg_run_pictures_on_selected);
  gtk_widget_class_bind_template_callback (widget_class, cpg_run_pictures_queue);
}

static void cpg_run_pictures_init (CpgRunPictures *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->run_signals = g_signal_group_new (CPG_TYPE_RUN);
  static const char *const signals[] = {"notify::n-done", "notify::n-steps", "step-decoded"};
  for (size_t i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_group_connect_swapped (self->run_signals, signals[i], G_CALLBACK (cpg_run_pictures_queue), self);
  g_signal_group_connect_swapped (self->run_signals, "notify::current", G_CALLBACK (cpg_run_pictures_update_step), self);
  g_signal_group_connect_swapped (self->run_signals, "notify::show", G_CALLBACK (cpg_run_pictures_queue), self);
  g_signal_group_connect_swapped (self->run_signals, "projected", G_CALLBACK (cpg_run_pictures_update_path), self);
}
