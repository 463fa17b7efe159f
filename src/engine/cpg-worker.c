#include "engine/cpg-worker.h"

#include "engine/cpg-errand-private.h"
#include "engine/cpg-error.h"
#include "engine/cpg-run-private.h"
#include "engine/cpg-step-private.h"
#include "engine/cpg-task.h"
#include "engine/cpg-work.h"

#include <glib/gi18n-lib.h>
#include <errno.h>
#include <sys/resource.h>

enum { TURN_USEC = 4000 /* of the main context at a time */, NICENESS = 5 };

/* What the main thread put in, in order. */
typedef enum { ORDER_LOAD, ORDER_ADD, ORDER_CLOSE, ORDER_ERRAND } OrderKind;

typedef struct {
  OrderKind kind;
  CpgJob *job;
  GTask *task;
  CpgErrand *errand;
} Order;

struct _CpgWorker {
  /* constant */
  int threads;
  char *compute;
  GMainContext *context;

  /* main thread only */
  GThread *thread; /* NULL once it was stopped */
  CpgModelFunc on_model;
  gpointer data;

  GMutex lock; /* those down to current, and the wishes of jobs */
  GCond wake;
  GQueue orders; /* Order */
  GQueue events; /* CpgEvent */
  gboolean dispatching, stopped;
  guint64 clock;   /* counts wishes */
  CpgJob *current; /* that is being worked on */
  CpgErrand *performed;

  /* the thread's own */
  CosmosPool *pool;
  CpgModel *model;
  GPtrArray *jobs; /* CpgJob, in the order they came */
  GQueue errands;  /* CpgErrand */
  CpgLanguageShelf *languages;
};

/* ---- events ---- */

static void free_event (gpointer data)
{
  CpgEvent *event = data;
  g_clear_pointer (&event->job, cpg_job_unref);
  g_clear_pointer (&event->model, cpg_model_info_unref);
  g_clear_object (&event->task);
  g_clear_error (&event->error);
  g_clear_object (&event->step);
  g_free (event->coordinates);
  g_clear_pointer (&event->ways, g_ptr_array_unref);
  if (event->news)
    event->free_news (event->news);
  g_clear_pointer (&event->errand, cpg_errand_unref);
  g_free (event);
}

static CpgEvent *pop_event (CpgWorker *self)
{
  g_mutex_lock (&self->lock);
  CpgEvent *event = g_queue_pop_head (&self->events);
  if (!event)
    self->dispatching = FALSE;
  g_mutex_unlock (&self->lock);
  return event;
}

/* Runs are told after their last event of this turn that it is over, so that a list of many steps changes once. */
static gboolean dispatch (gpointer data)
{
  CpgWorker *self = data;
  gint64 end = g_get_monotonic_time () + TURN_USEC;
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean more = TRUE;
  do {
    CpgEvent *event = pop_event (self);
    if (!event) {
      more = FALSE;
      break;
    }
    if (event->kind == CPG_EVENT_MODEL) {
      if (self->on_model)
        self->on_model (event, self->data);
    } else if (event->kind == CPG_EVENT_NEWS) {
      cpg_errand_take_news (event->errand, event->news);
    } else if (event->kind == CPG_EVENT_ANSWER) {
      cpg_errand_answer (event->errand, g_steal_pointer (&event->error));
    } else if (event->job->run) {
      CpgRun *run = event->job->run;
      if (!g_ptr_array_find (runs, run, NULL))
        g_ptr_array_add (runs, g_object_ref (run));
      cpg_run_take_event (run, event);
    }
    free_event (event);
  } while (g_get_monotonic_time () < end);
  for (guint i = 0; i < runs->len; i++)
    cpg_run_end_turn (g_ptr_array_index (runs, i));
  return more ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void post (CpgWorker *self, CpgEvent event)
{
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->events, g_memdup2 (&event, sizeof event));
  gboolean attach = !self->dispatching;
  self->dispatching = TRUE;
  g_mutex_unlock (&self->lock);
  if (!attach)
    return;
  GSource *source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, dispatch, cpg_worker_ref (self), (GDestroyNotify) cpg_worker_unref);
  g_source_set_static_name (source, "cpg-worker");
  g_source_attach (source, self->context);
  g_source_unref (source);
}

static GError *new_cancelled (void)
{
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, cosmos_status_text (COSMOS_STATUS_CANCELLED));
}

static void post_ended (CpgWorker *self, CpgJob *job, GError *error)
{
  job->ended = TRUE;
  post (self, (CpgEvent) {.kind = CPG_EVENT_ENDED, .job = cpg_job_ref (job), .error = error});
}

/* ---- models ---- */

static gboolean find_compute (CpgWorker *self, CosmosCompute *compute, GError **error)
{
  CosmosError err;
  if (cosmos_compute_from_name (self->compute, compute, &err) && cosmos_compute_is_available (*compute, &err))
    return TRUE;
  cpg_error_from_core (error, &err);
  return FALSE;
}

static CpgModel *open_model (CpgWorker *self, const char *path, GError **error)
{
  CosmosCompute compute;
  return find_compute (self, &compute, error) ? cpg_model_open (path, compute, error) : NULL;
}

static void take_model (CpgWorker *self, CpgModel *model, GTask *task)
{
  g_clear_pointer (&self->model, cpg_model_unref);
  self->model = model;
  post (self, (CpgEvent) {.kind = CPG_EVENT_MODEL,
                          .model = cpg_model_info_ref (model->info),
                          .available = cpg_tasks_find_available (&model->info->config),
                          .task = task});
}

static void load (CpgWorker *self, GTask *task)
{
  GError *error = NULL;
  GCancellable *cancellable = g_task_get_cancellable (task);
  CpgModel *model = NULL;
  if (!g_cancellable_set_error_if_cancelled (cancellable, &error))
    model = open_model (self, g_task_get_task_data (task), &error);
  if (model && g_cancellable_set_error_if_cancelled (cancellable, &error))
    g_clear_pointer (&model, cpg_model_unref);
  if (model)
    take_model (self, model, task);
  else
    post (self, (CpgEvent) {.kind = CPG_EVENT_MODEL, .task = task, .error = error});
}

/* A model of its own, unless that is open already. */
static CpgModel *take_own_model (CpgWorker *self, const char *path, GError **error)
{
  if (self->model && g_str_equal (self->model->info->path, path))
    return cpg_model_ref (self->model);
  for (guint i = 0; i < self->jobs->len; i++) {
    CpgModel *model = ((CpgJob *) g_ptr_array_index (self->jobs, i))->model;
    if (model && g_str_equal (model->info->path, path))
      return cpg_model_ref (model);
  }
  return open_model (self, path, error);
}

/* The model of a run: its parent's, its own, the one that was opened last, or, where that is none with the task, the first that has it. */
static gboolean bind (CpgWorker *self, CpgJob *job, GError **error)
{
  const char *task = cpg_settings_get_task (job->settings);
  if (job->parent) {
    job->model = cpg_model_ref (job->parent->model);
  } else if (job->path) {
    job->model = take_own_model (self, job->path, error);
    if (!job->model)
      return FALSE;
  } else {
    if (!self->model
        || (*task && self->model->info->config.n_tasks > 0 && cosmos_config_find_task (&self->model->info->config, task) < 0)) {
      g_autofree char *path = cpg_models_find (task);
      CpgModel *model = path ? open_model (self, path, error) : NULL;
      if (path && !model)
        return FALSE;
      if (model)
        take_model (self, model, NULL);
    }
    if (!self->model) {
      g_set_error (error, CPG_ERROR, COSMOS_STATUS_IO,
                   _ ("There is no model for the task “%s”: get one, or name a folder of models in COSMOS_MODELS"), task);
      return FALSE;
    }
    job->model = cpg_model_ref (self->model);
  }
  job->info = cpg_model_info_ref (job->model->info);
  return TRUE;
}

/* ---- orders ---- */

static void add_job (CpgWorker *self, CpgJob *job)
{
  GError *error = NULL;
  g_ptr_array_add (self->jobs, cpg_job_ref (job));
  if (!bind (self, job, &error))
    post_ended (self, job, error);
}

/* The model goes here, so that it is never the main thread that closes it. */
static void close_job (CpgWorker *self, CpgJob *job)
{
  g_clear_pointer (&job->model, cpg_model_unref);
  g_ptr_array_remove (self->jobs, job);
}

static void follow (CpgWorker *self, Order *order)
{
  switch (order->kind) {
  case ORDER_LOAD:
    load (self, g_steal_pointer (&order->task));
    break;
  case ORDER_ADD:
    add_job (self, order->job);
    break;
  case ORDER_CLOSE:
    close_job (self, order->job);
    break;
  case ORDER_ERRAND:
    g_queue_push_tail (&self->errands, g_steal_pointer (&order->errand));
    break;
  }
}

static void free_order (gpointer data)
{
  Order *order = data;
  g_clear_pointer (&order->job, cpg_job_unref);
  g_clear_object (&order->task);
  g_clear_pointer (&order->errand, cpg_errand_unref);
  g_free (order);
}

/* ---- doing it ---- */

static void begin (CpgWorker *self, CpgJob *job)
{
  GError *error = NULL;
  cpg_model_pack (job->model, self->pool, &job->stepping);
  if (cpg_job_begin (job, self->pool, &error))
    post (self, (CpgEvent) {.kind = CPG_EVENT_STARTED,
                            .job = cpg_job_ref (job),
                            .model = cpg_model_info_ref (job->info),
                            .source_cut = cosmos_trajectory_is_source_cut (job->trajectory)});
  else
    post_ended (self, job, error);
}

static void advance (CpgWorker *self, CpgJob *job)
{
  GError *error = NULL;
  if (cpg_job_advance (job, &error)) {
    CpgStep *step = cpg_step_new (job, cosmos_trajectory_get_step (job->trajectory, job->n_done - 1));
    post (self, (CpgEvent) {.kind = CPG_EVENT_STEP, .job = cpg_job_ref (job), .step = step});
  } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_error_free (error); /* the run knows */
  } else {
    post_ended (self, job, error);
  }
}

/* The mean has no step of the trajectory. */
static CpgStep *new_mean (CpgJob *job)
{
  const CosmosSettings *settings = cosmos_trajectory_get_settings (job->trajectory);
  CosmosSchedule schedule = {settings->schedule_d};
  const float *mean = cosmos_trajectory_get_result (job->trajectory);
  CosmosStep step = {.index = job->n_steps,
                     .t = settings->t_end,
                     .alpha = cosmos_schedule_get_alpha (schedule, settings->t_end),
                     .sigma = cosmos_schedule_get_sigma (schedule, settings->t_end),
                     .x = mean,
                     .x0 = mean};
  return cpg_step_new (job, &step);
}

static void decode (CpgWorker *self, const CpgWork *work)
{
  GError *error = NULL;
  CpgJob *job = work->job;
  const CosmosDecoding *decoding = cpg_job_decode (job, work->index, work->show, &error);
  if (decoding)
    post (self, (CpgEvent) {.kind = CPG_EVENT_DECODED,
                            .job = cpg_job_ref (job),
                            .index = work->index,
                            .show = work->show,
                            .step = work->index == job->n_steps ? new_mean (job) : NULL,
                            .decoding = decoding});
  else if (!job->ended && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    post_ended (self, job, error);
  else
    g_error_free (error);
}

static void unref_array (gpointer data)
{
  g_array_unref (data);
}

static void project (CpgWorker *self, CpgJob *job, CosmosShow show)
{
  GPtrArray *ways = g_ptr_array_new_with_free_func (unref_array);
  g_mutex_lock (&self->lock);
  g_autoptr (GPtrArray) others = g_steal_pointer (&job->others[show]);
  g_mutex_unlock (&self->lock);
  double *coordinates = cpg_job_project (job, show, others, ways);
  post (self, (CpgEvent) {.kind = CPG_EVENT_PROJECTED,
                          .job = cpg_job_ref (job),
                          .index = job->n_done,
                          .show = show,
                          .coordinates = coordinates,
                          .ways = ways});
}

/* ---- errands ---- */

/* The errand's last reference may go with this event: on the main thread, where its task belongs. So nobody may stop it from here on. */
static void post_answer (CpgWorker *self, CpgErrand *errand, GError *error)
{
  g_mutex_lock (&self->lock);
  self->performed = NULL;
  g_mutex_unlock (&self->lock);
  post (self, (CpgEvent) {.kind = CPG_EVENT_ANSWER, .errand = errand, .error = error});
}

static void tell (CpgErrand *errand, gpointer news, GDestroyNotify free_news, gpointer data)
{
  post (data, (CpgEvent) {.kind = CPG_EVENT_NEWS, .errand = cpg_errand_ref (errand), .news = news, .free_news = free_news});
}

static void run_errand (CpgWorker *self)
{
  GError *error = NULL;
  CpgErrand *errand = g_queue_peek_head (&self->errands);
  CpgErrandPlace place = {.pool = self->pool, .model = self->model, .languages = self->languages, .tell = tell, .data = self};
  if (!find_compute (self, &place.compute, &error))
    cpg_errand_drop (errand);
  else if (cpg_errand_perform (errand, &place, &error))
    return;
  g_queue_pop_head (&self->errands);
  post_answer (self, errand, error);
}

static void perform (CpgWorker *self, const CpgWork *work)
{
  switch (work->kind) {
  case CPG_WORK_BEGIN:
    begin (self, work->job);
    break;
  case CPG_WORK_ADVANCE:
    advance (self, work->job);
    break;
  case CPG_WORK_DECODE:
    decode (self, work);
    break;
  case CPG_WORK_PROJECT:
    project (self, work->job, work->show);
    break;
  case CPG_WORK_END:
    post_ended (self, work->job, NULL);
    break;
  case CPG_WORK_ERRAND:
    run_errand (self);
    break;
  case CPG_WORK_NONE:
    break;
  }
}

/* One order or piece of work, or a wait for either. False: the end. */
static gboolean turn (CpgWorker *self)
{
  Order *order = NULL;
  CpgWork work = {CPG_WORK_NONE};
  g_mutex_lock (&self->lock);
  while (!self->stopped && !(order = g_queue_pop_head (&self->orders))
         && !(work = cpg_work_choose (self->jobs, !g_queue_is_empty (&self->errands))).kind)
    g_cond_wait (&self->wake, &self->lock);
  gboolean stopped = self->stopped;
  self->current = work.job;
  self->performed = work.kind == CPG_WORK_ERRAND ? g_queue_peek_head (&self->errands) : NULL;
  g_mutex_unlock (&self->lock);
  if (order)
    follow (self, order);
  else
    perform (self, &work);
  g_clear_pointer (&order, free_order);
  g_mutex_lock (&self->lock);
  self->current = NULL;
  self->performed = NULL;
  g_mutex_unlock (&self->lock);
  return !stopped;
}

/* What is left is told that it will not be. */
static void refuse (CpgWorker *self)
{
  Order *order;
  for (guint i = 0; i < self->jobs->len; i++) {
    CpgJob *job = g_ptr_array_index (self->jobs, i);
    if (!job->ended)
      post_ended (self, job, new_cancelled ());
    g_clear_pointer (&job->model, cpg_model_unref);
  }
  g_mutex_lock (&self->lock);
  GQueue left = self->orders;
  g_queue_init (&self->orders);
  g_mutex_unlock (&self->lock);
  while ((order = g_queue_pop_head (&left))) {
    if (order->kind == ORDER_ADD)
      post_ended (self, order->job, new_cancelled ());
    else if (order->kind == ORDER_LOAD)
      post (self, (CpgEvent) {.kind = CPG_EVENT_MODEL, .task = g_steal_pointer (&order->task), .error = new_cancelled ()});
    else if (order->kind == ORDER_ERRAND)
      g_queue_push_tail (&self->errands, g_steal_pointer (&order->errand));
    free_order (order);
  }
  CpgErrand *errand;
  while ((errand = g_queue_pop_head (&self->errands))) {
    cpg_errand_drop (errand);
    post_answer (self, errand, new_cancelled ());
  }
}

static void drop_job (gpointer data)
{
  cpg_job_unref (data);
}

/* Where the run takes all cores, whoever looks at it goes first: else the main thread waits for its turn and frames are late. The pool's threads
 * inherit it. Elsewhere than on Linux this would be the whole process. */
static void step_back (void)
{
#ifdef __linux__
  if (setpriority (PRIO_PROCESS, 0, NICENESS) != 0)
    g_debug ("The engine's threads keep their priority: %s", g_strerror (errno));
#endif
}

static gpointer run_thread (gpointer data)
{
  CpgWorker *self = data;
  step_back ();
  self->jobs = g_ptr_array_new_with_free_func (drop_job);
  self->pool = cosmos_pool_new (self->threads);
  if (!self->pool)
    g_error ("Out of memory for threads");
  self->languages = cpg_language_shelf_new ();
  while (turn (self))
    continue;
  refuse (self);
  g_ptr_array_unref (self->jobs);
  g_clear_pointer (&self->model, cpg_model_unref);
  cpg_language_shelf_free (self->languages);
  cosmos_pool_free (self->pool);
  return NULL;
}

/* ---- for the main thread ---- */

CpgWorker *cpg_worker_new (int threads, const char *compute, CpgModelFunc on_model, gpointer data)
{
  CpgWorker *self = g_atomic_rc_box_new0 (CpgWorker);
  self->threads = threads;
  self->compute = g_strdup (compute);
  self->context = g_main_context_ref_thread_default ();
  self->on_model = on_model;
  self->data = data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  g_queue_init (&self->orders);
  g_queue_init (&self->events);
  self->thread = g_thread_new ("cpg-worker", run_thread, self);
  return self;
}

CpgWorker *cpg_worker_ref (CpgWorker *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void clear_worker (gpointer data)
{
  CpgWorker *self = data;
  g_queue_clear_full (&self->orders, free_order);
  g_queue_clear_full (&self->events, free_event);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_main_context_unref (self->context);
  g_free (self->compute);
}

void cpg_worker_unref (CpgWorker *self)
{
  g_atomic_rc_box_release_full (self, clear_worker);
}

void cpg_worker_stop (CpgWorker *self)
{
  self->on_model = NULL;
  g_mutex_lock (&self->lock);
  self->stopped = TRUE;
  if (self->current) {
    atomic_store (&self->current->stepping.cancelled, true);
    atomic_store (&self->current->looking.cancelled, true);
  }
  if (self->performed)
    cpg_errand_stop (self->performed);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  g_thread_join (g_steal_pointer (&self->thread));
}

static void put_order (CpgWorker *self, OrderKind kind, CpgJob *job, GTask *task, CpgErrand *errand)
{
  Order order = {kind, job ? cpg_job_ref (job) : NULL, task, errand};
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->orders, g_memdup2 (&order, sizeof order));
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

void cpg_worker_load (CpgWorker *self, GTask *task)
{
  put_order (self, ORDER_LOAD, NULL, task, NULL);
}

void cpg_worker_add (CpgWorker *self, CpgJob *job)
{
  put_order (self, ORDER_ADD, job, NULL, NULL);
}

void cpg_worker_close (CpgWorker *self, CpgJob *job)
{
  atomic_store (&job->stepping.cancelled, true);
  atomic_store (&job->looking.cancelled, true);
  put_order (self, ORDER_CLOSE, job, NULL, NULL);
}

gboolean cpg_worker_is_stopped (CpgWorker *self)
{
  return self->thread == NULL;
}

void cpg_worker_send (CpgWorker *self, CpgErrand *errand)
{
  put_order (self, ORDER_ERRAND, NULL, NULL, errand);
}

void cpg_worker_set_paused (CpgWorker *self, CpgJob *job, gboolean paused)
{
  g_mutex_lock (&self->lock);
  job->paused = paused;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

void cpg_worker_cancel (CpgWorker *self, CpgJob *job)
{
  g_mutex_lock (&self->lock);
  job->cancelled = TRUE;
  atomic_store (&job->stepping.cancelled, true);
  g_mutex_unlock (&self->lock);
}

void cpg_worker_show (CpgWorker *self, CpgJob *job, int index, CosmosShow show)
{
  g_mutex_lock (&self->lock);
  job->shown = index;
  job->show = show;
  job->shown_when = ++self->clock;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

void cpg_worker_project (CpgWorker *self, CpgJob *job, CosmosShow show, GPtrArray *others)
{
  g_mutex_lock (&self->lock);
  g_autoptr (GPtrArray) before = job->others[show];
  job->others[show] = others;
  job->project[show] = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}
