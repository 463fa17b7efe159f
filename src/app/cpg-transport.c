#include "app/cpg-transport.h"

#include "app/cpg-bookmark-row.h"
#include "app/cpg-config.h"
#include "app/cpg-series.h"
#include "app/pictures/cpg-step-strip.h"

#include <glib/gi18n.h>

struct _CpgTransport {
  AdwBin parent_instance;
  CpgSession *session;
  GSignalGroup *run_signals;
  gboolean is_updating; /* the scale is being set, not moved */
  guint tick;

  GtkScale *scrubber;
  GtkAdjustment *adjustment;
  CpgStepStrip *strip;
  GMenu *speeds;
  GtkListBox *bookmark_list;
  GtkPopover *bookmark_popover;
};

enum { PROP_SESSION = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgTransport, cpg_transport, ADW_TYPE_BIN)

GtkWidget *cpg_transport_get_scrubber (CpgTransport *self)
{
  return GTK_WIDGET (self->scrubber);
}

static void cpg_transport_on_scrubbed (CpgTransport *self)
{
  CpgRun *run = self->session ? cpg_session_get_run (self->session) : NULL;
  int last = run ? cpg_run_get_n_done (run) - 1 : -1;
  if (self->is_updating || last < 0)
    return;
  /* Steps that are not there yet cannot be shown: the handle stops at the newest. */
  int step = MIN ((int) (gtk_adjustment_get_value (self->adjustment) + .5) - 1, last);
  cpg_player_set_playing (cpg_session_get_player (self->session), FALSE);
  cpg_run_set_current_step (run, step);
  self->is_updating = TRUE;
  gtk_adjustment_set_value (self->adjustment, step + 1);
  self->is_updating = FALSE;
}

static void cpg_transport_update (CpgTransport *self)
{
  CpgRun *run = self->session ? cpg_session_get_run (self->session) : NULL;
  int n = run ? cpg_run_get_n_steps (run) : 0, n_done = run ? cpg_run_get_n_done (run) : 0;
  self->is_updating = TRUE;
  gtk_adjustment_configure (self->adjustment, run ? cpg_run_get_current_step (run) + 1 : 1, 1, MAX (n, 2), 1, 5, 0);
  gtk_range_set_fill_level (GTK_RANGE (self->scrubber), n_done);
  self->is_updating = FALSE;
  CpgStep *step = run ? cpg_run_get_current (run) : NULL;
  /* Translators: what a screen reader says of the scrubber. */
  g_autofree char *words = step ? g_strdup_printf (_ ("Step %d of %d, noise %.2f"), cpg_step_get_index (step) + 1, n,
                                                   cpg_step_get_sigma (step))
                                : g_strdup (_ ("No step yet"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scrubber), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words, -1);
}

static gboolean cpg_transport_on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  CpgTransport *self = CPG_TRANSPORT (widget);
  CpgRun *run = self->session ? cpg_session_get_run (self->session) : NULL;
  int n;
  g_autofree double *change = cpg_series_create (run, CPG_SERIES_CHANGE, &n),
                    *noise = cpg_series_create (run, CPG_SERIES_SIGMA, &n);
  self->tick = 0;
  cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (self->strip), run ? cpg_run_get_n_steps (run) : 0);
  cpg_step_strip_set_change (self->strip, change, n);
  cpg_step_strip_set_noise (self->strip, noise, n);
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (self->strip), run ? cpg_run_get_current_step (run) : -1);
  return G_SOURCE_REMOVE;
}

/* Once a frame, however many steps come between two. */
static void cpg_transport_queue_strip (CpgTransport *self)
{
  if (!self->tick)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), cpg_transport_on_tick, NULL, NULL);
}

static void cpg_transport_on_progress (CpgTransport *self)
{
  cpg_transport_update (self);
  cpg_transport_queue_strip (self);
}

static void cpg_transport_on_selected (CpgTransport *self, int step)
{
  CpgRun *run = self->session ? cpg_session_get_run (self->session) : NULL;
  if (!run)
    return;
  cpg_player_set_playing (cpg_session_get_player (self->session), FALSE);
  cpg_run_set_current_step (run, step);
}

static void cpg_transport_on_run (CpgTransport *self)
{
  g_signal_group_set_target (self->run_signals, self->session ? cpg_session_get_run (self->session) : NULL);
  cpg_transport_on_progress (self);
}

/* ---- closures of the template ---- */

static char *cpg_transport_format_step (CpgTransport *self, int current, int n_steps)
{
  /* Translators: the shown step, and how many there are. */
  return current < 0 ? g_strdup ("") : g_strdup_printf (_ ("Step %d of %d"), current + 1, n_steps);
}

static char *cpg_transport_format_noise (CpgTransport *self, CpgStep *step)
{
  /* Translators: how much of what is shown is noise: 1 all, 0 nothing. */
  return step ? g_strdup_printf (_ ("Noise %.2f"), cpg_step_get_sigma (step)) : g_strdup ("");
}

static char *cpg_transport_get_play_icon (CpgTransport *self, gboolean playing)
{
  return g_strdup (playing ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
}

static char *cpg_transport_get_play_label (CpgTransport *self, gboolean playing)
{
  return g_strdup (playing ? _ ("Pause") : _ ("Play"));
}

static char *cpg_transport_format_speed (CpgTransport *self, double speed)
{
  /* Translators: how fast steps are played: 2× is twice as fast as usual. */
  return speed > 0 ? g_strdup_printf (_ ("%g×"), speed) : g_strdup ("");
}

/* ---- bookmarks ---- */

static GtkWidget *cpg_transport_create_bookmark_row (gpointer item, gpointer data)
{
  return GTK_WIDGET (cpg_bookmark_row_new (item));
}

static void cpg_transport_on_bookmark (CpgTransport *self, GtkListBoxRow *row)
{
  CpgBookmark *bookmark = cpg_bookmark_row_get_bookmark (CPG_BOOKMARK_ROW (row));
  gtk_popover_popdown (self->bookmark_popover);
  cpg_player_set_playing (cpg_session_get_player (self->session), FALSE);
  cpg_session_set_run (self->session, cpg_bookmark_get_run (bookmark));
  cpg_run_set_current_step (cpg_bookmark_get_run (bookmark), cpg_bookmark_get_step (bookmark));
}

/* ---- the object ---- */

static void cpg_transport_set_session (CpgTransport *self, CpgSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    g_signal_connect_object (session, "notify::run", G_CALLBACK (cpg_transport_on_run), self, G_CONNECT_SWAPPED);
    gtk_list_box_bind_model (self->bookmark_list, cpg_session_get_bookmarks (session), cpg_transport_create_bookmark_row, self,
                             NULL);
  }
  cpg_transport_on_run (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);
}

static void cpg_transport_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgTransport *self = CPG_TRANSPORT (object);
  if (id == PROP_SESSION)
    g_value_set_object (value, self->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_transport_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    cpg_transport_set_session (CPG_TRANSPORT (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_transport_dispose (GObject *object)
{
  CpgTransport *self = CPG_TRANSPORT (object);
  if (self->tick)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  g_clear_object (&self->run_signals);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_TRANSPORT);
  G_OBJECT_CLASS (cpg_transport_parent_class)->dispose (object);
}

static void cpg_transport_class_init (CpgTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = cpg_transport_get_property;
  object_class->set_property = cpg_transport_set_property;
  object_class->dispose = cpg_transport_dispose;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CPG_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (CPG_TYPE_STEP_STRIP);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-transport.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgTransport, scrubber);
  gtk_widget_class_bind_template_child (widget_class, CpgTransport, adjustment);
  gtk_widget_class_bind_template_child (widget_class, CpgTransport, speeds);
  gtk_widget_class_bind_template_child (widget_class, CpgTransport, strip);
  gtk_widget_class_bind_template_child (widget_class, CpgTransport, bookmark_list);
  gtk_widget_class_bind_template_child (widget_class, CpgTransport, bookmark_popover);
  gtk_widget_class_bind_template_callback (widget_class, cpg_transport_on_scrubbed);
  gtk_widget_class_bind_template_callback (widget_class, cpg_transport_on_bookmark);
  gtk_widget_class_bind_template_callback (widget_class, cpg_transport_on_selected);
  gtk_widget_class_bind_template_callback (widget_class, cpg_transport_format_step);
  gtk_widget_class_bind_template_callback (widget_class, cpg_transport_format_noise);
  gtk_widget_class_bind_template_callback (widget_class, cpg_transport_get_play_icon);
  gtk_widget_class_bind_template_callback (widget_class, cpg_transport_get_play_label);
  gtk_widget_class_bind_template_callback (widget_class, cpg_transport_format_speed);
}

static void cpg_transport_init (CpgTransport *self)
{
  static const double speeds[] = {.25, .5, 1, 2, 4, 8};
  gtk_widget_init_template (GTK_WIDGET (self));
  for (size_t i = 0; i < G_N_ELEMENTS (speeds); i++) {
    g_autofree char *label = cpg_transport_format_speed (self, speeds[i]);
    g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);
    g_menu_item_set_action_and_target (item, "win.speed", "d", speeds[i]);
    g_menu_append_item (self->speeds, item);
  }
  self->run_signals = g_signal_group_new (CPG_TYPE_RUN);
  static const char *const signals[] = {"notify::n-steps", "notify::n-done", "notify::current-step"};
  for (size_t i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_group_connect_swapped (self->run_signals, signals[i], G_CALLBACK (cpg_transport_on_progress), self);
}
