/* What most verbs need: threads, a bundle or a language model, and the settings of a run, as the command line says. */
#pragma once

#include "cli/arguments.h"
#include "core/model/language-model.h"
#include "core/model/pipeline.h"
#include "core/sample/autoregress.h"
#include "core/sample/instruction.h"
#include "core/sample/settings.h"

typedef struct {
  CosmosCompute compute;
  CosmosPool *pool;
  CosmosPipeline *pipeline;      /* NULL before open_pipeline */
  CosmosLanguageModel *baseline; /* NULL before open_baseline */
  CosmosLanguageModel *judge;    /* NULL before open_judge; may be the baseline */
  double load_seconds;
} CliEngine;

/* Threads and the kind of products. */
bool cli_engine_init (CliEngine *self, const CliArguments *arguments, CosmosError *err);
void cli_engine_clear (CliEngine *self);
/* The bundle for the task that was asked for (any without --task); has_source: if possible one that reads a source. */
bool cli_engine_open_pipeline (CliEngine *self, const CliArguments *arguments, bool has_source, CosmosError *err);
bool cli_engine_open_baseline (CliEngine *self, const CliArguments *arguments, CosmosError *err);
/* --judge, else the baseline, which is opened where it was not. */
bool cli_engine_open_judge (CliEngine *self, const CliArguments *arguments, CosmosError *err);

/* How the baseline will be asked for a task (NULL: none); says in words where it has a chat template that is not known. */
CosmosAsking cli_engine_find_asking (const CliEngine *self, const char *task);

/* The bundle's defaults with what was given put over them, checked. The batch is 1. */
bool cli_engine_get_settings (const CliEngine *self, const CliArguments *arguments, CosmosSettings *settings, CosmosError *err);
/* The same of the baseline, where there is one. */
bool cli_engine_get_autoregress_settings (const CliEngine *self, const CliArguments *arguments,
                                          CosmosAutoregressSettings *settings, CosmosError *err);
