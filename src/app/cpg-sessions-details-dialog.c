#include "app/cpg-sessions-details-dialog.h"

#include "app/cpg-config.h"

struct _CpgSessionsDetailsDialog {
  AdwDialog parent_instance;
  CpgRecorder *recorder;
  char *id;

  GtkWidget *save;
  AdwEntryRow *title, *tags;
  GtkTextBuffer *note;
};

G_DEFINE_FINAL_TYPE (CpgSessionsDetailsDialog, cpg_sessions_details_dialog, ADW_TYPE_DIALOG)

static GStrv split_tags (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  g_autoptr (GStrvBuilder) tags = g_strv_builder_new ();
  for (char **part = parts; *part; part++)
    g_strv_builder_add (tags, g_strstrip (*part));
  return g_strv_builder_end (tags);
}

/* Where it cannot be written, the recorder is told by the next run as well; here the list shows what is. */
static void on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgRecorder) recorder = data;
  cpg_session_log_write_finish (CPG_SESSION_LOG (source), result, NULL);
  cpg_recorder_changed (recorder);
}

static void cpg_sessions_details_dialog_on_save (CpgSessionsDetailsDialog *self)
{
  CpgSessionLog *log = cpg_recorder_get_log (self->recorder);
  GtkTextIter start, end;
  gtk_text_buffer_get_bounds (self->note, &start, &end);
  g_autofree char *note = gtk_text_buffer_get_text (self->note, &start, &end, FALSE);
  g_autofree char *title = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->title))));
  g_auto (GStrv) tags = split_tags (gtk_editable_get_text (GTK_EDITABLE (self->tags)));
  if (log) {
    cpg_session_log_set_title_async (log, self->id, title, NULL, on_written, g_object_ref (self->recorder));
    cpg_session_log_set_tags_async (log, self->id, (const char *const *) tags, NULL, on_written, g_object_ref (self->recorder));
    cpg_session_log_set_note_async (log, self->id, note, NULL, on_written, g_object_ref (self->recorder));
  }
  adw_dialog_close (ADW_DIALOG (self));
}

static void cpg_sessions_details_dialog_dispose (GObject *object)
{
  CpgSessionsDetailsDialog *self = CPG_SESSIONS_DETAILS_DIALOG (object);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_SESSIONS_DETAILS_DIALOG);
  g_clear_object (&self->recorder);
  g_clear_pointer (&self->id, g_free);
  G_OBJECT_CLASS (cpg_sessions_details_dialog_parent_class)->dispose (object);
}

static void cpg_sessions_details_dialog_class_init (CpgSessionsDetailsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_sessions_details_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-sessions-details-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgSessionsDetailsDialog, save);
  gtk_widget_class_bind_template_child (widget_class, CpgSessionsDetailsDialog, title);
  gtk_widget_class_bind_template_child (widget_class, CpgSessionsDetailsDialog, tags);
  gtk_widget_class_bind_template_child (widget_class, CpgSessionsDetailsDialog, note);
  gtk_widget_class_bind_template_callback (widget_class, cpg_sessions_details_dialog_on_save);
}

static void cpg_sessions_details_dialog_init (CpgSessionsDetailsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *cpg_sessions_details_dialog_new (CpgRecorder *recorder, const CpgLogRun *record)
{
  CpgSessionsDetailsDialog *self = g_object_new (CPG_TYPE_SESSIONS_DETAILS_DIALOG, NULL);
  g_autofree char *tags = record->tags ? g_strjoinv (", ", record->tags) : g_strdup ("");
  self->recorder = g_object_ref (recorder);
  self->id = g_strdup (record->id);
  gtk_editable_set_text (GTK_EDITABLE (self->title), record->title);
  gtk_editable_set_text (GTK_EDITABLE (self->tags), tags);
  gtk_text_buffer_set_text (self->note, record->note, -1);
  return ADW_DIALOG (self);
}
