/* Texts that networks in training write, for people to read beside the numbers: the same ones at every checkpoint, so that they can be compared. */
#pragma once

#include "core/model/pipeline.h"
#include "train/stage.h"

/* How many samples a task gets where n are wished: no more than it has sources to validate on, where it has any. */
int cosmos_samples_count (const CosmosTraining *training, int task, int n);
/* Texts of each task (seeds 0, 1 ..); where the task has sources, they are of the first validation texts. */
bool cosmos_samples_denoise (const CosmosTraining *training, const CosmosPipeline *pipeline, CosmosEvaluation *evaluation,
                             CosmosError *err);
/* The source of validation text i of a task as words, ended by 0; free() it. NULL where it has none, or out of memory. */
char *cosmos_samples_get_source (const CosmosTraining *training, int task, int i);
