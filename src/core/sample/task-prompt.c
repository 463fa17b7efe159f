#include "core/sample/task-prompt.h"

#include "core/text/text.h"

#include <stdlib.h>
#include <string.h>

bool cosmos_task_prompt_make (const CosmosLanguageModel *model, int task, const char *source, size_t size, int32_t *ids,
                              size_t *n, CosmosError *err)
{
  const CosmosTokenizer *tokenizer = cosmos_language_model_get_tokenizer (model);
  const CosmosLanguageModelTasks *tasks = cosmos_language_model_get_tasks (model);
  const size_t room = (size_t) tasks->source_tokens[task] - 2;
  size_t found = 0;
  char *clean = cosmos_text_clean (source ? source : "", source ? size : 0, err);
  bool ok = clean && cosmos_tokenizer_encode (tokenizer, clean, strlen (clean), ids + 2, room, &found, err);
  free (clean);
  found = found < room ? found : room;
  ids[0] = cosmos_tokenizer_get_special (tokenizer, COSMOS_TOKEN_CLS);
  ids[1] = tasks->tokens[task];
  ids[found + 2] = cosmos_tokenizer_get_special (tokenizer, COSMOS_TOKEN_SEP);
  *n = found + 3;
  return ok;
}
