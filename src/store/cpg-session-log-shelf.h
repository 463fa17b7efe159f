/* What the session log keeps beside runs: bookmarks, comparisons, trainings. Calls and answers as in cpg-session-log.h; records are plain values,
 * strings in what is given may be NULL, runs are known by their ids. Arrays of records are (transfer full).
 */
#pragma once

#include "store/cpg-session-log.h"

G_BEGIN_DECLS

/* For the calls that give a record a number; -1 with error. */
gint64 cpg_session_log_add_finish (CpgSessionLog *self, GAsyncResult *result, GError **error);

/* ---- bookmarks ---- */

/* One a step: a second one changes the title. */
void cpg_session_log_add_bookmark_async (CpgSessionLog *self, const char *id, int step, const char *title,
                                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
void cpg_session_log_remove_bookmark_async (CpgSessionLog *self, gint64 number, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer data);
/* Of runs that are not deleted, the newest first. */
void cpg_session_log_list_bookmarks_async (CpgSessionLog *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                           gpointer data);
GPtrArray *cpg_session_log_list_bookmarks_finish (CpgSessionLog *self, GAsyncResult *result, GError **error);

/* ---- comparisons ---- */

/* Begins a comparison, and writes every change of it: state, time and output of the record, its columns, judge and reference. Columns whose run is not in
 * the log count as without one. */
void cpg_session_log_write_comparison_async (CpgSessionLog *self, const CpgLogRun *comparison, GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer data);

/* ---- trainings ---- */

typedef struct {
  char *id;                    /* a UUID */
  char *name, *stage, *recipe; /* the recipe is a JSON object */
  gint64 started;
  double seconds;
  CpgLogState state;
  char *error, *output, *note; /* output: path of the weights */
} CpgLogTraining;
/* A running one with a new id that begins now. */
CpgLogTraining *cpg_log_training_new (void);
CpgLogTraining *cpg_log_training_copy (const CpgLogTraining *self);
void cpg_log_training_free (CpgLogTraining *self);

typedef struct {
  gint64 step;
  char *measures; /* a JSON object: loss, learning rate ... */
} CpgLogTrainingPoint;
void cpg_log_training_point_free (CpgLogTrainingPoint *self);

/* Begins a training, and writes every change of it until it ends. */
void cpg_session_log_write_training_async (CpgSessionLog *self, const CpgLogTraining *training, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer data);
/* A point that is there already is replaced. */
void cpg_session_log_add_training_point_async (CpgSessionLog *self, const char *id, gint64 step, const char *measures,
                                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
void cpg_session_log_remove_training_async (CpgSessionLog *self, const char *id, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer data);
/* The newest first. */
void cpg_session_log_list_trainings_async (CpgSessionLog *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                           gpointer data);
GPtrArray *cpg_session_log_list_trainings_finish (CpgSessionLog *self, GAsyncResult *result, GError **error);
/* By step. */
void cpg_session_log_load_training_points_async (CpgSessionLog *self, const char *id, GCancellable *cancellable,
                                                 GAsyncReadyCallback callback, gpointer data);
GPtrArray *cpg_session_log_load_training_points_finish (CpgSessionLog *self, GAsyncResult *result, GError **error);

G_END_DECLS
