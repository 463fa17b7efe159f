#include "train/task-tokens.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = COSMOS_MAX_TASK_NAME + 2 };

static void get_name (const char *task, char *name)
{
  snprintf (name, NAME_SIZE, "[%s]", task);
  for (char *c = name; *c; c++)
    *c = (char) toupper ((unsigned char) *c);
}

int cosmos_task_tokens_find (const CosmosRecipe *recipe, const CosmosTokenizer *tokenizer, CosmosLanguageModelTasks *tasks)
{
  const CosmosConfig *config = &recipe->config;
  int vocabulary = cosmos_tokenizer_get_size (tokenizer);
  *tasks = (CosmosLanguageModelTasks) {0};
  if (config->n_tasks == 1 && !*recipe->tasks[0].texts.source)
    return vocabulary;
  for (int i = 0; i < config->n_tasks; i++) {
    char name[NAME_SIZE];
    get_name (config->tasks[i], name);
    int id = cosmos_tokenizer_find (tokenizer, name);
    strcpy (tasks->names[i], config->tasks[i]);
    tasks->source_tokens[i] = recipe->tasks[i].source_tokens;
    tasks->tokens[i] = id >= 0 ? id : vocabulary++;
  }
  tasks->n = config->n_tasks;
  return vocabulary;
}

bool cosmos_task_tokens_write (const CosmosTokenizer *tokenizer, const CosmosLanguageModelTasks *tasks, CosmosGgufWriter *writer,
                               CosmosError *err)
{
  char names[COSMOS_MAX_TASKS][NAME_SIZE];
  const char *added[COSMOS_MAX_TASKS];
  size_t n = 0;
  for (int i = 0; i < tasks->n; i++)
    if (tasks->tokens[i] >= cosmos_tokenizer_get_size (tokenizer)) {
      get_name (tasks->names[i], names[n]);
      added[n] = names[n];
      n++;
    }
  return cosmos_tokenizer_write_with (tokenizer, added, n, writer, err);
}
