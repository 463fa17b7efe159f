#include "store/cpg-session-log-exchange.h"

#include <glib/gi18n-lib.h>

/* ---- export: loaded on the log's thread, packed and written on another ---- */

typedef struct {
  GFile *file;
  GPtrArray *runs;
  int n_new;
} Exchange;

static void free_exchange (gpointer data)
{
  Exchange *self = data;
  g_object_unref (self->file);
  g_clear_pointer (&self->runs, g_ptr_array_unref);
  g_free (self);
}

static GTask *begin (CpgSessionLog *self, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);
  Exchange *exchange = g_new0 (Exchange, 1);
  exchange->file = g_object_ref (file);
  g_task_set_task_data (task, exchange, free_exchange);
  return task;
}

static void pack (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  (void) source;
  Exchange *exchange = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = cpg_archive_write (exchange->runs, &error);
  if (bytes
      && g_file_replace_contents (exchange->file, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL, FALSE,
                                  G_FILE_CREATE_NONE, NULL, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  Exchange *exchange = g_task_get_task_data (task);
  exchange->runs = cpg_session_log_runs_finish (CPG_SESSION_LOG (source), result, &error);
  if (exchange->runs)
    g_task_run_in_thread (task, pack);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void cpg_session_log_export_async (CpgSessionLog *self, const char *const *ids, GFile *file, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = begin (self, file, cancellable, callback, data);
  cpg_session_log_load_whole_async (self, ids, cancellable, on_loaded, task);
}

gboolean cpg_session_log_export_finish (CpgSessionLog *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- import: read and checked on another thread, then written ---- */

static void on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  Exchange *exchange = g_task_get_task_data (task);
  exchange->n_new = cpg_session_log_add_runs_finish (CPG_SESSION_LOG (source), result, &error);
  if (error)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_ptr_array_ref (exchange->runs), (GDestroyNotify) g_ptr_array_unref);
}

static void on_unpacked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  Exchange *exchange = g_task_get_task_data (task);
  exchange->runs = g_task_propagate_pointer (G_TASK (result), &error);
  if (exchange->runs)
    cpg_session_log_add_runs_async (CPG_SESSION_LOG (source), g_ptr_array_ref (exchange->runs), g_task_get_cancellable (task),
                                    on_added, g_object_ref (task));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* The size first, before any of it is in memory. */
static GBytes *read_file (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, cancellable,
                                                  error);
  if (!info)
    return NULL;
  if (g_file_info_get_size (info) <= CPG_ARCHIVE_MAX_SIZE)
    return g_file_load_bytes (file, cancellable, NULL, error);
  g_set_error_literal (error, CPG_ARCHIVE_ERROR, CPG_ARCHIVE_ERROR_TOO_LARGE,
                       _ ("The file cannot be imported: it is too large."));
  return NULL;
}

static void unpack (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  (void) source;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = read_file (data, cancellable, &error);
  GPtrArray *runs = bytes ? cpg_archive_read (bytes, &error) : NULL;
  if (runs)
    g_task_return_pointer (task, runs, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void cpg_session_log_import_async (CpgSessionLog *self, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer data)
{
  GTask *task = begin (self, file, cancellable, callback, data);
  g_autoptr (GTask) reading = g_task_new (self, cancellable, on_unpacked, task);
  g_task_set_task_data (reading, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (reading, unpack);
}

GPtrArray *cpg_session_log_import_finish (CpgSessionLog *self, GAsyncResult *result, int *n_new, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  if (n_new)
    *n_new = ((Exchange *) g_task_get_task_data (G_TASK (result)))->n_new;
  return g_task_propagate_pointer (G_TASK (result), error);
}
