/* How engine and worker make and feed a run. */
#pragma once

#include "engine/cpg-worker.h"

G_BEGIN_DECLS

/* Queues the job. settings: kept. model: path of a bundle of its own, or NULL. parent: of a branch, whose first k steps are taken over; else NULL.
 * (transfer full) */
CpgRun *cpg_run_new (CpgWorker *worker, CpgSettings *settings, const char *model, CpgRun *parent, int k);
CpgWorker *cpg_run_get_worker (CpgRun *self);
CpgJob *cpg_run_get_job (CpgRun *self);
int cpg_run_get_n_projected (CpgRun *self, CosmosShow show); /* steps that were, or cannot be */
/* Events of one turn of the main context; what they changed is notified at its end. */
void cpg_run_take_event (CpgRun *self, CpgEvent *event);
void cpg_run_end_turn (CpgRun *self);

G_END_DECLS
