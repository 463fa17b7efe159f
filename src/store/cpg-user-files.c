#include "store/cpg-user-files.h"

#include <string.h>

static int compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **cpg_user_files_find (const char *folder)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "cosmos-playground", folder, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  GPtrArray *paths = g_ptr_array_new ();
  const char *entry;
  while (dir && (entry = g_dir_read_name (dir)))
    if (*entry != '.' && g_str_has_suffix (entry, ".json"))
      g_ptr_array_add (paths, g_build_filename (path, entry, NULL));
  g_ptr_array_sort (paths, compare);
  g_ptr_array_add (paths, NULL);
  return (char **) g_ptr_array_free (paths, FALSE);
}
