/* Trainings in the session log: one record a stage and call, with the losses at its checkpoints. Where there is no log, or it cannot be used, nothing is
 * written and the training goes on. */
#pragma once

#include "cli/arguments.h"
#include "train/trainer.h"

typedef struct CliTrainingRecord CliTrainingRecord;

/* NULL: nothing is to be written (--no-log), or there is no log. */
CliTrainingRecord *cli_training_record_open (const CliArguments *arguments, const CosmosRecipe *recipe);
/* Before a stage, and after it: done as cosmos_train_stage () tells; error "" where there is none. self may be NULL in all of these. */
void cli_training_record_begin (CliTrainingRecord *self, const CosmosStageKind *kind);
void cli_training_record_report (CliTrainingRecord *self, const CosmosTrainingReport *report);
void cli_training_record_end (CliTrainingRecord *self, bool done, const char *error);
/* Blocks until everything is written. */
void cli_training_record_close (CliTrainingRecord *self);
