#include "engine/cpg-engine-private.h"

#include "engine/cpg-error.h"
#include "engine/cpg-run-private.h"

#include <glib/gi18n-lib.h>

struct _CpgEngine {
  GObject parent_instance;
  CpgWorker *worker;
  CpgModelInfo *model; /* or NULL */
  int n_loading;
  GListModel *tasks;
};

G_DEFINE_FINAL_TYPE (CpgEngine, cpg_engine, G_TYPE_OBJECT)

enum { PROP_HAS_MODEL = 1, PROP_MODEL_NAME, PROP_LOADING, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { RUN_STARTED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  CpgEngine *self = CPG_ENGINE (object);
  switch (id) {
  case PROP_HAS_MODEL:
    g_value_set_boolean (value, cpg_engine_has_model (self));
    break;
  case PROP_MODEL_NAME:
    g_value_set_string (value, cpg_engine_get_model_name (self));
    break;
  case PROP_LOADING:
    g_value_set_boolean (value, cpg_engine_is_loading (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void finalize (GObject *object)
{
  CpgEngine *self = CPG_ENGINE (object);
  cpg_worker_stop (self->worker);
  cpg_worker_unref (self->worker);
  g_clear_pointer (&self->model, cpg_model_info_unref);
  g_object_unref (self->tasks);
  G_OBJECT_CLASS (cpg_engine_parent_class)->finalize (object);
}

static void cpg_engine_class_init (CpgEngineClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  props[PROP_HAS_MODEL] = g_param_spec_boolean ("has-model", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_MODEL_NAME] = g_param_spec_string ("model-name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[RUN_STARTED] = g_signal_new ("run-started", CPG_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                                       CPG_TYPE_RUN, CPG_TYPE_RUN, G_TYPE_INT);
}

static void cpg_engine_init (CpgEngine *self)
{
  self->tasks = cpg_task_list_new ();
}

/* ---- models ---- */

static void set_model (CpgEngine *self, CpgModelInfo *model)
{
  gboolean first = self->model == NULL;
  g_clear_pointer (&self->model, cpg_model_info_unref);
  self->model = cpg_model_info_ref (model);
  if (first)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HAS_MODEL]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MODEL_NAME]);
}

static void count_loading (CpgEngine *self, int change)
{
  gboolean before = cpg_engine_is_loading (self);
  self->n_loading += change;
  if (before != cpg_engine_is_loading (self))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADING]);
}

static void on_model (CpgEvent *event, gpointer data)
{
  g_autoptr (CpgEngine) self = g_object_ref (data);
  if (event->model) {
    cpg_task_list_set_available (self->tasks, event->available);
    set_model (self, event->model);
  }
  if (!event->task)
    return;
  count_loading (self, -1);
  if (event->error)
    g_task_return_error (event->task, g_steal_pointer (&event->error));
  else
    g_task_return_boolean (event->task, TRUE);
}

CpgEngine *cpg_engine_new (int threads, const char *compute)
{
  CpgEngine *self = g_object_new (CPG_TYPE_ENGINE, NULL);
  self->worker = cpg_worker_new (threads, compute, on_model, self);
  return self;
}

void cpg_engine_load_async (CpgEngine *self, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, cpg_engine_load_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_set_check_cancellable (task, FALSE); /* the worker looks before it takes the model */
  count_loading (self, 1);
  cpg_worker_load (self->worker, task);
}

gboolean cpg_engine_load_finish (CpgEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean cpg_engine_has_model (CpgEngine *self)
{
  return self->model != NULL;
}

gboolean cpg_engine_is_loading (CpgEngine *self)
{
  return self->n_loading > 0;
}

const CosmosConfig *cpg_engine_get_config (CpgEngine *self)
{
  return self->model ? &self->model->config : NULL;
}

const char *cpg_engine_get_model_name (CpgEngine *self)
{
  return self->model ? self->model->name : NULL;
}

const char *cpg_engine_get_model_path (CpgEngine *self)
{
  return self->model ? self->model->path : NULL;
}

const char *cpg_engine_get_compute_name (CpgEngine *self)
{
  return self->model ? self->model->compute : NULL;
}

char *cpg_engine_find_model (const char *task)
{
  return cpg_models_find (task);
}

char *cpg_engine_find_reader (const char *task)
{
  return cpg_models_find_reader (task);
}

char *cpg_engine_find_language_model (const char *task)
{
  return cpg_models_find_language (task);
}

GListModel *cpg_engine_get_tasks (CpgEngine *self)
{
  return self->tasks;
}

/* ---- work of any kind ---- */

void cpg_engine_send (CpgEngine *self, CpgErrand *errand)
{
  cpg_worker_send (self->worker, errand);
}

/* ---- runs ---- */

static CpgRun *start (CpgEngine *self, CpgSettings *settings, const char *model, CpgRun *parent, int k)
{
  CpgRun *run = cpg_run_new (self->worker, settings, model, parent, k);
  g_signal_emit (self, signals[RUN_STARTED], 0, run, parent, k);
  return run;
}

CpgRun *cpg_engine_start_run (CpgEngine *self, CpgSettings *settings)
{
  return start (self, settings, NULL, NULL, 0);
}

CpgRun *cpg_engine_start_run_of (CpgEngine *self, const char *model, CpgSettings *settings)
{
  return start (self, settings, model, NULL, 0);
}

CpgRun *cpg_engine_branch_run (CpgEngine *self, CpgRun *run, int k, CpgSettings *settings, GError **error)
{
  if (cpg_run_get_worker (run) != self->worker) {
    g_set_error_literal (error, CPG_ERROR, COSMOS_STATUS_UNSUPPORTED,
                         _ ("This run was made before threads or arithmetic were changed; run it again"));
    return NULL;
  }
  if (k < 1 || k > cpg_run_get_n_done (run)) {
    g_set_error (error, CPG_ERROR, COSMOS_STATUS_RANGE, _ ("This run cannot branch at step %d; it has made %d"), k,
                 cpg_run_get_n_done (run));
    return NULL;
  }
  if (cpg_settings_get_steps (settings) != cpg_run_get_n_steps (run)) {
    g_set_error (error, CPG_ERROR, COSMOS_STATUS_RANGE, _ ("A branch keeps the number of steps of its run, %d"),
                 cpg_run_get_n_steps (run));
    return NULL;
  }
  return start (self, settings, NULL, run, k);
}
