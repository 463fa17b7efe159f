#include "store/cpg-session-log-space.h"

#include "store/cpg-session-log-private.h"

/* ---- measuring ---- */

static gpointer measure (CpgConnection *connection, gpointer data, GError **error)
{
  (void) data;
  CpgLogSpace space;
  gint64 page, pages, empty;
  if (!cpg_connection_number (connection, &page, 0, error, "PRAGMA page_size", "")
      || !cpg_connection_number (connection, &pages, 0, error, "PRAGMA page_count", "")
      || !cpg_connection_number (connection, &empty, 0, error, "PRAGMA freelist_count", "")
      || !cpg_connection_number (connection, &space.latents_bytes, 0, error, "SELECT total (length (packed)) FROM latents", "")
      || !cpg_connection_number (connection, &space.n_runs, 0, error,
                                 "SELECT count (*) FROM runs WHERE deleted IS NULL AND part = 0", "")
      || !cpg_connection_number (connection, &space.n_deleted, 0, error,
                                 "SELECT count (*) FROM runs WHERE deleted IS NOT NULL AND part = 0", "")
      || !cpg_connection_number (connection, &space.n_steps, 0, error, "SELECT count (*) FROM steps", ""))
    return NULL;
  space.bytes = (pages - empty) * page;
  space.free_bytes = empty * page;
  return g_memdup2 (&space, sizeof space);
}

void cpg_session_log_measure_async (CpgSessionLog *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  cpg_session_log_send (self, CPG_DATABASE_READS, measure, (CpgLogCall) {0}, g_free, cancellable, callback, data);
}

gboolean cpg_session_log_measure_finish (CpgSessionLog *self, GAsyncResult *result, CpgLogSpace *space, GError **error)
{
  g_autofree CpgLogSpace *found = cpg_session_log_pointer_finish (self, result, error);
  if (found)
    *space = *found;
  return found != NULL;
}

/* ---- cleaning up ---- */

/* The moment before which things go; what never goes began before all times. */
static gint64 days_ago (int days)
{
  return days < 0 ? G_MININT64 : g_get_real_time () - (gint64) days * 24 * 3600 * G_USEC_PER_SEC;
}

/* What a comparison shows stays as long as that. */
#define NOT_COMPARED "AND number NOT IN (SELECT run FROM columns WHERE run IS NOT NULL)"

static gboolean remove_old (CpgConnection *connection, const CpgLogPolicy *policy, gint64 *n_runs, GError **error)
{
  gint64 n_old, n_deleted;
  if (!cpg_connection_change (connection, NULL, error, "DELETE FROM latents WHERE pinned <= ?", "i",
                              days_ago (policy->latents_days))
      || !cpg_connection_change (connection, &n_deleted, error,
                                 "DELETE FROM runs WHERE deleted <= ? AND state <> 0 AND part = 0 " NOT_COMPARED, "i",
                                 days_ago (policy->deleted_days))
      || !cpg_connection_change (
          connection, &n_old, error,
          "DELETE FROM runs WHERE started <= ? AND state <> 0 AND part = 0 AND title = '' AND tags = '' AND note = '' "
          "AND number NOT IN (SELECT run FROM bookmarks) " NOT_COMPARED,
          "i", days_ago (policy->text_days)))
    return FALSE;
  *n_runs = n_deleted + n_old;
  return cpg_connection_change (connection, NULL, error, "DELETE FROM runs WHERE part = 1 AND state <> 0 " NOT_COMPARED, "");
}

static gpointer clean_up (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogPolicy *policy = ((const CpgLogCall *) data)->record;
  gint64 n_runs;
  if (!cpg_connection_execute (connection, "BEGIN IMMEDIATE", error))
    return NULL;
  if (!remove_old (connection, policy, &n_runs, error) || !cpg_connection_execute (connection, "COMMIT", error)) {
    cpg_connection_execute (connection, "ROLLBACK", NULL);
    return NULL;
  }
  if (policy->shrink
      && !cpg_connection_execute (connection,
                                  "INSERT INTO runs_text (runs_text) VALUES ('optimize');"
                                  "PRAGMA incremental_vacuum;"
                                  "PRAGMA wal_checkpoint (TRUNCATE);",
                                  error))
    return NULL;
  return cpg_log_number_new (n_runs);
}

void cpg_session_log_clean_up_async (CpgSessionLog *self, const CpgLogPolicy *policy, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.record = g_memdup2 (policy, sizeof *policy), .free_record = g_free};
  cpg_session_log_send (self, CPG_DATABASE_ALONE, clean_up, call, g_free, cancellable, callback, data);
}

int cpg_session_log_clean_up_finish (CpgSessionLog *self, GAsyncResult *result, GError **error)
{
  return (int) cpg_session_log_number_finish (self, result, error);
}
