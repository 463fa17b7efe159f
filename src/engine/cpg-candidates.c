#include "engine/cpg-candidates.h"

#include "core/study/consensus.h"
#include "engine/cpg-engine-private.h"
#include "engine/cpg-error.h"
#include "engine/cpg-job.h"

#include <glib/gi18n-lib.h>
#include <math.h>

struct _CpgCandidates {
  GObject parent_instance;
  GCancellable *cancellable;
  guint64 seed;
  int n, best;
  gboolean active;
  GPtrArray *texts;
  GArray *agreements; /* double; empty before all are there */
  char *error;
};

G_DEFINE_FINAL_TYPE (CpgCandidates, cpg_candidates, G_TYPE_OBJECT)

enum { PROP_N_WRITTEN = 1, PROP_ACTIVE, PROP_BEST, PROP_ERROR, N_PROPS };
static GParamSpec *props[N_PROPS];

/* ---- on the worker's thread ---- */

typedef struct {
  CpgSettings *settings; /* of the first */
  guint64 seed;
  int n;
  CpgJob *job; /* of the text that is being written */
  GPtrArray *texts;
} Work;

static void free_work (gpointer data)
{
  Work *self = data;
  g_clear_pointer (&self->job, cpg_job_unref);
  g_object_unref (self->settings);
  g_ptr_array_unref (self->texts);
  g_free (self);
}

static gboolean begin (Work *self, CpgErrand *errand, GError **error)
{
  CpgModel *model = cpg_errand_get_model (errand);
  if (!model) {
    g_set_error_literal (error, CPG_ERROR, COSMOS_STATUS_UNSUPPORTED, _ ("No model is open: open one first"));
    return FALSE;
  }
  g_object_set (self->settings, "seed", self->seed + self->texts->len, NULL);
  self->job = cpg_job_new (self->settings);
  self->job->model = cpg_model_ref (model);
  self->job->info = cpg_model_info_ref (model->info);
  cpg_model_pack (model, cpg_errand_get_pool (errand), cpg_errand_get_progress (errand));
  return cpg_job_begin (self->job, cpg_errand_get_pool (errand), error);
}

static gboolean take_text (Work *self, CpgErrand *errand, GError **error)
{
  const CosmosDecoding *decoding = cpg_job_decode (self->job, cpg_job_get_result_index (self->job), COSMOS_SHOW_X0, error);
  if (!decoding)
    return FALSE;
  g_ptr_array_add (self->texts, g_strdup (decoding->text));
  cpg_errand_tell (errand, g_strdup (decoding->text), g_free);
  g_clear_pointer (&self->job, cpg_job_unref);
  return TRUE;
}

static void give_agreements (Work *self, CpgErrand *errand, GError **error)
{
  GArray *agreements = g_array_new (FALSE, TRUE, sizeof (double));
  size_t best;
  g_array_set_size (agreements, self->texts->len);
  if (cosmos_consensus_find ((const char *const *) self->texts->pdata, self->texts->len, (double *) (void *) agreements->data,
                             &best)) {
    cpg_errand_give (errand, agreements, (GDestroyNotify) g_array_unref);
    return;
  }
  g_array_unref (agreements);
  g_set_error_literal (error, CPG_ERROR, COSMOS_STATUS_NO_MEMORY, _ ("Out of memory"));
}

/* A step; at first of a text its beginning, at last its reading. */
static gboolean write_piece (CpgErrand *errand, gpointer data, GError **error)
{
  Work *self = data;
  if (!self->job)
    return begin (self, errand, error);
  if (!cpg_job_is_complete (self->job))
    return cpg_job_advance (self->job, error);
  if (!take_text (self, errand, error))
    return FALSE;
  if ((int) self->texts->len < self->n)
    return TRUE;
  give_agreements (self, errand, error);
  return FALSE;
}

/* ---- on the main thread ---- */

static void hear (gpointer news, gpointer candidates)
{
  CpgCandidates *self = candidates;
  g_ptr_array_add (self->texts, g_strdup (news));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_WRITTEN]);
}

static int find_best (const GArray *agreements)
{
  int best = -1;
  for (guint i = 0; i < agreements->len; i++)
    if (best < 0 || g_array_index (agreements, double, i) > g_array_index (agreements, double, (guint) best))
      best = (int) i;
  return best;
}

static void on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  (void) data;
  CpgCandidates *self = CPG_CANDIDATES (source);
  g_autoptr (GError) error = NULL;
  GArray *agreements = g_task_propagate_pointer (G_TASK (result), &error);
  g_object_freeze_notify (G_OBJECT (self));
  if (agreements) {
    g_array_unref (self->agreements);
    self->agreements = agreements;
    self->best = find_best (agreements);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BEST]);
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    self->error = g_strdup (error->message);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ERROR]);
  }
  self->active = FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ACTIVE]);
  g_object_thaw_notify (G_OBJECT (self));
}

CpgCandidates *cpg_candidates_new (CpgEngine *engine, CpgSettings *settings, int n)
{
  g_return_val_if_fail (n >= 2 && n <= COSMOS_MAX_BATCH, NULL);
  CpgCandidates *self = g_object_new (CPG_TYPE_CANDIDATES, NULL);
  Work *work = g_new0 (Work, 1);
  g_object_get (settings, "seed", &self->seed, NULL);
  self->n = n;
  self->active = TRUE;
  work->settings = cpg_settings_copy (settings);
  work->seed = self->seed;
  work->n = n;
  work->texts = g_ptr_array_new_with_free_func (g_free);
  GTask *task = g_task_new (self, self->cancellable, on_answer, NULL);
  g_task_set_source_tag (task, cpg_candidates_new);
  g_task_set_task_data (task, self, NULL); /* which the task's source holds */
  cpg_engine_send (engine, cpg_errand_new (task, write_piece, hear, work, free_work));
  return self;
}

void cpg_candidates_cancel (CpgCandidates *self)
{
  g_cancellable_cancel (self->cancellable);
}

/* ---- looking at it ---- */

int cpg_candidates_get_n (CpgCandidates *self)
{
  return self->n;
}

int cpg_candidates_get_n_written (CpgCandidates *self)
{
  return (int) self->texts->len;
}

gboolean cpg_candidates_is_active (CpgCandidates *self)
{
  return self->active;
}

guint64 cpg_candidates_get_seed (CpgCandidates *self, int i)
{
  return self->seed + (guint64) i;
}

const char *cpg_candidates_get_text (CpgCandidates *self, int i)
{
  return self->texts->pdata[i];
}

double cpg_candidates_get_agreement (CpgCandidates *self, int i)
{
  return i < (int) self->agreements->len ? g_array_index (self->agreements, double, i) : NAN;
}

int cpg_candidates_get_best (CpgCandidates *self)
{
  return self->best;
}

const char *cpg_candidates_get_error (CpgCandidates *self)
{
  return self->error;
}

/* ---- the object ---- */

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  CpgCandidates *self = CPG_CANDIDATES (object);
  switch (id) {
  case PROP_N_WRITTEN:
    g_value_set_int (value, cpg_candidates_get_n_written (self));
    break;
  case PROP_ACTIVE:
    g_value_set_boolean (value, self->active);
    break;
  case PROP_BEST:
    g_value_set_int (value, self->best);
    break;
  case PROP_ERROR:
    g_value_set_string (value, self->error);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void finalize (GObject *object)
{
  CpgCandidates *self = CPG_CANDIDATES (object);
  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->texts);
  g_array_unref (self->agreements);
  g_free (self->error);
  G_OBJECT_CLASS (cpg_candidates_parent_class)->finalize (object);
}

static void cpg_candidates_class_init (CpgCandidatesClass *class)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  props[PROP_N_WRITTEN] = g_param_spec_int ("n-written", NULL, NULL, 0, COSMOS_MAX_BATCH, 0, flags);
  props[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, flags);
  props[PROP_BEST] = g_param_spec_int ("best", NULL, NULL, -1, COSMOS_MAX_BATCH, -1, flags);
  props[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void cpg_candidates_init (CpgCandidates *self)
{
  self->cancellable = g_cancellable_new ();
  self->best = -1;
  self->texts = g_ptr_array_new_with_free_func (g_free);
  self->agreements = g_array_new (FALSE, FALSE, sizeof (double));
}
