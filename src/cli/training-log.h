/* What a training tells of itself: lines for a person on standard error, log.jsonl for programs (docs/training.md says what is in it),
 * samples.txt, and curves.svg. */
#pragma once

#include "train/trainer.h"

typedef struct CliTrainingLog CliTrainingLog;

/* Both files in the folder grow; no other training may write there at the same time. quiet: nothing on standard error. */
CliTrainingLog *cli_training_log_open (const char *folder, bool is_quiet, CosmosError *err);
void cli_training_log_close (CliTrainingLog *self);
/* As CosmosTrainingOptions has it. */
void cli_training_log_take (const CosmosTrainingReport *report, void *log);
