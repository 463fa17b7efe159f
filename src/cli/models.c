#include "cli/models.h"

#include "cli/nearest.h"
#include "cli/say.h"
#include "core/model/config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_folder (const char *path)
{
  DIR *folder = opendir (path);
  if (!folder)
    return false;
  closedir (folder);
  return true;
}

/* The models folder; free() it. */
static char *find_folder (CosmosError *err)
{
  const char *chosen = getenv ("COSMOS_MODELS");
  char program[4096], *path = NULL;
  if (chosen && *chosen) {
    if (is_folder (chosen))
      return strdup (chosen);
    cosmos_error_set (err, COSMOS_STATUS_IO, "COSMOS_MODELS names %s, which is no folder that can be read", chosen);
    return NULL;
  }
  ssize_t length = readlink ("/proc/self/exe", program, sizeof program - 1);
  if (length > 0) {
    program[length] = 0;
    *strrchr (program, '/') = 0; /* build/src/cli */
    if (asprintf (&path, "%s/../../../models", program) >= 0 && is_folder (path)) {
      char *plain = realpath (path, NULL);
      free (path);
      return plain;
    }
    free (path);
  }
  if (is_folder (COSMOS_MODELS_FOLDER))
    return strdup (COSMOS_MODELS_FOLDER);
  cosmos_error_set (err, COSMOS_STATUS_IO, "There is no models folder: name a file with --model, or a folder in COSMOS_MODELS");
  return NULL;
}

static int is_gguf (const struct dirent *entry)
{
  size_t length = strlen (entry->d_name);
  return entry->d_name[0] != '.' && length > 5 && strcmp (entry->d_name + length - 5, ".gguf") == 0;
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

/* wanted: an architecture. */
static Fit examine (const char *path, const char *wanted, const char *task, CosmosError *err)
{
  CosmosGguf *file = cosmos_gguf_open (path, err);
  const char *architecture;
  Fit fit = BROKEN;
  if (file && cosmos_gguf_get_string (file, "general.architecture", &architecture, err)) {
    bool bundle = strcmp (wanted, "cosmos") == 0;
    fit = OTHER_KIND;
    if (strcmp (architecture, wanted) == 0)
      fit = bundle ? examine_tasks (path, file, task, err) : FIT;
    else
      cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: is a model of architecture \"%.32s\"; %s is needed", path,
                        architecture, bundle ? "a COSMOS bundle" : "a language model of architecture \"llama\"");
  }
  cosmos_gguf_free (file);
  return fit;
}

/* The first file of the folder that fits, by name, those that begin with the task before the others. LACKS_TASK with err where one
 * would do for another task. */
static Fit search (const char *folder, const char *wanted, const char *task, char **path, CosmosError *err)
{
  struct dirent **entries;
  int n = scandir (folder, &entries, is_gguf, alphasort);
  Fit result = OTHER_KIND;
  for (int pass = task ? 0 : 1; pass < 2 && result != FIT; pass++) {
    for (int i = 0; i < n && result != FIT; i++) {
      CosmosError why = {0};
      if ((pass == 0 && strncmp (entries[i]->d_name, task, strlen (task)) != 0)
          || asprintf (path, "%s/%s", folder, entries[i]->d_name) < 0)
        continue;
      Fit fit = examine (*path, wanted, task, &why);
      if (fit == FIT)
        result = FIT;
      else
        free (*path);
      if (fit == BROKEN && pass == 1)
        cli_say ("passed over: %s", why.message);
      if (fit == LACKS_TASK) {
        result = LACKS_TASK;
        *err = why;
      }
    }
  }
  for (int i = 0; i < n; i++)
    free (entries[i]);
  if (n >= 0)
    free (entries);
  return result;
}

char *cli_models_find_bundle (const char *named, const char *task, CosmosError *err)
{
  if (named)
    return examine (named, "cosmos", task, err) == FIT ? strdup (named) : NULL;
  char *folder = find_folder (err), *path;
  if (!folder)
    return NULL;
  Fit fit = search (folder, "cosmos", task, &path, err);
  if (fit != FIT) {
    path = NULL;
    if (fit != LACKS_TASK)
      cosmos_error_set (err, COSMOS_STATUS_IO, "%s: has no COSMOS model; name one with --model, or make one with: cosmos convert",
                        folder);
  }
  free (folder);
  return path;
}

char *cli_models_find_language_model (const char *named, const char *task, CosmosError *err)
{
  if (named)
    return examine (named, "llama", NULL, err) == FIT ? strdup (named) : NULL;
  char *folder = find_folder (err), *path;
  if (!folder)
    return NULL;
  if (search (folder, "llama", task, &path, err) != FIT) {
    path = NULL;
    cosmos_error_set (err, COSMOS_STATUS_IO,
                      "%s: has no autoregressive model; name a .gguf of architecture llama with --baseline", folder);
  }
  free (folder);
  return path;
}
