#include "core/file/mapping.h"

#include "scratch.h"

#include <string.h>
#include <sys/stat.h>

static char *folder;

static void test_file (void)
{
  g_autofree char *path = g_build_filename (folder, "file", NULL);
  g_assert_true (g_file_set_contents (path, "a\0b", 3, NULL));
  CosmosError err = {0};
  CosmosMapping *mapping = cosmos_mapping_open (path, &err);
  g_assert_nonnull (mapping);
  g_assert_cmpmem (cosmos_mapping_get_data (mapping), cosmos_mapping_get_size (mapping), "a\0b", 3);
  g_assert_cmpstr (cosmos_mapping_get_path (mapping), ==, path);
  /* A file that is replaced is another one. */
  g_assert_true (g_file_set_contents (path, "other", 5, NULL));
  g_assert_cmpmem (cosmos_mapping_get_data (mapping), cosmos_mapping_get_size (mapping), "a\0b", 3);
  cosmos_mapping_free (mapping);
  cosmos_mapping_free (NULL);
}

static void test_empty (void)
{
  g_autofree char *path = g_build_filename (folder, "empty", NULL);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  CosmosMapping *mapping = cosmos_mapping_open (path, NULL);
  g_assert_nonnull (mapping);
  g_assert_nonnull (cosmos_mapping_get_data (mapping));
  g_assert_cmpuint (cosmos_mapping_get_size (mapping), ==, 0);
  cosmos_mapping_free (mapping);
}

static void test_borrowed (void)
{
  char name[] = "bytes", data[] = "data";
  CosmosMapping *mapping = cosmos_mapping_new_borrowed (data, 4, name, NULL);
  name[0] = 'x'; /* copied */
  g_assert_cmpstr (cosmos_mapping_get_path (mapping), ==, "bytes");
  g_assert_true (cosmos_mapping_get_data (mapping) == (unsigned char *) data);
  g_assert_cmpuint (cosmos_mapping_get_size (mapping), ==, 4);
  cosmos_mapping_free (mapping);
}

static void assert_refused (const char *path, const char *words)
{
  CosmosError err = {0};
  g_assert_null (cosmos_mapping_open (path, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_IO);
  g_assert_nonnull (strstr (err.message, words));
  g_assert_true (g_str_has_prefix (err.message, path));
}

static void test_refused (void)
{
  g_autofree char *missing = g_build_filename (folder, "missing", NULL), *pipe = g_build_filename (folder, "pipe", NULL);
  assert_refused (missing, "No such file");
  assert_refused ("", "No such file");
  assert_refused (folder, "is a folder");
  assert_refused ("/dev/null", "not a regular file");
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  assert_refused (pipe, "not a regular file"); /* at once: nobody writes to it */
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = scratch_new ();
  g_test_add_func ("/file/mapping/file", test_file);
  g_test_add_func ("/file/mapping/empty", test_empty);
  g_test_add_func ("/file/mapping/borrowed", test_borrowed);
  g_test_add_func ("/file/mapping/refused", test_refused);
  int status = g_test_run ();
  scratch_free (folder);
  return status;
}
