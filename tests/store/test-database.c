#include "fixture.h"

#include "store/cpg-connection.h"
#include "store/cpg-database.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  char *folder, *path;
} Fixture;

static void set_up (Fixture *self, gconstpointer data)
{
  (void) data;
  self->folder = fixture_folder_new ();
  self->path = g_build_filename (self->folder, "test.db", NULL);
}

static void tear_down (Fixture *self, gconstpointer data)
{
  (void) data;
  g_free (self->path);
  fixture_folder_remove (self->folder);
}

static const char *const first[] = {"CREATE TABLE t (x INTEGER PRIMARY KEY, y TEXT NOT NULL DEFAULT '')", NULL};
static const char *const second[] = {"CREATE TABLE t (x INTEGER PRIMARY KEY, y TEXT NOT NULL DEFAULT '')",
                                     "ALTER TABLE t ADD COLUMN z INTEGER; UPDATE t SET z = 10 * x", NULL};
static const char *const broken[] = {"CREATE TABLE t (x INTEGER PRIMARY KEY, y TEXT NOT NULL DEFAULT '')",
                                     "ALTER TABLE t ADD COLUMN z INTEGER; UPDATE nowhere SET z = 1", NULL};

/* ---- the connection ---- */

static gint64 number (CpgConnection *connection, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 value = -1;
  cpg_connection_number (connection, &value, -1, &error, sql, "");
  g_assert_no_error (error);
  return value;
}

static CpgConnection *open_ok (Fixture *self, const char *const *migrations)
{
  g_autoptr (GError) error = NULL;
  CpgConnection *connection = cpg_connection_open (self->path, migrations, &error);
  g_assert_no_error (error);
  return connection;
}

static void open_fails (const char *path, const char *const *migrations, int code)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (cpg_connection_open (path, migrations, &error));
  g_assert_error (error, CPG_DATABASE_ERROR, code);
  g_assert_nonnull (strstr (error->message, path));
  g_test_message ("%s", error->message);
}

static void test_migrations (Fixture *self, gconstpointer data)
{
  (void) data;
  CpgConnection *connection = open_ok (self, first);
  g_assert_true (cpg_connection_execute (connection, "INSERT INTO t (x) VALUES (4)", NULL));
  cpg_connection_free (connection);

  /* One that fails leaves the version before it, whole. */
  g_autoptr (GError) error = NULL;
  g_assert_null (cpg_connection_open (self->path, broken, &error));
  g_assert_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_FAILED);
  connection = open_ok (self, first);
  g_assert_cmpint (number (connection, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (number (connection, "SELECT count (*) FROM pragma_table_info ('t')"), ==, 2);
  cpg_connection_free (connection);

  connection = open_ok (self, second);
  g_assert_cmpint (number (connection, "PRAGMA user_version"), ==, 2);
  g_assert_cmpint (number (connection, "SELECT z FROM t"), ==, 40);
  cpg_connection_free (connection);
  open_fails (self->path, first, CPG_DATABASE_ERROR_NEWER);
  connection = open_ok (self, second); /* nothing was touched */
  g_assert_cmpint (number (connection, "SELECT z FROM t"), ==, 40);
  cpg_connection_free (connection);
}

static void test_set_up (Fixture *self, gconstpointer data)
{
  (void) data;
  CpgConnection *connection = open_ok (self, first);
  g_autoptr (CpgRows) rows = cpg_connection_query (connection, NULL, "PRAGMA journal_mode", "");
  g_assert_true (cpg_connection_next (connection, rows, NULL));
  g_autofree char *mode = cpg_rows_get_text (rows, 0);
  g_assert_cmpstr (mode, ==, "wal");
  cpg_rows_end (g_steal_pointer (&rows));
  g_assert_cmpint (number (connection, "PRAGMA foreign_keys"), ==, 1);
  g_assert_cmpint (number (connection, "PRAGMA synchronous"), ==, 1);
  g_assert_cmpint (number (connection, "PRAGMA auto_vacuum"), ==, 2);
  g_assert_cmpint (number (connection, "PRAGMA busy_timeout"), ==, 5000);
  cpg_connection_free (connection);
}

/* No database; a database with a page overwritten; one that is cut off. The file stays as it is. */
static void test_damaged (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autofree char *text = NULL, *after = NULL;
  gsize size, size_after;
  g_assert_true (
      g_file_set_contents (self->path, "This is a letter, and long enough to be one: dear reader, be well.", -1, NULL));
  open_fails (self->path, first, CPG_DATABASE_ERROR_DAMAGED);
  g_unlink (self->path);

  CpgConnection *connection = open_ok (self, first);
  for (int i = 0; i < 500; i++)
    g_assert_true (cpg_connection_change (connection, NULL, NULL, "INSERT INTO t (y) VALUES (?)", "s",
                                          "a row that fills pages, so that there is something to lose in the middle"));
  cpg_connection_free (connection);
  g_assert_true (g_file_get_contents (self->path, &text, &size, NULL));
  memset (text + 3 * 4096, 0x5a, 4096);
  g_assert_true (g_file_set_contents (self->path, text, (gssize) size, NULL));
  open_fails (self->path, first, CPG_DATABASE_ERROR_DAMAGED);
  g_assert_true (g_file_get_contents (self->path, &after, &size_after, NULL));
  g_assert_cmpmem (text, size, after, size_after);
  g_assert_true (g_file_set_contents (self->path, text, (gssize) size / 2, NULL));
  open_fails (self->path, first, CPG_DATABASE_ERROR_DAMAGED);
}

static void test_no_folder (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autofree char *below = g_build_filename (self->path, "below", "test.db", NULL);
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_set_contents (self->path, "a file", -1, NULL));
  g_assert_null (cpg_connection_open (below, first, &error));
  g_assert_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_CANNOT_OPEN);
  g_unlink (self->path);
  open_fails (self->folder, first, CPG_DATABASE_ERROR_CANNOT_OPEN); /* a folder is no file */
}

/* As somebody who may not write: root may always. */
static void test_read_only (Fixture *self, gconstpointer data)
{
  (void) data;
  enum { NOBODY = 65534 };
  gboolean root = geteuid () == 0;
  g_autoptr (GError) error = NULL, other = NULL, written = NULL, old = NULL;
  g_autofree char *below = g_build_filename (self->folder, "new", "other.db", NULL);
  cpg_connection_free (open_ok (self, first));
  g_assert_cmpint (chmod (self->path, 0444), ==, 0);
  g_assert_cmpint (chmod (self->folder, 0555), ==, 0);
  if (root)
    g_assert_cmpint (seteuid (NOBODY), ==, 0);
  CpgConnection *connection = cpg_connection_open (self->path, first, &error);
  CpgConnection *second_connection = cpg_connection_open (below, first, &other);
  /* It can be looked at, but not brought up to date. */
  CpgConnection *reader = cpg_connection_open_read_only (self->path, 1, NULL);
  g_assert_nonnull (reader);
  g_assert_cmpint (number (reader, "SELECT count (*) FROM t"), ==, 0);
  g_assert_false (cpg_connection_execute (reader, "INSERT INTO t (x) VALUES (1)", &written));
  g_assert_error (written, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_READ_ONLY);
  cpg_connection_free (reader);
  g_assert_null (cpg_connection_open_read_only (self->path, 2, &old));
  g_assert_error (old, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_READ_ONLY);
  if (root)
    g_assert_cmpint (seteuid (0), ==, 0);
  g_assert_cmpint (chmod (self->folder, 0755), ==, 0);
  g_assert_null (connection);
  g_assert_null (second_connection);
  g_assert_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_READ_ONLY);
  g_assert_error (other, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_CANNOT_OPEN);
  g_test_message ("%s / %s", error->message, other->message);
}

static void test_values (Fixture *self, gconstpointer data)
{
  (void) data;
  static const char bytes[] = {0, 1, 0, 2};
  CpgConnection *connection = open_ok (self, first);
  g_autoptr (GBytes) blob = g_bytes_new_static (bytes, sizeof bytes), back = NULL;
  g_autoptr (CpgRows) rows = cpg_connection_query (connection, NULL, "SELECT ?, ?, ?, ?, ?, ?, x'ff41'", "idsbds", G_MININT64,
                                                   (double) NAN, NULL, blob, 0.1, "ü");
  g_assert_true (cpg_connection_next (connection, rows, NULL));
  g_assert_cmpint (cpg_rows_get_number (rows, 0), ==, G_MININT64);
  g_assert_true (cpg_rows_get_double (rows, 1) != cpg_rows_get_double (rows, 1));
  g_autofree char *empty = cpg_rows_get_text (rows, 2), *text = cpg_rows_get_text (rows, 5),
                  *mended = cpg_rows_get_text (rows, 6);
  back = cpg_rows_get_bytes (rows, 3);
  g_assert_cmpstr (empty, ==, "");
  g_assert_true (g_bytes_equal (blob, back));
  g_assert_cmpfloat (cpg_rows_get_double (rows, 4), ==, 0.1);
  g_assert_cmpstr (text, ==, "ü");
  g_assert_cmpstr (mended, ==, "\357\277\275A");
  g_assert_false (cpg_connection_next (connection, rows, NULL));
  cpg_rows_end (g_steal_pointer (&rows));
  cpg_connection_free (connection);
}

/* ---- the thread ---- */

static gpointer insert (CpgConnection *connection, gpointer data, GError **error)
{
  gint64 x = GPOINTER_TO_INT (data);
  cpg_connection_change (connection, NULL, error, "INSERT INTO t (x) VALUES (?)", "i", x);
  return g_memdup2 (&x, sizeof x);
}

static gpointer insert_and_fail (CpgConnection *connection, gpointer data, GError **error)
{
  g_free (insert (connection, data, error));
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "on purpose");
  return NULL;
}

static gpointer wait (CpgConnection *connection, gpointer data, GError **error)
{
  (void) connection;
  (void) error;
  while (!g_atomic_int_get ((int *) data))
    g_usleep (200);
  return NULL;
}

static gpointer count (CpgConnection *connection, gpointer data, GError **error)
{
  (void) data;
  gint64 n = -1;
  cpg_connection_number (connection, &n, -1, error, "SELECT count (*) FROM t", "");
  return g_memdup2 (&n, sizeof n);
}

/* A minute of work, if nobody stops it. */
static gpointer dawdle (CpgConnection *connection, gpointer data, GError **error)
{
  (void) data;
  gint64 n;
  cpg_connection_number (
      connection, &n, 0, error,
      "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 1000000000) SELECT sum (i) FROM c", "");
  return NULL;
}

static void send_off (CpgDatabase *database, CpgDatabaseKind kind, CpgDatabaseFunc func, gpointer data, GCancellable *cancellable,
                      GAsyncResult **result)
{
  cpg_database_send (database, kind, g_task_new (NULL, cancellable, fixture_answer, result), func, data, NULL, g_free);
}

static gint64 take (GAsyncResult **result, GError **error)
{
  fixture_wait_until (*result);
  g_autofree gint64 *value = g_task_propagate_pointer (G_TASK (*result), error);
  g_clear_object (result);
  return value ? *value : -1;
}

/* Jobs that wait together are one transaction; the one that fails is undone alone. */
static void test_together (Fixture *self, gconstpointer data)
{
  (void) data;
  enum { N = 40, BAD = 17 };
  GAsyncResult *results[N] = {NULL}, *held = NULL, *counted = NULL;
  int go = 0;
  g_autoptr (CpgDatabase) database = cpg_database_new (self->path, first, NULL, NULL);
  send_off (database, CPG_DATABASE_READS, wait, &go, NULL, &held);
  for (int i = 0; i < N; i++)
    send_off (database, CPG_DATABASE_WRITES, i == BAD ? insert_and_fail : insert, GINT_TO_POINTER (i), NULL, &results[i]);
  send_off (database, CPG_DATABASE_READS, count, NULL, NULL, &counted);
  g_atomic_int_set (&go, 1);
  for (int i = 0; i < N; i++) {
    g_autoptr (GError) error = NULL;
    gint64 x = take (&results[i], &error);
    if (i == BAD)
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
    else
      g_assert_no_error (error);
    g_assert_cmpint (x, ==, i == BAD ? -1 : i);
  }
  g_assert_cmpint (take (&counted, NULL), ==, N - 1);
  take (&held, NULL);
}

static void test_cancel (Fixture *self, gconstpointer data)
{
  (void) data;
  GAsyncResult *first_result = NULL, *second_result = NULL, *third_result = NULL;
  g_autoptr (GError) error = NULL, other = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (CpgDatabase) database = cpg_database_new (self->path, first, NULL, NULL);
  send_off (database, CPG_DATABASE_READS, dawdle, NULL, cancellable, &first_result);
  send_off (database, CPG_DATABASE_WRITES, insert, GINT_TO_POINTER (1), cancellable, &second_result);
  send_off (database, CPG_DATABASE_READS, count, NULL, NULL, &third_result);
  g_usleep (20000);
  g_cancellable_cancel (cancellable);
  take (&first_result, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  take (&second_result, &other);
  g_assert_error (other, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (take (&third_result, NULL), ==, 0);
}

/* Every job answers with why it cannot be. */
static void test_not_open (Fixture *self, gconstpointer data)
{
  (void) data;
  g_assert_true (
      g_file_set_contents (self->path, "This is a letter, and long enough to be one: dear reader, be well.", -1, NULL));
  g_autoptr (CpgDatabase) database = cpg_database_new (self->path, first, NULL, NULL);
  for (int i = 0; i < 3; i++) {
    GAsyncResult *result = NULL;
    g_autoptr (GError) error = NULL;
    send_off (database, i ? CPG_DATABASE_WRITES : CPG_DATABASE_READS, insert, GINT_TO_POINTER (i), NULL, &result);
    take (&result, &error);
    g_assert_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_DAMAGED);
  }
}

/* What was sent is done, and answers after the database is gone. */
static void test_close (Fixture *self, gconstpointer data)
{
  (void) data;
  GAsyncResult *result = NULL, *late = NULL;
  g_autoptr (GError) error = NULL;
  CpgDatabase *database = cpg_database_new (self->path, first, NULL, NULL);
  send_off (database, CPG_DATABASE_WRITES, insert, GINT_TO_POINTER (5), NULL, &result);
  cpg_database_close (database);
  send_off (database, CPG_DATABASE_WRITES, insert, GINT_TO_POINTER (6), NULL, &late);
  g_object_unref (database);
  g_assert_cmpint (take (&result, NULL), ==, 5);
  take (&late, &error);
  g_assert_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_CLOSED);
}

/* Senders on threads of their own, with main loops of their own; and a second connection that writes at the same time. */
typedef struct {
  CpgDatabase *database;
  int from;
} Sender;

enum { SENDERS = 4, JOBS = 200 };

static gpointer send_many (gpointer data)
{
  Sender *self = data;
  GMainContext *context = g_main_context_new ();
  GAsyncResult *results[JOBS] = {NULL};
  g_main_context_push_thread_default (context);
  for (int i = 0; i < JOBS; i++)
    send_off (self->database, CPG_DATABASE_WRITES, insert, GINT_TO_POINTER (self->from + i), NULL, &results[i]);
  for (int i = 0; i < JOBS; i++) {
    while (!results[i])
      g_main_context_iteration (context, TRUE);
    g_autofree gint64 *x = g_task_propagate_pointer (G_TASK (results[i]), NULL);
    g_assert_cmpint (*x, ==, self->from + i);
    g_object_unref (results[i]);
  }
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  return NULL;
}

static void test_threads (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (CpgDatabase) database = cpg_database_new (self->path, first, NULL, NULL);
  GAsyncResult *counted = NULL;
  Sender senders[SENDERS + 1];
  GThread *threads[SENDERS + 1];
  send_off (database, CPG_DATABASE_READS, count, NULL, NULL, &counted);
  take (&counted, NULL); /* open */
  g_autoptr (CpgDatabase) other = cpg_database_new (self->path, first, NULL, NULL);
  for (int i = 0; i <= SENDERS; i++) {
    senders[i] = (Sender) {i < SENDERS ? database : other, 1000 * i};
    threads[i] = g_thread_new ("sender", send_many, &senders[i]);
  }
  for (int i = 0; i <= SENDERS; i++)
    g_thread_join (threads[i]);
  send_off (database, CPG_DATABASE_READS, count, NULL, NULL, &counted);
  g_assert_cmpint (take (&counted, NULL), ==, (SENDERS + 1) * JOBS);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/database/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("migrations", test_migrations);
  ADD ("set-up", test_set_up);
  ADD ("damaged", test_damaged);
  ADD ("no-folder", test_no_folder);
  ADD ("read-only", test_read_only);
  ADD ("values", test_values);
  ADD ("together", test_together);
  ADD ("cancel", test_cancel);
  ADD ("not-open", test_not_open);
  ADD ("close", test_close);
  ADD ("threads", test_threads);
#undef ADD
  return g_test_run ();
}
