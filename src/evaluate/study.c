#include "evaluate/study.h"

#include <string.h>

static const CosmosStudy *const studies[] = {
  &cosmos_study_noise,       &cosmos_study_interpolation, &cosmos_study_self_conditioning,
  &cosmos_study_noise_scale, &cosmos_study_normalisation, &cosmos_study_compression};
enum { N_STUDIES = sizeof studies / sizeof studies[0] };

const CosmosStudy *cosmos_study_get (int index)
{
  return index >= 0 && index < N_STUDIES ? studies[index] : NULL;
}

const CosmosStudy *cosmos_study_find (const char *name)
{
  for (int i = 0; i < N_STUDIES; i++)
    if (strcmp (studies[i]->name, name) == 0)
      return studies[i];
  return NULL;
}

void cosmos_study_add_facts (const CosmosBench *bench, CosmosReport *report)
{
  cosmos_report_add_text (report, "model", cosmos_pipeline_get_name (bench->pipeline));
  if (bench->judge)
    cosmos_report_add_text (report, "judge", cosmos_language_model_get_name (bench->judge));
  cosmos_report_add_text (report, "task", bench->task);
  cosmos_report_add_number (report, "texts", (double) bench->examples.n);
  cosmos_report_add_number (report, "seed", (double) bench->settings.seed);
}

int cosmos_study_add_expectations (CosmosReport *report)
{
  static const CosmosColumn columns[] = {{"bound", "bound", 3}, {"measured", "measured", 3}, {"holds", "holds", 0}};
  return cosmos_report_add_table (report, "expectations", "What was expected (holds: 1 yes, 0 no)", "expectation", columns, 3);
}

void cosmos_study_add_expectation (CosmosReport *report, int table, const char *name, bool below, double bound, double value)
{
  char row[COSMOS_REPORT_NAME];
  snprintf (row, sizeof row, "%s %s %g", name, below ? "<" : ">", bound);
  cosmos_report_add_row (report, table, row, (double[]) {bound, value, below ? value < bound : value > bound});
}
