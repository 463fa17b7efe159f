/* An open SQLite file with its schema up to date, and the few calls that statements need. Private to the store.
 *
 * Opening makes the folder and the file where they are missing, refuses a file that is damaged or of a newer program before it changes a byte of
 * it, and brings an older one up to date: migration N makes version N out of N - 1, in one transaction with the version number.
 * One thread: the one that opened it. Statements are prepared once and kept; `sql` must be a string that lives as long (a literal), and no
 * statement may be begun again before its rows are ended.
 */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

typedef struct _CpgConnection CpgConnection;

/* migrations: SQL texts, ended by NULL. */
CpgConnection *cpg_connection_open (const char *path, const char *const *migrations, GError **error);
/* To look at only: nothing is made, written or locked, also where the folder cannot be written. version: the one that the program knows; an older
 * file, which cannot be brought up to date so, is refused with CPG_DATABASE_ERROR_READ_ONLY. */
CpgConnection *cpg_connection_open_read_only (const char *path, int version, GError **error);
void cpg_connection_free (CpgConnection *self);
const char *cpg_connection_get_path (CpgConnection *self);
/* Reading statements give up (G_IO_ERROR_CANCELLED) once it is cancelled. NULL: never. */
void cpg_connection_set_cancellable (CpgConnection *self, GCancellable *cancellable);
gboolean cpg_connection_is_in_transaction (CpgConnection *self);

/* Several statements without values or rows. */
gboolean cpg_connection_execute (CpgConnection *self, const char *sql, GError **error);

/* A statement with values for its ?: a letter each: i gint64, d double (not a number: NULL), s const char * (NULL counts as ""), b GBytes * or
 * NULL. NULL with error. Ended by cpg_rows_end (). */
typedef sqlite3_stmt CpgRows;
CpgRows *cpg_connection_query (CpgConnection *self, GError **error, const char *sql, const char *types, ...);
/* TRUE: there is a row, and columns can be read until the next call. FALSE: no more, or error is set. */
gboolean cpg_connection_next (CpgConnection *self, CpgRows *rows, GError **error);
void cpg_rows_end (CpgRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgRows, cpg_rows_end)

/* A statement without rows. *n_changed (may be NULL): rows that it changed. */
gboolean cpg_connection_change (CpgConnection *self, gint64 *n_changed, GError **error, const char *sql, const char *types, ...);
/* The first number of the first row; `otherwise` where there is none. */
gboolean cpg_connection_number (CpgConnection *self, gint64 *number, gint64 otherwise, GError **error, const char *sql,
                                const char *types, ...);

/* Columns. Texts are UTF-8 whatever the file holds, never NULL, (transfer full); a double that is NULL is not a number; an empty blob is NULL. */
gint64 cpg_rows_get_number (CpgRows *rows, int column);
double cpg_rows_get_double (CpgRows *rows, int column);
char *cpg_rows_get_text (CpgRows *rows, int column);
GBytes *cpg_rows_get_bytes (CpgRows *rows, int column);

G_END_DECLS
