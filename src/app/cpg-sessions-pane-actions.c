/* What can be done with a run of the session log; each action takes its id. */
#include "app/cpg-sessions-details-dialog.h"
#include "app/cpg-file-dialog.h"
#include "app/cpg-sessions-difference-dialog.h"
#include "app/cpg-sessions-pane-private.h"
#include "app/cpg-sessions-texts-dialog.h"
#include "store/cpg-session-log-exchange.h"

#include <glib/gi18n.h>

/* ---- opening and running ---- */

static void on_said (CpgSessionsPane *self, const char *text)
{
  cpg_sessions_pane_say (self, text);
}

/* What was logged is still there to be read. */
static void on_failed (CpgSessionsPane *self, const char *reason, const CpgLogRun *record)
{
  if (record)
    adw_dialog_present (cpg_sessions_texts_dialog_new (record, reason), GTK_WIDGET (self));
  else
    cpg_sessions_pane_say (self, reason);
}

void cpg_sessions_pane_open (CpgSessionsPane *self, const char *id, CpgSessionsMode mode)
{
  CpgSessionsItem *item = cpg_sessions_list_find (self->runs, id);
  if (!cpg_sessions_pane_get_log (self))
    return;
  if (item && cpg_sessions_item_get_record (item)->kind == CPG_LOG_COMPARISON) {
    cpg_sessions_pane_tell_compared (self, id);
    return;
  }
  if (self->replay) {
    g_signal_handlers_disconnect_by_data (self->replay, self);
    cpg_sessions_replay_abandon (self->replay);
    g_object_unref (self->replay);
  }
  self->replay = cpg_sessions_replay_new (self->session, id, mode);
  g_signal_connect_swapped (self->replay, "said", G_CALLBACK (on_said), self);
  g_signal_connect_swapped (self->replay, "failed", G_CALLBACK (on_failed), self);
  cpg_sessions_replay_start (self->replay);
  cpg_sessions_pane_tell_opened (self);
}

static void on_open (GtkWidget *widget, const char *action, GVariant *id)
{
  cpg_sessions_pane_open (CPG_SESSIONS_PANE (widget), g_variant_get_string (id, NULL), CPG_SESSIONS_OPEN);
}

static void on_again (GtkWidget *widget, const char *action, GVariant *id)
{
  cpg_sessions_pane_open (CPG_SESSIONS_PANE (widget), g_variant_get_string (id, NULL), CPG_SESSIONS_AGAIN);
}

static void on_new_seed (GtkWidget *widget, const char *action, GVariant *id)
{
  cpg_sessions_pane_open (CPG_SESSIONS_PANE (widget), g_variant_get_string (id, NULL), CPG_SESSIONS_NEW_SEED);
}

/* ---- looking at records ---- */

static void cpg_sessions_pane_load (CpgSessionsPane *self, const char *const *ids, GAsyncReadyCallback callback)
{
  CpgSessionLog *log = cpg_sessions_pane_get_log (self);
  if (log)
    cpg_session_log_load_async (log, ids, FALSE, NULL, callback, g_object_ref (self));
}

/* NULL, after saying why. */
static GPtrArray *take_runs (CpgSessionsPane *self, GObject *source, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *runs = cpg_session_log_runs_finish (CPG_SESSION_LOG (source), result, &error);
  if (!runs)
    cpg_sessions_pane_say (self, error->message);
  return runs;
}

static void show_texts (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgSessionsPane) self = data;
  g_autoptr (GPtrArray) runs = take_runs (self, source, result);
  if (runs)
    adw_dialog_present (cpg_sessions_texts_dialog_new (runs->pdata[0], NULL), GTK_WIDGET (self));
}

static void on_texts (GtkWidget *widget, const char *action, GVariant *id)
{
  cpg_sessions_pane_load (CPG_SESSIONS_PANE (widget), (const char *[]) {g_variant_get_string (id, NULL), NULL}, show_texts);
}

static void show_difference (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgSessionsPane) self = data;
  g_autoptr (GPtrArray) runs = take_runs (self, source, result);
  if (runs && runs->len == 2)
    adw_dialog_present (cpg_sessions_difference_dialog_new (runs->pdata[0], runs->pdata[1]), GTK_WIDGET (self));
}

static void on_compare (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CpgSessionsPane *self = CPG_SESSIONS_PANE (widget);
  CpgRun *run = self->session ? cpg_session_get_run (self->session) : NULL;
  const char *id = g_variant_get_string (parameter, NULL), *shown = NULL;
  if (run && cpg_sessions_pane_get_log (self))
    shown = cpg_recorder_get_id (cpg_sessions_pane_get_recorder (self), run);
  if (!shown)
    cpg_sessions_pane_say (self, _ ("The run that is shown is not in the log."));
  else if (g_str_equal (id, shown))
    cpg_sessions_pane_say (self, _ ("This is the run that is shown. Open another one to compare it with."));
  else
    cpg_sessions_pane_load (self, (const char *[]) {id, shown, NULL}, show_difference);
}

static void edit (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgSessionsPane) self = data;
  g_autoptr (GPtrArray) runs = take_runs (self, source, result);
  if (runs)
    adw_dialog_present (cpg_sessions_details_dialog_new (cpg_sessions_pane_get_recorder (self), runs->pdata[0]),
                        GTK_WIDGET (self));
}

static void on_edit (GtkWidget *widget, const char *action, GVariant *id)
{
  cpg_sessions_pane_load (CPG_SESSIONS_PANE (widget), (const char *[]) {g_variant_get_string (id, NULL), NULL}, edit);
}

/* ---- deleting ---- */

static void on_changed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgSessionsPane) self = data;
  g_autoptr (GError) error = NULL;
  if (!cpg_session_log_write_finish (CPG_SESSION_LOG (source), result, &error))
    cpg_sessions_pane_say (self, error->message);
  if (cpg_sessions_pane_get_recorder (self))
    cpg_recorder_changed (cpg_sessions_pane_get_recorder (self));
}

static void set_deleted (CpgSessionsPane *self, const char *id, gboolean deleted)
{
  CpgSessionLog *log = cpg_sessions_pane_get_log (self);
  if (log)
    cpg_session_log_set_deleted_async (log, (const char *[]) {id, NULL}, deleted, NULL, on_changed, g_object_ref (self));
}

static void on_delete (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CpgSessionsPane *self = CPG_SESSIONS_PANE (widget);
  const char *id = g_variant_get_string (parameter, NULL);
  CpgSessionsItem *item = cpg_sessions_list_find (self->runs, id);
  g_autofree char *title = item ? cpg_sessions_item_title_record (cpg_sessions_item_get_record (item)) : g_strdup ("");
  g_set_str (&self->deleted, id);
  set_deleted (self, id, TRUE);
  cpg_sessions_pane_tell_deleted (self, title);
}

void cpg_sessions_pane_undo (CpgSessionsPane *self)
{
  if (self->deleted)
    set_deleted (self, self->deleted, FALSE);
  g_clear_pointer (&self->deleted, g_free);
}

/* ---- files ---- */

static GtkFileDialog *new_file_dialog (const char *title)
{
  return cpg_file_dialog_new (title, _ ("Runs (.cosmosrun)"), "cosmosrun", NULL);
}

static GtkWindow *get_window (CpgSessionsPane *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

/* Who chose nothing needs no word. */
static void say_error (CpgSessionsPane *self, const GError *error)
{
  if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    cpg_sessions_pane_say (self, error->message);
}

typedef struct {
  CpgSessionsPane *pane;
  char *id, *name;
} Exporting;

static void free_exporting (Exporting *exporting)
{
  g_object_unref (exporting->pane);
  g_free (exporting->id);
  g_free (exporting->name);
  g_free (exporting);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Exporting, free_exporting)

static void on_exported (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Exporting) exporting = data;
  g_autoptr (GError) error = NULL;
  if (!cpg_session_log_export_finish (CPG_SESSION_LOG (source), result, &error)) {
    say_error (exporting->pane, error);
    return;
  }
  g_autofree char *text = g_strdup_printf (_ ("The run is in “%s”"), exporting->name);
  cpg_sessions_pane_say (exporting->pane, text);
}

static void on_place_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Exporting) exporting = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, &error);
  CpgSessionLog *log = cpg_sessions_pane_get_log (exporting->pane);
  if (!file) {
    say_error (exporting->pane, error);
    return;
  }
  exporting->name = g_file_get_basename (file);
  const char *ids[] = {exporting->id, NULL};
  if (log)
    cpg_session_log_export_async (log, ids, file, NULL, on_exported, g_steal_pointer (&exporting));
}

static void on_export (GtkWidget *widget, const char *action, GVariant *id)
{
  CpgSessionsPane *self = CPG_SESSIONS_PANE (widget);
  g_autoptr (GtkFileDialog) dialog = new_file_dialog (_ ("Export the Run"));
  CpgSessionsItem *item = cpg_sessions_list_find (self->runs, g_variant_get_string (id, NULL));
  Exporting *exporting = g_new0 (Exporting, 1);
  g_autofree char *name = g_strdup_printf ("run-%" G_GINT64_FORMAT ".cosmosrun",
                                           item ? cpg_sessions_item_get_record (item)->number : 1);
  exporting->pane = g_object_ref (self);
  exporting->id = g_variant_dup_string (id, NULL);
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, get_window (self), NULL, on_place_chosen, exporting);
}

static void on_imported (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgSessionsPane) self = data;
  g_autoptr (GError) error = NULL;
  int n_new = 0;
  g_autoptr (GPtrArray) runs = cpg_session_log_import_finish (CPG_SESSION_LOG (source), result, &n_new, &error);
  if (!runs) {
    say_error (self, error);
    return;
  }
  g_autofree char *text = n_new > 0
                              ? g_strdup_printf (ngettext ("%d run was imported", "%d runs were imported", (gulong) n_new), n_new)
                              : g_strdup (_ ("The log has these runs already"));
  cpg_sessions_pane_say (self, text);
  if (cpg_sessions_pane_get_recorder (self))
    cpg_recorder_changed (cpg_sessions_pane_get_recorder (self));
}

void cpg_sessions_pane_import (CpgSessionsPane *self, GFile *file)
{
  CpgSessionLog *log = cpg_sessions_pane_get_log (self);
  if (log)
    cpg_session_log_import_async (log, file, NULL, on_imported, g_object_ref (self));
}

static void on_file_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgSessionsPane) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, &error);
  if (file)
    cpg_sessions_pane_import (self, file);
  else
    say_error (self, error);
}

static void on_import (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CpgSessionsPane *self = CPG_SESSIONS_PANE (widget);
  g_autoptr (GtkFileDialog) dialog = new_file_dialog (_ ("Import Runs"));
  gtk_file_dialog_open (dialog, get_window (self), NULL, on_file_chosen, g_object_ref (self));
}

void cpg_sessions_pane_install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "sessions.open", "s", on_open);
  gtk_widget_class_install_action (klass, "sessions.again", "s", on_again);
  gtk_widget_class_install_action (klass, "sessions.new-seed", "s", on_new_seed);
  gtk_widget_class_install_action (klass, "sessions.edit", "s", on_edit);
  gtk_widget_class_install_action (klass, "sessions.compare", "s", on_compare);
  gtk_widget_class_install_action (klass, "sessions.texts", "s", on_texts);
  gtk_widget_class_install_action (klass, "sessions.export", "s", on_export);
  gtk_widget_class_install_action (klass, "sessions.delete", "s", on_delete);
  gtk_widget_class_install_action (klass, "sessions.import", NULL, on_import);
}
