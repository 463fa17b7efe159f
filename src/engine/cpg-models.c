/* Finding models on the disk (cpg-model.h). */
#include "engine/cpg-model.h"

#include "core/file/model-folders.h"
#include "core/model/language-model.h"
#include "engine/cpg-error.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

static bool read_config (const char *path, CosmosConfig *config)
{
  CosmosGguf *file = cosmos_gguf_open (path, NULL);
  bool is_read = file && cosmos_config_read (config, file, NULL);
  cosmos_gguf_free (file);
  return is_read;
}

static bool has_task (const char *path, void *task)
{
  CosmosConfig config;
  return read_config (path, &config) && (!task || config.n_tasks == 0 || cosmos_config_find_task (&config, task) >= 0);
}

static bool reads_for_task (const char *path, void *task)
{
  CosmosConfig config;
  return has_task (path, task) && read_config (path, &config) && config.denoiser.source_layers >= 0;
}

/* As memory of GLib's. */
static char *take (char *path)
{
  char *copy = g_strdup (path);
  free (path);
  return copy;
}

static char *find (const char *task, CosmosModelTest test)
{
  CosmosModelFolders folders;
  const char *wanted = task && *task ? task : NULL;
  if (!cosmos_model_folders_list (&folders, NULL))
    return NULL;
  char *found = take (cosmos_model_folders_find (&folders, wanted, test, (void *) wanted));
  cosmos_model_folders_clear (&folders);
  return found;
}

char *cpg_models_find (const char *task)
{
  return find (task, has_task);
}

char *cpg_models_find_reader (const char *task)
{
  return find (task, reads_for_task);
}

/* ---- autoregressive ones ---- */

CpgModelKind cpg_models_get_kind (const char *path, GError **error)
{
  CosmosError err;
  const char *architecture;
  CpgModelKind kind = CPG_MODEL_OTHER;
  CosmosGguf *file = cosmos_gguf_open (path, &err);
  if (!file || !cosmos_gguf_get_string (file, "general.architecture", &architecture, &err))
    cpg_error_from_core (error, &err);
  else if (g_str_equal (architecture, "cosmos"))
    kind = CPG_MODEL_BUNDLE;
  else if (cosmos_language_architecture_from_name (architecture, NULL))
    kind = CPG_MODEL_LANGUAGE;
  else
    g_set_error (error, CPG_ERROR, COSMOS_STATUS_UNSUPPORTED,
                 _ ("%s is a model of architecture “%.32s”; a COSMOS model or one of architecture “llama” or “gpt2” is needed"),
                 path, architecture);
  cosmos_gguf_free (file);
  return kind;
}

static bool is_language (const char *path)
{
  return cpg_models_get_kind (path, NULL) == CPG_MODEL_LANGUAGE;
}

static bool knows_task (const char *path, void *task)
{
  CosmosGguf *file = is_language (path) ? cosmos_gguf_open (path, NULL) : NULL;
  bool knows = file && cosmos_language_model_file_knows (file, task) == COSMOS_TASK_KNOWN;
  cosmos_gguf_free (file);
  return knows;
}

static bool suits_task (const char *path, void *task)
{
  CosmosGguf *file = is_language (path) ? cosmos_gguf_open (path, NULL) : NULL;
  bool suits = file && cosmos_language_model_file_suits (file, task);
  cosmos_gguf_free (file);
  return suits;
}

static bool is_baseline (const char *path, void *task)
{
  return strstr (strrchr (path, G_DIR_SEPARATOR) + 1, "baseline") && suits_task (path, task);
}

/* Folder by folder: those that were trained for the task first, then those that are named baselines. */
char *cpg_models_find_language (const char *task)
{
  CosmosModelFolders folders;
  char *found = NULL;
  if (!cosmos_model_folders_list (&folders, NULL))
    return NULL;
  task = task && *task ? task : NULL;
  for (size_t i = 0; i < folders.n && !found; i++) {
    const CosmosModelFolders one = {folders.items + i, 1};
    const CosmosModelTest tests[] = {knows_task, is_baseline, suits_task};
    for (size_t k = 0; k < G_N_ELEMENTS (tests) && !found; k++)
      found = take (cosmos_model_folders_find (&one, task, tests[k], (void *) task));
  }
  cosmos_model_folders_clear (&folders);
  return found;
}
