/* The side bar with the sessions, as the window sees it. */
#include "app/cpg-sessions-problem.h"
#include "app/cpg-window-private.h"

#include <glib/gi18n.h>

enum { UNDO_SECONDS = 10 }; /* twice the toolkit's: time to read what is gone, and to get there without a mouse */

/* ---- the side bar ---- */

/* Where it does not cover the text, it is as it was left. */
static void on_collapsed (CpgWindow *self)
{
  adw_overlay_split_view_set_show_sidebar (self->sessions_split,
                                           !adw_overlay_split_view_get_collapsed (self->sessions_split)
                                               && g_settings_get_boolean (self->preferences, "show-sessions"));
}

static void on_show_sidebar (CpgWindow *self)
{
  if (!adw_overlay_split_view_get_collapsed (self->sessions_split) && !self->lesson)
    g_settings_set_boolean (self->preferences, "show-sessions", adw_overlay_split_view_get_show_sidebar (self->sessions_split));
}

/* These are longer than a narrow window shows in a line. The newest takes the place of the one before. */
static void on_said (CpgWindow *self, const char *text)
{
  AdwToast *toast = adw_toast_new ("");
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", text, "wrap", TRUE, "xalign", 0., NULL);
  gtk_widget_add_css_class (label, "heading");
  adw_toast_set_custom_title (toast, label);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), text,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM); /* titles are, by the toolkit */
  if (self->sessions_toast)
    adw_toast_dismiss (self->sessions_toast);
  g_set_weak_pointer (&self->sessions_toast, toast);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* What was opened is to be seen. */
static void on_opened (CpgWindow *self)
{
  adw_view_stack_set_visible_child (self->pages, GTK_WIDGET (self->denoise));
  if (adw_overlay_split_view_get_collapsed (self->sessions_split))
    adw_overlay_split_view_set_show_sidebar (self->sessions_split, FALSE);
}

static void on_compared (CpgWindow *self, const char *id)
{
  cpg_compare_page_open (CPG_COMPARE_PAGE (cpg_lazy_page_get_page (self->compare)), id);
  adw_view_stack_set_visible_child (self->pages, GTK_WIDGET (self->compare));
  if (adw_overlay_split_view_get_collapsed (self->sessions_split))
    adw_overlay_split_view_set_show_sidebar (self->sessions_split, FALSE);
}

static void on_deleted (CpgWindow *self, const char *title)
{
  g_autofree char *start = g_utf8_strlen (title, -1) > 40 ? g_utf8_substring (title, 0, 40) : NULL;
  g_autofree char *text = start ? g_strdup_printf (_ ("“%s…” is deleted"), start)
                                : g_strdup_printf (_ ("“%s” is deleted"), title);
  AdwToast *toast = adw_toast_new (text);
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_timeout (toast, UNDO_SECONDS);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (cpg_sessions_pane_undo), self->sessions, G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void say_in_window (gpointer window, const char *text)
{
  on_said (window, text);
}

/* What was chosen may fail at once, and then it is asked again, while the dialog before still goes away. */
static void on_answered (CpgWindow *self)
{
  g_clear_weak_pointer (&self->sessions_problem);
}

/* What to do about it is asked once at a time. */
static void cpg_window_ask_about_log (CpgWindow *self)
{
  CpgRecorder *recorder = cpg_session_get_recorder (self->session);
  if (!recorder || !cpg_recorder_get_failure (recorder) || cpg_recorder_get_log (recorder) || self->sessions_problem)
    return;
  AdwDialog *dialog = cpg_sessions_problem_new (recorder, say_in_window, G_OBJECT (self));
  g_set_weak_pointer (&self->sessions_problem, dialog);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_answered), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/* Once for each reason; the program goes on without a log. */
static void on_problem (CpgWindow *self, GParamSpec *pspec, CpgRecorder *recorder)
{
  if (cpg_recorder_get_failure (recorder)) {
    cpg_window_ask_about_log (self);
    return;
  }
  if (!cpg_recorder_get_problem (recorder))
    return;
  AdwToast *toast = adw_toast_new (cpg_recorder_get_problem (recorder));
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_timeout (toast, 15);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* ---- the run that is shown, from one start to the next ---- */

static void cpg_window_remember_run (CpgWindow *self)
{
  CpgRun *run = cpg_session_get_run (self->session);
  CpgRecorder *recorder = cpg_session_get_recorder (self->session);
  const char *id = run ? cpg_recorder_get_id (recorder, run) : NULL;
  if (!self->sessions_first && run)
    g_settings_set_string (self->preferences, "shown-run", id ? id : "");
}

/* Where it cannot be shown, the program starts as for the first time. */
static void on_first_ended (CpgWindow *self)
{
  g_signal_handlers_disconnect_by_data (self->sessions_first, self);
  g_clear_object (&self->sessions_first);
  cpg_session_set_begins (self->session, TRUE);
  cpg_window_remember_run (self);
}

void cpg_window_end_sessions (CpgWindow *self)
{
  if (!self->sessions_first)
    return;
  g_signal_handlers_disconnect_by_data (self->sessions_first, self);
  cpg_sessions_replay_abandon (self->sessions_first);
  g_clear_object (&self->sessions_first);
}

static void on_has_model (CpgWindow *self)
{
  if (!self->sessions_first || !cpg_session_has_model (self->session))
    return;
  g_signal_handlers_disconnect_by_func (self->session, on_has_model, self);
  if (cpg_session_get_run (self->session))
    cpg_window_end_sessions (self); /* somebody has opened another one meanwhile */
  else
    cpg_sessions_replay_start (self->sessions_first);
}

static void cpg_window_restore_run (CpgWindow *self)
{
  g_autofree char *id = g_settings_get_string (self->preferences, "shown-run");
  if (!*id || cpg_session_get_run (self->session))
    return;
  cpg_session_set_begins (self->session, FALSE);
  self->sessions_first = cpg_sessions_replay_new (self->session, id, CPG_SESSIONS_OPEN);
  g_signal_connect_swapped (self->sessions_first, "ended", G_CALLBACK (on_first_ended), self);
  g_signal_connect_object (self->session, "notify::has-model", G_CALLBACK (on_has_model), self, G_CONNECT_SWAPPED);
}

void cpg_window_init_sessions (CpgWindow *self)
{
  CpgRecorder *recorder = cpg_session_get_recorder (self->session);
  g_settings_bind (self->preferences, "sessions-search", self->sessions, "search", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_swapped (self->sessions_split, "notify::collapsed", G_CALLBACK (on_collapsed), self);
  g_signal_connect_swapped (self->sessions_split, "notify::show-sidebar", G_CALLBACK (on_show_sidebar), self);
  g_signal_connect_swapped (self->sessions, "said", G_CALLBACK (on_said), self);
  g_signal_connect_swapped (self->sessions, "deleted", G_CALLBACK (on_deleted), self);
  g_signal_connect_swapped (self->sessions, "opened", G_CALLBACK (on_opened), self);
  g_signal_connect_swapped (self->sessions, "compared", G_CALLBACK (on_compared), self);
  on_collapsed (self);
  if (!recorder)
    return;
  cpg_window_restore_run (self);
  g_signal_connect_object (self->session, "notify::run", G_CALLBACK (cpg_window_remember_run), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (recorder, "changed", G_CALLBACK (cpg_window_remember_run), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (recorder, "notify::problem", G_CALLBACK (on_problem), self, G_CONNECT_SWAPPED);
  if (cpg_recorder_get_problem (recorder))
    on_problem (self, NULL, recorder);
}

/* ---- actions ---- */

static void on_search_sessions (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgWindow *self = data;
  adw_overlay_split_view_set_show_sidebar (self->sessions_split, TRUE);
  cpg_sessions_pane_focus_search (self->sessions);
}

/* The model's own settings, the source that a task begins with, another seed: as if nothing had been before. */
static void on_new_run (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgWindow *self = data;
  on_opened (self);
  if (!cpg_session_has_model (self->session))
    return;
  cpg_session_reset_settings (self->session);
  cpg_session_reset_source (self->session);
  g_object_set (self->session, "fresh-seed", TRUE, NULL);
  cpg_page_perform (CPG_PAGE (self->denoise), "run");
}

static void on_mend_sessions (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cpg_window_ask_about_log (data);
}

static const GActionEntry entries[] = {
  {"mend-sessions", on_mend_sessions},
  {"new-run", on_new_run},
  {"search-sessions", on_search_sessions},
};

void cpg_window_add_sessions_actions (CpgWindow *self)
{
  g_autoptr (GPropertyAction) show = g_property_action_new ("show-sessions", self->sessions_split, "show-sidebar");
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (show));
}
