/* How much noise do the latents bear? Reconstruction from z~ + sigma N(0, 1); to sample well, the decompressor must read latents that are not quite right (spec 2.4). */
#include "evaluate/study.h"

#include "evaluate/robustness.h"

#include <stdlib.h>

enum { N_SIGMAS = 17, HALF = 4 }; /* sigma 0.125 i; where sigma is 0.5 */

static bool run (CosmosBench *bench, CosmosReport *report, CosmosError *err)
{
  double sigmas[N_SIGMAS];
  CosmosRobustness results[N_SIGMAS];
  size_t n_measured = 0;
  const char **texts = cosmos_examples_get_references (&bench->examples);
  for (int i = 0; i < N_SIGMAS; i++)
    sigmas[i] = 0.125 * i;
  bench->total = (double) bench->examples.n * N_SIGMAS;
  cosmos_study_add_facts (bench, report);
  int table = cosmos_report_add_table (report, "noise", "Text to latents to text, with noise", "model", cosmos_robustness_columns,
                                       COSMOS_ROBUSTNESS_COLUMNS);
  int expectations = cosmos_study_add_expectations (report);
  for (int column = 1; column < COSMOS_ROBUSTNESS_COLUMNS; column++)
    cosmos_report_add_chart (report, table, 0, column, false);
  bool ok = texts || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the texts");
  ok = ok && cosmos_measure_robustness (bench, texts, bench->examples.n, sigmas, N_SIGMAS, results, &n_measured, err);
  free (texts);
  if (!ok)
    cosmos_report_add_shortfall (report, n_measured, bench->examples.n, "texts were measured");
  for (int i = 0; n_measured > 0 && i < N_SIGMAS; i++) {
    double values[COSMOS_ROBUSTNESS_COLUMNS];
    cosmos_robustness_to_values (&results[i], sigmas[i], values);
    cosmos_report_add_row (report, table, cosmos_pipeline_get_name (bench->pipeline), values);
  }
  if (!ok)
    return false;
  cosmos_study_add_expectation (report, expectations, "MSE without noise", true, 0.5, results[0].mse);
  cosmos_study_add_expectation (report, expectations, "MSE at sigma 0.5", true, 0.5, results[HALF].mse);
  cosmos_study_add_expectation (report, expectations, "BLEU at sigma 0.5", false, 0.3, results[HALF].bleu);
  cosmos_report_add_note (
      report,
      "MSE: of the encoder's states in units of their own deviation. BLEU: of all texts together against the texts, as sacrebleu.");
  return cosmos_report_check (report, err);
}

const CosmosStudy cosmos_study_noise = {
  .name = "noise",
  .question = "how much noise the latents bear",
  .run = run,
};
