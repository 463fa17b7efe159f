#include "store/cpg-connection.h"

#include "store/cpg-database-error.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <unistd.h>

G_DEFINE_QUARK (cpg_database_error, cpg_database_error)

enum {
  BUSY_MILLISECONDS = 5000,
  INSTRUCTIONS_BETWEEN_LOOKS = 10000, /* of SQLite's machine, between two looks at the cancellable: well below a millisecond */
};

struct _CpgConnection {
  sqlite3 *db;
  char *path;
  GHashTable *statements; /* SQL text -> sqlite3_stmt */
  GCancellable *cancellable;
};

/* ---- errors ---- */

static void set_read_only (const char *path, GError **error)
{
  g_set_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_READ_ONLY,
               _ ("%s cannot be written. Check the permissions of the file and its folder."), path);
}

/* SQLite cannot open what it cannot write beside either: there the file itself can be read. */
static gboolean can_be_read (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) && faccessat (AT_FDCWD, path, R_OK, AT_EACCESS) == 0;
}

static void set_error (CpgConnection *self, GError **error)
{
  const char *path = self->path, *words = sqlite3_errmsg (self->db);
  switch (sqlite3_errcode (self->db) & 0xff) {
  case SQLITE_INTERRUPT:
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
    break;
  case SQLITE_CANTOPEN:
  case SQLITE_PERM:
    if (can_be_read (path))
      set_read_only (path, error);
    else
      g_set_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_CANNOT_OPEN,
                   _ ("%s cannot be opened. Check that its folder exists and that you may write there."), path);
    break;
  case SQLITE_READONLY:
    set_read_only (path, error);
    break;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    g_set_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_DAMAGED,
                 _ ("%s is damaged. Put a copy in its place, or move it away to begin with an empty one (%s)."), path, words);
    break;
  case SQLITE_FULL:
    g_set_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_FULL,
                 _ ("%s could not be written: the disk is full. Free some space and try again."), path);
    break;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    g_set_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_BUSY,
                 _ ("%s is in use by another program. Close that one and try again."), path);
    break;
  default:
    g_set_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_FAILED, _ ("%s could not be used (%s)."), path, words);
  }
}

static int look_for_cancel (void *data)
{
  CpgConnection *self = data;
  return g_cancellable_is_cancelled (self->cancellable);
}

void cpg_connection_set_cancellable (CpgConnection *self, GCancellable *cancellable)
{
  self->cancellable = cancellable;
  sqlite3_progress_handler (self->db, cancellable ? INSTRUCTIONS_BETWEEN_LOOKS : 0, look_for_cancel, self);
}

/* ---- opening ---- */

static void finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

static gboolean open_file (CpgConnection *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  if (g_mkdir_with_parents (folder, 0700) != 0) {
    g_set_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_CANNOT_OPEN,
                 _ ("The folder %s cannot be made (%s). Check that you may write there."), folder, g_strerror (errno));
    return FALSE;
  }
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (sqlite3_open_v2 (self->path, &self->db, flags, NULL) != SQLITE_OK) {
    set_error (self, error);
    return FALSE;
  }
  sqlite3_busy_timeout (self->db, BUSY_MILLISECONDS);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  return cpg_connection_execute (self, "PRAGMA trusted_schema = OFF", error);
}

/* The version first: what a newer program wrote is not looked at any further. */
static gboolean check_version (CpgConnection *self, int known, GError **error)
{
  gint64 version;
  if (!cpg_connection_number (self, &version, 0, error, "PRAGMA user_version", ""))
    return FALSE;
  if (version >= 0 && version <= known)
    return TRUE;
  g_set_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_NEWER,
               _ ("%s was written by a newer version of this program. Update the program, or move the file away to begin with an "
                  "empty one."),
               self->path);
  return FALSE;
}

static gboolean check_pages (CpgConnection *self, GError **error)
{
  g_autoptr (CpgRows) rows = cpg_connection_query (self, error, "PRAGMA quick_check (1)", "");
  if (!rows || !cpg_connection_next (self, rows, error))
    return FALSE;
  g_autofree char *found = cpg_rows_get_text (rows, 0);
  if (g_str_equal (found, "ok"))
    return TRUE;
  const char *line = strrchr (found, '\n'); /* behind the name of the database */
  g_set_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_DAMAGED,
               _ ("%s is damaged. Put a copy in its place, or move it away to begin with an empty one (%s)."), self->path,
               line ? line + 1 : found);
  return FALSE;
}

/* A write-ahead log lets others read while a step is written. NORMAL: what was committed outlives this program, however it ends (it is in the
 * system's hands), and a power cut may take the last commits but never breaks the file. FULL would wait for the disk at every step to save those. */
static gboolean set_up (CpgConnection *self, GError **error)
{
  return cpg_connection_execute (self,
                                 "PRAGMA auto_vacuum = INCREMENTAL;" /* counts for a new file only */
                                 "PRAGMA journal_mode = WAL;"
                                 "PRAGMA synchronous = NORMAL;",
                                 error)
         && (!sqlite3_db_readonly (self->db, "main") || (set_read_only (self->path, error), FALSE));
}

/* Another program may have done it since the version was read: it is read again inside. */
static gboolean migrate_one (CpgConnection *self, int version, const char *sql, GError **error)
{
  gint64 now;
  g_autofree char *set_version = g_strdup_printf ("PRAGMA user_version = %d", version);
  if (!cpg_connection_execute (self, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (cpg_connection_number (self, &now, 0, error, "PRAGMA user_version", "")
      && (now >= version || (cpg_connection_execute (self, sql, error) && cpg_connection_execute (self, set_version, error)))
      && cpg_connection_execute (self, "COMMIT", error))
    return TRUE;
  cpg_connection_execute (self, "ROLLBACK", NULL);
  return FALSE;
}

static CpgConnection *new_connection (const char *path)
{
  CpgConnection *self = g_new0 (CpgConnection, 1);
  self->path = g_strdup (path);
  self->statements = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, finalize_statement);
  return self;
}

CpgConnection *cpg_connection_open (const char *path, const char *const *migrations, GError **error)
{
  CpgConnection *self = new_connection (path);
  int known = (int) g_strv_length ((char **) migrations);
  gboolean ok = open_file (self, error) && check_version (self, known, error) && check_pages (self, error)
                && set_up (self, error);
  for (int version = 1; ok && version <= known; version++)
    ok = migrate_one (self, version, migrations[version - 1], error);
  /* Only now: a migration may rebuild a table that others refer to. */
  ok = ok && cpg_connection_execute (self, "PRAGMA foreign_keys = ON", error);
  if (!ok)
    g_clear_pointer (&self, cpg_connection_free);
  return self;
}

/* ---- opening to look at ---- */

/* as: of SQLite's URIs. "mode=ro" takes part in the locks of who writes; "immutable=1" is for where not even a lock can be made beside the file. */
static gboolean open_for_reading (CpgConnection *self, const char *as, GError **error)
{
  g_autofree char *escaped = g_uri_escape_string (self->path, "/", FALSE), *uri = g_strdup_printf ("file:%s?%s", escaped, as);
  int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (sqlite3_open_v2 (uri, &self->db, flags, NULL) != SQLITE_OK) {
    set_error (self, error);
    return FALSE;
  }
  sqlite3_busy_timeout (self->db, BUSY_MILLISECONDS);
  return cpg_connection_execute (self, "PRAGMA trusted_schema = OFF", error);
}

static gboolean is_up_to_date (CpgConnection *self, int version, GError **error)
{
  gint64 found;
  if (!cpg_connection_number (self, &found, 0, error, "PRAGMA user_version", ""))
    return FALSE;
  if (found == version)
    return TRUE;
  g_set_error (
      error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_READ_ONLY,
      _ ("%s is of an older version of this program and must be written once to be read. Check the permissions of the file "
         "and its folder."),
      self->path);
  return FALSE;
}

CpgConnection *cpg_connection_open_read_only (const char *path, int version, GError **error)
{
  static const char *const ways[] = {"mode=ro", "immutable=1"};
  g_autoptr (GError) local = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++) {
    CpgConnection *self = new_connection (path);
    g_clear_error (&local);
    if (open_for_reading (self, ways[i], &local) && check_version (self, version, &local) && is_up_to_date (self, version, &local)
        && check_pages (self, &local))
      return self;
    cpg_connection_free (self);
  }
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

void cpg_connection_free (CpgConnection *self)
{
  g_hash_table_unref (self->statements);
  sqlite3_close (self->db);
  g_free (self->path);
  g_free (self);
}

const char *cpg_connection_get_path (CpgConnection *self)
{
  return self->path;
}

gboolean cpg_connection_is_in_transaction (CpgConnection *self)
{
  return !sqlite3_get_autocommit (self->db);
}

/* ---- statements ---- */

gboolean cpg_connection_execute (CpgConnection *self, const char *sql, GError **error)
{
  if (sqlite3_exec (self->db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  set_error (self, error);
  return FALSE;
}

static sqlite3_stmt *prepare (CpgConnection *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);
  if (statement)
    return statement;
  if (sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
    set_error (self, error);
    return NULL;
  }
  g_hash_table_insert (self->statements, (gpointer) sql, statement);
  return statement;
}

static int bind_bytes (sqlite3_stmt *statement, int at, GBytes *bytes)
{
  gsize size = 0;
  const void *data = bytes ? g_bytes_get_data (bytes, &size) : NULL;
  return size ? sqlite3_bind_blob64 (statement, at, data, size, SQLITE_TRANSIENT) : sqlite3_bind_null (statement, at);
}

static CpgRows *query_va (CpgConnection *self, const char *sql, const char *types, va_list values, GError **error)
{
  sqlite3_stmt *statement = prepare (self, sql, error);
  int result = SQLITE_OK;
  if (!statement)
    return NULL;
  for (int at = 1; *types && result == SQLITE_OK; types++, at++) {
    const char *text;
    double number;
    switch (*types) {
    case 'i':
      result = sqlite3_bind_int64 (statement, at, va_arg (values, gint64));
      break;
    case 'd':
      number = va_arg (values, double);
      result = isnan (number) ? sqlite3_bind_null (statement, at) : sqlite3_bind_double (statement, at, number);
      break;
    case 's':
      text = va_arg (values, const char *);
      result = sqlite3_bind_text64 (statement, at, text ? text : "", text ? strlen (text) : 0, SQLITE_TRANSIENT, SQLITE_UTF8);
      break;
    case 'b':
      result = bind_bytes (statement, at, va_arg (values, GBytes *));
      break;
    default:
      g_assert_not_reached ();
    }
  }
  if (result == SQLITE_OK)
    return statement;
  set_error (self, error);
  cpg_rows_end (statement);
  return NULL;
}

CpgRows *cpg_connection_query (CpgConnection *self, GError **error, const char *sql, const char *types, ...)
{
  va_list values;
  va_start (values, types);
  CpgRows *rows = query_va (self, sql, types, values, error);
  va_end (values);
  return rows;
}

gboolean cpg_connection_next (CpgConnection *self, CpgRows *rows, GError **error)
{
  int result = sqlite3_step (rows);
  if (result != SQLITE_ROW && result != SQLITE_DONE)
    set_error (self, error);
  return result == SQLITE_ROW;
}

void cpg_rows_end (CpgRows *rows)
{
  sqlite3_reset (rows);
  sqlite3_clear_bindings (rows);
}

gboolean cpg_connection_change (CpgConnection *self, gint64 *n_changed, GError **error, const char *sql, const char *types, ...)
{
  va_list values;
  va_start (values, types);
  g_autoptr (CpgRows) rows = query_va (self, sql, types, values, error);
  va_end (values);
  g_autoptr (GError) local = NULL;
  if (!rows)
    return FALSE;
  while (cpg_connection_next (self, rows, &local))
    ;
  if (n_changed)
    *n_changed = sqlite3_changes64 (self->db);
  if (!local)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean cpg_connection_number (CpgConnection *self, gint64 *number, gint64 otherwise, GError **error, const char *sql,
                                const char *types, ...)
{
  va_list values;
  va_start (values, types);
  g_autoptr (CpgRows) rows = query_va (self, sql, types, values, error);
  va_end (values);
  g_autoptr (GError) local = NULL;
  if (!rows)
    return FALSE;
  *number = cpg_connection_next (self, rows, &local) ? cpg_rows_get_number (rows, 0) : otherwise;
  if (!local)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* ---- columns ---- */

gint64 cpg_rows_get_number (CpgRows *rows, int column)
{
  return sqlite3_column_int64 (rows, column);
}

double cpg_rows_get_double (CpgRows *rows, int column)
{
  return sqlite3_column_type (rows, column) == SQLITE_NULL ? NAN : sqlite3_column_double (rows, column);
}

char *cpg_rows_get_text (CpgRows *rows, int column)
{
  const char *text = (const char *) sqlite3_column_text (rows, column);
  return text ? g_utf8_make_valid (text, sqlite3_column_bytes (rows, column)) : g_strdup ("");
}

GBytes *cpg_rows_get_bytes (CpgRows *rows, int column)
{
  const void *data = sqlite3_column_blob (rows, column);
  int size = sqlite3_column_bytes (rows, column);
  return size > 0 ? g_bytes_new (data, (gsize) size) : NULL;
}
