/* What a run and the worker share of a run: wishes in one direction, a trajectory in the other. Private to the engine.
 *
 * Reference-counted; the trajectory, and with it latents and decodings, lives until the last step that shows them is gone. Only the worker touches
 * the trajectory, except for what its events handed over, which no longer changes.
 */
#pragma once

#include "engine/cpg-model.h"
#include "engine/cpg-run.h"

G_BEGIN_DECLS

typedef struct _CpgJob CpgJob;

struct _CpgJob {
  /* Constant once it is queued. */
  CpgSettings *settings; /* the job's own copy */
  int n_steps, decode_every;
  char *path; /* of a model of its own; NULL: the one that is open */

  CpgRun *run; /* main thread only; NULL when it is gone */

  /* Under the worker's lock: what the run wishes. */
  gboolean paused, cancelled;
  int shown;          /* step whose decoding is wanted first; -1 none, n_steps the result */
  guint64 shown_when; /* the latest wish of all runs goes first */
  CosmosShow show;
  gboolean project[2]; /* by show */
  GPtrArray *others
      [2]; /* CpgJob, projected with it; NULL: none; the worker takes them off with the wish, so that jobs do not hold each other */

  /* Read between layers. */
  CosmosProgress stepping, looking; /* of steps; of decodings, which a cancelled run still gives */

  /* The worker's; info may be read by steps. */
  CpgJob *parent; /* of a branch, until it has begun */
  int branch_at;
  CpgModel *model; /* NULL before it is bound and after closing */
  CpgModelInfo *info;
  CosmosTrajectory *trajectory;
  int n_done;
  gboolean *decoded[2]; /* by show, n_steps + 1 each */
  gboolean ended;       /* done, failed: told the run */
};

CpgJob *cpg_job_new (CpgSettings *settings);
CpgJob *cpg_job_ref (CpgJob *self);
void cpg_job_unref (CpgJob *self);

/* The worker's steps; each false with an error. */
gboolean cpg_job_begin (CpgJob *self, CosmosPool *pool, GError **error);
gboolean cpg_job_advance (CpgJob *self, GError **error);
/* index n_steps: the result that is no step. */
const CosmosDecoding *cpg_job_decode (CpgJob *self, int index, CosmosShow show, GError **error);
/* 2 coordinates a step made; NULL where they cannot be had. others: CpgJob, may be NULL; of each that has the same task of the same model, a GArray
 * with 2 doubles a step is added to ways. */
double *cpg_job_project (CpgJob *self, CosmosShow show, GPtrArray *others, GPtrArray *ways);

/* The index that shows the result: the last step's guess, or n_steps for the mean. */
int cpg_job_get_result_index (const CpgJob *self);
gboolean cpg_job_is_complete (const CpgJob *self);

G_END_DECLS
