/* What the verbs that measure have in common: the models and texts of a bench, and a report's way out. */
#pragma once

#include "cli/engine.h"
#include "evaluate/bench.h"
#include "evaluate/report.h"

typedef struct {
  CliEngine engine;
  CosmosBench bench;
} CliMeasuring;

/* Opens models and texts. count: texts where --count does not say; recipe: a recipe's file that says where the texts are, or NULL. */
bool cli_measuring_init (CliMeasuring *self, const CliArguments *arguments, const char *recipe, int count, CosmosError *err);
/* Language models and counts alone, where the models to measure are still to be made. */
bool cli_measuring_init_models (CliMeasuring *self, const CliArguments *arguments, int count, CosmosError *err);
void cli_measuring_clear (CliMeasuring *self);
/* Notes when it was made; prints the report, or writes it as --json and --svg say, and has the window show it with --open; ok false: what is there after err is shown all the same, and said to be not all. -> exit code. */
int cli_measuring_finish (const CliArguments *arguments, CosmosReport *report, bool ok, const CosmosError *err);
