/* What a language model that was trained for tasks reads before it writes: [CLS] [TASK] source [SEP]. */
#pragma once

#include "core/model/language-model.h"

/* ids: room for the task's source_tokens + 1. The source (NULL or "": none) is cleaned, and cut where it is too long. */
bool cosmos_task_prompt_make (const CosmosLanguageModel *model, int task, const char *source, size_t size, int32_t *ids,
                              size_t *n, CosmosError *err);
