/* The thread that owns pool, models and trajectories. Private to the engine.
 *
 * The main thread puts in loads and jobs and changes a job's wishes; none of these functions waits for work, since the lock is never held during
 * any. What was made crosses back in order as CpgEvents, as many as there are in one turn of the main context (with a limit, so that the turn stays
 * short). Stopping is the exception: it waits for the layer that is being computed, since libraries must not be torn down under the thread.
 */
#pragma once

#include "engine/cpg-errand.h"
#include "engine/cpg-job.h"

G_BEGIN_DECLS

typedef enum {
  CPG_EVENT_MODEL,     /* model: the one for coming runs; or error, both may come with task */
  CPG_EVENT_STARTED,   /* job has begun */
  CPG_EVENT_STEP,      /* step */
  CPG_EVENT_DECODED,   /* decoding of index, show */
  CPG_EVENT_PROJECTED, /* coordinates of index points, show */
  CPG_EVENT_ENDED,     /* error NULL: done; cancelled only where the worker was stopped */
  CPG_EVENT_NEWS,      /* of errand */
  CPG_EVENT_ANSWER     /* of errand; error NULL: its result */
} CpgEventKind;

typedef struct {
  CpgEventKind kind;
  CpgJob *job;
  CpgModelInfo *model;
  guint available; /* tasks, cpg_tasks_find_available () */
  GTask *task;
  GError *error;
  CpgStep *step;
  int index;
  CosmosShow show;
  const CosmosDecoding *decoding; /* the job's */
  double *coordinates;
  GPtrArray *ways; /* GArray of double, those of other runs beside them */
  gboolean source_cut;
  CpgErrand *errand;
  gpointer news;
  GDestroyNotify free_news;
} CpgEvent;

typedef struct _CpgWorker CpgWorker;

/* Called in the context in which the worker was made. Takes nothing: event and what is in it are freed after. */
typedef void (*CpgModelFunc) (CpgEvent *event, gpointer data);

/* on_model, data: until cpg_worker_stop (). */
CpgWorker *cpg_worker_new (int threads, const char *compute, CpgModelFunc on_model, gpointer data);
CpgWorker *cpg_worker_ref (CpgWorker *self);
void cpg_worker_unref (CpgWorker *self);
/* Before the last unref. Runs end as cancelled; what they are told still comes. */
void cpg_worker_stop (CpgWorker *self);

/* task (transfer full) comes back with the event. Its data is the path. */
void cpg_worker_load (CpgWorker *self, GTask *task);
void cpg_worker_add (CpgWorker *self, CpgJob *job);
/* Nobody wants anything of the job any more. */
void cpg_worker_close (CpgWorker *self, CpgJob *job);
gboolean cpg_worker_is_stopped (CpgWorker *self);
/* (transfer full) Not to one that is stopped. */
void cpg_worker_send (CpgWorker *self, CpgErrand *errand);

/* A job's wishes. */
void cpg_worker_set_paused (CpgWorker *self, CpgJob *job, gboolean paused);
void cpg_worker_cancel (CpgWorker *self, CpgJob *job);
void cpg_worker_show (CpgWorker *self, CpgJob *job, int index, CosmosShow show);
/* others: CpgJob (transfer full), NULL: none. */
void cpg_worker_project (CpgWorker *self, CpgJob *job, CosmosShow show, GPtrArray *others);

G_END_DECLS
