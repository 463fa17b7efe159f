#include "app/export/cpg-export-private.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>

enum { TELL_EVERY = 50 /* ms */, HASH_PIECE = 1 << 20 };

/* One export, from the asking to the answer. */
typedef struct {
  const CpgExportFormat *format;
  GFile *file;
  CpgExportWork work;
  CpgRecord *record; /* NULL while steps are being read */
  CpgExportProgress progress;
  gpointer progress_data;
  guint timer;
} Export;

static void free_export (gpointer data)
{
  Export *self = data;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->record, cpg_record_free);
  g_clear_object (&self->file);
  g_clear_object (&self->work.cancellable);
  g_free (self->work.hash);
  g_free (self);
}

gboolean cpg_export_work_go_on (CpgExportWork *self, double fraction, GError **error)
{
  g_atomic_int_set (&self->permille, (int) (fraction * 1000));
  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

/* ---- in the thread ---- */

/* NULL where the file cannot be read any more: the export goes without. */
static char *hash_file (const char *path, GCancellable *cancellable)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guchar *piece = g_malloc (HASH_PIECE);
  gssize n = -1;
  while (stream && (n = g_input_stream_read (G_INPUT_STREAM (stream), piece, HASH_PIECE, cancellable, NULL)) > 0)
    g_checksum_update (checksum, piece, n);
  return n == 0 ? g_strdup (g_checksum_get_string (checksum)) : NULL;
}

/* Only a file takes a file's place: a device, or what else stands there, stays. */
static gboolean check_place (GFile *file, GCancellable *cancellable, GError **error)
{
  GFileType type = g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable);
  if (type == G_FILE_TYPE_UNKNOWN || type == G_FILE_TYPE_REGULAR)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                       type == G_FILE_TYPE_DIRECTORY ? _ ("There is a folder of that name")
                                                     : _ ("There is something of that name that is no file"));
  return FALSE;
}

/* What GLib says names the file beside the place: only why is worth telling. */
static gboolean put_by_path (const char *path, const char *data, gsize n, GError **error)
{
  GError *failure = NULL;
  g_autofree char *folder = g_path_get_dirname (path);
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR)) {
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, _ ("There is no such folder"));
    return FALSE;
  }
  if (g_file_set_contents_full (path, data, (gssize) n, G_FILE_SET_CONTENTS_CONSISTENT, 0666, &failure))
    return TRUE;
  const char *why = strrchr (failure->message, ':');
  g_set_error_literal (error, failure->domain, failure->code, why && why[1] ? why + 2 : failure->message);
  g_error_free (failure);
  return FALSE;
}

/* Beside its place under another name first. Where files have no paths, the place itself keeps a copy. */
static gboolean put (GFile *file, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  gsize n;
  const char *data = g_bytes_get_data (bytes, &n);
  g_autofree char *path = g_file_get_path (file), *real = path ? realpath (path, NULL) : NULL;
  if (!check_place (file, cancellable, error))
    return FALSE;
  if (path)
    return put_by_path (real ? real : path, data, n, error);
  return g_file_replace_contents (file, data, n, NULL, TRUE, G_FILE_CREATE_NONE, NULL, cancellable, error);
}

static gboolean write_file (Export *self, GError **error)
{
  CpgExportWork *work = &self->work;
  if (self->format->wants_hash && self->record->model_path)
    work->hash = hash_file (self->record->model_path, work->cancellable);
  if (!cpg_export_work_go_on (work, 0, error))
    return FALSE;
  g_autoptr (GBytes) bytes = self->format->make (work, error);
  if (!bytes || !cpg_export_work_go_on (work, 1, error))
    return FALSE;
  return put (self->file, bytes, work->cancellable, error);
}

static void write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *self = data;
  GError *error = NULL;
  if (write_file (self, &error)) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  g_autofree char *name = g_file_get_parse_name (self->file);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_prefix_error (&error, _ ("“%s” was not written: "), name);
  g_task_return_error (task, error);
}

/* ---- on the main thread ---- */

static int count_read (CpgRun *run)
{
  int n = 0;
  for (int i = 0; i < cpg_run_get_n_done (run); i++)
    n += cpg_step_is_decoded (cpg_run_get_step (run, i));
  return n;
}

static gboolean on_timer (gpointer data)
{
  GTask *task = data;
  Export *self = g_task_get_task_data (task);
  CpgRun *run = g_task_get_source_object (task);
  /* Reading the steps is the first half. */
  double fraction = self->record ? .5 + g_atomic_int_get (&self->work.permille) / 2000.
                                 : .5 * count_read (run) / MAX (cpg_run_get_n_done (run), 1);
  self->progress (fraction, self->progress_data);
  return G_SOURCE_CONTINUE;
}

/* The thread and its task: what the record shares with the run is let go on this thread, when the answer has come. */
static void on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  Export *self = g_task_get_task_data (task);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->record, cpg_record_free);
  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void start_reading (GTask *task);

static void on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Export *self = g_task_get_task_data (task);
  CpgRun *run = CPG_RUN (source);
  GError *error = NULL;
  if (!cpg_run_read_all_finish (run, result, &error)) {
    g_clear_handle_id (&self->timer, g_source_remove);
    g_task_return_error (task, error);
    return;
  }
  if (count_read (run) < cpg_run_get_n_done (run)) { /* others have come, or something else is shown now */
    start_reading (g_steal_pointer (&task));
    return;
  }
  self->record = cpg_record_new (run, gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL);
  self->work.record = self->record;
  g_autoptr (GTask) writing = g_task_new (run, self->work.cancellable, on_written, g_steal_pointer (&task));
  g_task_set_task_data (writing, self, NULL);
  g_task_set_check_cancellable (writing, FALSE); /* who cancels when the file is in its place is too late */
  g_task_run_in_thread (writing, write_in_thread);
}

/* (transfer full) */
static void start_reading (GTask *task)
{
  Export *self = g_task_get_task_data (task);
  cpg_run_read_all_async (g_task_get_source_object (task), self->format->wants_path, self->work.cancellable, on_read, task);
}

void cpg_export_async (CpgRun *run, gboolean whole_run, const CpgExportFormat *format, GFile *file, GCancellable *cancellable,
                       CpgExportProgress progress, gpointer progress_data, GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (cpg_run_get_n_done (run) > 0 && cpg_export_format_is_for (format, whole_run));
  GTask *task = g_task_new (run, cancellable, callback, data);
  Export *self = g_new0 (Export, 1);
  self->format = format;
  self->file = g_object_ref (file);
  self->work.whole_run = whole_run;
  self->work.cancellable = cancellable ? g_object_ref (cancellable) : g_cancellable_new ();
  self->progress = progress;
  self->progress_data = progress_data;
  g_task_set_task_data (task, self, free_export);
  g_task_set_source_tag (task, cpg_export_async);
  g_task_set_check_cancellable (task, FALSE);
  if (progress)
    self->timer = g_timeout_add (TELL_EVERY, on_timer, task);
  start_reading (task);
}

gboolean cpg_export_finish (CpgRun *run, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, run), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
