/* What does self-conditioning do? The same seeds with and without the guess of the step before as the denoiser's second input (spec 1.9), by number of steps. */
#include "evaluate/study.h"

#include "evaluate/measures.h"
#include "evaluate/writing.h"

static const int steps[] = {8, 25, 50, 100};
enum { N_STEPS = sizeof steps / sizeof steps[0] };

static bool write_and_measure (CosmosBench *bench, void *measures, int table, bool on, int n_steps, CosmosReport *report,
                               CosmosError *err)
{
  double values[8] = {n_steps};
  CosmosWritten written;
  size_t n = *bench->texts.source ? bench->examples.n : bench->count;
  if (!cosmos_write_by_diffusion (bench, bench->settings.sampler, n_steps, on, n, &written, err))
    return false;
  values[1] = written.seconds / (double) n;
  bool ok = cosmos_measures_story.measure (measures, (const char *const *) written.items, n, values + 2, err);
  cosmos_written_clear (&written);
  if (ok)
    cosmos_report_add_row (report, table, on ? "with" : "without", values);
  return ok;
}

static bool run (CosmosBench *bench, CosmosReport *report, CosmosError *err)
{
  const CosmosMeasureFamily *family = &cosmos_measures_story;
  CosmosColumn columns[2 + 8] = {{"steps", "steps", 0}, {"seconds", "s/text", 3}};
  const double n = (double) (*bench->texts.source ? bench->examples.n : bench->count),
               judging = bench->judge ? family->judging : 0;
  bench->total = judging * (double) bench->examples.n;
  for (int i = 0; i < N_STEPS; i++)
    bench->total += 2 * n * (steps[i] + judging);
  for (int c = 0; c < family->n_columns; c++)
    columns[2 + c] = family->columns[c];
  cosmos_study_add_facts (bench, report);
  cosmos_report_add_text (report, "sampler", cosmos_sampler_get_name (bench->settings.sampler));
  int table = cosmos_report_add_table (report, "self_conditioning", "Texts with and without self-conditioning",
                                       "self-conditioning", columns, 2 + family->n_columns);
  for (int c = 2; c < 2 + family->n_columns; c++)
    cosmos_report_add_chart (report, table, 0, c, true);
  void *measures = family->prepare (bench, err);
  bool ok = measures != NULL;
  for (int i = 0; ok && i < N_STEPS; i++)
    for (int on = 0; ok && on < 2; on++)
      ok = write_and_measure (bench, measures, table, on, steps[i], report, err);
  if (measures)
    family->explain (measures, report);
  family->free (measures);
  return ok && cosmos_report_check (report, err);
}

const CosmosStudy cosmos_study_self_conditioning = {
  .name = "self-conditioning",
  .question = "what self-conditioning does to diversity and quality",
  .run = run,
};
