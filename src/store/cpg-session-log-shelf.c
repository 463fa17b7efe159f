#include "store/cpg-session-log-shelf.h"

#include "store/cpg-session-log-private.h"

gint64 cpg_session_log_add_finish (CpgSessionLog *self, GAsyncResult *result, GError **error)
{
  return cpg_session_log_number_finish (self, result, error);
}

static gpointer last_number (CpgConnection *connection, GError **error)
{
  gint64 number;
  return cpg_connection_number (connection, &number, 0, error, "SELECT last_insert_rowid ()", "") ? cpg_log_number_new (number)
                                                                                                  : NULL;
}

static void send_list (CpgSessionLog *self, CpgDatabaseFunc func, const char *id, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.id = g_strdup (id)};
  cpg_session_log_send (self, CPG_DATABASE_READS, func, call, (GDestroyNotify) g_ptr_array_unref, cancellable, callback, data);
}

/* ---- bookmarks ---- */

void cpg_log_bookmark_free (CpgLogBookmark *self)
{
  g_free (self->run);
  g_free (self->title);
  g_free (self);
}

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

static gpointer read_bookmark (CpgRows *rows)
{
  CpgLogBookmark *bookmark = g_new (CpgLogBookmark, 1);
  *bookmark = (CpgLogBookmark) {cpg_rows_get_number (rows, 0), cpg_rows_get_text (rows, 1), (int) cpg_rows_get_number (rows, 2),
                                cpg_rows_get_text (rows, 3), cpg_rows_get_number (rows, 4)};
  return bookmark;
}

static gpointer list_bookmarks (CpgConnection *connection, gpointer data, GError **error)
{
  (void) data;
  CpgRows *rows = cpg_connection_query (
      connection, error,
      "SELECT bookmarks.number, runs.id, step, bookmarks.title, made FROM bookmarks "
      "JOIN runs ON runs.number = run WHERE deleted IS NULL ORDER BY made DESC, bookmarks.number DESC",
      "");
  return cpg_log_read_all (connection, rows, read_bookmark, (GDestroyNotify) cpg_log_bookmark_free, error);
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

void cpg_log_comparison_free (CpgLogComparison *self)
{
  g_free (self->kind);
  g_free (self->title);
  g_free (self->note);
  g_strfreev (self->runs);
  g_free (self);
}

static gpointer add_comparison (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogComparison *comparison = ((const CpgLogCall *) data)->record;
  if (!cpg_connection_change (connection, NULL, error, "INSERT INTO comparisons (kind, title, note, made) VALUES (?, ?, ?, ?)",
                              "sssi", comparison->kind, comparison->title, comparison->note, g_get_real_time ()))
    return NULL;
  g_autofree gint64 *number = last_number (connection, error);
  for (gint64 i = 0; number && comparison->runs && comparison->runs[i]; i++) {
    gint64 run;
    if (!cpg_log_find_number (connection, comparison->runs[i], &run, error)
        || !cpg_connection_change (connection, NULL, error,
                                   "INSERT INTO comparison_runs (comparison, position, run) VALUES (?, ?, ?)", "iii", *number, i,
                                   run))
      return NULL;
  }
  return g_steal_pointer (&number);
}

void cpg_session_log_add_comparison_async (CpgSessionLog *self, const CpgLogComparison *comparison, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer data)
{
  CpgLogComparison *copy = g_new (CpgLogComparison, 1);
  *copy = (CpgLogComparison) {.kind = g_strdup (comparison->kind),
                              .title = g_strdup (comparison->title),
                              .note = g_strdup (comparison->note),
                              .runs = g_strdupv (comparison->runs)};
  CpgLogCall call = {.record = copy, .free_record = (GDestroyNotify) cpg_log_comparison_free};
  cpg_session_log_send (self, CPG_DATABASE_WRITES, add_comparison, call, g_free, cancellable, callback, data);
}

static gpointer remove_comparison (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogCall *call = data;
  cpg_connection_change (connection, NULL, error, "DELETE FROM comparisons WHERE number = ?", "i", call->number);
  return NULL;
}

void cpg_session_log_remove_comparison_async (CpgSessionLog *self, gint64 number, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.number = number};
  cpg_session_log_send (self, CPG_DATABASE_WRITES, remove_comparison, call, NULL, cancellable, callback, data);
}

static gpointer read_comparison (CpgRows *rows)
{
  CpgLogComparison *comparison = g_new (CpgLogComparison, 1);
  g_autofree char *runs = cpg_rows_get_text (rows, 5);
  *comparison = (CpgLogComparison) {cpg_rows_get_number (rows, 0), cpg_rows_get_text (rows, 1),   cpg_rows_get_text (rows, 2),
                                    cpg_rows_get_text (rows, 3),   cpg_rows_get_number (rows, 4), g_strsplit (runs, "\n", -1)};
  return comparison;
}

static gpointer list_comparisons (CpgConnection *connection, gpointer data, GError **error)
{
  (void) data;
  CpgRows *rows = cpg_connection_query (
      connection, error,
      "SELECT comparisons.number, kind, comparisons.title, comparisons.note, made, group_concat (runs.id, char (10) ORDER BY position) "
      "FROM comparisons LEFT JOIN comparison_runs ON comparison = comparisons.number "
      "LEFT JOIN runs ON runs.number = run AND deleted IS NULL GROUP BY comparisons.number ORDER BY made DESC, comparisons.number DESC",
      "");
  return cpg_log_read_all (connection, rows, read_comparison, (GDestroyNotify) cpg_log_comparison_free, error);
}

void cpg_session_log_list_comparisons_async (CpgSessionLog *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                             gpointer data)
{
  send_list (self, list_comparisons, NULL, cancellable, callback, data);
}

GPtrArray *cpg_session_log_list_comparisons_finish (CpgSessionLog *self, GAsyncResult *result, GError **error)
{
  return cpg_session_log_pointer_finish (self, result, error);
}
