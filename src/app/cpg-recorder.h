/* Writes the runs of an engine into the session log as they go: those of the Denoise page, of comparisons and of edits alike.
 *
 * A run is written from the moment when it has a model; each step as soon as it is read, or a tenth of a second after it was made; then its end.
 * Steps that are read faster than ten a second are written together: what was shown within the last tenth of a second may be lost with the program.
 * A run that is let go while it is active ends there. A branch that makes no step of its own is known by the record of the run that it shows.
 * The log is opened on its own thread, and nothing waits for it. Where there is none, because it cannot be opened or written, nothing is recorded and
 * everything else goes on; problem says why.
 * Property: problem (string or NULL: the newest reason, in words). Signal: "changed": the log has something new.
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
/* For who has changed something in the log: tells the others. */
void cpg_recorder_changed (CpgRecorder *self);

/* Its runs from now on; another one is not watched any more, but for the runs that it has begun. */
void cpg_recorder_watch_engine (CpgRecorder *self, CpgEngine *engine);
/* Written once each time that it has ended, with the runs that are in it. */
void cpg_recorder_watch_comparison (CpgRecorder *self, CpgComparison *comparison);
/* The run, just started, shows once more what the log has under an id: nothing of it is written. */
void cpg_recorder_set_replay (CpgRecorder *self, CpgRun *run, const char *id);
/* The id of its record, or NULL. */
const char *cpg_recorder_get_id (CpgRecorder *self, CpgRun *run);
void cpg_recorder_add_bookmark (CpgRecorder *self, CpgRun *run, int step, const char *title);

G_END_DECLS
