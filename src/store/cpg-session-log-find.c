/* Finding and loading runs (cpg-session-log.h). */
#include "store/cpg-session-log-private.h"

#include "store/cpg-log-query.h"

/* ---- finding ---- */

typedef struct {
  char *match; /* FTS5; "" : all */
  char *task, *model, *tag, *setting, *value;
  gboolean deleted;
  gint64 limit, started, number; /* before these, the newest first */
} Query;

static void free_query (gpointer data)
{
  Query *self = data;
  g_free (self->match);
  g_free (self->task);
  g_free (self->model);
  g_free (self->tag);
  g_free (self->setting);
  g_free (self->value);
  g_free (self);
}

/* ?1 .. ?6: deleted, before (started, number), task, model, tag; ?7 and ?8: a setting and its value. "": any. A number can be written in several
 * ways, and is compared as one. */
#define CONDITIONS                                                                                                            \
  "part = 0 AND (deleted IS NOT NULL) = ?1 AND (started, number) < (?2, ?3) AND ?4 IN ('', task) AND ?5 IN ('', model_name) " \
  "AND (?6 = '' OR instr (char (10) || runs.tags || char (10), char (10) || ?6 || char (10))) "                               \
  "AND (?7 = '' OR CASE WHEN json_valid (settings) THEN EXISTS (SELECT 1 FROM json_each (settings) AS s WHERE s.key = ?7 "    \
  "AND CASE WHEN s.type IN ('true', 'false') THEN s.type = ?8 WHEN s.type IN ('integer', 'real') THEN ?8 GLOB '*[0-9]*' "     \
  "AND s.value = CAST (?8 AS REAL) ELSE s.value = ?8 END) END) "
#define ORDER "ORDER BY started DESC, number DESC "

#define LIST "SELECT " CPG_LOG_RUN_COLUMNS " FROM runs WHERE " CONDITIONS ORDER "LIMIT ?9"

/* First which runs make the page: an excerpt of every match would cost more than all the rest. The + keeps the second match one pass over the index,
 * too, instead of one for each run of the page. */
#define SEARCH                                                                                                      \
  "WITH page AS MATERIALIZED (SELECT runs.number AS run FROM runs_text JOIN runs ON runs.number = runs_text.rowid " \
  "WHERE " CONDITIONS "AND runs_text MATCH ?10 " ORDER "LIMIT ?9) "                                                 \
  "SELECT " CPG_LOG_RUN_COLUMNS ", snippet (runs_text, -1, char (1), char (2), '…', 16) "                           \
  "FROM runs_text JOIN runs ON runs.number = runs_text.rowid WHERE runs_text MATCH ?10 AND +runs_text.rowid IN page " ORDER

static CpgRows *begin_query (CpgConnection *connection, const Query *query, GError **error)
{
  gint64 deleted = query->deleted != FALSE;
  if (!*query->match)
    return cpg_connection_query (connection, error, LIST, "iiisssssi", deleted, query->started, query->number, query->task,
                                 query->model, query->tag, query->setting, query->value, query->limit);
  return cpg_connection_query (connection, error, SEARCH, "iiisssssis", deleted, query->started, query->number, query->task,
                               query->model, query->tag, query->setting, query->value, query->limit, query->match);
}

static gpointer read_found (CpgRows *rows)
{
  CpgLogRun *run = cpg_log_read_run (rows);
  run->excerpt = cpg_rows_get_text (rows, CPG_LOG_N_RUN_COLUMNS);
  return run;
}

static gpointer find (CpgConnection *connection, gpointer data, GError **error)
{
  const Query *query = ((const CpgLogCall *) data)->record;
  return cpg_log_read_all (connection, begin_query (connection, query, error), *query->match ? read_found : cpg_log_read_run,
                           (GDestroyNotify) cpg_log_run_free, error);
}

void cpg_session_log_find_async (CpgSessionLog *self, const CpgLogQuery *query, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data)
{
  Query *copy = g_new (Query, 1);
  char *match = cpg_log_query_from_words (query->words);
  *copy = (Query) {
    .match = match ? match : g_strdup (""),
    .task = g_strdup (query->task),
    .model = g_strdup (query->model),
    .tag = g_strdup (query->tag),
    .setting = g_strdup (query->setting),
    .value = g_strdup (query->value),
    .deleted = query->deleted,
    .limit = query->limit > 0 ? query->limit : -1,
    .started = query->after ? query->after->started : G_MAXINT64,
    .number = query->after ? query->after->number : G_MAXINT64,
  };
  CpgLogCall call = {.record = copy, .free_record = free_query};
  cpg_session_log_send (self, CPG_DATABASE_READS, find, call, (GDestroyNotify) g_ptr_array_unref, cancellable, callback, data);
}

/* ---- loading ---- */

typedef enum { LOAD_STEPS, LOAD_LATENTS, LOAD_WHOLE } LoadWhat;

static CpgLogRun *load_one (CpgConnection *connection, const char *id, LoadWhat what, GError **error)
{
  gboolean with_latents = what >= LOAD_LATENTS;
  gint64 number;
  if (!cpg_log_find_number (connection, id, &number, error))
    return NULL;
  g_autoptr (CpgRows) rows = cpg_connection_query (connection, error, "SELECT " CPG_LOG_RUN_COLUMNS " FROM runs WHERE number = ?",
                                                   "i", number);
  g_autoptr (CpgLogRun) run = rows && cpg_connection_next (connection, rows, error) ? cpg_log_read_run (rows) : NULL;
  if (!run)
    return NULL;
  run->steps = cpg_log_read_steps (connection, number, error);
  if (run->steps && with_latents)
    run->latents = cpg_log_read_latents (connection, number, error);
  if (what == LOAD_WHOLE && !(run->bookmarks = cpg_log_read_bookmarks (connection, number, error)))
    return NULL;
  if (run->kind == CPG_LOG_COMPARISON && !cpg_log_read_columns (connection, run, error))
    return NULL;
  return run->steps && (run->latents || !with_latents) ? g_steal_pointer (&run) : NULL;
}

static gboolean has_id (gconstpointer run, gconstpointer id)
{
  return g_str_equal (((const CpgLogRun *) run)->id, id);
}

/* What the columns of comparisons show, each once. */
static gboolean add_columns (CpgConnection *connection, GPtrArray *runs, GError **error)
{
  guint n = runs->len;
  for (guint i = 0; i < n; i++) {
    const CpgLogRun *comparison = runs->pdata[i];
    for (guint k = 0; comparison->columns && k < comparison->columns->len; k++) {
      const char *id = ((CpgLogColumn *) comparison->columns->pdata[k])->run;
      if (!*id || g_ptr_array_find_with_equal_func (runs, id, has_id, NULL))
        continue;
      CpgLogRun *run = load_one (connection, id, LOAD_WHOLE, error);
      if (!run)
        return FALSE;
      g_ptr_array_add (runs, run);
    }
  }
  return TRUE;
}

static gpointer load (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogCall *call = data;
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_run_free);
  for (char **id = call->ids; *id; id++) {
    CpgLogRun *run = load_one (connection, *id, (LoadWhat) call->number, error);
    if (!run)
      return NULL;
    g_ptr_array_add (runs, run);
  }
  if (call->number == LOAD_WHOLE && !add_columns (connection, runs, error))
    return NULL;
  return g_steal_pointer (&runs);
}

static void send_load (CpgSessionLog *self, const char *const *ids, LoadWhat what, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.ids = g_strdupv ((char **) ids), .number = what};
  cpg_session_log_send (self, CPG_DATABASE_READS, load, call, (GDestroyNotify) g_ptr_array_unref, cancellable, callback, data);
}

void cpg_session_log_load_async (CpgSessionLog *self, const char *const *ids, gboolean with_latents, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data)
{
  send_load (self, ids, with_latents ? LOAD_LATENTS : LOAD_STEPS, cancellable, callback, data);
}

void cpg_session_log_load_whole_async (CpgSessionLog *self, const char *const *ids, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer data)
{
  send_load (self, ids, LOAD_WHOLE, cancellable, callback, data);
}

GPtrArray *cpg_session_log_runs_finish (CpgSessionLog *self, GAsyncResult *result, GError **error)
{
  return cpg_session_log_pointer_finish (self, result, error);
}
