/* Measures of written texts, one family a task: what is prepared once, and what is measured of every set of texts. */
#pragma once

#include "evaluate/bench.h"
#include "evaluate/report.h"
#include "evaluate/stand-ins.h"

typedef struct {
  const char *name; /* of the task that it is for */
  const char *row;  /* of the stand-ins that are measured for comparison, by what they are */
  CosmosStandIn stand_in;
  CosmosColumn columns[8];
  int n_columns;
  double judging; /* units of the bench's work that a text takes under the judge; all else is too little to count */
  void *(*prepare) (CosmosBench *bench, CosmosError *err);
  void (*free) (void *self); /* takes NULL */
  /* texts: n, of the bench's first n examples where the task has sources. values: one a column; NAN where there is nothing to measure with. */
  bool (*measure) (void *self, const char *const *texts, size_t n, double *values, CosmosError *err);
  void (*explain) (const void *self, CosmosReport *report); /* notes on what the numbers mean; NULL: none */
} CosmosMeasureFamily;

/* Perplexity under the judge, Div-4, Mem, MAUVE by the judge's states; and of those that were given one, how much of an opening sentence is there. */
extern const CosmosMeasureFamily cosmos_measures_story, cosmos_measures_opened_story;
/* Overlap with the references. */
extern const CosmosMeasureFamily cosmos_measures_summary, cosmos_measures_question;
/* Overlap, offensive words that are gone, likeness to the source in the encoder's space. */
extern const CosmosMeasureFamily cosmos_measures_detox;

/* By name; for another task that of the summary where it has sources, else that of the story. */
const CosmosMeasureFamily *cosmos_measures_find (const char *task, bool has_source);
