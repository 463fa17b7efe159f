/* Files that the window opens: from its menu, from the command line, dropped on it. */
#include "app/cpg-file-dialog.h"
#include "app/cpg-study-dialog.h"
#include "app/cpg-window-private.h"
#include "store/cpg-lessons.h"

#include <glib/gi18n.h>

static void on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgStudyResult) study = cpg_study_result_load_finish (result, &error);
  if (study)
    adw_dialog_present (cpg_study_dialog_new (study), GTK_WIDGET (self));
  else
    cpg_window_show_toast (self, error->message);
}

static void on_lesson (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgLesson) lesson = cpg_lesson_load_finish (result, &error);
  if (lesson)
    cpg_window_begin_lesson (self, lesson);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    cpg_study_result_load_async (g_task_get_task_data (G_TASK (result)), NULL, on_result, g_object_ref (self));
  else
    cpg_window_show_toast (self, error->message);
}

/* Weights that are to become a model: the page for models says what they are, and asks. */
static void import_model (CpgWindow *self, const char *path)
{
  adw_view_stack_set_visible_child_name (self->pages, "models");
  CpgLazyPage *page = CPG_LAZY_PAGE (adw_view_stack_get_visible_child (self->pages));
  gtk_widget_activate_action (GTK_WIDGET (cpg_lazy_page_get_page (page)), "models.import", "s", path);
}

static gboolean is_one_of (const char *name, const char *const *endings)
{
  for (; name && *endings; endings++)
    if (g_str_has_suffix (name, *endings))
      return TRUE;
  return FALSE;
}

/* By what the name says it is. */
void cpg_window_open_file (CpgWindow *self, GFile *file)
{
  static const char *const weights[] = {".safetensors", ".pth", ".pt", NULL}, *const models[] = {".gguf", NULL},
                           *const runs[] = {".cosmosrun", NULL};
  g_autofree char *name = g_file_get_basename (file), *path = g_file_get_path (file);
  if (is_one_of (name, models) && path)
    cpg_session_load (self->session, path);
  else if (is_one_of (name, weights) && path)
    import_model (self, path);
  else if (is_one_of (name, runs)) {
    adw_overlay_split_view_set_show_sidebar (self->sessions_split, TRUE);
    cpg_sessions_pane_import (self->sessions, file);
  } else
    cpg_lesson_load_async (file, NULL, on_lesson, g_object_ref (self)); /* or what a study found */
}

static void on_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, &error);
  if (file)
    cpg_window_open_file (self, file);
  else if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    cpg_window_show_toast (self, error->message);
}

static void on_open_study (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GtkFileDialog) dialog = cpg_study_dialog_new_chooser (_ ("Open a Study or an Evaluation"));
  gtk_file_dialog_open (dialog, GTK_WINDOW (data), NULL, on_chosen, g_object_ref (data));
}

static void on_open_lesson (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GtkFileDialog) dialog = cpg_file_dialog_new (_ ("Open a Lesson"), _ ("Lessons (JSON)"), "json", NULL);
  gtk_file_dialog_open (dialog, GTK_WINDOW (data), NULL, on_chosen, g_object_ref (data));
}

static gboolean on_drop (GtkDropTarget *target, const GValue *value, double x, double y, gpointer data)
{
  GSList *files = g_value_get_boxed (value);
  for (GSList *at = files; at; at = at->next)
    cpg_window_open_file (data, at->data);
  return files != NULL;
}

static const GActionEntry entries[] = {{"open-study", on_open_study}, {"open-lesson", on_open_lesson}};

void cpg_window_add_files_actions (CpgWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
