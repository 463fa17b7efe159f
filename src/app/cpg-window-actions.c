#include "app/cpg-window-private.h"

#include <glib/gi18n.h>
#include <inttypes.h>

static CpgRun *cpg_window_get_run (CpgWindow *self)
{
  return cpg_session_get_run (self->session);
}

/* ---- runs ---- */

static void on_run (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgWindow *self = data;
  gboolean fresh;
  g_object_get (self->session, "fresh-seed", &fresh, NULL);
  if (fresh)
    cpg_session_draw_seed (self->session);
  cpg_session_start_run (self->session);
  g_settings_set_boolean (self->preferences, "first-run-done", TRUE);
}

static void on_stop (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cpg_run_cancel (cpg_window_get_run (data));
}

static void on_branch (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgWindow *self = data;
  g_autoptr (GError) error = NULL;
  int step = cpg_run_get_current_step (cpg_window_get_run (self));
  gboolean fresh;
  guint64 seed;
  g_object_get (self->session, "fresh-seed", &fresh, NULL);
  if (fresh)
    cpg_session_draw_seed (self->session);
  if (!cpg_session_branch (self->session, &error)) {
    cpg_window_show_toast (self, error->message);
    return;
  }
  g_object_get (cpg_session_get_settings (self->session), "seed", &seed, NULL);
  g_settings_set_boolean (self->preferences, "first-run-done", TRUE);
  g_autofree char *text = g_strdup_printf (_ ("A new run goes on from step %d, with seed %" PRIu64), step + 1, seed);
  cpg_window_show_toast (self, text);
}

static void on_bookmark (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgWindow *self = data;
  int step = cpg_run_get_current_step (cpg_window_get_run (self));
  const char *format = cpg_session_add_bookmark (self->session) ? _ ("Step %d is bookmarked")
                                                                : _ ("Step %d was bookmarked before");
  g_autofree char *text = g_strdup_printf (format, step + 1);
  cpg_window_show_toast (self, text);
}

static void on_copy_text (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgWindow *self = data;
  CpgStep *step = cpg_run_get_current (cpg_window_get_run (self));
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), cpg_step_get_text (step));
  cpg_window_show_toast (self, _ ("The text is copied"));
}

/* ---- steps ---- */

static void on_play (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgPlayer *player = cpg_session_get_player (CPG_WINDOW (data)->session);
  cpg_player_set_playing (player, !cpg_player_is_playing (player));
}

/* Who steps by hand wants to look at the step. */
static void cpg_window_go_to (CpgWindow *self, int step)
{
  CpgRun *run = cpg_window_get_run (self);
  cpg_player_set_playing (cpg_session_get_player (self->session), FALSE);
  cpg_run_set_current_step (run, CLAMP (step, 0, cpg_run_get_n_done (run) - 1));
}

static void on_first_step (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cpg_window_go_to (data, 0);
}

static void on_last_step (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cpg_window_go_to (data, cpg_run_get_n_done (cpg_window_get_run (data)) - 1);
}

static void on_previous_step (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cpg_window_go_to (data, cpg_run_get_current_step (cpg_window_get_run (data)) - 1);
}

static void on_next_step (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cpg_window_go_to (data, cpg_run_get_current_step (cpg_window_get_run (data)) + 1);
}

/* ---- settings and models ---- */

static void on_draw_seed (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgWindow *self = data;
  /* Who chooses a seed wants to see it used. */
  g_object_set (self->session, "fresh-seed", FALSE, NULL);
  cpg_session_draw_seed (self->session);
}

static void on_reset_settings (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cpg_session_reset_settings (CPG_WINDOW (data)->session);
}

static void cpg_window_on_model_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, &error);
  if (!file) {
    if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
      cpg_window_show_toast (self, error->message);
    return;
  }
  g_autofree char *path = g_file_get_path (file);
  if (path)
    cpg_session_load (self->session, path);
  else
    cpg_window_show_toast (self, _ ("A model must be a file on this computer."));
}

static void on_open_model (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgWindow *self = data;
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  g_autoptr (GListStore) filters = g_list_store_new (GTK_TYPE_FILE_FILTER);
  gtk_file_filter_set_name (filter, _ ("Models (GGUF)"));
  gtk_file_filter_add_suffix (filter, "gguf");
  g_list_store_append (filters, filter);
  gtk_file_dialog_set_title (dialog, _ ("Open a Model"));
  gtk_file_dialog_set_filters (dialog, G_LIST_MODEL (filters));
  gtk_file_dialog_open (dialog, GTK_WINDOW (self), NULL, cpg_window_on_model_chosen, g_object_ref (self));
}

/* ---- the table ---- */

static const GActionEntry entries[] = {
  {"run", on_run},
  {"stop", on_stop},
  {"branch", on_branch},
  {"bookmark", on_bookmark},
  {"copy-text", on_copy_text},
  {"play", on_play},
  {"first-step", on_first_step},
  {"previous-step", on_previous_step},
  {"next-step", on_next_step},
  {"last-step", on_last_step},
  {"draw-seed", on_draw_seed},
  {"reset-settings", on_reset_settings},
  {"open-model", on_open_model},
};

static void cpg_window_add_property_action (CpgWindow *self, const char *name, gpointer object, const char *property)
{
  g_autoptr (GPropertyAction) action = g_property_action_new (name, object, property);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
}

void cpg_window_add_actions (CpgWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  cpg_window_add_property_action (self, "loop", cpg_session_get_player (self->session), "loop");
  cpg_window_add_property_action (self, "speed", cpg_session_get_player (self->session), "speed");
  cpg_window_add_property_action (self, "noisy", self->session, "noisy");
  cpg_window_add_property_action (self, "task", cpg_session_get_settings (self->session), "task");
  cpg_window_add_property_action (self, "picture", cpg_denoise_page_get_pictures (self->denoise), "visible-child-name");
  cpg_window_add_property_action (self, "show-settings", self->split, "show-sidebar");
}

static void cpg_window_enable (CpgWindow *self, const char *name, gboolean enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), name)), enabled);
}

void cpg_window_update_actions (CpgWindow *self)
{
  CpgRun *run = cpg_window_get_run (self);
  int n_done = run ? cpg_run_get_n_done (run) : 0, current = run ? cpg_run_get_current_step (run) : -1;
  gboolean has_model = cpg_session_has_model (self->session);
  cpg_window_enable (self, "run", has_model);
  cpg_window_enable (self, "reset-settings", has_model);
  cpg_window_enable (self, "stop", run && cpg_run_is_active (run));
  cpg_window_enable (self, "branch", cpg_session_can_branch (self->session));
  cpg_window_enable (self, "bookmark", current >= 0);
  cpg_window_enable (self, "copy-text", current >= 0);
  cpg_window_enable (self, "play", run != NULL);
  cpg_window_enable (self, "first-step", current > 0);
  cpg_window_enable (self, "previous-step", current > 0);
  cpg_window_enable (self, "next-step", current >= 0 && current + 1 < n_done);
  cpg_window_enable (self, "last-step", current >= 0 && current + 1 < n_done);
}
