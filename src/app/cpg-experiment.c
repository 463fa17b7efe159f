#include "app/cpg-experiment.h"

#include "app/cpg-page.h"

#include <glib/gi18n.h>

enum { LONG = 500 /* ms */ };

typedef struct {
  CpgSession *session;
  GCancellable *cancellable; /* of the question that is under way, or NULL */
  gboolean stopped;          /* until somebody does something */
  guint timer;
  gboolean working;
} CpgExperimentPrivate;

enum { PROP_SESSION = 1, PROP_WORKING, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

static void cpg_experiment_init_page (CpgPageInterface *interface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (CpgExperiment, cpg_experiment, ADW_TYPE_BIN,
                                  G_ADD_PRIVATE (CpgExperiment) G_IMPLEMENT_INTERFACE (CPG_TYPE_PAGE, cpg_experiment_init_page))

static CpgExperimentPrivate *get_private (CpgExperiment *self)
{
  return cpg_experiment_get_instance_private (self);
}

CpgSession *cpg_experiment_get_session (CpgExperiment *self)
{
  return get_private (self)->session;
}

static gboolean has_model (CpgExperiment *self)
{
  return get_private (self)->session && cpg_session_has_model (get_private (self)->session);
}

/* ---- what is under way ---- */

static gboolean is_busy (CpgExperiment *self)
{
  CpgExperimentClass *class = CPG_EXPERIMENT_GET_CLASS (self);
  return get_private (self)->cancellable || (class->is_busy && class->is_busy (self));
}

static void set_working (CpgExperiment *self, gboolean working)
{
  if (get_private (self)->working == working)
    return;
  get_private (self)->working = working;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WORKING]);
}

static gboolean on_long_work (gpointer data)
{
  get_private (data)->timer = 0;
  set_working (data, TRUE);
  return G_SOURCE_REMOVE;
}

void cpg_experiment_changed (CpgExperiment *self)
{
  CpgExperimentPrivate *private = get_private (self);
  if (!is_busy (self)) {
    g_clear_handle_id (&private->timer, g_source_remove);
    set_working (self, FALSE);
  } else if (!private->timer && !private->working)
  private->timer = g_timeout_add (LONG, on_long_work, self);
  cpg_page_changed (CPG_PAGE (self));
}

void cpg_experiment_continue (CpgExperiment *self)
{
  CpgExperimentPrivate *private = get_private (self);
  if (!private->cancellable && !private->stopped && has_model (self) && gtk_widget_get_mapped (GTK_WIDGET (self))) {
    private->cancellable = g_cancellable_new ();
    if (!CPG_EXPERIMENT_GET_CLASS (self)->ask (self, cpg_session_get_engine (private->session), private->cancellable))
      g_clear_object (&private->cancellable);
  }
  cpg_experiment_changed (self);
}

void cpg_experiment_wake (CpgExperiment *self)
{
  get_private (self)->stopped = FALSE;
  cpg_experiment_continue (self);
}

void cpg_experiment_restart (CpgExperiment *self)
{
  CpgExperimentPrivate *private = get_private (self);
  g_cancellable_cancel (private->cancellable);
  g_clear_object (&private->cancellable);
  cpg_experiment_wake (self);
}

gboolean cpg_experiment_take_answer (CpgExperiment *self, GAsyncResult *result, const GError *error)
{
  CpgExperimentPrivate *private = get_private (self);
  if (g_task_get_cancellable (G_TASK (result)) != private->cancellable)
    return FALSE; /* another question was asked, or the widget is gone */
  g_clear_object (&private->cancellable);
  if (!error)
    return TRUE;
  private->stopped = TRUE;
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    cpg_page_say (CPG_PAGE (self), "%s", error->message);
  cpg_experiment_changed (self);
  return FALSE;
}

static void on_model (CpgExperiment *self)
{
  CPG_EXPERIMENT_GET_CLASS (self)->forget (self);
  cpg_experiment_restart (self);
}

/* ---- as a page ---- */

static const char *get_text (CpgExperiment *self)
{
  const char *text = CPG_EXPERIMENT_GET_CLASS (self)->get_text (self);
  return text && *text ? text : NULL;
}

static gboolean can (CpgPage *page, const char *action)
{
  CpgExperiment *self = CPG_EXPERIMENT (page);
  return g_str_equal (action, "run")         ? has_model (self)
         : g_str_equal (action, "stop")      ? is_busy (self)
         : g_str_equal (action, "copy-text") ? get_text (self) != NULL
                                             : FALSE;
}

static void run (CpgExperiment *self)
{
  if (CPG_EXPERIMENT_GET_CLASS (self)->run)
    CPG_EXPERIMENT_GET_CLASS (self)->run (self);
  else
    on_model (self);
}

static void stop (CpgExperiment *self)
{
  g_cancellable_cancel (get_private (self)->cancellable); /* its answer says that it was stopped */
  if (CPG_EXPERIMENT_GET_CLASS (self)->stop)
    CPG_EXPERIMENT_GET_CLASS (self)->stop (self);
}

static void perform (CpgPage *page, const char *action)
{
  CpgExperiment *self = CPG_EXPERIMENT (page);
  if (g_str_equal (action, "run"))
    run (self);
  else if (g_str_equal (action, "stop"))
    stop (self);
  else if (g_str_equal (action, "copy-text")) {
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), get_text (self));
    cpg_page_say (page, _ ("The text is copied"));
  }
}

static void cpg_experiment_init_page (CpgPageInterface *interface)
{
  interface->can = can;
  interface->perform = perform;
}

/* ---- the object ---- */

static void map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (cpg_experiment_parent_class)->map (widget);
  cpg_experiment_continue (CPG_EXPERIMENT (widget));
}

static void set_session (CpgExperiment *self, CpgSession *session)
{
  CpgExperimentPrivate *private = get_private (self);
  if (private->session)
    g_signal_handlers_disconnect_by_data (private->session, self);
  if (!g_set_object (&private->session, session))
    return;
  if (session)
    g_signal_connect_object (session, "notify::has-model", G_CALLBACK (on_model), self, G_CONNECT_SWAPPED);
  if (CPG_EXPERIMENT_GET_CLASS (self)->session_changed)
    CPG_EXPERIMENT_GET_CLASS (self)->session_changed (self, session);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);
  on_model (self);
}

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgExperimentPrivate *private = get_private (CPG_EXPERIMENT (object));
  if (id == PROP_SESSION)
    g_value_set_object (value, private->session);
  else if (id == PROP_WORKING)
    g_value_set_boolean (value, private->working);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (CPG_EXPERIMENT (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void dispose (GObject *object)
{
  CpgExperimentPrivate *private = get_private (CPG_EXPERIMENT (object));
  g_cancellable_cancel (private->cancellable);
  g_clear_object (&private->cancellable);
  g_clear_handle_id (&private->timer, g_source_remove);
  if (private->session)
    g_signal_handlers_disconnect_by_data (private->session, object);
  g_clear_object (&private->session);
  G_OBJECT_CLASS (cpg_experiment_parent_class)->dispose (object);
}

static void cpg_experiment_class_init (CpgExperimentClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->dispose = dispose;
  GTK_WIDGET_CLASS (class)->map = map;
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CPG_TYPE_SESSION,
                                                  readable | G_PARAM_WRITABLE | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_WORKING] = g_param_spec_boolean ("working", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void cpg_experiment_init (CpgExperiment *self)
{
}
