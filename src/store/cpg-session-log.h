/* The session log: every run with its settings and its steps, written as they come, so that it can be found, looked at and run again.
 *
 * A run is known by its id from cpg_log_run_new () on: begin it, add steps, end it, without waiting for answers; they are written in this order,
 * and a step is in the file a few milliseconds after it was handed over. What was answered outlives the program, however it ends.
 * A run that runs when the log is opened and that no open log can have begun is marked interrupted; that others have the log open, too, is known
 * by a lock on the file "...-users" beside it.
 * Deleting hides a run; it can be had back until it is purged (cpg-session-log-space.h).
 * Where the log cannot be opened every call answers with that error (CPG_DATABASE_ERROR) and the program goes on without.
 *
 * One thread calls (that of the main loop, mostly), and gets the answers in its main context. Calls that only write end with
 * cpg_session_log_write_finish (). Once they are sent they are done; their cancellable counts while they wait.
 */
#pragma once

#include "store/cpg-database-error.h"
#include "store/cpg-log-run.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define CPG_TYPE_SESSION_LOG (cpg_session_log_get_type ())
G_DECLARE_FINAL_TYPE (CpgSessionLog, cpg_session_log, CPG, SESSION_LOG, GObject)

/* sessions.db in the program's folder of $XDG_DATA_HOME. (transfer full) */
char *cpg_session_log_get_default_path (void);
/* Opens at once, on the log's own thread. path NULL: the default. Unreferencing closes. */
CpgSessionLog *cpg_session_log_new (const char *path);
/* To look at only: calls that write answer CPG_DATABASE_ERROR_READ_ONLY, and no run is marked interrupted. */
CpgSessionLog *cpg_session_log_new_read_only (const char *path);
/* Moves a log that nobody has open out of the way, with all that belongs to it; the next one that is opened there is empty. Answers its new path, beside the
 * old one, (transfer full); NULL with error (G_IO_ERROR). */
char *cpg_session_log_set_aside (const char *path, GError **error);
const char *cpg_session_log_get_path (CpgSessionLog *self);
/* Answers when it is open, or why it is not. */
void cpg_session_log_open_async (CpgSessionLog *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* Blocks until all that was sent is written; later calls fail. */
void cpg_session_log_close (CpgSessionLog *self);
gboolean cpg_session_log_write_finish (CpgSessionLog *self, GAsyncResult *result, GError **error);

/* ---- a run as it goes ---- */

/* What is known at the beginning; steps and latents that it has are written, too. */
void cpg_session_log_begin_run_async (CpgSessionLog *self, const CpgLogRun *run, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer data);
/* steps (transfer full): CpgLogStep, with g_ptr_array_set_free_func (). A step that is there already is completed: what was read of it
 * meanwhile is added, and what is not read now stays. */
void cpg_session_log_add_steps_async (CpgSessionLog *self, const char *id, GPtrArray *steps, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer data);
/* state, seconds, error, output and output_hash of run, which is found by its id. */
void cpg_session_log_end_run_async (CpgSessionLog *self, const CpgLogRun *run, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer data);
/* The hash of the run's model, which may have taken longer than the run's first steps. */
void cpg_session_log_set_checksum_async (CpgSessionLog *self, const char *id, const char *sha256, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer data);
/* Whole runs, from elsewhere (transfer full). Those whose id is here already stay as they are. Answers how many entries were new; -1 with error. */
void cpg_session_log_add_runs_async (CpgSessionLog *self, GPtrArray *runs, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data);
int cpg_session_log_add_runs_finish (CpgSessionLog *self, GAsyncResult *result, GError **error);

/* ---- what people do to it ---- */

void cpg_session_log_set_title_async (CpgSessionLog *self, const char *id, const char *title, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer data);
void cpg_session_log_set_note_async (CpgSessionLog *self, const char *id, const char *note, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data);
/* Blank ones and those that come twice are left out; a line end inside counts as a space. */
void cpg_session_log_set_tags_async (CpgSessionLog *self, const char *id, const char *const *tags, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data);
/* Hides runs, or brings them back. All or none: an id that is not there is an error. */
void cpg_session_log_set_deleted_async (CpgSessionLog *self, const char *const *ids, gboolean deleted, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer data);
/* latents (transfer full); they replace those of the same step. */
void cpg_session_log_pin_async (CpgSessionLog *self, const char *id, CpgLogLatents *latents, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer data);
void cpg_session_log_unpin_async (CpgSessionLog *self, const char *id, int step, gboolean noisy, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data);

/* ---- finding and loading ---- */

typedef struct {
  const char *words;              /* as typed into a search field; without a letter or digit: all runs */
  const char *task, *model, *tag; /* NULL: any */
  const char *setting, *value; /* only where the setting of this name (cpg-log-settings.h) has this value, as text; NULL: any */
  gboolean deleted;            /* those that can be had back, and not the others */
  int limit;                   /* of a page; 0: all */
  const CpgLogRun *after;      /* the last run of the page before; NULL: the first page */
} CpgLogQuery;

/* Runs without steps and latents, the newest first. */
void cpg_session_log_find_async (CpgSessionLog *self, const CpgLogQuery *query, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data);
/* Whole runs in the order of ids, comparisons with their columns, each by its id or, for people, by its number in digits. */
void cpg_session_log_load_async (CpgSessionLog *self, const char *const *ids, gboolean with_latents, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data);
/* The same with all that there is, also bookmarks; behind them what the columns of comparisons show, each once. */
void cpg_session_log_load_whole_async (CpgSessionLog *self, const char *const *ids, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer data);
/* CpgLogRun, for all of these; (transfer full). */
GPtrArray *cpg_session_log_runs_finish (CpgSessionLog *self, GAsyncResult *result, GError **error);

G_END_DECLS
