/* Trainings in the session log (cpg-session-log-shelf.h). */
#include "store/cpg-session-log-private.h"
#include "store/cpg-session-log-shelf.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* ---- records ---- */

CpgLogTraining *cpg_log_training_new (void)
{
  CpgLogTraining *self = g_new0 (CpgLogTraining, 1);
  self->id = g_uuid_string_random ();
  self->started = g_get_real_time ();
  self->seconds = NAN;
  return self;
}

CpgLogTraining *cpg_log_training_copy (const CpgLogTraining *self)
{
  CpgLogTraining *copy = g_memdup2 (self, sizeof *self);
  copy->id = g_strdup (self->id);
  copy->name = g_strdup (self->name);
  copy->stage = g_strdup (self->stage);
  copy->recipe = g_strdup (self->recipe);
  copy->error = g_strdup (self->error);
  copy->output = g_strdup (self->output);
  copy->note = g_strdup (self->note);
  return copy;
}

void cpg_log_training_free (CpgLogTraining *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self->stage);
  g_free (self->recipe);
  g_free (self->error);
  g_free (self->output);
  g_free (self->note);
  g_free (self);
}

void cpg_log_training_point_free (CpgLogTrainingPoint *self)
{
  g_free (self->measures);
  g_free (self);
}

static gboolean find_training (CpgConnection *connection, const char *id, gint64 *number, GError **error)
{
  if (!cpg_connection_number (connection, number, 0, error, "SELECT number FROM trainings WHERE id = ?", "s", id))
    return FALSE;
  if (*number == 0)
    g_set_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_NOT_FOUND, _ ("The session log has no training %s."), id);
  return *number != 0;
}

/* ---- writing ---- */

static gpointer write_training (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogTraining *training = ((const CpgLogCall *) data)->record;
  cpg_connection_change (
      connection, NULL, error,
      "INSERT INTO trainings (id, name, stage, recipe, started, seconds, state, error, output, note) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
      "stage = excluded.stage, recipe = excluded.recipe, started = excluded.started, seconds = excluded.seconds, "
      "state = excluded.state, error = excluded.error, output = excluded.output, note = excluded.note",
      "ssssidisss", training->id, training->name, training->stage, training->recipe, training->started, training->seconds,
      (gint64) training->state, training->error, training->output, training->note);
  return NULL;
}

void cpg_session_log_write_training_async (CpgSessionLog *self, const CpgLogTraining *training, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.record = cpg_log_training_copy (training), .free_record = (GDestroyNotify) cpg_log_training_free};
  cpg_session_log_send (self, CPG_DATABASE_WRITES, write_training, call, NULL, cancellable, callback, data);
}

static gpointer add_point (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogCall *call = data;
  gint64 number;
  if (find_training (connection, call->id, &number, error))
    cpg_connection_change (connection, NULL, error,
                           "INSERT OR REPLACE INTO training_points (training, step, measures) VALUES (?, ?, ?)", "iis", number,
                           call->number, call->text);
  return NULL;
}

void cpg_session_log_add_training_point_async (CpgSessionLog *self, const char *id, gint64 step, const char *measures,
                                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.id = g_strdup (id), .number = step, .text = g_strdup (measures)};
  cpg_session_log_send (self, CPG_DATABASE_WRITES, add_point, call, NULL, cancellable, callback, data);
}

static gpointer remove_training (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogCall *call = data;
  gint64 number;
  if (find_training (connection, call->id, &number, error))
    cpg_connection_change (connection, NULL, error, "DELETE FROM trainings WHERE number = ?", "i", number);
  return NULL;
}

void cpg_session_log_remove_training_async (CpgSessionLog *self, const char *id, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.id = g_strdup (id)};
  cpg_session_log_send (self, CPG_DATABASE_WRITES, remove_training, call, NULL, cancellable, callback, data);
}

/* ---- reading ---- */

static gpointer read_training (CpgRows *rows)
{
  CpgLogTraining *training = g_new (CpgLogTraining, 1);
  *training = (CpgLogTraining) {
    .id = cpg_rows_get_text (rows, 0),
    .name = cpg_rows_get_text (rows, 1),
    .stage = cpg_rows_get_text (rows, 2),
    .recipe = cpg_rows_get_text (rows, 3),
    .started = cpg_rows_get_number (rows, 4),
    .seconds = cpg_rows_get_double (rows, 5),
    .state = cpg_log_read_state (rows, 6),
    .error = cpg_rows_get_text (rows, 7),
    .output = cpg_rows_get_text (rows, 8),
    .note = cpg_rows_get_text (rows, 9),
  };
  return training;
}

static gpointer list_trainings (CpgConnection *connection, gpointer data, GError **error)
{
  (void) data;
  CpgRows *rows = cpg_connection_query (
      connection, error,
      "SELECT id, name, stage, recipe, started, seconds, state, error, output, note FROM trainings "
      "ORDER BY started DESC, number DESC",
      "");
  return cpg_log_read_all (connection, rows, read_training, (GDestroyNotify) cpg_log_training_free, error);
}

void cpg_session_log_list_trainings_async (CpgSessionLog *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                           gpointer data)
{
  cpg_session_log_send (self, CPG_DATABASE_READS, list_trainings, (CpgLogCall) {0}, (GDestroyNotify) g_ptr_array_unref,
                        cancellable, callback, data);
}

GPtrArray *cpg_session_log_list_trainings_finish (CpgSessionLog *self, GAsyncResult *result, GError **error)
{
  return cpg_session_log_pointer_finish (self, result, error);
}

static gpointer read_point (CpgRows *rows)
{
  CpgLogTrainingPoint *point = g_new (CpgLogTrainingPoint, 1);
  *point = (CpgLogTrainingPoint) {cpg_rows_get_number (rows, 0), cpg_rows_get_text (rows, 1)};
  return point;
}

static gpointer load_points (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogCall *call = data;
  gint64 number;
  if (!find_training (connection, call->id, &number, error))
    return NULL;
  CpgRows *rows = cpg_connection_query (
      connection, error, "SELECT step, measures FROM training_points WHERE training = ? ORDER BY step", "i", number);
  return cpg_log_read_all (connection, rows, read_point, (GDestroyNotify) cpg_log_training_point_free, error);
}

void cpg_session_log_load_training_points_async (CpgSessionLog *self, const char *id, GCancellable *cancellable,
                                                 GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.id = g_strdup (id)};
  cpg_session_log_send (self, CPG_DATABASE_READS, load_points, call, (GDestroyNotify) g_ptr_array_unref, cancellable, callback,
                        data);
}

GPtrArray *cpg_session_log_load_training_points_finish (CpgSessionLog *self, GAsyncResult *result, GError **error)
{
  return cpg_session_log_pointer_finish (self, result, error);
}
