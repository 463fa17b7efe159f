#include "engine/cpg-probes-private.h"

#include "engine/cpg-engine-private.h"
#include "engine/cpg-error.h"

#include <glib/gi18n-lib.h>

/* What was asked for; each experiment uses its part. */
typedef struct {
  char *text;
  CpgLatents *a, *b;
  double *numbers; /* n sigmas or mus */
  gsize n;
  guint64 seed;
  gboolean spherical;
} Question;

static void free_question (gpointer data)
{
  Question *self = data;
  g_free (self->text);
  g_clear_pointer (&self->a, cpg_latents_unref);
  g_clear_pointer (&self->b, cpg_latents_unref);
  g_free (self->numbers);
  g_free (self);
}

/* ---- on the worker's thread ---- */

static CpgModel *get_model (CpgErrand *errand, const Question *question, GError **error)
{
  CpgModel *model = cpg_errand_get_model (errand);
  if (!model)
    g_set_error_literal (error, CPG_ERROR, COSMOS_STATUS_UNSUPPORTED, _ ("No model is open: open one first"));
  else if ((question->a && question->a->info != model->info) || (question->b && question->b->info != model->info))
    g_set_error (error, CPG_ERROR, COSMOS_STATUS_RANGE,
                 _ ("These latents are of another model than “%s”: make them anew with it"), model->info->name);
  else
    return model;
  return NULL;
}

static gboolean reconstruct (CpgErrand *errand, gpointer data, GError **error)
{
  const Question *question = data;
  CpgModel *model = get_model (errand, question, error);
  CosmosReconstruction result;
  CosmosError err;
  if (!model)
    return FALSE;
  if (cosmos_reconstruct (model->pipeline, cpg_errand_get_pool (errand), (const char *const *) &question->text, 1, &result,
                          cpg_errand_get_progress (errand), &err))
    cpg_errand_give (errand, cpg_reconstruction_new (model->info, &result), (GDestroyNotify) cpg_reconstruction_unref);
  else
    cpg_error_from_core (error, &err);
  return FALSE;
}

/* The decoding without noise is that of the latents' reading, where they have one. */
static const CosmosDecoding *get_clean (const CpgLatents *latents)
{
  return latents->reading ? latents->reading->decoding : NULL;
}

static gboolean perturb (CpgErrand *errand, gpointer data, GError **error)
{
  const Question *question = data;
  CpgModel *model = get_model (errand, question, error);
  const CosmosDecoding *clean = get_clean (question->a);
  CosmosError err;
  if (!model)
    return FALSE;
  /* Without noise first where that is not known, so that there is something to mark against. */
  gsize n = question->n + (clean ? 0 : 1);
  g_autofree double *sigmas = g_new0 (double, n);
  g_autofree CosmosPerturbation *made = g_new0 (CosmosPerturbation, n);
  memcpy (sigmas + n - question->n, question->numbers, question->n * sizeof *sigmas);
  if (!cosmos_perturb_latents (model->pipeline, cpg_errand_get_pool (errand), question->a->values, clean, sigmas, n,
                               question->seed, made, cpg_errand_get_progress (errand), &err)) {
    cpg_error_from_core (error, &err);
    return FALSE;
  }
  g_autofree int32_t *expected = cpg_decoding_get_ids (clean ? clean : made[0].decoding);
  GPtrArray *results = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_perturbation_unref);
  for (gsize i = n - question->n; i < n; i++)
    g_ptr_array_add (results, cpg_perturbation_new (model->info, &made[i], expected));
  if (!clean)
    cosmos_perturbation_clear (&made[0]);
  cpg_errand_give (errand, results, (GDestroyNotify) g_ptr_array_unref);
  return FALSE;
}

static gboolean interpolate (CpgErrand *errand, gpointer data, GError **error)
{
  const Question *question = data;
  CpgModel *model = get_model (errand, question, error);
  CosmosError err;
  if (!model)
    return FALSE;
  g_autofree CosmosDecoding **decodings = g_new0 (CosmosDecoding *, question->n);
  if (!cosmos_interpolate_latents (model->pipeline, cpg_errand_get_pool (errand), question->a->values, question->b->values,
                                   question->numbers, question->n, question->spherical, decodings,
                                   cpg_errand_get_progress (errand), &err)) {
    cpg_error_from_core (error, &err);
    return FALSE;
  }
  g_autofree int32_t *before = NULL;
  GPtrArray *results = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_reading_unref);
  for (gsize i = 0; i < question->n; i++) {
    int32_t *ids = cpg_decoding_get_ids (decodings[i]);
    g_ptr_array_add (results, cpg_reading_new (model->info, decodings[i], before));
    g_free (before);
    before = ids;
  }
  cpg_errand_give (errand, results, (GDestroyNotify) g_ptr_array_unref);
  return FALSE;
}

static gboolean measure_influence (CpgErrand *errand, gpointer data, GError **error)
{
  const Question *question = data;
  CpgModel *model = get_model (errand, question, error);
  CosmosProgress *progress = cpg_errand_get_progress (errand);
  CosmosPool *pool = cpg_errand_get_pool (errand);
  CosmosError err;
  if (!model)
    return FALSE;
  const CpgLatents *latents = question->a;
  g_autofree float *influence = g_new (float, (gsize) model->info->config.latents *(gsize) model->info->config.tokens);
  CosmosDecoding *clean = NULL;
  CosmosPerturbation plain;
  /* A decode of their own, so that the result does not need what it was measured from. */
  if (cosmos_perturb_latents (model->pipeline, pool, latents->values, get_clean (latents), (double[]) {0}, 1, 0, &plain, progress,
                              &err))
    clean = g_steal_pointer (&plain.decoding);
  if (clean && cosmos_measure_influence (model->pipeline, pool, latents->values, clean, influence, progress, &err)) {
    CpgReading *reading = cpg_reading_new (model->info, clean, NULL);
    cpg_errand_give (errand, cpg_influence_new (model->info, reading, influence), (GDestroyNotify) cpg_influence_unref);
  } else {
    cosmos_decoding_free (clean);
    cpg_error_from_core (error, &err);
  }
  return FALSE;
}

/* ---- on the main thread ---- */

static void ask (CpgEngine *self, gpointer tag, CpgErrandFunc func, Question question, GCancellable *cancellable,
                 GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data); /* which must not keep the engine */
  g_task_set_source_tag (task, tag);
  cpg_engine_send (self, cpg_errand_new (task, func, NULL, g_memdup2 (&question, sizeof question), free_question));
}

static gpointer finish (GAsyncResult *result, gpointer tag, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL) && g_task_get_source_tag (G_TASK (result)) == tag, NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void cpg_engine_reconstruct_async (CpgEngine *self, const char *text, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer data)
{
  ask (self, cpg_engine_reconstruct_async, reconstruct, (Question) {.text = g_strdup (text)}, cancellable, callback, data);
}

CpgReconstruction *cpg_engine_reconstruct_finish (GAsyncResult *result, GError **error)
{
  return finish (result, cpg_engine_reconstruct_async, error);
}

void cpg_engine_perturb_async (CpgEngine *self, CpgLatents *latents, const double *sigmas, gsize n, guint64 seed,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  Question question = {.a = cpg_latents_ref (latents), .numbers = g_memdup2 (sigmas, n * sizeof *sigmas), .n = n, .seed = seed};
  ask (self, cpg_engine_perturb_async, perturb, question, cancellable, callback, data);
}

GPtrArray *cpg_engine_perturb_finish (GAsyncResult *result, GError **error)
{
  return finish (result, cpg_engine_perturb_async, error);
}

void cpg_engine_interpolate_async (CpgEngine *self, CpgLatents *a, CpgLatents *b, const double *mus, gsize n, gboolean spherical,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  Question question = {.a = cpg_latents_ref (a),
                       .b = cpg_latents_ref (b),
                       .numbers = g_memdup2 (mus, n * sizeof *mus),
                       .n = n,
                       .spherical = spherical};
  ask (self, cpg_engine_interpolate_async, interpolate, question, cancellable, callback, data);
}

GPtrArray *cpg_engine_interpolate_finish (GAsyncResult *result, GError **error)
{
  return finish (result, cpg_engine_interpolate_async, error);
}

void cpg_engine_measure_influence_async (CpgEngine *self, CpgLatents *latents, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer data)
{
  ask (self, cpg_engine_measure_influence_async, measure_influence, (Question) {.a = cpg_latents_ref (latents)}, cancellable,
       callback, data);
}

CpgInfluence *cpg_engine_measure_influence_finish (GAsyncResult *result, GError **error)
{
  return finish (result, cpg_engine_measure_influence_async, error);
}
