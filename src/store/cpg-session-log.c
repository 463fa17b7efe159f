#include "store/cpg-session-log-private.h"

#include "cpg-store-resources.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#define MIGRATIONS "/io/github/cosmos_playground/store/sql/"

struct _CpgSessionLog {
  GObject parent_instance;
  CpgDatabase *database;
  int lock; /* shared by all who have the log open; the database's thread takes it, and it is let go when that has ended. -1: none */
};

G_DEFINE_FINAL_TYPE (CpgSessionLog, cpg_session_log, G_TYPE_OBJECT)

/* ---- opening ---- */

char *cpg_session_log_get_default_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "cosmos-playground", "sessions.db", NULL);
}

/* 001.sql, 002.sql ... as far as there are any. */
static GStrv load_migrations (void)
{
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  for (int version = 1;; version++) {
    g_autofree char *name = g_strdup_printf (MIGRATIONS "%03d.sql", version);
    g_autoptr (GBytes) text = g_resource_lookup_data (cpg_store_get_resource (), name, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    if (!text)
      return g_strv_builder_end (texts);
    g_strv_builder_add (texts, g_bytes_get_data (text, NULL)); /* resources end with a zero byte */
  }
}

/* Whether nobody else has the log open. From here on others see that we have. */
static gboolean take_lock (CpgSessionLog *self, const char *path)
{
  g_autofree char *name = g_strconcat (path, "-users", NULL);
  self->lock = open (name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->lock < 0)
    return FALSE;
  gboolean alone = flock (self->lock, LOCK_EX | LOCK_NB) == 0;
  while (flock (self->lock, LOCK_SH) != 0 && errno == EINTR)
    ;
  return alone;
}

static gpointer on_opened (CpgConnection *connection, gpointer data, GError **error)
{
  if (take_lock (data, cpg_connection_get_path (connection))
      && cpg_connection_change (connection, NULL, error, "UPDATE runs SET state = ? WHERE state = 0", "i",
                                (gint64) CPG_LOG_INTERRUPTED))
    cpg_connection_change (connection, NULL, error, "UPDATE trainings SET state = ? WHERE state = 0", "i",
                           (gint64) CPG_LOG_INTERRUPTED);
  return NULL;
}

CpgSessionLog *cpg_session_log_new (const char *path)
{
  CpgSessionLog *self = g_object_new (CPG_TYPE_SESSION_LOG, NULL);
  g_autofree char *standard = path ? NULL : cpg_session_log_get_default_path ();
  g_auto (GStrv) migrations = load_migrations ();
  self->database = cpg_database_new (path ? path : standard, (const char *const *) migrations, on_opened, self);
  return self;
}

CpgSessionLog *cpg_session_log_new_read_only (const char *path)
{
  CpgSessionLog *self = g_object_new (CPG_TYPE_SESSION_LOG, NULL);
  g_autofree char *standard = path ? NULL : cpg_session_log_get_default_path ();
  g_auto (GStrv) migrations = load_migrations ();
  self->database = cpg_database_new_read_only (path ? path : standard, (const char *const *) migrations);
  return self;
}

/* sessions.db -> sessions-2.db: the first that is free. */
static char *find_free_name (const char *path)
{
  g_autofree char *stem = g_str_has_suffix (path, ".db") ? g_strndup (path, strlen (path) - 3) : g_strdup (path);
  for (int i = 2;; i++) {
    char *name = g_strdup_printf ("%s-%d.db", stem, i);
    if (!g_file_test (name, G_FILE_TEST_EXISTS))
      return name;
    g_free (name);
  }
}

char *cpg_session_log_set_aside (const char *path, GError **error)
{
  static const char *const ends[] = {"-wal", "-shm"}; /* of SQLite; they mean nothing beside another file */
  g_autofree char *aside = find_free_name (path);
  if (g_rename (path, aside) != 0) {
    int code = errno;
    g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
                 _ ("%s cannot be moved (%s). Check that you may write in its folder."), path, g_strerror (code));
    return NULL;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree char *from = g_strconcat (path, ends[i], NULL), *to = g_strconcat (aside, ends[i], NULL);
    g_rename (from, to); /* mostly there is none */
  }
  return g_steal_pointer (&aside);
}

const char *cpg_session_log_get_path (CpgSessionLog *self)
{
  return cpg_database_get_path (self->database);
}

void cpg_session_log_close (CpgSessionLog *self)
{
  cpg_database_close (self->database);
  if (self->lock >= 0)
    close (self->lock);
  self->lock = -1;
}

static void cpg_session_log_finalize (GObject *object)
{
  CpgSessionLog *self = CPG_SESSION_LOG (object);
  cpg_session_log_close (self);
  g_object_unref (self->database);
  G_OBJECT_CLASS (cpg_session_log_parent_class)->finalize (object);
}

static void cpg_session_log_class_init (CpgSessionLogClass *class)
{
  G_OBJECT_CLASS (class)->finalize = cpg_session_log_finalize;
}

static void cpg_session_log_init (CpgSessionLog *self)
{
  self->lock = -1;
}

/* ---- jobs ---- */

static void free_call (gpointer data)
{
  CpgLogCall *call = data;
  g_free (call->id);
  g_free (call->text);
  g_strfreev (call->ids);
  if (call->record)
    call->free_record (call->record);
  g_clear_pointer (&call->items, g_ptr_array_unref);
  g_free (call);
}

void cpg_session_log_send (CpgSessionLog *self, CpgDatabaseKind kind, CpgDatabaseFunc func, CpgLogCall call,
                           GDestroyNotify free_result, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);
  g_task_set_check_cancellable (task, FALSE); /* what was written is told as written */
  cpg_database_send (self->database, kind, task, func, g_memdup2 (&call, sizeof call), free_call, free_result);
}

gpointer cpg_log_number_new (gint64 number)
{
  return g_memdup2 (&number, sizeof number);
}

gint64 cpg_session_log_number_finish (CpgSessionLog *self, GAsyncResult *result, GError **error)
{
  g_autofree gint64 *number = cpg_session_log_pointer_finish (self, result, error);
  return number ? *number : -1;
}

gpointer cpg_session_log_pointer_finish (CpgSessionLog *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean cpg_session_log_write_finish (CpgSessionLog *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_autoptr (GError) local = NULL;
  g_task_propagate_pointer (G_TASK (result), &local);
  if (!local)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean cpg_log_not_found (const char *id, GError **error)
{
  g_set_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_NOT_FOUND, _ ("The session log has no run %s."), id);
  return FALSE;
}

gboolean cpg_log_find_number (CpgConnection *connection, const char *id, gint64 *number, GError **error)
{
  guint64 digits = 0;
  g_ascii_string_to_unsigned (id, 10, 1, G_MAXINT64, &digits, NULL);
  if (!cpg_connection_number (connection, number, 0, error, "SELECT number FROM runs WHERE id = ? OR number = ?", "si", id,
                              (gint64) digits))
    return FALSE;
  return *number != 0 || cpg_log_not_found (id, error);
}

/* ---- opening, told ---- */

static gpointer do_nothing (CpgConnection *connection, gpointer data, GError **error)
{
  (void) connection;
  (void) data;
  (void) error;
  return NULL;
}

void cpg_session_log_open_async (CpgSessionLog *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  cpg_session_log_send (self, CPG_DATABASE_READS, do_nothing, (CpgLogCall) {0}, NULL, cancellable, callback, data);
}

/* ---- a run as it goes ---- */

static gpointer begin_run (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogCall *call = data;
  cpg_log_write_run (connection, call->record, error);
  return NULL;
}

void cpg_session_log_begin_run_async (CpgSessionLog *self, const CpgLogRun *run, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.record = cpg_log_run_copy (run), .free_record = (GDestroyNotify) cpg_log_run_free};
  cpg_session_log_send (self, CPG_DATABASE_WRITES, begin_run, call, NULL, cancellable, callback, data);
}

static gpointer add_steps (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogCall *call = data;
  gint64 number;
  if (cpg_log_find_number (connection, call->id, &number, error))
    cpg_log_write_steps (connection, number, call->items, error);
  return NULL;
}

void cpg_session_log_add_steps_async (CpgSessionLog *self, const char *id, GPtrArray *steps, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.id = g_strdup (id), .items = steps};
  cpg_session_log_send (self, CPG_DATABASE_WRITES, add_steps, call, NULL, cancellable, callback, data);
}

static gpointer end_run (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogRun *run = ((const CpgLogCall *) data)->record;
  gint64 n;
  if (cpg_connection_change (connection, &n, error,
                             "UPDATE runs SET state = ?, seconds = ?, error = ?, output = ?, output_hash = ? WHERE id = ?",
                             "idssss", (gint64) run->state, run->seconds, run->error, run->output, run->output_hash, run->id)
      && n == 0)
    cpg_log_not_found (run->id, error);
  return NULL;
}

void cpg_session_log_end_run_async (CpgSessionLog *self, const CpgLogRun *run, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer data)
{
  CpgLogCall call = {.record = cpg_log_run_copy (run), .free_record = (GDestroyNotify) cpg_log_run_free};
  cpg_session_log_send (self, CPG_DATABASE_WRITES, end_run, call, NULL, cancellable, callback, data);
}

static gpointer add_runs (CpgConnection *connection, gpointer data, GError **error)
{
  const CpgLogCall *call = data;
  g_autoptr (GPtrArray) comparisons = g_ptr_array_new (); /* whose columns come when their runs are there */
  int n_new = 0;
  for (guint i = 0; i < call->items->len; i++) {
    const CpgLogRun *run = call->items->pdata[i];
    gint64 there;
    if (!cpg_connection_number (connection, &there, 0, error, "SELECT number FROM runs WHERE id = ?", "s", run->id))
      return NULL;
    if (there)
      continue;
    if (!cpg_log_write_run (connection, run, error))
      return NULL;
    if (run->kind == CPG_LOG_COMPARISON)
      g_ptr_array_add (comparisons, (gpointer) run);
    n_new += !run->part;
  }
  for (guint i = 0; i < comparisons->len; i++) {
    if (!cpg_log_write_columns (connection, comparisons->pdata[i], error))
      return NULL;
  }
  return cpg_log_number_new (n_new);
}

void cpg_session_log_add_runs_async (CpgSessionLog *self, GPtrArray *runs, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data)
{
  cpg_session_log_send (self, CPG_DATABASE_WRITES, add_runs, (CpgLogCall) {.items = runs}, g_free, cancellable, callback, data);
}

int cpg_session_log_add_runs_finish (CpgSessionLog *self, GAsyncResult *result, GError **error)
{
  return (int) cpg_session_log_number_finish (self, result, error);
}
