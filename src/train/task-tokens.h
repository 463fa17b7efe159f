/* How the baseline is told what to write: [CLS] [TASK] source [SEP] target [SEP], [TASK] being a token of its own for each task. */
#pragma once

#include "train/stage.h"

/* The tasks' tokens: the tokenizer's "[STORY]" .. where it has them, else one behind its vocabulary each. None where there is but one task, and that
 * without sources: its texts are [CLS] target [SEP]. -> the vocabulary that the baseline needs. */
int cosmos_task_tokens_find (const CosmosRecipe *recipe, const CosmosTokenizer *tokenizer, CosmosLanguageModelTasks *tasks);
/* The tokenizer.ggml.* keys with them. */
bool cosmos_task_tokens_write (const CosmosTokenizer *tokenizer, const CosmosLanguageModelTasks *tasks, CosmosGgufWriter *writer,
                               CosmosError *err);
