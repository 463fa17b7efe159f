/* For cpg-recorder.c and cpg-recorder-comparison.c. */
#pragma once

#include "app/cpg-recorder.h"

G_BEGIN_DECLS

/* Where runs are written; NULL: nowhere. */
CpgSessionLog *cpg_recorder_get_writable (CpgRecorder *self);
/* Callbacks of writing calls, with a reference to the recorder; the second one tells that there is something new. */
void cpg_recorder_on_written (GObject *source, GAsyncResult *result, gpointer recorder);
void cpg_recorder_on_written_news (GObject *source, GAsyncResult *result, gpointer recorder);
/* Once it is known, the hash of a model becomes that of a record. */
void cpg_recorder_tell_hash_later (CpgRecorder *self, const char *path, const char *id);

/* ---- comparisons ---- */

typedef struct _CpgComparing CpgComparing;

void cpg_comparing_free (CpgComparing *self);
CpgComparing *cpg_comparing_new (CpgRecorder *recorder, CpgComparison *comparison);
/* NULL: it has gone. */
CpgComparison *cpg_comparing_get_comparison (CpgComparing *self);
/* Whether the run is a column of it; *id: under which it is in the log already, or NULL. (transfer none) */
gboolean cpg_comparing_has_run (CpgComparing *self, CpgRun *run, const char **id);
/* A run that is a column has its record now. */
void cpg_comparing_write (CpgComparing *self);
void cpg_comparing_set_replay (CpgComparing *self, const CpgLogRun *record);

G_END_DECLS
