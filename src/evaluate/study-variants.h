/* Studies that write the same seeds with one setting after another, and measure the texts as stories. */
#pragma once

#include "evaluate/study.h"

typedef struct {
  const char *name; /* of its row */
  int steps;
  bool self_conditioning;
  double noise_scale;
} CosmosVariant;

typedef struct {
  const char *name, *title, *group; /* of the table: see cosmos_report_add_table () */
  CosmosColumn x;                   /* of the setting that runs along the chart */
  double (*get_x) (const CosmosVariant *variant);
} CosmosVariants;

/* A row a variant, as soon as it is measured: x, seconds a text, and the measures of stories. */
bool cosmos_study_measure_variants (CosmosBench *bench, CosmosReport *report, const CosmosVariants *table,
                                    const CosmosVariant *variants, int n, CosmosError *err);
