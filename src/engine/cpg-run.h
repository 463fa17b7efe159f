/* A run: settings, its steps as they come (GListModel of CpgStep), and the step that is shown. The hub that every widget of a page binds to.
 *
 * Properties: settings (CpgSettings, a copy, read-only), state (CpgRunState), n-steps (int, planned), n-done (int), current-step (int, writable: -1 none),
 * current (CpgStep or NULL), show (int CosmosShow, writable), error (string or NULL), model-name (string), seconds (double), source-cut.
 * Main thread only. While it runs and the user has not scrubbed, current-step follows the newest step ("following").
 * Signals: "step-decoded" (CpgStep).
 */
#pragma once

#include "engine/cpg-settings.h"
#include "engine/cpg-step.h"
#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  CPG_RUN_WAITING, /* in the queue, or the model is being loaded */
  CPG_RUN_RUNNING,
  CPG_RUN_PAUSED,
  CPG_RUN_DONE,
  CPG_RUN_CANCELLED, /* steps made so far stay */
  CPG_RUN_FAILED
} CpgRunState;

#define CPG_TYPE_RUN (cpg_run_get_type ())
G_DECLARE_FINAL_TYPE (CpgRun, cpg_run, CPG, RUN, GObject)

CpgSettings *cpg_run_get_settings (CpgRun *self);
CpgRunState cpg_run_get_state (CpgRun *self);
gboolean cpg_run_is_active (CpgRun *self); /* waiting, running or paused */
int cpg_run_get_n_steps (CpgRun *self);
int cpg_run_get_n_done (CpgRun *self);
int cpg_run_get_current_step (CpgRun *self);
void cpg_run_set_current_step (CpgRun *self, int index); /* asks for its decoding first of all */
CpgStep *cpg_run_get_current (CpgRun *self);
CpgStep *cpg_run_get_step (CpgRun *self, int index);
CosmosShow cpg_run_get_show (CpgRun *self);
void cpg_run_set_show (CpgRun *self, CosmosShow show);
const char *cpg_run_get_error (CpgRun *self);
double cpg_run_get_seconds (CpgRun *self);

/* Never block. */
void cpg_run_pause (CpgRun *self);
void cpg_run_resume (CpgRun *self);
void cpg_run_cancel (CpgRun *self);

/* First two principal components of the x0 latents (or x_t) of the steps so far, 2 numbers a step, (transfer full); computed on demand. */
double *cpg_run_project (CpgRun *self, CosmosShow show, int *n);
/* What happens now, one sentence for people, translated ("Step 12 of 50: 31 of 54 tokens no longer change"). (transfer full) */
char *cpg_run_describe (CpgRun *self);

G_END_DECLS
