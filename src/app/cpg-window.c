#include "app/cpg-window-private.h"

#include "app/cpg-compare-page.h"
#include "app/cpg-config.h"
#include "app/cpg-explore-page.h"
#include "app/cpg-lazy-page.h"
#include "app/cpg-learn-page.h"
#include "app/cpg-models-page.h"
#include "app/cpg-settings-pane.h"

#include <glib/gi18n.h>

enum { STOP_AFTER = 400 /* ms */ };

enum { PROP_SESSION = 1, PROP_STOPPABLE, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgWindow, cpg_window, ADW_TYPE_APPLICATION_WINDOW)

CpgSession *cpg_window_get_session (CpgWindow *self)
{
  return self->session;
}

CpgPage *cpg_window_get_page (CpgWindow *self)
{
  return CPG_PAGE (adw_view_stack_get_visible_child (self->pages));
}

void cpg_window_show_toast (CpgWindow *self, const char *text)
{
  AdwToast *toast = adw_toast_new (text);
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* ---- the page ---- */

static void cpg_window_set_stoppable (CpgWindow *self, gboolean stoppable)
{
  if (self->stoppable == stoppable)
    return;
  self->stoppable = stoppable;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STOPPABLE]);
}

static gboolean cpg_window_on_long_work (gpointer data)
{
  CpgWindow *self = data;
  self->stop_timer = 0;
  cpg_window_set_stoppable (self, TRUE);
  return G_SOURCE_REMOVE;
}

/* Most work takes so short that a Stop button would only flicker. */
static void cpg_window_watch_length (CpgWindow *self)
{
  if (!cpg_page_can (cpg_window_get_page (self), "stop")) {
    g_clear_handle_id (&self->stop_timer, g_source_remove);
    cpg_window_set_stoppable (self, FALSE);
  } else if (!self->stop_timer && !self->stoppable)
    self->stop_timer = g_timeout_add (STOP_AFTER, cpg_window_on_long_work, self);
}

static void cpg_window_on_page_changed (CpgWindow *self)
{
  if (gtk_widget_in_destruction (GTK_WIDGET (self)))
    return;
  cpg_window_watch_length (self);
  cpg_window_update_actions (self);
}

static void cpg_window_on_said (CpgWindow *self, const char *text, CpgPage *page)
{
  cpg_window_show_toast (self, text);
}

/* Pages still change while they and the window are on their way out: nobody listens to them then. */
static void cpg_window_listen_to_pages (CpgWindow *self, gboolean listens)
{
  g_autoptr (GtkSelectionModel) pages = adw_view_stack_get_pages (self->pages);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (pages)); i++) {
    g_autoptr (AdwViewStackPage) page = g_list_model_get_item (G_LIST_MODEL (pages), i);
    GtkWidget *child = adw_view_stack_page_get_child (page);
    if (listens) {
      g_signal_connect_swapped (child, "changed", G_CALLBACK (cpg_window_on_page_changed), self);
      g_signal_connect_swapped (child, "said", G_CALLBACK (cpg_window_on_said), self);
    } else
      g_signal_handlers_disconnect_by_data (child, self);
  }
  if (listens)
    g_signal_connect_swapped (self->pages, "notify::visible-child", G_CALLBACK (cpg_window_on_page_changed), self);
  else
    g_signal_handlers_disconnect_by_data (self->pages, self);
}

static gboolean cpg_window_is_page (CpgWindow *self, const char *visible, const char *name)
{
  return g_strcmp0 (visible, name) == 0;
}

/* ---- the run ---- */

static void cpg_window_on_run_state (CpgWindow *self)
{
  CpgRun *run = cpg_session_get_run (self->session);
  if (run && cpg_run_get_state (run) == CPG_RUN_FAILED && cpg_run_get_error (run))
    cpg_window_show_toast (self, cpg_run_get_error (run));
}

static void cpg_window_on_source_cut (CpgWindow *self, GParamSpec *pspec, CpgRun *run)
{
  gboolean cut;
  g_object_get (run, "source-cut", &cut, NULL);
  if (cut)
    cpg_window_show_toast (self, _ ("The source was longer than the model reads; its end was left out."));
}

static void cpg_window_on_run (CpgWindow *self)
{
  /* Where the keys for steps work: the scrubber, unless somebody is elsewhere already. */
  if (!self->run_seen && cpg_session_get_run (self->session)) {
    self->run_seen = TRUE;
    gtk_widget_grab_focus (cpg_transport_get_scrubber (self->transport));
  }
  g_signal_group_set_target (self->run_signals, cpg_session_get_run (self->session));
  cpg_window_on_run_state (self);
}

/* ---- the model ---- */

static gboolean needs_no_model (const char *page)
{
  return g_strcmp0 (page, "models") == 0 || g_strcmp0 (page, "learn") == 0;
}

static void cpg_window_update_stack (CpgWindow *self)
{
  gboolean loading;
  g_autofree char *problem = NULL;
  g_object_get (self->session, "loading", &loading, "problem", &problem, NULL);
  gboolean has_page = cpg_session_get_run (self->session) || needs_no_model (adw_view_stack_get_visible_child_name (self->pages));
  const char *page = has_page ? "pages" : problem ? "problem" : "loading";
  gtk_stack_set_visible_child_name (self->stack, page);
  cpg_window_update_actions (self);
}

static void cpg_window_on_problem (CpgWindow *self)
{
  g_autofree char *problem = NULL;
  g_object_get (self->session, "problem", &problem, NULL);
  cpg_window_update_stack (self);
  if (problem && g_str_equal (gtk_stack_get_visible_child_name (self->stack), "pages"))
    cpg_window_show_toast (self, problem);
}

static char *cpg_window_name_run_button (CpgWindow *self, gboolean stoppable)
{
  return g_strdup (stoppable ? "stop" : "run");
}

static char *cpg_window_explain_problem (CpgWindow *self, const char *problem)
{
  return problem ? g_strdup_printf (
                       _ ("%s\n\nOpen a model file (a GGUF of a COSMOS model), or put one into a folder where the program looks: "
                          "“models” beside it, or the folder that COSMOS_MODELS names."),
                       problem)
                 : g_strdup ("");
}

/* Whether the pages, or one that is of use without a model, are there to go between. */
static gboolean cpg_window_has_pages (CpgWindow *self, gboolean has_model, const char *visible)
{
  return has_model || needs_no_model (visible);
}

/* It speaks of the first page's story. */
static gboolean cpg_window_has_banner (CpgWindow *self, gboolean has_model, const char *visible)
{
  return has_model && g_strcmp0 (visible, "denoise") == 0;
}

/* ---- keys ---- */

static void cpg_window_add_key (GtkShortcutController *controller, guint key, const char *action)
{
  gtk_shortcut_controller_add_shortcut (controller,
                                        gtk_shortcut_new (gtk_keyval_trigger_new (key, 0), gtk_named_action_new (action)));
}

/* Keys without Ctrl are not accelerators, which would take them from text that is being typed: what has the focus is asked first. */
static void cpg_window_add_plain_keys (CpgWindow *self)
{
  GtkShortcutController *controller = GTK_SHORTCUT_CONTROLLER (gtk_shortcut_controller_new ());
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  cpg_window_add_key (controller, GDK_KEY_space, "win.play");
  cpg_window_add_key (controller, GDK_KEY_Left, rtl ? "win.next-step" : "win.previous-step");
  cpg_window_add_key (controller, GDK_KEY_Right, rtl ? "win.previous-step" : "win.next-step");
  cpg_window_add_key (controller, GDK_KEY_Home, "win.first-step");
  cpg_window_add_key (controller, GDK_KEY_End, "win.last-step");
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (controller));
}

/* ---- the object ---- */

static void cpg_window_bind_preferences (CpgWindow *self)
{
  g_settings_bind (self->preferences, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->preferences, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->preferences, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
  GObject *player = G_OBJECT (cpg_session_get_player (self->session)),
          *settings = G_OBJECT (cpg_session_get_settings (self->session));
  g_settings_bind (self->preferences, "speed", player, "speed", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->preferences, "loop", player, "loop", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->preferences, "fresh-seed", self->session, "fresh-seed", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->preferences, "decode-every", settings, "decode-every", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->preferences, "last-task", settings, "task", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->preferences, "first-run-done", self->banner, "revealed",
                   G_SETTINGS_BIND_GET | G_SETTINGS_BIND_INVERT_BOOLEAN);
}

/* Where it does not cover the text, the side bar is as it was left. A lesson stays. */
void cpg_window_restore_side (CpgWindow *self)
{
  gboolean shown = !adw_overlay_split_view_get_collapsed (self->split)
                   && g_settings_get_boolean (self->preferences, "show-settings");
  adw_overlay_split_view_set_show_sidebar (self->split, shown || self->lesson);
}

static void cpg_window_on_show_sidebar (CpgWindow *self)
{
  if (!adw_overlay_split_view_get_collapsed (self->split) && !self->lesson)
    g_settings_set_boolean (self->preferences, "show-settings", adw_overlay_split_view_get_show_sidebar (self->split));
}

static void cpg_window_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgWindow *self = CPG_WINDOW (object);
  switch (id) {
  case PROP_SESSION:
    g_value_set_object (value, self->session);
    break;
  case PROP_STOPPABLE:
    g_value_set_boolean (value, self->stoppable);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_window_dispose (GObject *object)
{
  CpgWindow *self = CPG_WINDOW (object);
  cpg_window_end_lesson (self);
  g_clear_handle_id (&self->stop_timer, g_source_remove);
  g_clear_object (&self->run_signals);
  if (self->session) {
    cpg_window_end_sessions (self);
    cpg_window_remove_actions (self);
    cpg_window_listen_to_pages (self, FALSE);
  }
  g_clear_weak_pointer (&self->sessions_toast);
  g_clear_weak_pointer (&self->sessions_problem);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_WINDOW);
  g_clear_object (&self->preferences);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (cpg_window_parent_class)->dispose (object);
}

static void cpg_window_class_init (CpgWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = cpg_window_get_property;
  object_class->dispose = cpg_window_dispose;
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CPG_TYPE_SESSION, flags);
  properties[PROP_STOPPABLE] = g_param_spec_boolean ("stoppable", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (CPG_TYPE_COMPARE_PAGE);
  g_type_ensure (CPG_TYPE_DENOISE_PAGE);
  g_type_ensure (CPG_TYPE_EXPLORE_PAGE);
  g_type_ensure (CPG_TYPE_LAZY_PAGE);
  g_type_ensure (CPG_TYPE_LEARN_PAGE);
  g_type_ensure (CPG_TYPE_LESSON_PANE);
  g_type_ensure (CPG_TYPE_MODELS_PAGE);
  g_type_ensure (CPG_TYPE_SESSIONS_PANE);
  g_type_ensure (CPG_TYPE_SETTINGS_PANE);
  g_type_ensure (CPG_TYPE_TRANSPORT);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-window.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgWindow, sessions);
  gtk_widget_class_bind_template_child (widget_class, CpgWindow, sessions_split);
  gtk_widget_class_bind_template_child (widget_class, CpgWindow, split);
  gtk_widget_class_bind_template_child (widget_class, CpgWindow, side);
  gtk_widget_class_bind_template_child (widget_class, CpgWindow, lesson_pane);
  gtk_widget_class_bind_template_child (widget_class, CpgWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, CpgWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, CpgWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, CpgWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, CpgWindow, compare);
  gtk_widget_class_bind_template_child (widget_class, CpgWindow, explore);
  gtk_widget_class_bind_template_child (widget_class, CpgWindow, denoise);
  gtk_widget_class_bind_template_child (widget_class, CpgWindow, transport);
  gtk_widget_class_bind_template_callback (widget_class, cpg_window_explain_problem);
  gtk_widget_class_bind_template_callback (widget_class, cpg_window_has_banner);
  gtk_widget_class_bind_template_callback (widget_class, cpg_window_has_pages);
  gtk_widget_class_bind_template_callback (widget_class, cpg_window_is_page);
  gtk_widget_class_bind_template_callback (widget_class, cpg_window_name_run_button);
}

static void cpg_window_init (CpgWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->run_signals = g_signal_group_new (CPG_TYPE_RUN);
  g_signal_group_connect_swapped (self->run_signals, "notify::state", G_CALLBACK (cpg_window_on_run_state), self);
  g_signal_group_connect_swapped (self->run_signals, "notify::source-cut", G_CALLBACK (cpg_window_on_source_cut), self);
}

CpgWindow *cpg_window_new (AdwApplication *application, CpgSession *session, GSettings *preferences)
{
  CpgWindow *self = g_object_new (CPG_TYPE_WINDOW, "application", application, NULL);
  self->session = g_object_ref (session);
  self->preferences = g_object_ref (preferences);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);
  cpg_window_add_actions (self);
  cpg_window_listen_to_pages (self, TRUE);
  cpg_window_add_plain_keys (self);
  cpg_window_bind_preferences (self);
  g_signal_connect_swapped (self->split, "notify::collapsed", G_CALLBACK (cpg_window_restore_side), self);
  g_signal_connect_swapped (self->split, "notify::show-sidebar", G_CALLBACK (cpg_window_on_show_sidebar), self);
  cpg_window_restore_side (self);
  cpg_window_init_sessions (self);
  g_signal_connect_object (session, "notify::run", G_CALLBACK (cpg_window_on_run), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::run", G_CALLBACK (cpg_window_update_stack), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pages, "notify::visible-child", G_CALLBACK (cpg_window_update_stack), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::problem", G_CALLBACK (cpg_window_on_problem), self, G_CONNECT_SWAPPED);
  cpg_window_on_run (self);
  cpg_window_update_stack (self);
  return self;
}
