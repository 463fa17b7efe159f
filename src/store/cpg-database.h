/* A database on a thread of its own: jobs are done there one after the other, each answers by its GTask in the task's main context.
 *
 * Writing jobs that wait together share one transaction, each with a savepoint of its own: the time that a commit takes is shared by all that came
 * meanwhile, none waits longer than for that, and a job that fails takes no other with it. A job answers when it is committed.
 * Where the file cannot be opened, every job answers with that error; the program goes on without.
 * Any thread may send. Unreferencing closes it, and blocks until the jobs that were sent are done; their answers still come.
 */
#pragma once

#include "store/cpg-database-error.h"
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CpgConnection CpgConnection;

#define CPG_TYPE_DATABASE (cpg_database_get_type ())
G_DECLARE_FINAL_TYPE (CpgDatabase, cpg_database, CPG, DATABASE, GObject)

typedef enum {
  CPG_DATABASE_READS,  /* can be cancelled at any time */
  CPG_DATABASE_WRITES, /* in a transaction; once begun it is done */
  CPG_DATABASE_ALONE   /* outside of any transaction (VACUUM) */
} CpgDatabaseKind;

/* A job, on the database's thread. With error set it failed, and what it wrote is undone; otherwise its result, which may be NULL. */
typedef gpointer (*CpgDatabaseFunc) (CpgConnection *connection, gpointer data, GError **error);

/* Opens on the thread, at once. migrations: see cpg-connection.h, copied. opened (may be NULL): the first job, a writing one; where it fails the
 * database counts as not opened. data must live as long as the database. */
CpgDatabase *cpg_database_new (const char *path, const char *const *migrations, CpgDatabaseFunc opened, gpointer data);
/* To look at only (cpg_connection_open_read_only ()): writing jobs answer CPG_DATABASE_ERROR_READ_ONLY. */
CpgDatabase *cpg_database_new_read_only (const char *path, const char *const *migrations);
const char *cpg_database_get_path (CpgDatabase *self);
/* Blocks until what was sent is done. Jobs that come later answer CPG_DATABASE_ERROR_CLOSED. */
void cpg_database_close (CpgDatabase *self);
/* task (transfer full) returns a pointer; data is freed on the database's thread, an answer that nobody takes by free_result. */
void cpg_database_send (CpgDatabase *self, CpgDatabaseKind kind, GTask *task, CpgDatabaseFunc func, gpointer data,
                        GDestroyNotify free_data, GDestroyNotify free_result);

G_END_DECLS
