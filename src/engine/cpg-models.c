/* Finding bundles on the disk (cpg-model.h). */
#include "engine/cpg-model.h"

#include "engine/cpg-error.h"

#include <glib/gi18n-lib.h>

static gboolean has_task (const char *path, const char *task)
{
  CosmosConfig config;
  CosmosGguf *file = cosmos_gguf_open (path, NULL);
  gboolean found = file && cosmos_config_read (&config, file, NULL)
                   && (!task || config.n_tasks == 0 || cosmos_config_find_task (&config, task) >= 0);
  cosmos_gguf_free (file);
  return found;
}

static int compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* The files of a folder by name, whole paths. */
static GPtrArray *list_models (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  const char *entry;
  while (dir && (entry = g_dir_read_name (dir)))
    if (*entry != '.' && g_str_has_suffix (entry, ".gguf"))
      g_ptr_array_add (paths, g_build_filename (folder, entry, NULL));
  g_ptr_array_sort (paths, compare_names);
  return paths;
}

static gboolean is_named_after (const char *path, const char *task)
{
  return task && g_str_has_prefix (strrchr (path, G_DIR_SEPARATOR) + 1, task);
}

static gboolean is_named_baseline (const char *path)
{
  return strstr (strrchr (path, G_DIR_SEPARATOR) + 1, "baseline") != NULL;
}

static char *search (const char *folder, const char *task)
{
  g_autoptr (GPtrArray) paths = list_models (folder);
  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < paths->len; i++) {
      const char *path = g_ptr_array_index (paths, i);
      if (is_named_after (path, task) == (pass == 0) && has_task (path, task))
        return g_strdup (path);
    }
  return NULL;
}

static GPtrArray *list_folders (void)
{
  const char *chosen = g_getenv ("COSMOS_MODELS");
  GPtrArray *folders = g_ptr_array_new_with_free_func (g_free);
  if (chosen && *chosen) {
    g_ptr_array_add (folders, g_strdup (chosen));
    return folders;
  }
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  if (program) {
    g_autofree char *place = g_path_get_dirname (program); /* build/src/app */
    g_autofree char *beside = g_build_filename (place, "..", "..", "..", "models", NULL);
    g_ptr_array_add (folders, g_canonicalize_filename (beside, NULL));
  }
  g_ptr_array_add (folders, g_build_filename (g_get_user_data_dir (), "cosmos-playground", "models", NULL));
  for (const char *const *dir = g_get_system_data_dirs (); *dir; dir++)
    g_ptr_array_add (folders, g_build_filename (*dir, "cosmos-playground", "models", NULL));
  g_ptr_array_add (folders, g_strdup (COSMOS_MODELS_FOLDER));
  return folders;
}

char *cpg_models_find (const char *task)
{
  g_autoptr (GPtrArray) folders = list_folders ();
  char *found = NULL;
  for (guint i = 0; i < folders->len && !found; i++)
    found = search (g_ptr_array_index (folders, i), task && *task ? task : NULL);
  return found;
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
  else if (g_str_equal (architecture, "llama"))
    kind = CPG_MODEL_LANGUAGE;
  else
    g_set_error (error, CPG_ERROR, COSMOS_STATUS_UNSUPPORTED,
                 _ ("%s is a model of architecture “%.32s”; a COSMOS model or one of architecture “llama” is needed"), path,
                 architecture);
  cosmos_gguf_free (file);
  return kind;
}

/* Lower is better. */
static int rate_language (const char *path, const char *task)
{
  return (is_named_baseline (path) ? 0 : 2) + (is_named_after (path, task) ? 0 : 1);
}

char *cpg_models_find_language (const char *task)
{
  g_autoptr (GPtrArray) folders = list_folders ();
  for (guint i = 0; i < folders->len; i++) {
    g_autoptr (GPtrArray) paths = list_models (g_ptr_array_index (folders, i));
    const char *wanted = task && *task ? task : NULL;
    for (int rating = 0; rating < 4; rating++)
      for (guint k = 0; k < paths->len; k++) {
        const char *path = g_ptr_array_index (paths, k);
        if (rate_language (path, wanted) == rating && cpg_models_get_kind (path, NULL) == CPG_MODEL_LANGUAGE)
          return g_strdup (path);
      }
  }
  return NULL;
}
