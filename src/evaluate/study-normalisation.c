/* Do normalised latents have mean 0 and deviation 1, in every number, on texts that the statistics were not made from (spec 1.7)? The diffusion assumes it. */
#include "evaluate/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 16 };
static const CosmosColumn columns[] = {
  {"latent", "latent", 0},
  {"mean", "mean", 3},
  {"std", "std", 3},
  {"least_mean", "least mean", 3},
  {"largest_mean", "largest mean", 3},
  {"least_std", "least std", 3},
  {"largest_std", "largest std", 3},
};

/* Of one number of the latents, over texts. */
typedef struct {
  double sum, squares;
} Moments;

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the latents");
}

/* moments: N x Z, of all texts. */
static bool collect (CosmosBench *bench, Moments *moments, CosmosError *err)
{
  const CosmosConfig *config = cosmos_pipeline_get_config (bench->pipeline);
  const int64_t L = config->tokens, count = (int64_t) config->latents * config->latent_width;
  CosmosGraph *graph = cosmos_graph_new (bench->pool, bench->progress);
  int32_t *ids = calloc ((size_t) (BATCH * L), sizeof *ids);
  bool *keep = calloc ((size_t) (BATCH * L), sizeof *keep);
  bool ok = (graph && ids && keep) || no_memory (err);
  for (size_t first = 0; ok && first < bench->examples.n; first += BATCH) {
    int n = bench->examples.n - first < BATCH ? (int) (bench->examples.n - first) : BATCH;
    for (int b = 0; ok && b < n; b++) {
      const char *text = bench->examples.items[first + (size_t) b].references[0];
      ok = cosmos_pipeline_frame (bench->pipeline, text, strlen (text), L, ids + b * L, keep + b * L, NULL, NULL, err);
    }
    cosmos_graph_reset (graph);
    CosmosTensor *z = ok ? cosmos_pipeline_encode (bench->pipeline, graph, ids, keep, n, L) : NULL; /* (B, N, Z) */
    ok = ok && cosmos_graph_check (graph, err);
    for (int64_t i = 0; ok && i < n * count; i++) {
      moments[i % count].sum += (double) z->data[i];
      moments[i % count].squares += (double) z->data[i] * (double) z->data[i];
    }
    cosmos_bench_advance (bench, n, "encoding texts");
  }
  cosmos_graph_free (graph);
  free (ids);
  free (keep);
  return ok;
}

/* Over `count` numbers of n texts each: mean and deviation of all, and of single numbers those that are farthest from 0 and 1. */
static void describe (const Moments *moments, int64_t count, double n, double latent, double values[7])
{
  double sum = 0, squares = 0, least_mean = INFINITY, largest_mean = -INFINITY, least_std = INFINITY, largest_std = -INFINITY;
  for (int64_t i = 0; i < count; i++) {
    double mean = moments[i].sum / n, std = sqrt (fmax (moments[i].squares / n - mean * mean, 0));
    sum += moments[i].sum;
    squares += moments[i].squares;
    least_mean = fmin (least_mean, mean);
    largest_mean = fmax (largest_mean, mean);
    least_std = fmin (least_std, std);
    largest_std = fmax (largest_std, std);
  }
  double mean = sum / (n * (double) count);
  memcpy (values,
          (double[]) {latent, mean, sqrt (fmax (squares / (n * (double) count) - mean * mean, 0)), least_mean, largest_mean,
                      least_std, largest_std},
          7 * sizeof *values);
}

static bool run (CosmosBench *bench, CosmosReport *report, CosmosError *err)
{
  const CosmosConfig *config = cosmos_pipeline_get_config (bench->pipeline);
  const int64_t N = config->latents, Z = config->latent_width;
  const double n = (double) bench->examples.n;
  double values[7];
  Moments *moments = calloc ((size_t) (N * Z), sizeof *moments);
  bench->total = n;
  cosmos_study_add_facts (bench, report);
  int table = cosmos_report_add_table (report, "normalisation", "Normalised latents of validation texts", "latents", columns, 7);
  int expectations = cosmos_study_add_expectations (report);
  for (int column = 1; column < 7; column++)
    cosmos_report_add_chart (report, table, 0, column, false);
  bool ok = (moments || no_memory (err)) && collect (bench, moments, err);
  for (int64_t i = 0; ok && i < N; i++) {
    describe (moments + i * Z, Z, n, (double) i + 1, values);
    cosmos_report_add_row (report, table, "each", values);
  }
  if (ok) {
    describe (moments, N * Z, n, NAN, values);
    cosmos_report_add_row (report, table, "all", values);
    cosmos_study_add_expectation (report, expectations, "distance of the mean from 0", true, 0.05, fabs (values[1]));
    cosmos_study_add_expectation (report, expectations, "distance of the deviation from 1", true, 0.05, fabs (values[2] - 1));
    cosmos_report_add_note (
        report, "Least and largest: of single numbers of a latent, over %g texts; by chance alone a mean is off by about %.3f.",
        n, 1 / sqrt (n));
    ok = cosmos_report_check (report, err);
  }
  free (moments);
  return ok;
}

const CosmosStudy cosmos_study_normalisation = {
  .name = "normalisation",
  .question = "whether normalised latents have mean 0 and deviation 1",
  .run = run,
};
