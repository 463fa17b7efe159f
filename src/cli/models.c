#include "cli/models.h"

#include "cli/nearest.h"
#include "cli/say.h"
#include "core/file/model-folders.h"
#include "core/model/language-model.h"

#include <stdio.h>
#include <string.h>

/* "a, b" */
static void list_folders (const CosmosModelFolders *folders, char *text, size_t size)
{
  size_t used = 0;
  text[0] = 0;
  for (size_t i = 0; i < folders->n && used < size; i++)
    used += (size_t) snprintf (text + used, size - used, "%s%s", i ? ", " : "", folders->items[i]);
}

/* The tasks of a bundle as words. */
static void list_tasks (const CosmosConfig *config, char *text, size_t size)
{
  size_t used = 0;
  text[0] = 0;
  for (int i = 0; i < config->n_tasks && used < size; i++)
    used += (size_t) snprintf (text + used, size - used, "%s%s", i ? ", " : "", config->tasks[i]);
}

/* How a file stands to what is wanted; err says why not. */
typedef enum { FIT, OTHER_KIND, LACKS_TASK, BROKEN } Fit;

static Fit examine_tasks (const char *path, const CosmosGguf *file, const char *task, CosmosError *err)
{
  CosmosConfig config;
  if (!cosmos_config_read (&config, file, err))
    return BROKEN;
  if (!task || cosmos_config_find_task (&config, task) >= 0)
    return FIT;
  const char *names[COSMOS_MAX_TASKS];
  for (int i = 0; i < config.n_tasks; i++)
    names[i] = config.tasks[i];
  const char *nearest = cli_nearest (task, names, (size_t) config.n_tasks);
  char tasks[160];
  list_tasks (&config, tasks, sizeof tasks);
  cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: has no task \"%.32s\"; it has: %s%s%s%s", path, task, tasks,
                    nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
  return LACKS_TASK;
}

static Fit examine_language (const char *path, const CosmosGguf *file, const char *task, CosmosError *err)
{
  if (cosmos_language_model_file_knows (file, task) != COSMOS_TASK_OTHERS)
    return FIT;
  cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: was not trained for the task \"%.32s\"", path, task);
  return LACKS_TASK;
}

typedef enum { BUNDLE, LANGUAGE_MODEL } Kind;

static Fit examine (const char *path, Kind wanted, const char *task, CosmosError *err)
{
  CosmosGguf *file = cosmos_gguf_open (path, err);
  const char *architecture;
  Fit fit = BROKEN;
  if (file && cosmos_gguf_get_string (file, "general.architecture", &architecture, err)) {
    bool bundle = wanted == BUNDLE;
    fit = OTHER_KIND;
    if (bundle ? strcmp (architecture, "cosmos") == 0 : cosmos_language_architecture_from_name (architecture, NULL))
      fit = bundle ? examine_tasks (path, file, task, err) : examine_language (path, file, task, err);
    else
      cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: is a model of architecture \"%.32s\"; %s is needed", path,
                        architecture, bundle ? "a COSMOS bundle" : "a language model of architecture \"llama\" or \"gpt2\"");
  }
  cosmos_gguf_free (file);
  return fit;
}

typedef struct {
  Kind wanted;
  const char *task;
  bool (*wants) (const CosmosGguf *file, const char *task); /* NULL: all */
  bool lacks_task;
  CosmosError why; /* where it lacks the task */
} Search;

static bool knows (const CosmosGguf *file, const char *task)
{
  return cosmos_language_model_file_knows (file, task) == COSMOS_TASK_KNOWN;
}

static bool reads_source (const CosmosGguf *file, const char *task)
{
  CosmosConfig config;
  (void) task;
  return cosmos_config_read (&config, file, NULL) && config.denoiser.source_layers >= 0;
}

static bool is_wanted (const Search *search, const char *path)
{
  CosmosGguf *file = search->wants ? cosmos_gguf_open (path, NULL) : NULL;
  bool wanted = !search->wants || (file && search->wants (file, search->task));
  cosmos_gguf_free (file);
  return wanted;
}

static bool fits (const char *path, void *data)
{
  Search *search = data;
  CosmosError why = {0};
  Fit fit = examine (path, search->wanted, search->task, &why);
  if (fit == BROKEN)
    cli_say ("passed over: %s", why.message);
  if (fit == LACKS_TASK) {
    search->lacks_task = true;
    search->why = why;
  }
  return fit == FIT && is_wanted (search, path);
}

/* first: what file names begin with that are preferred. nothing: what the error says of the folders without such a file. */
static char *search (Search *self, const char *first, const char *nothing, CosmosError *err)
{
  CosmosModelFolders folders;
  if (!cosmos_model_folders_list (&folders, err))
    return NULL;
  char *path = cosmos_model_folders_find (&folders, first, fits, self), names[160];
  list_folders (&folders, names, sizeof names);
  if (!path && self->lacks_task && err)
    *err = self->why;
  else if (!path && folders.n == 0)
    cosmos_error_set (err, COSMOS_STATUS_IO, "There is no models folder: name a file with --model, or a folder in COSMOS_MODELS");
  else if (!path)
    cosmos_error_set (err, COSMOS_STATUS_IO, "%s: %s", names, nothing);
  cosmos_model_folders_clear (&folders);
  return path;
}

char *cli_models_find_bundle (const char *named, const char *task, bool has_source, CosmosError *err)
{
  if (named)
    return examine (named, BUNDLE, task, err) == FIT ? strdup (named) : NULL;
  Search reader = {.wanted = BUNDLE, .task = task, .wants = reads_source}, bundle = {.wanted = BUNDLE, .task = task};
  char *path = has_source ? search (&reader, task, "", NULL) : NULL;
  return path ? path
              : search (&bundle, task, "no COSMOS model there; name one with --model, or make one with: cosmos convert", err);
}

char *cli_models_find_language_model (const char *named, const char *task, CosmosError *err)
{
  if (named)
    return examine (named, LANGUAGE_MODEL, task, err) == FIT ? strdup (named) : NULL;
  /* One that was trained for the task goes before one that only goes on with texts. */
  Search trained = {.wanted = LANGUAGE_MODEL, .task = task, .wants = knows},
         model = {.wanted = LANGUAGE_MODEL, .task = task, .wants = cosmos_language_model_file_suits};
  char *path = task ? search (&trained, task, "", NULL) : NULL;
  return path ? path
              : search (&model, task, "no autoregressive model there; name a .gguf of architecture llama or gpt2 with --baseline",
                        err);
}
