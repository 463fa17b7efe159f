/* How the files of the session log send their jobs. */
#pragma once

#include "store/cpg-connection.h"
#include "store/cpg-database.h"
#include "store/cpg-session-log.h"

G_BEGIN_DECLS

/* What a job needs; each uses a part of it. All is (transfer full). */
typedef struct {
  char *id, *text;
  char **ids;
  gpointer record;
  GDestroyNotify free_record;
  GPtrArray *items;
  gint64 number, other;
  gboolean flag;
} CpgLogCall;

void cpg_session_log_send (CpgSessionLog *self, CpgDatabaseKind kind, CpgDatabaseFunc func, CpgLogCall call,
                           GDestroyNotify free_result, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* Results of jobs that answer a number. */
gpointer cpg_log_number_new (gint64 number);
gint64 cpg_session_log_number_finish (CpgSessionLog *self, GAsyncResult *result, GError **error); /* -1: failed */
gpointer cpg_session_log_pointer_finish (CpgSessionLog *self, GAsyncResult *result, GError **error);

/* The run's number by its id, or by its number in digits; FALSE with CPG_DATABASE_ERROR_NOT_FOUND where there is none. */
gboolean cpg_log_find_number (CpgConnection *connection, const char *id, gint64 *number, GError **error);
gboolean cpg_log_not_found (const char *id, GError **error); /* FALSE */

/* Parts of a run in the file. */
gboolean cpg_log_write_run (CpgConnection *connection, const CpgLogRun *run, GError **error);
gboolean cpg_log_write_steps (CpgConnection *connection, gint64 run, GPtrArray *steps, GError **error);
/* Of a comparison, which is in the log, instead of those that it had; the runs that they show should be there, too. */
gboolean cpg_log_write_columns (CpgConnection *connection, const CpgLogRun *comparison, GError **error);
gboolean cpg_log_write_latents (CpgConnection *connection, gint64 run, const CpgLogLatents *latents, GError **error);

/* Columns of a query for cpg_log_read_run (). */
#define CPG_LOG_RUN_COLUMNS                                                                                                  \
  "number, id, parent, branched, task, runs.source, seed, settings, model_name, model_path, model_sha256, engine, program, " \
  "started, seconds, state, error, runs.title, runs.note, runs.tags, runs.output, output_hash, deleted IS NOT NULL, "        \
  "(SELECT count (*) FROM steps WHERE steps.run = runs.number), kind, part, "                                                \
  "(SELECT count (*) FROM columns WHERE comparison = runs.number)"
enum { CPG_LOG_N_RUN_COLUMNS = 27 };
CpgLogState cpg_log_read_state (CpgRows *rows, int column);
gpointer cpg_log_read_run (CpgRows *rows);
/* Every row of a query (NULL: error is set) as a record; NULL with error. (transfer full) */
GPtrArray *cpg_log_read_all (CpgConnection *connection, CpgRows *query, gpointer (*read) (CpgRows *rows),
                             GDestroyNotify free_record, GError **error);
GPtrArray *cpg_log_read_steps (CpgConnection *connection, gint64 run, GError **error);
gpointer cpg_log_read_bookmark (CpgRows *rows); /* number, id of the run, step, title, made */
GPtrArray *cpg_log_read_bookmarks (CpgConnection *connection, gint64 run, GError **error);
/* With judge and reference, into the record. */
gboolean cpg_log_read_columns (CpgConnection *connection, CpgLogRun *comparison, GError **error);
GPtrArray *cpg_log_read_latents (CpgConnection *connection, gint64 run, GError **error);
/* As they are stored: a line each, without blank ones and those that come twice. (transfer full) */
char *cpg_log_tags_join (const char *const *tags);

G_END_DECLS
