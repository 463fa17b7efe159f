/* What people do to runs in the log (cpg-session-log.h). */
#include "store/cpg-session-log-private.h"

/* ---- words ---- */

/* One statement that sets a text of a run. */
static void set_text (CpgConnection *connection, const char *sql, const CpgLogCall *call, GError **error)
{
  gint64 number;
  if (cpg_log_find_number (connection, call->id, &number, error))
    cpg_connection_change (connection, NULL, error, sql, "si", call->text, number);
}

static gpointer set_title (CpgConnection *connection, gpointer data, GError **error)
{
  set_text (connection, "UPDATE runs SET title = ? WHERE number = ?", data, error);
  return NULL;
}

static gpointer set_note (CpgConnection *connection, gpointer data, GError **error)
{
  set_text (connection, "UPDATE runs SET note = ? WHERE number = ?", data, error);
  return NULL;
}

static gpointer set_tags (CpgConnection *connection, gpointer data, GError **error)
{
  set_text (connection, "UPDATE runs SET tags = ? WHERE number = ?", data, error);
  return NULL;
}

static gpointer set_checksum (CpgConnection *connection, gpointer data, GError **error)
{
  set_text (connection, "UPDATE runs SET model_sha256 = ? WHERE number = ?", data, error);
  return NULL;
}

static void send_text (CpgSessionLog *self, CpgDatabaseFunc func, const char *id, char *text, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.id = g_strdup (id), .text = text};
  cpg_session_log_send (self, CPG_DATABASE_WRITES, func, call, NULL, cancellable, callback, data);
}

void cpg_session_log_set_title_async (CpgSessionLog *self, const char *id, const char *title, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer data)
{
  send_text (self, set_title, id, g_strdup (title), cancellable, callback, data);
}

void cpg_session_log_set_checksum_async (CpgSessionLog *self, const char *id, const char *sha256, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer data)
{
  send_text (self, set_checksum, id, g_strdup (sha256), cancellable, callback, data);
}

void cpg_session_log_set_note_async (CpgSessionLog *self, const char *id, const char *note, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data)
{
  send_text (self, set_note, id, g_strdup (note), cancellable, callback, data);
}

void cpg_session_log_set_tags_async (CpgSessionLog *self, const char *id, const char *const *tags, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data)
{
  send_text (self, set_tags, id, cpg_log_tags_join (tags), cancellable, callback, data);
}

/* ---- deleting ---- */

static gpointer set_deleted (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogCall *call = data;
  gint64 now = g_get_real_time ();
  for (char **id = call->ids; *id; id++) {
    gint64 number;
    if (!cpg_log_find_number (connection, *id, &number, error)
        || !cpg_connection_change (connection, NULL, error,
                                   "UPDATE runs SET deleted = CASE WHEN ? THEN coalesce (deleted, ?) END WHERE number = ?", "iii",
                                   (gint64) call->flag, now, number))
      break;
  }
  return NULL;
}

void cpg_session_log_set_deleted_async (CpgSessionLog *self, const char *const *ids, gboolean deleted, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.ids = g_strdupv ((char **) ids), .flag = deleted};
  cpg_session_log_send (self, CPG_DATABASE_WRITES, set_deleted, call, NULL, cancellable, callback, data);
}

/* ---- latents ---- */

static gpointer pin (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogCall *call = data;
  gint64 number;
  if (cpg_log_find_number (connection, call->id, &number, error))
    cpg_log_write_latents (connection, number, call->record, error);
  return NULL;
}

void cpg_session_log_pin_async (CpgSessionLog *self, const char *id, CpgLogLatents *latents, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.id = g_strdup (id), .record = latents, .free_record = (GDestroyNotify) cpg_log_latents_free};
  cpg_session_log_send (self, CPG_DATABASE_WRITES, pin, call, NULL, cancellable, callback, data);
}

static gpointer unpin (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogCall *call = data;
  gint64 number;
  if (cpg_log_find_number (connection, call->id, &number, error))
    cpg_connection_change (connection, NULL, error, "DELETE FROM latents WHERE run = ? AND step = ? AND noisy = ?", "iii", number,
                           call->number, (gint64) call->flag);
  return NULL;
}

void cpg_session_log_unpin_async (CpgSessionLog *self, const char *id, int step, gboolean noisy, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.id = g_strdup (id), .number = step, .flag = noisy != FALSE};
  cpg_session_log_send (self, CPG_DATABASE_WRITES, unpin, call, NULL, cancellable, callback, data);
}
