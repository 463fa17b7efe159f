/* Writes the runs of an engine into the session log as they go: those of the Denoise page, of comparisons and of edits alike.
 *
 * A run is written from the moment when it has a model; each step as soon as it is read, or a tenth of a second after it was made; then its end.
 * Steps that are read faster than ten a second are written together: what was shown within the last tenth of a second may be lost with the program.
 * A run that is let go while it is active ends there. A branch that makes no step of its own is known by the record of the run that it shows.
 * The log is opened on its own thread, and nothing waits for it. Where there is none, because it cannot be opened or written, nothing is recorded and
 * everything else goes on; problem says why, and cpg_recorder_open () tries once more: what was run meanwhile is then written after all.
 * Properties: problem (string or NULL: the newest reason, in words), read-only (boolean: the log can be looked at, and nothing is recorded).
 * Signal: "changed": the log has something new.
 * Main thread only. Watches runs without keeping them.
 */
#pragma once

#include "engine/cpg-comparison.h"
#include "store/cpg-session-log.h"

G_BEGIN_DECLS

#define CPG_TYPE_RECORDER (cpg_recorder_get_type ())
G_DECLARE_FINAL_TYPE (CpgRecorder, cpg_recorder, CPG, RECORDER, GObject)

/* path of the log, NULL: the default. */
CpgRecorder *cpg_recorder_new (const char *path);
/* Blocks until everything is written; then nothing more is recorded. */
void cpg_recorder_close (CpgRecorder *self);
/* NULL where there is none. */
CpgSessionLog *cpg_recorder_get_log (CpgRecorder *self);
const char *cpg_recorder_get_problem (CpgRecorder *self);
/* Why there is no log, mostly a CPG_DATABASE_ERROR; NULL where there is one. */
const GError *cpg_recorder_get_failure (CpgRecorder *self);
gboolean cpg_recorder_is_read_only (CpgRecorder *self);
/* Where there is no log, opens it once more, to look at only or as always. */
void cpg_recorder_open (CpgRecorder *self, gboolean read_only);
/* The same with an empty log; the one that cannot be used is moved aside. Answers where to, (transfer full); NULL with error. */
char *cpg_recorder_begin_anew (CpgRecorder *self, GError **error);
/* For who has changed something in the log: tells the others. */
void cpg_recorder_changed (CpgRecorder *self);

/* Its runs from now on; another one is not watched any more, but for the runs that it has begun. */
void cpg_recorder_watch_engine (CpgRecorder *self, CpgEngine *engine);
/* Each start of it becomes an entry of the log, with the runs and texts that are made for it, and what is measured. */
void cpg_recorder_watch_comparison (CpgRecorder *self, CpgComparison *comparison);
/* Its next start shows once more what the log has (a comparison with columns): nothing of it is written before it becomes another. */
void cpg_recorder_set_comparison_replay (CpgRecorder *self, CpgComparison *comparison, const CpgLogRun *record);
/* The run, just started, shows once more what the log has under an id: nothing of it is written. */
void cpg_recorder_set_replay (CpgRecorder *self, CpgRun *run, const char *id);
/* The id of its record, or NULL. */
const char *cpg_recorder_get_id (CpgRecorder *self, CpgRun *run);
void cpg_recorder_add_bookmark (CpgRecorder *self, CpgRun *run, int step, const char *title);

G_END_DECLS
