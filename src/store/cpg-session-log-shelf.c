#include "store/cpg-session-log-shelf.h"

#include "store/cpg-session-log-private.h"

gint64 cpg_session_log_add_finish (CpgSessionLog *self, GAsyncResult *result, GError **error)
{
  return cpg_session_log_number_finish (self, result, error);
}

static void send_list (CpgSessionLog *self, CpgDatabaseFunc func, const char *id, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.id = g_strdup (id)};
  cpg_session_log_send (self, CPG_DATABASE_READS, func, call, (GDestroyNotify) g_ptr_array_unref, cancellable, callback, data);
}

/* ---- bookmarks ---- */

static gpointer add_bookmark (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogCall *call = data;
  gint64 run, number;
  if (!cpg_log_find_number (connection, call->id, &run, error)
      || !cpg_connection_change (connection, NULL, error,
                                 "INSERT INTO bookmarks (run, step, title, made) VALUES (?, ?, ?, ?) "
                                 "ON CONFLICT (run, step) DO UPDATE SET title = excluded.title",
                                 "iisi", run, call->number, call->text, g_get_real_time ())
      || !cpg_connection_number (connection, &number, 0, error, "SELECT number FROM bookmarks WHERE run = ? AND step = ?", "ii",
                                 run, call->number))
    return NULL;
  return cpg_log_number_new (number);
}

void cpg_session_log_add_bookmark_async (CpgSessionLog *self, const char *id, int step, const char *title,
                                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.id = g_strdup (id), .number = step, .text = g_strdup (title)};
  cpg_session_log_send (self, CPG_DATABASE_WRITES, add_bookmark, call, g_free, cancellable, callback, data);
}

static gpointer remove_bookmark (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogCall *call = data;
  cpg_connection_change (connection, NULL, error, "DELETE FROM bookmarks WHERE number = ?", "i", call->number);
  return NULL;
}

void cpg_session_log_remove_bookmark_async (CpgSessionLog *self, gint64 number, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer data)
{
  cpg_session_log_send (self, CPG_DATABASE_WRITES, remove_bookmark, (CpgLogCall) {.number = number}, NULL, cancellable, callback,
                        data);
}

static gpointer list_bookmarks (CpgConnection *connection, gpointer data, GError **error)
{
  (void) data;
  CpgRows *rows = cpg_connection_query (
      connection, error,
      "SELECT bookmarks.number, runs.id, step, bookmarks.title, made FROM bookmarks "
      "JOIN runs ON runs.number = run WHERE deleted IS NULL ORDER BY made DESC, bookmarks.number DESC",
      "");
  return cpg_log_read_all (connection, rows, cpg_log_read_bookmark, (GDestroyNotify) cpg_log_bookmark_free, error);
}

void cpg_session_log_list_bookmarks_async (CpgSessionLog *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                           gpointer data)
{
  send_list (self, list_bookmarks, NULL, cancellable, callback, data);
}

GPtrArray *cpg_session_log_list_bookmarks_finish (CpgSessionLog *self, GAsyncResult *result, GError **error)
{
  return cpg_session_log_pointer_finish (self, result, error);
}

/* ---- comparisons ---- */

static gpointer write_comparison (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogRun *comparison = ((const CpgLogCall *) data)->record;
  gint64 number;
  if (!cpg_connection_number (connection, &number, 0, error, "SELECT number FROM runs WHERE id = ?", "s", comparison->id))
    return NULL;
  if (number
          ? cpg_connection_change (connection, NULL, error, "UPDATE runs SET state = ?, seconds = ?, output = ? WHERE number = ?",
                                   "idsi", (gint64) comparison->state, comparison->seconds, comparison->output, number)
          : cpg_log_write_run (connection, comparison, error))
    cpg_log_write_columns (connection, comparison, error);
  return NULL;
}

void cpg_session_log_write_comparison_async (CpgSessionLog *self, const CpgLogRun *comparison, GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.record = cpg_log_run_copy (comparison), .free_record = (GDestroyNotify) cpg_log_run_free};
  cpg_session_log_send (self, CPG_DATABASE_WRITES, write_comparison, call, NULL, cancellable, callback, data);
}
