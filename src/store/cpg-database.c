#include "store/cpg-database.h"

#include "store/cpg-connection.h"
#include <glib/gi18n-lib.h>

enum { MAX_TOGETHER = 256 }; /* jobs of a transaction */

typedef struct {
  CpgDatabaseKind kind;
  GTask *task; /* NULL: closes */
  CpgDatabaseFunc func;
  gpointer data;
  GDestroyNotify free_data;
  gpointer result;
  GDestroyNotify free_result;
  GError *error;
} Job;

/* What the thread works on. */
typedef struct {
  GAsyncQueue *jobs;
  char *path, **migrations;
  gboolean read_only;
  CpgDatabaseFunc opened;
  gpointer data;
  CpgConnection *connection; /* NULL: not open, for the reason that failure tells */
  GError *failure;
} Desk;

struct _CpgDatabase {
  GObject parent_instance;
  char *path;
  GAsyncQueue *jobs;
  GThread *thread;
  GMutex mutex; /* no job is queued behind the closing one */
  gboolean closed;
};

G_DEFINE_FINAL_TYPE (CpgDatabase, cpg_database, G_TYPE_OBJECT)

/* ---- jobs ---- */

/* In the task's context, which also drops the task: so never does the database's thread hold the last reference to what owns the database. */
static gboolean answer (gpointer data)
{
  Job *job = data;
  if (job->error)
    g_task_return_error (job->task, g_steal_pointer (&job->error));
  else
    g_task_return_pointer (job->task, g_steal_pointer (&job->result), job->free_result);
  return G_SOURCE_REMOVE;
}

static void free_job (gpointer data)
{
  Job *job = data;
  if (job->result && job->free_result)
    job->free_result (job->result);
  g_clear_error (&job->error);
  g_object_unref (job->task);
  g_free (job);
}

static void finish_job (Job *job)
{
  if (job->data && job->free_data)
    job->free_data (job->data);
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, g_task_get_priority (job->task));
  g_source_set_callback (source, answer, job, free_job);
  g_source_set_static_name (source, "[cpg-store] answer");
  g_source_attach (source, g_task_get_context (job->task));
}

static void do_job (Desk *desk, Job *job)
{
  GCancellable *cancellable = g_task_get_cancellable (job->task);
  if (g_cancellable_set_error_if_cancelled (cancellable, &job->error))
    return;
  if (job->kind == CPG_DATABASE_READS)
    cpg_connection_set_cancellable (desk->connection, cancellable);
  job->result = job->func (desk->connection, job->data, &job->error);
  if (job->kind == CPG_DATABASE_READS)
    cpg_connection_set_cancellable (desk->connection, NULL);
}

/* ---- a transaction ---- */

/* A statement that stays prepared: in the pauses of a computation the parser's code is far from every cache, and costs more than a row. */
static gboolean say (Desk *desk, const char *sql, GError **error)
{
  return cpg_connection_change (desk->connection, NULL, error, sql, "");
}

/* One job with a savepoint. FALSE: the whole transaction is gone (a full disk), or cannot go on. */
static gboolean do_inside (Desk *desk, Job *job, GError **error)
{
  if (!say (desk, "SAVEPOINT job", error))
    return FALSE;
  do_job (desk, job);
  if (cpg_connection_is_in_transaction (desk->connection))
    return (!job->error || say (desk, "ROLLBACK TO job", error)) && say (desk, "RELEASE job", error);
  if (job->error)
    g_propagate_error (error, g_error_copy (job->error));
  else
    g_set_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_FAILED, _ ("%s could not be used (%s)."), desk->path, "ROLLBACK");
  return FALSE;
}

static gboolean commit (Desk *desk, GPtrArray *jobs, GError **error)
{
  /* Without memory the one before could not even be taken back. */
  if (cpg_connection_is_in_transaction (desk->connection) && !say (desk, "ROLLBACK", error))
    return FALSE;
  if (!say (desk, "BEGIN IMMEDIATE", error))
    return FALSE;
  for (guint i = 0; i < jobs->len; i++) {
    if (!do_inside (desk, jobs->pdata[i], error))
      return FALSE;
  }
  return say (desk, "COMMIT", error);
}

static void do_together (Desk *desk, GPtrArray *jobs)
{
  g_autoptr (GError) error = NULL;
  if (commit (desk, jobs, &error))
    return;
  if (cpg_connection_is_in_transaction (desk->connection))
    say (desk, "ROLLBACK", NULL);
  for (guint i = 0; i < jobs->len; i++) {
    Job *job = jobs->pdata[i];
    if (!job->error)
      job->error = g_error_copy (error);
  }
}

/* ---- the thread ---- */

static void open_connection (Desk *desk)
{
  desk->connection = desk->read_only
                         ? cpg_connection_open_read_only (desk->path, (int) g_strv_length (desk->migrations), &desk->failure)
                         : cpg_connection_open (desk->path, (const char *const *) desk->migrations, &desk->failure);
  if (!desk->connection || !desk->opened)
    return;
  if (cpg_connection_execute (desk->connection, "BEGIN IMMEDIATE", &desk->failure)) {
    desk->opened (desk->connection, desk->data, &desk->failure);
    if (!desk->failure)
      cpg_connection_execute (desk->connection, "COMMIT", &desk->failure);
  }
  if (desk->failure)
    g_clear_pointer (&desk->connection, cpg_connection_free);
}

/* Takes the writing jobs that wait behind the first one. Another kind ends them, and is handed back. */
static Job *gather (Desk *desk, Job *first, GPtrArray *together)
{
  Job *job = first;
  while (job && job->task && job->kind == CPG_DATABASE_WRITES && together->len < MAX_TOGETHER) {
    g_ptr_array_add (together, job);
    job = g_async_queue_try_pop (desk->jobs);
  }
  return job;
}

static gpointer work (gpointer data)
{
  Desk *desk = data;
  Job *next = NULL;
  g_autoptr (GPtrArray) together = g_ptr_array_new ();
  open_connection (desk);
  for (;;) {
    Job *job = next ? next : g_async_queue_pop (desk->jobs);
    next = NULL;
    if (!job->task) {
      g_free (job);
      break;
    }
    if (!desk->connection) {
      job->error = g_error_copy (desk->failure);
      finish_job (job);
      continue;
    }
    if (job->kind == CPG_DATABASE_WRITES) {
      next = gather (desk, job, together);
      do_together (desk, together);
      for (guint i = 0; i < together->len; i++)
        finish_job (together->pdata[i]);
      g_ptr_array_set_size (together, 0);
      continue;
    }
    do_job (desk, job);
    finish_job (job);
  }
  g_clear_pointer (&desk->connection, cpg_connection_free);
  g_clear_error (&desk->failure);
  g_async_queue_unref (desk->jobs);
  g_strfreev (desk->migrations);
  g_free (desk->path);
  g_free (desk);
  return NULL;
}

/* ---- the object ---- */

static CpgDatabase *new_database (const char *path, const char *const *migrations, gboolean read_only, CpgDatabaseFunc opened,
                                  gpointer data)
{
  CpgDatabase *self = g_object_new (CPG_TYPE_DATABASE, NULL);
  Desk *desk = g_new0 (Desk, 1);
  self->path = g_strdup (path);
  desk->read_only = read_only;
  desk->jobs = g_async_queue_ref (self->jobs);
  desk->path = g_strdup (path);
  desk->migrations = g_strdupv ((char **) migrations);
  desk->opened = opened;
  desk->data = data;
  self->thread = g_thread_new ("cpg-database", work, desk);
  return self;
}

CpgDatabase *cpg_database_new (const char *path, const char *const *migrations, CpgDatabaseFunc opened, gpointer data)
{
  return new_database (path, migrations, FALSE, opened, data);
}

CpgDatabase *cpg_database_new_read_only (const char *path, const char *const *migrations)
{
  return new_database (path, migrations, TRUE, NULL, NULL);
}

const char *cpg_database_get_path (CpgDatabase *self)
{
  return self->path;
}

void cpg_database_close (CpgDatabase *self)
{
  g_mutex_lock (&self->mutex);
  gboolean first = !self->closed;
  self->closed = TRUE;
  if (first)
    g_async_queue_push (self->jobs, g_new0 (Job, 1));
  g_mutex_unlock (&self->mutex);
  if (first)
    g_thread_join (self->thread);
}

void cpg_database_send (CpgDatabase *self, CpgDatabaseKind kind, GTask *task, CpgDatabaseFunc func, gpointer data,
                        GDestroyNotify free_data, GDestroyNotify free_result)
{
  Job *job = g_new0 (Job, 1);
  *job = (Job) {.kind = kind, .task = task, .func = func, .data = data, .free_data = free_data, .free_result = free_result};
  g_mutex_lock (&self->mutex);
  gboolean closed = self->closed;
  if (!closed)
    g_async_queue_push (self->jobs, job);
  g_mutex_unlock (&self->mutex);
  if (!closed)
    return;
  g_set_error (&job->error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_CLOSED, _ ("%s is closed already."), self->path);
  finish_job (job);
}

static void cpg_database_finalize (GObject *object)
{
  CpgDatabase *self = CPG_DATABASE (object);
  cpg_database_close (self);
  g_async_queue_unref (self->jobs);
  g_mutex_clear (&self->mutex);
  g_free (self->path);
  G_OBJECT_CLASS (cpg_database_parent_class)->finalize (object);
}

static void cpg_database_class_init (CpgDatabaseClass *class)
{
  G_OBJECT_CLASS (class)->finalize = cpg_database_finalize;
}

static void cpg_database_init (CpgDatabase *self)
{
  self->jobs = g_async_queue_new ();
  g_mutex_init (&self->mutex);
}
