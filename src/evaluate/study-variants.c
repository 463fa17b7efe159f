#include "evaluate/study-variants.h"

#include "evaluate/measures.h"
#include "evaluate/writing.h"

enum { OWN_COLUMNS = 2, MAX_COLUMNS = OWN_COLUMNS + 8 };

static size_t count_texts (const CosmosBench *bench)
{
  return *bench->texts.source ? bench->examples.n : bench->count;
}

static bool write_and_measure (CosmosBench *bench, void *measures, const CosmosVariant *variant, double values[MAX_COLUMNS],
                               CosmosError *err)
{
  const size_t n = count_texts (bench);
  const double noise_scale = bench->settings.noise_scale;
  CosmosWritten written;
  bench->settings.noise_scale = variant->noise_scale;
  bool ok = cosmos_write_by_diffusion (bench, bench->settings.sampler, variant->steps, variant->self_conditioning, n, &written,
                                       err);
  bench->settings.noise_scale = noise_scale;
  if (!ok)
    return false;
  values[1] = written.seconds / (double) n;
  ok = cosmos_measures_story.measure (measures, (const char *const *) written.items, n, values + OWN_COLUMNS, err);
  cosmos_written_clear (&written);
  return ok;
}

bool cosmos_study_measure_variants (CosmosBench *bench, CosmosReport *report, const CosmosVariants *what,
                                    const CosmosVariant *variants, int n, CosmosError *err)
{
  const CosmosMeasureFamily *family = &cosmos_measures_story;
  CosmosColumn columns[MAX_COLUMNS] = {what->x, {"seconds", "s/text", 3}};
  const double judging = bench->judge ? family->judging : 0;
  bench->total = judging * (double) bench->examples.n;
  for (int i = 0; i < n; i++)
    bench->total += (double) count_texts (bench) * (variants[i].steps + judging);
  for (int c = 0; c < family->n_columns; c++)
    columns[OWN_COLUMNS + c] = family->columns[c];
  cosmos_study_add_facts (bench, report);
  cosmos_report_add_text (report, "sampler", cosmos_sampler_get_name (bench->settings.sampler));
  int table = cosmos_report_add_table (report, what->name, what->title, what->group, columns, OWN_COLUMNS + family->n_columns);
  for (int c = OWN_COLUMNS; c < OWN_COLUMNS + family->n_columns; c++)
    cosmos_report_add_chart (report, table, 0, c, true);
  void *measures = family->prepare (bench, err);
  bool ok = measures != NULL;
  for (int i = 0; ok && i < n; i++) {
    double values[MAX_COLUMNS] = {what->get_x (&variants[i])};
    ok = write_and_measure (bench, measures, &variants[i], values, err);
    if (ok)
      cosmos_report_add_row (report, table, variants[i].name, values);
  }
  if (measures)
    family->explain (measures, report);
  family->free (measures);
  return ok && cosmos_report_check (report, err);
}
