/* A run: settings, its steps as they come (GListModel of CpgStep), and the step that is shown. The hub that every widget of a page binds to.
 *
 * Properties: settings (CpgSettings, a copy, read-only), state (enum CpgRunState), n-steps (int, planned), n-done (int), current-step (int, writable:
 * -1 none), current (CpgStep or NULL), following (boolean), show (int CosmosShow, writable), result (CpgStep or NULL), error (string or NULL),
 * model-name (string or NULL before it has begun), seconds (double, that the steps took), source-cut (boolean: the source was longer than the model
 * reads).
 * Main thread only; may be let go at any moment, its work then ends. What arrives in one turn of the main loop is notified once.
 * While it runs and the user has not scrubbed, current-step follows the newest step that is decoded ("following"; scrubbing to the newest step follows
 * again), so that there is always a text to show. With decode-every 0 the newest step is decoded whenever the one before has come.
 * Signals: "step-decoded" (CpgStep): also where only its marks are new. "projected" (int CosmosShow).
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
  CPG_RUN_DONE,      /* the result is decoded */
  CPG_RUN_CANCELLED, /* steps made so far stay, and can still be looked at */
  CPG_RUN_FAILED
} CpgRunState;

#define CPG_TYPE_RUN_STATE (cpg_run_state_get_type ())
GType cpg_run_state_get_type (void);

#define CPG_TYPE_RUN (cpg_run_get_type ())
G_DECLARE_FINAL_TYPE (CpgRun, cpg_run, CPG, RUN, GObject)

CpgSettings *cpg_run_get_settings (CpgRun *self);
CpgRunState cpg_run_get_state (CpgRun *self);
gboolean cpg_run_is_active (CpgRun *self); /* waiting, running or paused */
int cpg_run_get_n_steps (CpgRun *self);
int cpg_run_get_n_done (CpgRun *self);
int cpg_run_get_current_step (CpgRun *self);
/* Clamped to the steps made. Asks for its decoding first of all. */
void cpg_run_set_current_step (CpgRun *self, int index);
CpgStep *cpg_run_get_current (CpgRun *self);
/* NULL where that is not made. */
CpgStep *cpg_run_get_step (CpgRun *self, int index);
gboolean cpg_run_is_following (CpgRun *self);
/* FALSE: current-step never follows, from the first step on; whoever shows the run leads (a player at its own pace). TRUE at first. */
void cpg_run_set_may_follow (CpgRun *self, gboolean may_follow);
CosmosShow cpg_run_get_show (CpgRun *self);
void cpg_run_set_show (CpgRun *self, CosmosShow show);
/* What the settings return, decoded: a copy of the last step's guess, or the mean, which is none of the steps. NULL before it is done. */
CpgStep *cpg_run_get_result (CpgRun *self);
const char *cpg_run_get_error (CpgRun *self);
const char *cpg_run_get_model_name (CpgRun *self);
const char *cpg_run_get_model_path (CpgRun *self);   /* of its file; NULL before it has begun */
const char *cpg_run_get_compute_name (CpgRun *self); /* "oneDNN bf16"; NULL before it has begun */
double cpg_run_get_seconds (CpgRun *self);

/* Never block. A step that is being made when pausing still arrives. */
void cpg_run_pause (CpgRun *self);
void cpg_run_resume (CpgRun *self);
void cpg_run_cancel (CpgRun *self);

/* First two principal components of the x0 latents (or x_t) of steps 0 .. *n - 1, 2 numbers a step, (transfer full): the latest there are, NULL and
 * 0 before. Computed by the worker; asks for new ones where steps have come since, and "projected" tells. */
double *cpg_run_project (CpgRun *self, CosmosShow show, int *n);
/* Reads all steps made so far, as the run shows them, before the next step of any run: for who wants a run as a whole. Each is told of as always.
 * with_path: also what cpg_run_project () gives. What is there already costs nothing. Cancelling keeps what was read. */
void cpg_run_read_all_async (CpgRun *self, gboolean with_path, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer data);
gboolean cpg_run_read_all_finish (CpgRun *self, GAsyncResult *result, GError **error);
/* Runs whose ways cpg_run_project () finds from now on, too, in the directions of this one: those of the same task of the same model; others are passed
 * over. Their latents stay as long as they are set. NULL, 0: none. */
void cpg_run_set_others (CpgRun *self, CpgRun *const *others, int n);
/* Those that the last projection found, and their points, 2 numbers a step, until the next "projected". (transfer none) */
int cpg_run_get_n_others (CpgRun *self, CosmosShow show);
const double *cpg_run_get_other (CpgRun *self, CosmosShow show, int i, int *n);
/* What happens now, one sentence for people, translated ("Step 12 of 50: 31 of 54 tokens no longer change"). (transfer full) */
char *cpg_run_describe (CpgRun *self);

G_END_DECLS
