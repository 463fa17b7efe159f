#include "app/cpg-window-private.h"
#include "app/cpg-file-dialog.h"

#include <glib/gi18n.h>

/* ---- what goes to the page that is shown ---- */

static void on_page_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgWindow *self = data;
  const char *name = g_action_get_name (G_ACTION (action));
  cpg_page_perform (cpg_window_get_page (self), name);
  if (g_str_equal (name, "run") || g_str_equal (name, "branch"))
    g_settings_set_boolean (self->preferences, "first-run-done", TRUE);
}

static void cpg_window_add_page_actions (CpgWindow *self)
{
  for (const char *const *name = cpg_page_get_actions (); *name; name++) {
    const GActionEntry entry = {*name, on_page_action};
    g_action_map_add_action_entries (G_ACTION_MAP (self), &entry, 1, self);
  }
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

static void on_compare (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgWindow *self = data;
  cpg_compare_page_show_run (CPG_COMPARE_PAGE (cpg_lazy_page_get_page (self->compare)));
  adw_view_stack_set_visible_child (self->pages, GTK_WIDGET (self->compare));
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
  g_autoptr (GtkFileDialog) dialog = cpg_file_dialog_new (_ ("Open a Model"), _ ("Models (GGUF)"), "gguf", NULL);
  gtk_file_dialog_open (dialog, GTK_WINDOW (self), NULL, cpg_window_on_model_chosen, g_object_ref (self));
}

/* ---- the table ---- */

static const GActionEntry entries[] = {
  {"compare", on_compare},
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
  cpg_window_add_page_actions (self);
  cpg_window_add_sessions_actions (self);
  cpg_window_add_files_actions (self);
  cpg_window_add_lessons_actions (self);
  cpg_window_add_property_action (self, "loop", cpg_session_get_player (self->session), "loop");
  cpg_window_add_property_action (self, "speed", cpg_session_get_player (self->session), "speed");
  cpg_window_add_property_action (self, "noisy", self->session, "noisy");
  cpg_window_add_property_action (self, "task", self->session, "task");
  cpg_window_add_property_action (self, "picture", cpg_denoise_page_get_pictures (self->denoise), "visible-child-name");
  cpg_window_add_property_action (self, "show-settings", self->split, "show-sidebar");
  cpg_window_add_property_action (self, "page", self->pages, "visible-child-name");
}

void cpg_window_remove_actions (CpgWindow *self)
{
  g_auto (GStrv) names = g_action_group_list_actions (G_ACTION_GROUP (self));
  for (char **name = names; *name; name++)
    g_action_map_remove_action (G_ACTION_MAP (self), *name);
}

static void cpg_window_enable (CpgWindow *self, const char *name, gboolean enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), name)), enabled);
}

void cpg_window_update_actions (CpgWindow *self)
{
  for (const char *const *name = cpg_page_get_actions (); *name; name++)
    cpg_window_enable (self, *name, cpg_page_can (cpg_window_get_page (self), *name));
  cpg_window_enable (self, "compare", cpg_session_has_model (self->session) && cpg_session_get_run (self->session));
  cpg_window_enable (self, "reset-settings", cpg_session_has_model (self->session));
}
