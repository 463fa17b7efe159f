/* What all measurements share: models, settings, texts, the share of the work that is done. Everything is borrowed, but for what prepare() loads. */
#pragma once

#include "core/model/language-model.h"
#include "core/model/pipeline.h"
#include "core/sample/autoregress.h"
#include "core/sample/settings.h"
#include "evaluate/examples.h"

typedef struct {
  const CosmosPipeline *pipeline;
  const CosmosLanguageModel *baseline; /* NULL: none */
  const CosmosLanguageModel *judge;    /* NULL: none; what needs one is left out */
  CosmosPool *pool;
  CosmosSettings settings; /* task, seed, guidance ... */
  CosmosAutoregressSettings autoregress;
  const char *task;
  CosmosTextsRecipe texts;
  const char *folder; /* of the texts */
  size_t count;       /* texts that are written and compared with */
  int batch;
  int candidates; /* texts that are written for each one that is kept (core/study/consensus.h); 0 and 1: no more than that */
  CosmosProgress *progress;
  const CosmosRecipe *recipe; /* these three: of studies that train, which leave the pipeline NULL */
  const char *out;            /* folder for what they train */
  CosmosCompute compute;

  CosmosExamples examples; /* at most count, which the model can read whole where its texts are compared with people's */
  CosmosExamples others;   /* there: as many further ones, as far as there are */
  double done, total;      /* of the work, in units that the measurements agree on: one pass of the denoiser for one text */
} CosmosBench;

/* Loads the examples. */
bool cosmos_bench_prepare (CosmosBench *self, CosmosError *err);
void cosmos_bench_clear (CosmosBench *self);
/* Some units more are done; tells the progress. */
void cosmos_bench_advance (CosmosBench *self, double units, const char *what);
/* False, with err, once the progress was cancelled. */
bool cosmos_bench_go_on (const CosmosBench *self, CosmosError *err);
/* The first reference of every example: n of them, free() the array alone. NULL when out of memory. */
const char **cosmos_examples_get_references (const CosmosExamples *self);
