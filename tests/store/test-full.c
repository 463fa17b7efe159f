/* A disk that is full, and memory that runs out, at any instant while the log writes: it is told, the program goes on, nothing is lost that was
 * answered as written, and when there is room again the log takes what comes.
 *
 * SQLite asks the system through a table that can be changed, and takes an allocator: both are made to fail here, after so many bytes or calls. */
#include "fixture.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

enum { STEPS = 30, BETWEEN = 11000 /* bytes */ };

/* ---- the disk ---- */

static gint64 room = -1; /* bytes that are left; negative: any number */

static gboolean take_room (size_t size)
{
  if (room < 0)
    return TRUE;
  if (room < (gint64) size) {
    room = 0;
    errno = ENOSPC;
    return FALSE;
  }
  room -= (gint64) size;
  return TRUE;
}

static ssize_t write_some (int file, const void *data, size_t size)
{
  return take_room (size) ? write (file, data, size) : -1;
}

static ssize_t write_some_at (int file, const void *data, size_t size, off_t at)
{
  return take_room (size) ? pwrite (file, data, size, at) : -1;
}

static void set_call (const char *name, sqlite3_syscall_ptr call)
{
  sqlite3_vfs *vfs = sqlite3_vfs_find (NULL);
  int result = vfs->xSetSystemCall (vfs, name, call);
  g_assert_true (result == SQLITE_OK || (call && result == SQLITE_NOTFOUND)); /* pwrite or pwrite64 */
}

/* ---- memory ---- */

static sqlite3_mem_methods real;
static gint64 calls = -1; /* that still work; negative: all */

static gboolean take_call (void)
{
  if (calls == 0)
    return FALSE;
  calls -= calls > 0;
  return TRUE;
}

static void *allocate (int size)
{
  return take_call () ? real.xMalloc (size) : NULL;
}

static void *reallocate (void *old, int size)
{
  return take_call () ? real.xRealloc (old, size) : NULL;
}

/* ---- a run ---- */

typedef struct {
  CpgSessionLog *log;
  CpgLogRun *run;
  gboolean begun;
  int n_written, n_failed; /* steps */
} Record;

static gboolean is_written (Record *self, GAsyncResult *result, int code)
{
  g_autoptr (GError) error = NULL;
  if (cpg_session_log_write_finish (self->log, result, &error))
    return TRUE;
  if (self->begun || !g_error_matches (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_NOT_FOUND)) /* of a run that is not there */
    g_assert_error (error, CPG_DATABASE_ERROR, code);
  g_assert_cmpuint (strlen (error->message), >, 20);
  return FALSE;
}

/* code: of the error where there is one. Steps are numbered on, as far as they were written. */
static void write_run (Record *self, int code)
{
  if (!self->begun) {
    FIXTURE_CALL (begun, cpg_session_log_begin_run_async, self->log, self->run);
    self->begun = is_written (self, begun, code);
  }
  for (int i = 0; i < STEPS; i++) {
    g_autofree char *text = g_strnfill (500, 'x');
    FIXTURE_CALL (added, cpg_session_log_add_steps_async, self->log, self->run->id, fixture_steps (self->n_written, 1, text));
    gboolean ok = is_written (self, added, code);
    g_assert_true (self->begun || !ok);
    self->n_written += ok;
    self->n_failed += !ok;
  }
}

/* As another program finds the log. */
static void check (const char *folder, const Record *self)
{
  g_autofree char *path = g_build_filename (folder, "sessions.db", NULL);
  sqlite3 *db;
  sqlite3_stmt *statement;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "PRAGMA integrity_check", -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (statement, 0), ==, "ok");
  sqlite3_finalize (statement);
  sqlite3_close (db);
  g_autoptr (CpgSessionLog) log = fixture_log (folder);
  g_autoptr (CpgLogRun) run = fixture_load (log, self->run->id);
  g_assert_cmpint (run->n_steps, ==, self->n_written);
  for (guint i = 0; i < run->steps->len; i++)
    g_assert_cmpint (((CpgLogStep *) run->steps->pdata[i])->number, ==, i);
}

/* Writes one run while there is little of it, and on when there is enough -> whether there was enough at once. */
static gboolean write_with (gint64 *little, gint64 amount, int code)
{
  char *folder = fixture_folder_new ();
  Record record = {.log = fixture_log (folder), .run = fixture_run ("A run", "")};
  *little = amount;
  write_run (&record, code);
  int n_failed = record.n_failed;
  *little = -1;
  write_run (&record, code);
  g_assert_cmpint (record.n_failed, ==, n_failed);
  g_assert_cmpint (record.n_written, ==, 2 * STEPS - n_failed);
  g_clear_object (&record.log);
  check (folder, &record);
  cpg_log_run_free (record.run);
  fixture_folder_remove (folder);
  return n_failed == 0;
}

static void test_disk (void)
{
  int n = 0;
  set_call ("write", (sqlite3_syscall_ptr) write_some);
  set_call ("pwrite", (sqlite3_syscall_ptr) write_some_at);
  set_call ("pwrite64", (sqlite3_syscall_ptr) write_some_at);
  while (!write_with (&room, n * BETWEEN, CPG_DATABASE_ERROR_FULL))
    n++;
  g_test_message ("full after up to %d bytes", n * BETWEEN);
  g_assert_cmpint (n, >, 5);
  set_call (NULL, NULL); /* as they were */
}

static void test_memory (void)
{
  int n = 0;
  while (!write_with (&calls, n, CPG_DATABASE_ERROR_FAILED))
    n += 1 + n / 20;
  g_test_message ("out of memory after up to %d allocations", n);
  g_assert_cmpint (n, >, 100);
}

int main (int argc, char **argv)
{
  sqlite3_config (SQLITE_CONFIG_GETMALLOC, &real);
  sqlite3_mem_methods methods = real;
  methods.xMalloc = allocate;
  methods.xRealloc = reallocate;
  sqlite3_config (SQLITE_CONFIG_MALLOC, &methods); /* before anybody uses it */
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/full/disk", test_disk);
  g_test_add_func ("/full/memory", test_memory);
  return g_test_run ();
}
