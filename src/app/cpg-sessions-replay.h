/* Makes a run of the session log once more: its settings, its seed and its model, after the runs that it branched from; shows it, and says at the end whether
 * it came out as it was.
 *
 * Signals: "said" (string): a short word about the outcome. "failed" (string, CpgLogRun or NULL): it cannot be made, and why; the record has the texts that
 * were logged. "ended": the run is whole, or nothing comes of it. Main thread only; lives by itself until it has ended, and ends silently where its run is stopped or another is begun.
 */
#pragma once

#include "app/cpg-session.h"

G_BEGIN_DECLS

typedef enum {
  CPG_SESSIONS_OPEN,    /* as it was; not logged again */
  CPG_SESSIONS_AGAIN,   /* a run of its own */
  CPG_SESSIONS_NEW_SEED /* the same with another seed */
} CpgSessionsMode;

#define CPG_TYPE_SESSIONS_REPLAY (cpg_sessions_replay_get_type ())
G_DECLARE_FINAL_TYPE (CpgSessionsReplay, cpg_sessions_replay, CPG, SESSIONS_REPLAY, GObject)

/* Does nothing yet. */
CpgSessionsReplay *cpg_sessions_replay_new (CpgSession *session, const char *id, CpgSessionsMode mode);
void cpg_sessions_replay_start (CpgSessionsReplay *self);
/* Shows nothing any more, and says nothing. */
void cpg_sessions_replay_abandon (CpgSessionsReplay *self);

G_END_DECLS
