#include "engine/cpg-run-private.h"
#include "engine/cpg-step-private.h"

typedef struct {
  double *coordinates;
  int n, tried;     /* steps that it has; that the last try had */
  gboolean pending; /* asked for */
  gboolean came;    /* in this turn */
  GPtrArray *ways;  /* GArray of double: those of the others; NULL before */
} Projection;

struct _CpgRun {
  GObject parent_instance;
  CpgWorker *worker;
  CpgJob *job;
  CpgSettings *settings;
  GPtrArray *steps; /* CpgStep */
  guint n_listed;   /* of them, that the list has told */
  int current;
  CosmosShow show;
  gboolean following, may_follow, begun, paused;
  CpgRunState end; /* DONE, CANCELLED or FAILED; WAITING while active */
  CpgRunState state;
  CpgStep *result;
  char *error, *model_name, *model_path;
  const char *compute_name;
  double seconds;
  gboolean source_cut;
  int asked;                 /* step whose decoding was asked for last; -1 none */
  GArray *decoded;           /* int: steps whose decoding came in this turn */
  Projection projections[2]; /* by show */
  GPtrArray *others;         /* CpgJob, projected with this one */
};

static void list_model_init (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CpgRun, cpg_run, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum {
  PROP_SETTINGS = 1,
  PROP_STATE,
  PROP_N_STEPS,
  PROP_N_DONE,
  PROP_CURRENT_STEP,
  PROP_CURRENT,
  PROP_FOLLOWING,
  PROP_SHOW,
  PROP_RESULT,
  PROP_ERROR,
  PROP_MODEL_NAME,
  PROP_SECONDS,
  PROP_SOURCE_CUT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

enum { STEP_DECODED, PROJECTED, N_SIGNALS };
static guint signals[N_SIGNALS];

GType cpg_run_state_get_type (void)
{
  static const GEnumValue values[] = {
    {CPG_RUN_WAITING, "CPG_RUN_WAITING", "waiting"},
    {CPG_RUN_RUNNING, "CPG_RUN_RUNNING", "running"},
    {CPG_RUN_PAUSED, "CPG_RUN_PAUSED", "paused"},
    {CPG_RUN_DONE, "CPG_RUN_DONE", "done"},
    {CPG_RUN_CANCELLED, "CPG_RUN_CANCELLED", "cancelled"},
    {CPG_RUN_FAILED, "CPG_RUN_FAILED", "failed"},
    {0, NULL, NULL},
  };
  static GType type;
  if (g_once_init_enter_pointer (&type))
    g_once_init_leave_pointer (&type, g_enum_register_static ("CpgRunState", values));
  return type;
}

static void notify (CpgRun *self, int id)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[id]);
}

/* ---- list of steps ---- */

static GType get_item_type (GListModel *list)
{
  (void) list;
  return CPG_TYPE_STEP;
}

static guint get_n_items (GListModel *list)
{
  return CPG_RUN (list)->n_listed;
}

static gpointer get_item (GListModel *list, guint i)
{
  CpgRun *self = CPG_RUN (list);
  return i < self->n_listed ? g_object_ref (g_ptr_array_index (self->steps, i)) : NULL;
}

static void list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

/* ---- properties ---- */

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  CpgRun *self = CPG_RUN (object);
  switch (id) {
  case PROP_SETTINGS:
    g_value_set_object (value, self->settings);
    break;
  case PROP_STATE:
    g_value_set_enum (value, (int) self->state);
    break;
  case PROP_N_STEPS:
    g_value_set_int (value, cpg_run_get_n_steps (self));
    break;
  case PROP_N_DONE:
    g_value_set_int (value, cpg_run_get_n_done (self));
    break;
  case PROP_CURRENT_STEP:
    g_value_set_int (value, self->current);
    break;
  case PROP_CURRENT:
    g_value_set_object (value, cpg_run_get_current (self));
    break;
  case PROP_FOLLOWING:
    g_value_set_boolean (value, cpg_run_is_following (self));
    break;
  case PROP_SHOW:
    g_value_set_int (value, (int) self->show);
    break;
  case PROP_RESULT:
    g_value_set_object (value, self->result);
    break;
  case PROP_ERROR:
    g_value_set_string (value, self->error);
    break;
  case PROP_MODEL_NAME:
    g_value_set_string (value, self->model_name);
    break;
  case PROP_SECONDS:
    g_value_set_double (value, self->seconds);
    break;
  case PROP_SOURCE_CUT:
    g_value_set_boolean (value, self->source_cut);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  CpgRun *self = CPG_RUN (object);
  switch (id) {
  case PROP_CURRENT_STEP:
    cpg_run_set_current_step (self, g_value_get_int (value));
    break;
  case PROP_SHOW:
    cpg_run_set_show (self, (CosmosShow) g_value_get_int (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void finalize (GObject *object)
{
  CpgRun *self = CPG_RUN (object);
  self->job->run = NULL;
  cpg_worker_close (self->worker, self->job);
  cpg_job_unref (self->job);
  cpg_worker_unref (self->worker);
  g_object_unref (self->settings);
  g_clear_object (&self->result);
  g_ptr_array_unref (self->steps);
  g_array_unref (self->decoded);
  g_free (self->error);
  g_free (self->model_name);
  g_free (self->model_path);
  for (int show = 0; show < 2; show++) {
    g_free (self->projections[show].coordinates);
    g_clear_pointer (&self->projections[show].ways, g_ptr_array_unref);
  }
  g_ptr_array_unref (self->others);
  G_OBJECT_CLASS (cpg_run_parent_class)->finalize (object);
}

static void cpg_run_class_init (CpgRunClass *class)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags writable = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->finalize = finalize;
  props[PROP_SETTINGS] = g_param_spec_object ("settings", NULL, NULL, CPG_TYPE_SETTINGS, readable);
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, CPG_TYPE_RUN_STATE, CPG_RUN_WAITING, readable);
  props[PROP_N_STEPS] = g_param_spec_int ("n-steps", NULL, NULL, 1, COSMOS_MAX_STEPS, 1, readable);
  props[PROP_N_DONE] = g_param_spec_int ("n-done", NULL, NULL, 0, COSMOS_MAX_STEPS, 0, readable);
  props[PROP_CURRENT_STEP] = g_param_spec_int ("current-step", NULL, NULL, -1, COSMOS_MAX_STEPS, -1, writable);
  props[PROP_CURRENT] = g_param_spec_object ("current", NULL, NULL, CPG_TYPE_STEP, readable);
  props[PROP_FOLLOWING] = g_param_spec_boolean ("following", NULL, NULL, TRUE, readable);
  props[PROP_SHOW] = g_param_spec_int ("show", NULL, NULL, COSMOS_SHOW_X0, COSMOS_SHOW_XT, COSMOS_SHOW_X0, writable);
  props[PROP_RESULT] = g_param_spec_object ("result", NULL, NULL, CPG_TYPE_STEP, readable);
  props[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, readable);
  props[PROP_MODEL_NAME] = g_param_spec_string ("model-name", NULL, NULL, NULL, readable);
  props[PROP_SECONDS] = g_param_spec_double ("seconds", NULL, NULL, 0, G_MAXDOUBLE, 0, readable);
  props[PROP_SOURCE_CUT] = g_param_spec_boolean ("source-cut", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[STEP_DECODED] = g_signal_new ("step-decoded", CPG_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        CPG_TYPE_STEP);
  signals[PROJECTED] = g_signal_new ("projected", CPG_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                     G_TYPE_INT);
}

static void unref_job (gpointer data)
{
  cpg_job_unref (data);
}

static void cpg_run_init (CpgRun *self)
{
  self->others = g_ptr_array_new_with_free_func (unref_job);
  self->steps = g_ptr_array_new_with_free_func (g_object_unref);
  self->decoded = g_array_new (FALSE, FALSE, sizeof (int));
  self->current = self->asked = -1;
  self->following = self->may_follow = TRUE;
}

/* ---- decodings ---- */

/* The shown step's first; that of another run waits. */
static void ask (CpgRun *self, int index)
{
  self->asked = index;
  cpg_worker_show (self->worker, self->job, index, self->show);
}

static CpgStep *step_at (CpgRun *self, int index)
{
  return g_ptr_array_index (self->steps, (guint) index);
}

/* Against the steps before that are decoded. */
static void mark (CpgRun *self, int index)
{
  const CosmosDecoding *before[COSMOS_SETTLED_AFTER];
  int n = 0;
  for (int i = index - 1; i >= 0 && n < COSMOS_SETTLED_AFTER; i--) {
    before[n] = cpg_step_get_decoding (step_at (self, i), self->show);
    n += before[n] != NULL;
  }
  cpg_step_mark (step_at (self, index), before, n);
}

/* What came in this turn, and the decoded steps after it, whose marks look at it. */
static GArray *mark_decoded (CpgRun *self)
{
  GArray *marked = g_array_new (FALSE, FALSE, sizeof (int));
  int reach = 0; /* decoded steps that are still to mark */
  g_autofree gboolean *came = g_new0 (gboolean, self->steps->len);
  for (guint i = 0; i < self->decoded->len; i++)
    came[g_array_index (self->decoded, int, i)] = TRUE;
  g_array_set_size (self->decoded, 0);
  for (int i = 0; i < (int) self->steps->len; i++) {
    if (came[i])
      reach = COSMOS_SETTLED_AFTER + 1;
    if (reach == 0 || !cpg_step_get_decoding (step_at (self, i), self->show))
      continue;
    mark (self, i);
    g_array_append_val (marked, i);
    reach--;
  }
  return marked;
}

/* ---- state ---- */

static void update_state (CpgRun *self)
{
  CpgRunState state = CPG_RUN_WAITING;
  if (self->end != CPG_RUN_WAITING)
    state = self->end;
  else if (self->paused)
    state = CPG_RUN_PAUSED;
  else if (self->begun)
    state = CPG_RUN_RUNNING;
  if (state == self->state)
    return;
  gboolean was_active = cpg_run_is_active (self);
  self->state = state;
  notify (self, PROP_STATE);
  if (was_active != cpg_run_is_active (self))
    notify (self, PROP_FOLLOWING);
}

static void set_following (CpgRun *self, gboolean following)
{
  if (self->following == following)
    return;
  self->following = following;
  notify (self, PROP_FOLLOWING);
}

static void set_current (CpgRun *self, int index)
{
  if (self->current == index)
    return;
  self->current = index;
  notify (self, PROP_CURRENT_STEP);
  notify (self, PROP_CURRENT);
}

/* To the newest step that can be read. Where nothing but the shown step is decoded, the newest one is asked for when the last one asked for came. */
static void follow (CpgRun *self)
{
  int newest = (int) self->n_listed - 1, readable = newest;
  if (!self->following || newest < 0)
    return;
  while (readable > 0 && !cpg_step_is_decoded (step_at (self, readable)))
    readable--;
  if (readable > self->current)
    set_current (self, readable);
  gboolean waits = self->asked >= 0 && !cpg_step_is_decoded (step_at (self, self->asked));
  if (cpg_settings_get_decode_every (self->settings) == 0 && !waits && !cpg_step_is_decoded (step_at (self, newest)))
    ask (self, newest);
}

/* ---- making ---- */

static void take_over (CpgRun *self, CpgRun *parent, int k)
{
  self->job->parent = cpg_job_ref (parent->job);
  self->job->branch_at = k;
  for (int i = 0; i < k; i++) {
    CpgStep *step = cpg_step_new_shared (step_at (parent, i));
    for (int show = 0; show < 2; show++)
      self->job->decoded[show][i] = cpg_step_get_decoding (step, (CosmosShow) show) != NULL;
    g_ptr_array_add (self->steps, step);
    mark (self, i);
    self->seconds += cpg_step_get_seconds (step);
  }
  self->n_listed = (guint) k;
  self->current = k - 1;
}

CpgRun *cpg_run_new (CpgWorker *worker, CpgSettings *settings, const char *model, CpgRun *parent, int k)
{
  CpgRun *self = g_object_new (CPG_TYPE_RUN, NULL);
  self->worker = cpg_worker_ref (worker);
  self->settings = cpg_settings_copy (settings);
  self->job = cpg_job_new (settings);
  self->job->path = g_strdup (model);
  self->job->run = self;
  if (parent)
    take_over (self, parent, k);
  cpg_worker_add (worker, self->job);
  return self;
}

CpgWorker *cpg_run_get_worker (CpgRun *self)
{
  return self->worker;
}

CpgJob *cpg_run_get_job (CpgRun *self)
{
  return self->job;
}

/* ---- events ---- */

static void take_start (CpgRun *self, CpgEvent *event)
{
  self->begun = TRUE;
  self->model_name = g_strdup (event->model->name);
  self->model_path = g_strdup (event->model->path);
  self->compute_name = event->model->compute;
  self->source_cut = event->source_cut;
  notify (self, PROP_MODEL_NAME);
  if (self->source_cut)
    notify (self, PROP_SOURCE_CUT);
}

static void take_step (CpgRun *self, CpgEvent *event)
{
  if (!cpg_run_is_active (self))
    return; /* made while it was being cancelled */
  cpg_step_set_show (event->step, self->show);
  g_ptr_array_add (self->steps, g_steal_pointer (&event->step));
  self->seconds += cpg_step_get_seconds (step_at (self, (int) self->steps->len - 1));
}

static void take_decoding (CpgRun *self, CpgEvent *event)
{
  if (event->step && !cpg_run_is_active (self))
    return;
  if (event->step) {
    self->result = g_steal_pointer (&event->step);
    cpg_step_set_decoding (self->result, COSMOS_SHOW_X0, event->decoding);
    cpg_step_mark (self->result, NULL, 0);
  } else if (event->index < (int) self->steps->len) {
    cpg_step_set_decoding (step_at (self, event->index), event->show, event->decoding);
    if (event->show == self->show)
      g_array_append_val (self->decoded, event->index);
  }
}

static void take_projection (CpgRun *self, CpgEvent *event)
{
  Projection *projection = &self->projections[event->show];
  projection->pending = FALSE;
  projection->tried = event->index;
  if (!event->coordinates)
    return;
  g_free (projection->coordinates);
  projection->coordinates = g_steal_pointer (&event->coordinates);
  projection->n = MIN (event->index, (int) self->steps->len);
  if (event->ways) { /* else the others were not asked for, and stay */
    g_clear_pointer (&projection->ways, g_ptr_array_unref);
    projection->ways = g_steal_pointer (&event->ways);
  }
  projection->came = TRUE;
}

/* The result that is a step's guess is shown as that, whatever the steps show. */
static void take_end (CpgRun *self, CpgEvent *event)
{
  if (!cpg_run_is_active (self))
    return;
  if (!event->error) {
    self->end = CPG_RUN_DONE;
    if (!self->result) {
      self->result = cpg_step_new_shared (step_at (self, (int) self->steps->len - 1));
      cpg_step_mark (self->result, NULL, 0);
    }
    notify (self, PROP_RESULT);
  } else if (g_error_matches (event->error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    self->end = CPG_RUN_CANCELLED;
  } else {
    self->end = CPG_RUN_FAILED;
    self->error = g_strdup (event->error->message);
    notify (self, PROP_ERROR);
  }
}

void cpg_run_take_event (CpgRun *self, CpgEvent *event)
{
  switch (event->kind) {
  case CPG_EVENT_STARTED:
    take_start (self, event);
    break;
  case CPG_EVENT_STEP:
    take_step (self, event);
    break;
  case CPG_EVENT_DECODED:
    take_decoding (self, event);
    break;
  case CPG_EVENT_PROJECTED:
    take_projection (self, event);
    break;
  case CPG_EVENT_ENDED:
    take_end (self, event);
    break;
  case CPG_EVENT_MODEL:
  case CPG_EVENT_NEWS:
  case CPG_EVENT_ANSWER:
    break; /* of no run */
  }
}

void cpg_run_end_turn (CpgRun *self)
{
  guint before = self->n_listed;
  g_autoptr (GArray) marked = mark_decoded (self);
  if (self->steps->len > before) {
    self->n_listed = self->steps->len;
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, self->n_listed - before);
    notify (self, PROP_N_DONE);
    notify (self, PROP_SECONDS);
  }
  for (guint i = 0; i < marked->len; i++) {
    CpgStep *step = step_at (self, g_array_index (marked, int, i));
    cpg_step_notify_decoded (step);
    g_signal_emit (self, signals[STEP_DECODED], 0, step);
  }
  for (int show = 0; show < 2; show++) {
    gboolean came = self->projections[show].came;
    self->projections[show].came = FALSE;
    if (came)
      g_signal_emit (self, signals[PROJECTED], 0, show);
  }
  follow (self);
  update_state (self);
}

/* ---- looking at it ---- */

CpgSettings *cpg_run_get_settings (CpgRun *self)
{
  return self->settings;
}

CpgRunState cpg_run_get_state (CpgRun *self)
{
  return self->state;
}

gboolean cpg_run_is_active (CpgRun *self)
{
  return self->end == CPG_RUN_WAITING;
}

int cpg_run_get_n_steps (CpgRun *self)
{
  return cpg_settings_get_steps (self->settings);
}

int cpg_run_get_n_done (CpgRun *self)
{
  return (int) self->n_listed;
}

int cpg_run_get_current_step (CpgRun *self)
{
  return self->current;
}

CpgStep *cpg_run_get_current (CpgRun *self)
{
  return cpg_run_get_step (self, self->current);
}

CpgStep *cpg_run_get_step (CpgRun *self, int index)
{
  return index >= 0 && index < (int) self->n_listed ? step_at (self, index) : NULL;
}

gboolean cpg_run_is_following (CpgRun *self)
{
  return self->following && cpg_run_is_active (self);
}

void cpg_run_set_may_follow (CpgRun *self, gboolean may_follow)
{
  self->may_follow = may_follow;
  if (!may_follow)
    set_following (self, FALSE);
}

CosmosShow cpg_run_get_show (CpgRun *self)
{
  return self->show;
}

CpgStep *cpg_run_get_result (CpgRun *self)
{
  return self->result;
}

const char *cpg_run_get_error (CpgRun *self)
{
  return self->error;
}

const char *cpg_run_get_model_name (CpgRun *self)
{
  return self->model_name;
}

const char *cpg_run_get_model_path (CpgRun *self)
{
  return self->model_path;
}

const char *cpg_run_get_compute_name (CpgRun *self)
{
  return self->compute_name;
}

double cpg_run_get_seconds (CpgRun *self)
{
  return self->seconds;
}

int cpg_run_get_n_projected (CpgRun *self, CosmosShow show)
{
  return self->projections[show].tried;
}

static GPtrArray *copy_jobs (GPtrArray *jobs)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (unref_job);
  for (guint i = 0; i < jobs->len; i++)
    g_ptr_array_add (copy, cpg_job_ref (g_ptr_array_index (jobs, i)));
  return copy;
}

void cpg_run_set_others (CpgRun *self, CpgRun *const *others, int n)
{
  g_ptr_array_set_size (self->others, 0);
  for (int i = 0; i < n; i++)
    if (others[i] != self && others[i]->worker == self->worker)
      g_ptr_array_add (self->others, cpg_job_ref (others[i]->job));
  for (int show = 0; show < 2; show++) {
    self->projections[show].tried = 0;
    g_clear_pointer (&self->projections[show].ways, g_ptr_array_unref);
    if (self->projections[show].pending)
      cpg_worker_project (self->worker, self->job, (CosmosShow) show, copy_jobs (self->others));
  }
}

int cpg_run_get_n_others (CpgRun *self, CosmosShow show)
{
  return self->projections[show].ways ? (int) self->projections[show].ways->len : 0;
}

const double *cpg_run_get_other (CpgRun *self, CosmosShow show, int i, int *n)
{
  g_return_val_if_fail (i >= 0 && i < cpg_run_get_n_others (self, show), NULL);
  const GArray *way = g_ptr_array_index (self->projections[show].ways, (guint) i);
  *n = (int) way->len / 2;
  return (const double *) (const void *) way->data;
}

double *cpg_run_project (CpgRun *self, CosmosShow show, int *n)
{
  Projection *projection = &self->projections[show];
  if (!projection->pending && projection->tried < (int) self->n_listed) {
    projection->pending = TRUE;
    cpg_worker_project (self->worker, self->job, show, copy_jobs (self->others));
  }
  *n = projection->n;
  return projection->n > 0 ? g_memdup2 (projection->coordinates, 2 * (gsize) projection->n * sizeof (double)) : NULL;
}

/* ---- steering ---- */

void cpg_run_set_current_step (CpgRun *self, int index)
{
  int newest = (int) self->n_listed - 1;
  index = CLAMP (index, MIN (newest, 0), newest);
  set_following (self, self->may_follow && index == newest && cpg_run_is_active (self));
  if (index >= 0 && !cpg_step_is_decoded (step_at (self, index)))
    ask (self, index);
  set_current (self, index);
}

void cpg_run_set_show (CpgRun *self, CosmosShow show)
{
  if (self->show == show)
    return;
  self->show = show;
  g_array_set_size (self->decoded, 0);
  for (int i = 0; i < (int) self->steps->len; i++)
    cpg_step_set_show (step_at (self, i), show);
  for (int i = 0; i < (int) self->steps->len; i++)
    mark (self, i);
  ask (self, self->current); /* which also tells the worker what is shown */
  notify (self, PROP_SHOW);
  for (int i = 0; i < (int) self->n_listed; i++)
    cpg_step_notify_decoded (step_at (self, i));
}

static void set_paused (CpgRun *self, gboolean paused)
{
  if (!cpg_run_is_active (self) || self->paused == paused)
    return;
  self->paused = paused;
  cpg_worker_set_paused (self->worker, self->job, paused);
  update_state (self);
}

void cpg_run_pause (CpgRun *self)
{
  set_paused (self, TRUE);
}

void cpg_run_resume (CpgRun *self)
{
  set_paused (self, FALSE);
}

void cpg_run_cancel (CpgRun *self)
{
  if (!cpg_run_is_active (self))
    return;
  self->end = CPG_RUN_CANCELLED;
  cpg_worker_cancel (self->worker, self->job);
  if (self->following)
    cpg_run_set_current_step (self, (int) self->n_listed - 1); /* where it stopped, also where that is not decoded yet */
  update_state (self);
}
