/* A study as the `cosmos` command makes it: in a process of its own, as it takes minutes, in which the engine is free for other things.
 *
 * Main thread only. No widgets here.
 */
#pragma once

#include "store/cpg-study-result.h"

G_BEGIN_DECLS

typedef struct {
  const char *study;   /* its name: "noise" */
  const char *task;    /* of the model, whose texts it is made on */
  const char *folder;  /* of texts: has TASK/ with the validation texts */
  const char *model;   /* the model's file */
  const char *compute; /* as the preferences have it */
  int threads;         /* 0: one a core */
  int count;           /* of texts */
} CpgStudyOrder;

/* The command: beside this program, in the build's folder for it, or in $PATH. NULL: in none of them. (transfer full) */
char *cpg_study_command_find (GError **error);
/* Whether a folder has texts of a task to measure on; else the error says what it lacks. */
gboolean cpg_study_command_check_folder (const char *folder, const char *task, GError **error);

/* fraction: 0 to 1, at every percent */
typedef void (*CpgStudyProgress) (double fraction, gpointer data);

/* Starts the command, and reads its result from a file in the cache folder, which stays. Once cancelled the command ends soon, and what it has measured until
 * then is the result. data is for both functions, and of use to the first no longer than to the second. */
void cpg_study_command_run_async (const CpgStudyOrder *order, CpgStudyProgress progress, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data);
/* all: FALSE where the command ended before it had measured everything, in which case the result is a part. Fails with what the command said, with
 * G_IO_ERROR_CANCELLED where there was nothing yet when it was cancelled. (transfer full) */
CpgStudyResult *cpg_study_command_run_finish (GAsyncResult *result, gboolean *all, GError **error);

G_END_DECLS
