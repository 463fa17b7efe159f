#include "evaluate/likeness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Mean state of a text: D numbers. */
static bool pool_states (const CosmosPipeline *pipeline, CosmosGraph *graph, const char *text, int32_t *ids, bool *keep,
                         double *mean, CosmosError *err)
{
  const int64_t L = cosmos_pipeline_get_config (pipeline)->tokens, D = cosmos_pipeline_get_config (pipeline)->encoder.width;
  int64_t n;
  if (!cosmos_pipeline_frame (pipeline, text, strlen (text), L, ids, keep, &n, NULL, err))
    return false;
  cosmos_graph_reset (graph);
  CosmosTensor *h = cosmos_pipeline_read (pipeline, graph, ids, keep, 1, n); /* (1, n, D) */
  if (!cosmos_graph_check (graph, err))
    return false;
  memset (mean, 0, (size_t) D * sizeof *mean);
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < D; j++)
      mean[j] += (double) cosmos_tensor_row (h, i)[j] / (double) n;
  return true;
}

static double get_cosine (const double *a, const double *b, int64_t n)
{
  double product = 0, square_a = 0, square_b = 0;
  for (int64_t i = 0; i < n; i++) {
    product += a[i] * b[i];
    square_a += a[i] * a[i];
    square_b += b[i] * b[i];
  }
  return square_a > 0 && square_b > 0 ? product / sqrt (square_a * square_b) : 0;
}

bool cosmos_measure_likeness (const CosmosPipeline *pipeline, CosmosPool *pool, const char *const *a, const char *const *b,
                              size_t n, double *likeness, CosmosProgress *progress, CosmosError *err)
{
  const CosmosConfig *config = cosmos_pipeline_get_config (pipeline);
  const int64_t D = config->encoder.width;
  CosmosGraph *graph = cosmos_graph_new (pool, progress);
  int32_t *ids = calloc ((size_t) config->tokens, sizeof *ids);
  bool *keep = calloc ((size_t) config->tokens, sizeof *keep);
  double *means = calloc (2 * (size_t) D, sizeof *means), sum = 0;
  bool ok = (graph && ids && keep && means)
            || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the measures");
  for (size_t i = 0; ok && i < n; i++) {
    ok = pool_states (pipeline, graph, a[i], ids, keep, means, err)
         && pool_states (pipeline, graph, b[i], ids, keep, means + D, err);
    sum += ok ? get_cosine (means, means + D, D) : 0;
  }
  if (ok)
    *likeness = n > 0 ? sum / (double) n : NAN;
  cosmos_graph_free (graph);
  free (ids);
  free (keep);
  free (means);
  return ok;
}
