#include "app/cpg-sessions-pane-private.h"

#include "app/cpg-config.h"
#include "app/cpg-sessions-row.h"

#include <glib/gi18n.h>

enum { PROP_SESSION = 1, PROP_COLLAPSED, PROP_SEARCH, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

enum { SAID, DELETED, OPENED, COMPARED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CpgSessionsPane, cpg_sessions_pane, ADW_TYPE_BIN)

/* ---- for the window ---- */

void cpg_sessions_pane_say (CpgSessionsPane *self, const char *text)
{
  g_signal_emit (self, signals[SAID], 0, text);
}

void cpg_sessions_pane_tell_deleted (CpgSessionsPane *self, const char *title)
{
  g_signal_emit (self, signals[DELETED], 0, title);
}

void cpg_sessions_pane_tell_opened (CpgSessionsPane *self)
{
  g_signal_emit (self, signals[OPENED], 0);
}

void cpg_sessions_pane_tell_compared (CpgSessionsPane *self, const char *id)
{
  g_signal_emit (self, signals[COMPARED], 0, id);
}

void cpg_sessions_pane_focus_search (CpgSessionsPane *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  gtk_editable_select_region (GTK_EDITABLE (self->search), 0, -1);
}

/* ---- what is shown ---- */

CpgRecorder *cpg_sessions_pane_get_recorder (CpgSessionsPane *self)
{
  return self->session ? cpg_session_get_recorder (self->session) : NULL;
}

CpgSessionLog *cpg_sessions_pane_get_log (CpgSessionsPane *self)
{
  CpgRecorder *recorder = cpg_sessions_pane_get_recorder (self);
  return recorder ? cpg_recorder_get_log (recorder) : NULL;
}

static void cpg_sessions_pane_mark_shown (CpgSessionsPane *self)
{
  CpgRecorder *recorder = cpg_sessions_pane_get_recorder (self);
  CpgRun *run = self->session ? cpg_session_get_run (self->session) : NULL;
  const char *id = recorder && run ? cpg_recorder_get_id (recorder, run) : NULL;
  GListModel *model = cpg_sessions_list_get_model (self->runs);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (CpgSessionsItem) item = g_list_model_get_item (model, i);
    cpg_sessions_item_set_shown (item, g_strcmp0 (id, cpg_sessions_item_get_id (item)) == 0);
  }
}

static void cpg_sessions_pane_update (CpgSessionsPane *self)
{
  const char *words = gtk_editable_get_text (GTK_EDITABLE (self->search));
  guint n = g_list_model_get_n_items (cpg_sessions_list_get_model (self->runs));
  if (!cpg_sessions_list_is_ready (self->runs))
    return;
  gtk_stack_set_visible_child_name (self->stack, n > 0                               ? "list"
                                                 : !cpg_sessions_pane_get_log (self) ? "problem"
                                                 : *words                            ? "nothing"
                                                                                     : "empty");
  cpg_sessions_pane_mark_shown (self);
}

static char *cpg_sessions_pane_name_day (GtkListHeader *header, CpgSessionsItem *item)
{
  return item ? cpg_sessions_item_name_day (cpg_sessions_item_get_day (item), g_get_real_time ()) : g_strdup ("");
}

/* ---- what somebody does ---- */

static void cpg_sessions_pane_on_search (CpgSessionsPane *self)
{
  cpg_sessions_list_set_words (self->runs, gtk_editable_get_text (GTK_EDITABLE (self->search)));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEARCH]);
}

static void cpg_sessions_pane_on_stop_search (CpgSessionsPane *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
}

static void cpg_sessions_pane_on_search_entered (CpgSessionsPane *self)
{
  gtk_widget_child_focus (GTK_WIDGET (self->list), GTK_DIR_TAB_FORWARD);
}

static void cpg_sessions_pane_on_edge (CpgSessionsPane *self, GtkPositionType position)
{
  if (position == GTK_POS_BOTTOM)
    cpg_sessions_list_load_more (self->runs);
}

static void cpg_sessions_pane_on_activate (CpgSessionsPane *self, guint position)
{
  g_autoptr (CpgSessionsItem) item = g_list_model_get_item (cpg_sessions_list_get_model (self->runs), position);
  cpg_sessions_pane_open (self, cpg_sessions_item_get_id (item), CPG_SESSIONS_OPEN);
}

/* ---- the object ---- */

static void cpg_sessions_pane_set_session (CpgSessionsPane *self, CpgSession *session)
{
  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (!g_set_object (&self->session, session))
    return;
  if (session)
    g_signal_connect_object (session, "notify::run", G_CALLBACK (cpg_sessions_pane_mark_shown), self, G_CONNECT_SWAPPED);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    cpg_sessions_list_set_recorder (self->runs, cpg_sessions_pane_get_recorder (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);
}

/* Only who looks needs the list: the program starts without. */
static void cpg_sessions_pane_map (GtkWidget *widget)
{
  CpgSessionsPane *self = CPG_SESSIONS_PANE (widget);
  if (!cpg_sessions_list_is_ready (self->runs))
    cpg_sessions_list_set_recorder (self->runs, cpg_sessions_pane_get_recorder (self));
  GTK_WIDGET_CLASS (cpg_sessions_pane_parent_class)->map (widget);
}

static void cpg_sessions_pane_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgSessionsPane *self = CPG_SESSIONS_PANE (object);
  switch (id) {
  case PROP_SESSION:
    g_value_set_object (value, self->session);
    break;
  case PROP_COLLAPSED:
    g_value_set_boolean (value, self->collapsed);
    break;
  case PROP_SEARCH:
    g_value_set_string (value, gtk_editable_get_text (GTK_EDITABLE (self->search)));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_sessions_pane_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CpgSessionsPane *self = CPG_SESSIONS_PANE (object);
  switch (id) {
  case PROP_SESSION:
    cpg_sessions_pane_set_session (self, g_value_get_object (value));
    break;
  case PROP_COLLAPSED:
    if (self->collapsed == g_value_get_boolean (value))
      break;
    self->collapsed = g_value_get_boolean (value);
    g_object_notify_by_pspec (object, pspec);
    break;
  case PROP_SEARCH:
    if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self->search)), g_value_get_string (value)) != 0)
      gtk_editable_set_text (GTK_EDITABLE (self->search), g_value_get_string (value) ? g_value_get_string (value) : "");
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_sessions_pane_dispose (GObject *object)
{
  CpgSessionsPane *self = CPG_SESSIONS_PANE (object);
  if (self->replay) {
    g_signal_handlers_disconnect_by_data (self->replay, self);
    cpg_sessions_replay_abandon (self->replay);
  }
  g_clear_object (&self->replay);
  if (self->runs) {
    g_signal_handlers_disconnect_by_data (cpg_sessions_list_get_model (self->runs), self);
    cpg_sessions_list_set_recorder (self->runs, NULL);
    g_signal_handlers_disconnect_by_data (self->runs, self);
  }
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_SESSIONS_PANE);
  g_clear_object (&self->runs);
  g_clear_object (&self->session);
  g_clear_pointer (&self->deleted, g_free);
  G_OBJECT_CLASS (cpg_sessions_pane_parent_class)->dispose (object);
}

static void cpg_sessions_pane_class_init (CpgSessionsPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = cpg_sessions_pane_get_property;
  object_class->set_property = cpg_sessions_pane_set_property;
  object_class->dispose = cpg_sessions_pane_dispose;
  widget_class->map = cpg_sessions_pane_map;
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CPG_TYPE_SESSION, flags);
  properties[PROP_COLLAPSED] = g_param_spec_boolean ("collapsed", NULL, NULL, FALSE, flags);
  properties[PROP_SEARCH] = g_param_spec_string ("search", NULL, NULL, "", flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  signals[SAID] = g_signal_new ("said", CPG_TYPE_SESSIONS_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_STRING);
  signals[DELETED] = g_signal_new ("deleted", CPG_TYPE_SESSIONS_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                   G_TYPE_STRING);
  signals[COMPARED] = g_signal_new ("compared", CPG_TYPE_SESSIONS_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                    G_TYPE_STRING);
  signals[OPENED] = g_signal_new ("opened", CPG_TYPE_SESSIONS_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (CPG_TYPE_SESSIONS_ROW);
  g_type_ensure (CPG_TYPE_SESSIONS_ITEM);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-sessions-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgSessionsPane, search);
  gtk_widget_class_bind_template_child (widget_class, CpgSessionsPane, stack);
  gtk_widget_class_bind_template_child (widget_class, CpgSessionsPane, list);
  gtk_widget_class_bind_template_callback (widget_class, cpg_sessions_pane_name_day);
  gtk_widget_class_bind_template_callback (widget_class, cpg_sessions_pane_on_search);
  gtk_widget_class_bind_template_callback (widget_class, cpg_sessions_pane_on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, cpg_sessions_pane_on_search_entered);
  gtk_widget_class_bind_template_callback (widget_class, cpg_sessions_pane_on_edge);
  gtk_widget_class_bind_template_callback (widget_class, cpg_sessions_pane_on_activate);
  cpg_sessions_pane_install_actions (widget_class);
}

static void cpg_sessions_pane_init (CpgSessionsPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->runs = cpg_sessions_list_new ();
  GtkNoSelection *selection = gtk_no_selection_new (g_object_ref (cpg_sessions_list_get_model (self->runs)));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
  g_signal_connect_swapped (cpg_sessions_list_get_model (self->runs), "items-changed", G_CALLBACK (cpg_sessions_pane_update),
                            self);
  g_signal_connect_swapped (self->runs, "notify::ready", G_CALLBACK (cpg_sessions_pane_update), self);
}
