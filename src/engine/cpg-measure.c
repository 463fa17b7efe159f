#include "engine/cpg-measure.h"

#include "core/study/metrics.h"
#include "core/study/perplexity.h"
#include "engine/cpg-engine-private.h"
#include "engine/cpg-error.h"

#include <glib/gi18n-lib.h>
#include <math.h>

typedef struct {
  char **texts;
  char *task, *path, *reference;
  gboolean opened;
  CpgLanguage *judge;
  char *problem; /* why there is no judge */
  CosmosGraph *graph;
  CpgReport *report;
  gsize done;
} Work;

void cpg_report_free (CpgReport *self)
{
  for (gsize i = 0; i < self->n; i++)
    g_free (self->items[i].problem);
  g_free (self->items);
  g_free (self->judge);
  g_free (self);
}

static void free_work (gpointer data)
{
  Work *self = data;
  cosmos_graph_free (self->graph);
  g_clear_pointer (&self->judge, cpg_language_unref);
  g_clear_pointer (&self->report, cpg_report_free);
  g_strfreev (self->texts);
  g_free (self->task);
  g_free (self->path);
  g_free (self->reference);
  g_free (self->problem);
  g_free (self);
}

/* Without a judge the rest is measured all the same. */
static void open_judge (Work *self, CpgErrand *errand)
{
  g_autoptr (GError) error = NULL;
  self->opened = TRUE;
  self->judge = self->path ? cpg_errand_open_language (errand, self->path, &error) : NULL;
  if (self->judge) {
    self->report->judge = g_strdup (cosmos_language_model_get_name (self->judge->model));
    self->graph = cosmos_graph_new (cpg_errand_get_pool (errand), cpg_errand_get_progress (errand));
  } else
    self->problem = g_strdup (error ? error->message : _ ("No autoregressive model is installed that could judge"));
}

/* False where it was cancelled. */
static gboolean judge (Work *self, const char *text, CpgMeasures *measures, GError **error)
{
  CosmosError err = {0};
  CosmosPerplexity perplexity;
  if (!self->graph) {
    measures->problem = g_strdup (self->judge ? _ ("There is not enough memory for the judge") : self->problem);
    return TRUE;
  }
  if (cosmos_perplexity (self->judge->model, self->graph, self->task, text, strlen (text), &perplexity, &err))
    measures->perplexity = perplexity.perplexity;
  else if (err.code == COSMOS_STATUS_CANCELLED) {
    cpg_error_from_core (error, &err);
    return FALSE;
  } else
    measures->problem = g_strdup (err.message);
  return TRUE;
}

/* Div-4 of words too few for it is no number. */
static void measure_words (const char *text, const char *reference, CpgMeasures *measures)
{
  CosmosWords *words = cosmos_words_new ();
  size_t n, n_reference;
  if (words && cosmos_words_add (words, text, strlen (text))) {
    cosmos_words_get_text (words, 0, &n);
    if (n >= 4 && !cosmos_diversity (words, &measures->diversity))
      measures->diversity = NAN;
    CosmosRouge rouge;
    if (*reference && cosmos_words_add (words, reference, strlen (reference))) {
      const int32_t *a = cosmos_words_get_text (words, 0, &n), *b = cosmos_words_get_text (words, 1, &n_reference);
      if (cosmos_rouge (a, n, b, n_reference, &rouge)) {
        measures->rouge_1 = rouge.rouge_1;
        measures->rouge_2 = rouge.rouge_2;
        measures->rouge_l = rouge.rouge_l;
      }
      if (!cosmos_bleu (&a, &n, &b, &n_reference, 1, true, &measures->bleu))
        measures->bleu = NAN;
    }
  }
  cosmos_words_free (words);
}

/* A text. */
static gboolean measure_piece (CpgErrand *errand, gpointer data, GError **error)
{
  Work *self = data;
  if (!self->opened)
    open_judge (self, errand);
  if (self->done < self->report->n) {
    const char *text = self->texts[self->done];
    CpgMeasures *measures = &self->report->items[self->done++];
    if (*text && !judge (self, text, measures, error))
      return FALSE;
    if (*text)
      measure_words (text, self->reference, measures);
    return TRUE;
  }
  cpg_errand_give (errand, g_steal_pointer (&self->report), (GDestroyNotify) cpg_report_free);
  return FALSE;
}

CpgReport *cpg_report_new (gsize n)
{
  CpgReport *self = g_new0 (CpgReport, 1);
  self->items = g_new0 (CpgMeasures, n);
  self->n = n;
  for (gsize i = 0; i < n; i++) {
    CpgMeasures *m = &self->items[i];
    m->perplexity = m->diversity = m->rouge_1 = m->rouge_2 = m->rouge_l = m->bleu = NAN;
  }
  return self;
}

void cpg_measure_async (CpgEngine *engine, const char *task, const char *const *texts, const char *judge, const char *reference,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  Work work = {.task = g_strdup (task),
               .texts = g_strdupv ((char **) texts),
               .path = g_strdup (judge),
               .reference = g_strdup (reference ? reference : "")};
  g_strstrip (work.reference);
  work.report = cpg_report_new (g_strv_length (work.texts));
  GTask *job = g_task_new (NULL, cancellable, callback, data); /* which must not keep the engine */
  g_task_set_source_tag (job, cpg_measure_async);
  cpg_engine_send (engine, cpg_errand_new (job, measure_piece, NULL, g_memdup2 (&work, sizeof work), free_work));
}

CpgReport *cpg_measure_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
