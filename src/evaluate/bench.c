#include "evaluate/bench.h"

#include "evaluate/measures.h"

#include <stdlib.h>
#include <string.h>

/* Only texts that the model reads to their end. */
static bool drop_long (CosmosBench *self, CosmosError *err)
{
  const int64_t L = cosmos_pipeline_get_config (self->pipeline)->tokens;
  int32_t *ids = calloc ((size_t) L, sizeof *ids);
  bool *row = calloc ((size_t) L, sizeof *row), *fits = calloc (self->examples.n, sizeof *fits);
  bool ok = (ids && row && fits) || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the texts");
  for (size_t i = 0; ok && i < self->examples.n; i++) {
    const char *text = self->examples.items[i].references[0];
    bool cut = true;
    ok = cosmos_pipeline_frame (self->pipeline, text, strlen (text), L, ids, row, NULL, &cut, err);
    fits[i] = !cut;
  }
  if (ok)
    cosmos_examples_keep (&self->examples, fits);
  if (ok && self->examples.n == 0)
    ok = cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: all texts are longer than the %d tokens that %s reads", self->folder,
                           (int) L, cosmos_pipeline_get_name (self->pipeline));
  free (ids);
  free (row);
  free (fits);
  return ok;
}

bool cosmos_bench_prepare (CosmosBench *self, CosmosError *err)
{
  if (!cosmos_examples_load (&self->examples, &self->texts, self->folder, self->progress, err))
    return false;
  if (cosmos_measures_find (self->task, *self->texts.source)->stand_in != COSMOS_STAND_IN_PEOPLE) {
    cosmos_examples_thin (&self->examples, self->count);
    return true;
  }
  if (!drop_long (self, err))
    return false;
  cosmos_examples_thin (&self->examples, 2 * self->count);
  return cosmos_examples_split (&self->examples, &self->others, err);
}

void cosmos_bench_clear (CosmosBench *self)
{
  cosmos_examples_clear (&self->examples);
  cosmos_examples_clear (&self->others);
}

void cosmos_bench_advance (CosmosBench *self, double units, const char *what)
{
  self->done += units;
  cosmos_progress_report (self->progress, self->total > 0 ? self->done / self->total : 0, what);
}

bool cosmos_bench_go_on (const CosmosBench *self, CosmosError *err)
{
  return !cosmos_progress_is_cancelled (self->progress) || cosmos_error_set (err, COSMOS_STATUS_CANCELLED, "cancelled");
}

const char **cosmos_examples_get_references (const CosmosExamples *self)
{
  const char **references = calloc (self->n + 1, sizeof *references);
  for (size_t i = 0; references && i < self->n; i++)
    references[i] = self->items[i].references[0];
  return references;
}
