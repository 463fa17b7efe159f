#include "app/cpg-task-choice.h"

#include "app/cpg-config.h"

#include <glib/gi18n.h>

struct _CpgTaskChoice {
  AdwBin parent_instance;
  CpgSession *session;
  gboolean stacked;
  GBindingGroup *bindings; /* of the session */
  GSignalGroup *signals;
  AdwToggleGroup *toggles;
};

enum { PROP_SESSION = 1, PROP_STACKED, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgTaskChoice, cpg_task_choice, ADW_TYPE_BIN)

/* A toggle that is disabled is no longer the active one, so that of the session's task stays enabled. */
static void cpg_task_choice_update (CpgTaskChoice *self)
{
  const char *task = self->session ? cpg_settings_get_task (cpg_session_get_settings (self->session)) : NULL;
  for (guint i = 0; i < adw_toggle_group_get_n_toggles (self->toggles); i++) {
    AdwToggle *toggle = adw_toggle_group_get_toggle (self->toggles, i);
    const char *name = adw_toggle_get_name (toggle);
    gboolean has = self->session && cpg_session_has_task (self->session, name);
    adw_toggle_set_enabled (toggle, has || g_strcmp0 (name, task) == 0);
    adw_toggle_set_tooltip (toggle, has ? "" : _ ("No model that is installed does this"));
  }
}

/* A model may have a task of another name: none of these is active then, which is no choice of a task. */
static gboolean task_to_toggle (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  CpgTaskChoice *self = data;
  const char *task = g_value_get_string (from);
  g_value_set_string (to, task && adw_toggle_group_get_toggle_by_name (self->toggles, task) ? task : NULL);
  return TRUE;
}

static gboolean toggle_to_task (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  g_value_copy (from, to);
  return g_value_get_string (from) != NULL;
}

static GtkOrientation cpg_task_choice_get_orientation (CpgTaskChoice *self, gboolean stacked)
{
  return stacked ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL;
}

/* ---- the object ---- */

static void cpg_task_choice_set_session (CpgTaskChoice *self, CpgSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  g_signal_group_set_target (self->signals, session);
  cpg_task_choice_update (self);
  g_binding_group_set_source (self->bindings, session);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);
}

static void cpg_task_choice_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgTaskChoice *self = CPG_TASK_CHOICE (object);
  switch (id) {
  case PROP_SESSION:
    g_value_set_object (value, self->session);
    break;
  case PROP_STACKED:
    g_value_set_boolean (value, self->stacked);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_task_choice_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CpgTaskChoice *self = CPG_TASK_CHOICE (object);
  switch (id) {
  case PROP_SESSION:
    cpg_task_choice_set_session (self, g_value_get_object (value));
    break;
  case PROP_STACKED:
    if (self->stacked == g_value_get_boolean (value))
      break;
    self->stacked = g_value_get_boolean (value);
    g_object_notify_by_pspec (object, pspec);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_task_choice_dispose (GObject *object)
{
  CpgTaskChoice *self = CPG_TASK_CHOICE (object);
  g_clear_object (&self->bindings);
  g_clear_object (&self->signals);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (cpg_task_choice_parent_class)->dispose (object); /* which knows its one child */
}

static void cpg_task_choice_class_init (CpgTaskChoiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = cpg_task_choice_get_property;
  object_class->set_property = cpg_task_choice_set_property;
  object_class->dispose = cpg_task_choice_dispose;
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CPG_TYPE_SESSION, flags);
  properties[PROP_STACKED] = g_param_spec_boolean ("stacked", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-task-choice.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgTaskChoice, toggles);
  gtk_widget_class_bind_template_callback (widget_class, cpg_task_choice_get_orientation);
}

static void cpg_task_choice_init (CpgTaskChoice *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->bindings = g_binding_group_new ();
  g_binding_group_bind_full (self->bindings, "task", self->toggles, "active-name",
                             G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE, task_to_toggle, toggle_to_task, self, NULL);
  self->signals = g_signal_group_new (CPG_TYPE_SESSION);
  g_signal_group_connect_swapped (self->signals, "notify::has-model", G_CALLBACK (cpg_task_choice_update), self);
}

char *cpg_task_choice_describe_source (gpointer page, const char *task)
{
  const char *hint = g_strcmp0 (task, "summary") == 0    ? _ ("A text to sum up")
                     : g_strcmp0 (task, "detox") == 0    ? _ ("A rude sentence to say politely")
                     : g_strcmp0 (task, "question") == 0 ? _ ("An answer | the text it stands in, for a question to it")
                                                         : _ ("An opening sentence, or nothing");
  return g_strdup (hint);
}
