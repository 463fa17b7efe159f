#include "engine/cpg-errand-private.h"

#include "core/base/status.h"

struct _CpgErrand {
  gatomicrefcount refs;
  GTask *task;
  CpgErrandFunc func;
  CpgErrandNews news;
  gpointer data;
  GDestroyNotify free_data;
  CosmosProgress progress;
  gulong cancelling; /* handler of the task's cancellable */

  const CpgErrandPlace *place; /* during a piece */
  gpointer result;
  GDestroyNotify free_result;
};

static void on_cancelled (GCancellable *cancellable, gpointer data)
{
  (void) cancellable;
  cpg_errand_stop (data);
}

CpgErrand *cpg_errand_new (GTask *task, CpgErrandFunc func, CpgErrandNews news, gpointer data, GDestroyNotify free_data)
{
  CpgErrand *self = g_new0 (CpgErrand, 1);
  g_atomic_ref_count_init (&self->refs);
  self->task = task;
  self->func = func;
  self->news = news;
  self->data = data;
  self->free_data = free_data;
  if (g_task_get_cancellable (task))
    self->cancelling = g_cancellable_connect (g_task_get_cancellable (task), G_CALLBACK (on_cancelled), self, NULL);
  return self;
}

CpgErrand *cpg_errand_ref (CpgErrand *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void cpg_errand_unref (CpgErrand *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_cancellable_disconnect (g_task_get_cancellable (self->task), self->cancelling);
  cpg_errand_drop (self);
  if (self->result && self->free_result)
    self->free_result (self->result);
  g_object_unref (self->task);
  g_free (self);
}

/* ---- for the function ---- */

CosmosPool *cpg_errand_get_pool (CpgErrand *self)
{
  return self->place->pool;
}

CpgModel *cpg_errand_get_model (CpgErrand *self)
{
  return self->place->model;
}

CosmosCompute cpg_errand_get_compute (CpgErrand *self)
{
  return self->place->compute;
}

CpgLanguage *cpg_errand_open_language (CpgErrand *self, const char *path, GError **error)
{
  return cpg_language_shelf_open (self->place->languages, path, self->place->compute, self->place->pool, error);
}

CosmosProgress *cpg_errand_get_progress (CpgErrand *self)
{
  return &self->progress;
}

void cpg_errand_give (CpgErrand *self, gpointer result, GDestroyNotify free_result)
{
  self->result = result;
  self->free_result = free_result;
}

void cpg_errand_tell (CpgErrand *self, gpointer news, GDestroyNotify free_news)
{
  self->place->tell (self, news, free_news, self->place->data);
}

/* ---- for the worker ---- */

gboolean cpg_errand_perform (CpgErrand *self, const CpgErrandPlace *place, GError **error)
{
  gboolean more = FALSE;
  self->place = place;
  if (cpg_errand_is_cancelled (self))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, cosmos_status_text (COSMOS_STATUS_CANCELLED));
  else
    more = self->func (self, self->data, error);
  self->place = NULL;
  if (!more)
    cpg_errand_drop (self);
  return more;
}

void cpg_errand_drop (CpgErrand *self)
{
  gpointer data = g_steal_pointer (&self->data);
  if (data && self->free_data)
    self->free_data (data);
}

gboolean cpg_errand_is_cancelled (CpgErrand *self)
{
  return cosmos_progress_is_cancelled (&self->progress);
}

void cpg_errand_stop (CpgErrand *self)
{
  atomic_store (&self->progress.cancelled, true);
}

/* ---- main thread ---- */

void cpg_errand_take_news (CpgErrand *self, gpointer news)
{
  if (self->news && !cpg_errand_is_cancelled (self))
    self->news (news, g_task_get_task_data (self->task));
}

/* Who cancelled wants no result, even where there is one. */
void cpg_errand_answer (CpgErrand *self, GError *error)
{
  if (!error && g_task_return_error_if_cancelled (self->task))
    return;
  if (error)
    g_task_return_error (self->task, error);
  else
    g_task_return_pointer (self->task, g_steal_pointer (&self->result), self->free_result);
}
