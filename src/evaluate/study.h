/* Experiments with a question and an expectation each, that are too long or too special for an evaluation. */
#pragma once

#include "evaluate/bench.h"
#include "evaluate/report.h"

typedef struct {
  const char *name;
  const char *question; /* for people: what it asks */
  bool trains;          /* needs a recipe and a folder, and no model */
  /* Rows come into the report one by one, so that what was measured stays when it was cancelled. bench: prepared, but for studies that train. */
  bool (*run) (CosmosBench *bench, CosmosReport *report, CosmosError *err);
} CosmosStudy;

/* By their order; NULL behind the last. */
const CosmosStudy *cosmos_study_get (int index);
const CosmosStudy *cosmos_study_find (const char *name);

extern const CosmosStudy cosmos_study_noise, cosmos_study_interpolation, cosmos_study_self_conditioning, cosmos_study_noise_scale,
    cosmos_study_normalisation, cosmos_study_compression;

/* ---- what studies share ---- */

/* Model, judge, texts and seed as facts. */
void cosmos_study_add_facts (const CosmosBench *bench, CosmosReport *report);
/* A table of what was expected and what was found; add_expectation writes a row: "name < bound" where below, else "name > bound". */
int cosmos_study_add_expectations (CosmosReport *report);
void cosmos_study_add_expectation (CosmosReport *report, int table, const char *name, bool below, double bound, double value);
