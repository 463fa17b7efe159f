#include "core/file/model-folders.h"

#include "../../model-folder.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

static char *home;

/* Makes home/NAME, with the file in it where one is named -> the folder. */
static char *make (const char *name, const char *file)
{
  char *folder = g_build_filename (home, name, NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  if (file) {
    g_autofree char *path = g_build_filename (folder, file, NULL);
    g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  }
  return folder;
}

static int index_of (const CosmosModelFolders *folders, const char *path)
{
  for (size_t i = 0; i < folders->n; i++)
    if (strcmp (folders->items[i], path) == 0)
      return (int) i;
  return -1;
}

static void chosen (void)
{
  CosmosModelFolders folders;
  CosmosError err;
  g_autofree char *folder = make ("chosen", NULL), *own = make ("data/cosmos-playground/models", NULL);
  g_setenv ("COSMOS_MODELS", folder, TRUE);
  g_assert_true (cosmos_model_folders_list (&folders, &err));
  g_assert_cmpuint (folders.n, ==, 1);
  g_assert_cmpstr (folders.items[0], ==, folder);
  char *where = cosmos_model_folders_get_own ();
  g_assert_cmpstr (where, ==, folder);
  free (where);
  cosmos_model_folders_clear (&folders);
  g_setenv ("COSMOS_MODELS", "/no/such/folder", TRUE);
  g_assert_false (cosmos_model_folders_list (&folders, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_IO);
  g_assert_nonnull (strstr (err.message, "COSMOS_MODELS names /no/such/folder"));
  g_setenv ("COSMOS_MODELS", "", TRUE);
}

static void order (void)
{
  CosmosModelFolders folders;
  CosmosError err;
  g_autofree char *own = make ("data/cosmos-playground/models", NULL), *first = make ("a/cosmos-playground/models", NULL),
                  *second = make ("b/cosmos-playground/models", NULL),
                  *tree = g_canonicalize_filename ("models", g_getenv ("SOURCE_ROOT"));
  g_autofree char *dirs = g_strdup_printf ("%s/a:relative:%s/none:%s/b:%s/a:", home, home, home, home);
  g_setenv ("XDG_DATA_DIRS", dirs, TRUE);
  g_assert_true (cosmos_model_folders_list (&folders, &err));
  g_assert_cmpint (index_of (&folders, tree), ==, 0); /* this program was built in it */
  g_assert_cmpint (index_of (&folders, own), ==, 1);
  g_assert_cmpint (index_of (&folders, first), ==, 2);
  g_assert_cmpint (index_of (&folders, second), ==, 3);
  g_assert_cmpuint (folders.n, <=, 5); /* an installed one may be there */
  cosmos_model_folders_clear (&folders);
  char *where = cosmos_model_folders_get_own ();
  g_assert_cmpstr (where, ==, own);
  free (where);
}

/* XDG_DATA_HOME must be absolute; else the home's own one counts. */
static void own (void)
{
  g_autofree char *before = g_strdup (g_getenv ("XDG_DATA_HOME")),
                  *expected = g_build_filename (home, ".local/share/cosmos-playground/models", NULL);
  static const char *const values[] = {"relative/data", ""};
  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    g_setenv ("XDG_DATA_HOME", values[i], TRUE);
    char *where = cosmos_model_folders_get_own ();
    g_assert_cmpstr (where, ==, expected);
    free (where);
  }
  g_unsetenv ("HOME");
  char *where = cosmos_model_folders_get_own ();
  g_assert_true (g_str_has_suffix (where, "/.local/share/cosmos-playground/models"));
  free (where);
  g_setenv ("HOME", home, TRUE);
  g_setenv ("XDG_DATA_HOME", before, TRUE);
}

typedef struct {
  GString *seen;
  const char *wanted;
} Seen;

static bool look (const char *path, void *data)
{
  Seen *seen = data;
  const char *name = strrchr (path, '/') + 1;
  g_string_append_printf (seen->seen, "%s ", name);
  return strcmp (name, seen->wanted) == 0;
}

static void search (void)
{
  static const char *const names[] = {"b.gguf",     "a.gguf",       "story-2.gguf", "story-1.gguf", "Z.gguf",
                                      "story.gguf", ".hidden.gguf", "a.txt",        ".gguf",        "x.gguf.part"};
  g_autofree char *first = NULL, *second = make ("second", "last.gguf");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_free (first);
    first = make ("first", names[i]);
  }
  char *items[] = {first, second};
  const CosmosModelFolders folders = {items, 2};
  Seen seen = {g_string_new (NULL), "nothing"};
  g_assert_null (cosmos_model_folders_find (&folders, "story", look, &seen));
  g_assert_cmpstr (seen.seen->str, ==, "story.gguf story-1.gguf story-2.gguf Z.gguf a.gguf b.gguf last.gguf ");
  g_string_truncate (seen.seen, 0);
  g_assert_null (cosmos_model_folders_find (&folders, NULL, look, &seen));
  g_assert_cmpstr (seen.seen->str, ==, "Z.gguf a.gguf b.gguf story-1.gguf story-2.gguf story.gguf last.gguf ");
  g_string_truncate (seen.seen, 0);
  seen.wanted = "a.gguf";
  g_autofree char *expected = g_build_filename (first, "a.gguf", NULL);
  char *path = cosmos_model_folders_find (&folders, "", look, &seen);
  g_assert_cmpstr (path, ==, expected);
  g_assert_cmpstr (seen.seen->str, ==, "Z.gguf a.gguf ");
  free (path);
  g_string_free (seen.seen, TRUE);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  home = model_folder_new_temporary ();
  g_autofree char *data = g_build_filename (home, "data", NULL);
  g_setenv ("HOME", home, TRUE);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_setenv ("XDG_DATA_DIRS", home, TRUE);
  g_test_add_func ("/model-folders/chosen", chosen);
  g_test_add_func ("/model-folders/order", order);
  g_test_add_func ("/model-folders/own", own);
  g_test_add_func ("/model-folders/search", search);
  int result = g_test_run ();
  model_folder_remove (home);
  return result;
}
