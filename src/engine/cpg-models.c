/* Finding bundles on the disk (cpg-model.h). */
#include "engine/cpg-model.h"

#include "core/file/model-folders.h"
#include <stdlib.h>

static bool has_task (const char *path, void *data)
{
  const char *task = data;
  CosmosConfig config;
  CosmosGguf *file = cosmos_gguf_open (path, NULL);
  bool found = file && cosmos_config_read (&config, file, NULL)
               && (!task || config.n_tasks == 0 || cosmos_config_find_task (&config, task) >= 0);
  cosmos_gguf_free (file);
  return found;
}

char *cpg_models_find (const char *task)
{
  CosmosModelFolders folders;
  if (!cosmos_model_folders_list (&folders, NULL))
    return NULL;
  const char *wanted = task && *task ? task : NULL;
  char *path = cosmos_model_folders_find (&folders, wanted, has_task, (void *) wanted), *found = g_strdup (path);
  free (path);
  cosmos_model_folders_clear (&folders);
  return found;
}
