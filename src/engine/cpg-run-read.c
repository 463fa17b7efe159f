/* The decodings of a whole run, as an errand: a step a piece, and the path at the end. */
#include "engine/cpg-errand.h"
#include "engine/cpg-error.h"
#include "engine/cpg-run-private.h"

#include <glib/gi18n-lib.h>

typedef struct {
  CpgJob *job;
  CosmosShow show;
  GArray *missing; /* int: steps */
  guint next;      /* of them */
  gboolean with_path;
} Reading;

static void free_reading (gpointer data)
{
  Reading *self = data;
  cpg_job_unref (self->job);
  g_array_unref (self->missing);
  g_free (self);
}

static void free_news (gpointer data)
{
  CpgEvent *event = data;
  g_free (event->coordinates);
  g_free (event);
}

static void tell (CpgErrand *errand, CpgEvent event)
{
  cpg_errand_tell (errand, g_memdup2 (&event, sizeof event), free_news);
}

/* Also what could not be read before, as for want of memory, is tried once more. */
static gboolean read_step (Reading *self, CpgErrand *errand, int index, GError **error)
{
  CosmosError err;
  const CosmosDecoding *decoding = cosmos_trajectory_decode (self->job->trajectory, index, self->show, 0,
                                                             cpg_errand_get_progress (errand), &err);
  if (!decoding) {
    cpg_error_from_core (error, &err);
    return FALSE;
  }
  self->job->decoded[self->show][index] = TRUE;
  tell (errand, (CpgEvent) {.kind = CPG_EVENT_DECODED, .index = index, .show = self->show, .decoding = decoding});
  return TRUE;
}

static gboolean read_piece (CpgErrand *errand, gpointer data, GError **error)
{
  Reading *self = data;
  if (self->next < self->missing->len)
    return read_step (self, errand, g_array_index (self->missing, int, self->next++), error);
  if (self->with_path)
    tell (errand, (CpgEvent) {.kind = CPG_EVENT_PROJECTED,
                              .index = self->job->n_done,
                              .show = self->show,
                              .coordinates = cpg_job_project (self->job, self->show, NULL, NULL)});
  cpg_errand_give (errand, self->job, NULL); /* something, for success */
  return FALSE;
}

static void take_news (gpointer news, gpointer run)
{
  cpg_run_take_event (run, news);
  cpg_run_end_turn (run);
}

void cpg_run_read_all_async (CpgRun *self, gboolean with_path, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  g_autoptr (GArray) missing = g_array_new (FALSE, FALSE, sizeof (int));
  int n = cpg_run_get_n_done (self);
  g_task_set_source_tag (task, cpg_run_read_all_async);
  g_task_set_task_data (task, g_object_ref (self), g_object_unref);
  for (int i = 0; i < n; i++)
    if (!cpg_step_is_decoded (cpg_run_get_step (self, i)))
      g_array_append_val (missing, i);
  with_path = with_path && cpg_run_get_n_projected (self, cpg_run_get_show (self)) < n;
  if (missing->len == 0 && !with_path) {
    g_task_return_pointer (task, self, NULL);
    return;
  }
  if (cpg_worker_is_stopped (cpg_run_get_worker (self))) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED,
                             _ ("The steps of this run cannot be read any more, since the computing settings have changed. "
                                "Make the run again."));
    return;
  }
  Reading *reading = g_new0 (Reading, 1);
  reading->job = cpg_job_ref (cpg_run_get_job (self));
  reading->show = cpg_run_get_show (self);
  reading->missing = g_steal_pointer (&missing);
  reading->with_path = with_path;
  cpg_worker_send (cpg_run_get_worker (self),
                   cpg_errand_new (g_steal_pointer (&task), read_piece, take_news, reading, free_reading));
}

gboolean cpg_run_read_all_finish (CpgRun *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_pointer (G_TASK (result), error) != NULL;
}
