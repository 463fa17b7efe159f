/* Runs as the session log keeps them, and settings back from that. Pure functions of what they are given; main thread. */
#pragma once

#include "engine/cpg-run.h"
#include "store/cpg-log-run.h"

G_BEGIN_DECLS

/* What is known when a run begins, with a new id; the model and its hash are told by cpg_sessions_record_take_model (). (transfer full) */
CpgLogRun *cpg_sessions_record_new (CpgSettings *settings);
void cpg_sessions_record_take_model (CpgLogRun *self, CpgRun *run);
/* State, time, error, the newest text there is, and the hash of a whole result. */
void cpg_sessions_record_take_end (CpgLogRun *self, CpgRun *run);
/* show: what the run shows, whose text it has: the guess's, or the noisy state's as noisy_text. (transfer full) */
CpgLogStep *cpg_sessions_record_step (CpgStep *step, CosmosShow show);

/* Those of a record, in a new object. decode_every is the looker's choice and no part of it. (transfer full), NULL where the record has none. */
CpgSettings *cpg_sessions_record_get_settings (const CpgLogRun *self, int decode_every);

G_END_DECLS
