/* Finding bundles on the disk (cpg-model.h). */
#include "engine/cpg-model.h"

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

static char *search (const char *folder, const char *task)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *entry;
  while (dir && (entry = g_dir_read_name (dir)))
    if (*entry != '.' && g_str_has_suffix (entry, ".gguf"))
      g_ptr_array_add (names, g_strdup (entry));
  g_ptr_array_sort (names, compare_names);
  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < names->len; i++) {
      const char *name = g_ptr_array_index (names, i);
      gboolean named_after = task && g_str_has_prefix (name, task);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (named_after == (pass == 0) && has_task (path, task))
        return g_steal_pointer (&path);
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
