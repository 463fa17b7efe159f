#include "core/file/output.h"

#include "scratch.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each test has a folder of its own. */
typedef struct {
  char *folder, *path;
} Place;

static void set_up (Place *self, const void *data)
{
  (void) data;
  self->folder = scratch_new ();
  self->path = g_build_filename (self->folder, "target", NULL);
}

static void tear_down (Place *self, const void *data)
{
  (void) data;
  scratch_free (self->folder);
  g_free (self->path);
}

static void assert_contents (const char *path, const void *wanted, size_t size)
{
  g_autofree char *text = NULL;
  size_t length;
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_assert_cmpmem (text, length, wanted, size);
}

static void test_pieces (Place *self, const void *data)
{
  (void) data;
  enum { N = 300000 };
  g_autofree unsigned char *bytes = g_malloc (N);
  for (int i = 0; i < N; i++)
    bytes[i] = (unsigned char) (i * 7 + i / 256);
  /* Smaller than the buffer, as large, larger, and nothing. */
  static const size_t sizes[] = {1, 0, 65535, 1, 65536, 65537, 3, 100000};
  CosmosError err = {0};
  CosmosOutput *output = cosmos_output_new (self->path, &err);
  g_assert_nonnull (output);
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
  size_t at = 0;
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    cosmos_output_write (output, bytes + at, sizes[i]);
    at += sizes[i];
  }
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
  g_assert_true (cosmos_output_commit (output, &err));
  assert_contents (self->path, bytes, at);
  g_assert_cmpint (scratch_count (self->folder), ==, 1);
}

static void test_empty (Place *self, const void *data)
{
  (void) data;
  g_assert_true (cosmos_output_commit (cosmos_output_new (self->path, NULL), NULL));
  assert_contents (self->path, "", 0);
}

/* Replacing keeps the permissions, and a link leads where it led. */
static void test_replace (Place *self, const void *data)
{
  (void) data;
  struct stat info;
  g_autofree char *link = g_build_filename (self->folder, "link", NULL);
  g_assert_true (g_file_set_contents (self->path, "old", 3, NULL));
  g_assert_cmpint (chmod (self->path, 0640), ==, 0);
  g_assert_cmpint (symlink ("target", link), ==, 0);
  CosmosOutput *output = cosmos_output_new (link, NULL);
  cosmos_output_write (output, "new!", 4);
  assert_contents (self->path, "old", 3);
  g_assert_true (cosmos_output_commit (output, NULL));
  assert_contents (self->path, "new!", 4);
  assert_contents (link, "new!", 4);
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint (stat (self->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0640);
  g_assert_cmpint (scratch_count (self->folder), ==, 2);
}

static void test_permissions (Place *self, const void *data)
{
  (void) data;
  struct stat info;
  mode_t old = umask (027);
  g_assert_true (cosmos_output_commit (cosmos_output_new (self->path, NULL), NULL));
  umask (old);
  g_assert_cmpint (stat (self->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0640);
}

static void test_discard (Place *self, const void *data)
{
  (void) data;
  g_assert_true (g_file_set_contents (self->path, "old", 3, NULL));
  CosmosOutput *output = cosmos_output_new (self->path, NULL);
  cosmos_output_write (output, "new", 3);
  g_assert_cmpint (scratch_count (self->folder), ==, 2);
  cosmos_output_discard (output);
  cosmos_output_discard (NULL);
  assert_contents (self->path, "old", 3);
  g_assert_cmpint (scratch_count (self->folder), ==, 1);
}

/* The disk takes 100,000 bytes and no more: the old file stays, and nothing else does. */
static void test_full (Place *self, const void *data)
{
  (void) data;
  struct rlimit old, tight;
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  tight = old;
  tight.rlim_cur = 100000;
  g_autofree char *bytes = g_malloc0 (200000);
  g_assert_true (g_file_set_contents (self->path, "old", 3, NULL));
  signal (SIGXFSZ, SIG_IGN);
  for (int piece = 1000; piece <= 200000; piece *= 200) {
    CosmosError err = {0};
    CosmosOutput *output = cosmos_output_new (self->path, &err);
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &tight), ==, 0);
    for (int at = 0; at < 200000; at += piece)
      cosmos_output_write (output, bytes + at, (size_t) piece);
    bool ok = cosmos_output_commit (output, &err);
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
    g_assert_false (ok);
    g_assert_cmpint (err.code, ==, COSMOS_STATUS_IO);
    g_assert_true (g_str_has_prefix (err.message, self->path));
    assert_contents (self->path, "old", 3);
    g_assert_cmpint (scratch_count (self->folder), ==, 1);
  }
  signal (SIGXFSZ, SIG_DFL);
}

static void assert_refused (const char *path, const char *words)
{
  CosmosError err = {0};
  g_assert_null (cosmos_output_new (path, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_IO);
  if (!strstr (err.message, words) || !strstr (err.message, path))
    g_error ("wanted \"%s\": %s", words, err.message);
}

static void test_refused (Place *self, const void *data)
{
  (void) data;
  g_autofree char *nowhere = g_build_filename (self->folder, "missing", "target", NULL);
  g_autofree char *below_file = g_build_filename (self->path, "target", NULL);
  g_autofree char *slash = g_strconcat (self->folder, "/", NULL);
  assert_refused (nowhere, "no such folder");
  assert_refused (self->folder, "is a folder");
  assert_refused (slash, "names no file");
  assert_refused ("", "names no file");
  assert_refused ("/dev/full", "not a regular file");
  g_assert_true (g_file_set_contents (self->path, "old", 3, NULL));
  assert_refused (below_file, "no such folder");
  g_assert_cmpint (scratch_count (self->folder), ==, 1);
}

static void test_read_only_folder (Place *self, const void *data)
{
  (void) data;
  g_assert_cmpint (chmod (self->folder, 0555), ==, 0);
  if (access (self->folder, W_OK) == 0)
    g_test_skip ("the administrator may write everywhere");
  else
    assert_refused (self->path, "Permission denied");
  g_assert_cmpint (chmod (self->folder, 0755), ==, 0);
}

/* What appeared under the name meanwhile cannot be replaced: nothing is left behind. */
static void test_rename_fails (Place *self, const void *data)
{
  (void) data;
  CosmosError err = {0};
  CosmosOutput *output = cosmos_output_new (self->path, &err);
  g_assert_cmpint (g_mkdir (self->path, 0755), ==, 0);
  g_assert_false (cosmos_output_commit (output, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_IO);
  g_assert_cmpint (scratch_count (self->folder), ==, 1);
}

/* A name as long as names can be, and one without a folder. */
static void test_names (Place *self, const void *data)
{
  (void) data;
  g_autofree char *name = g_strnfill (255, 'n'), *path = g_build_filename (self->folder, name, NULL);
  g_autofree char *here = g_get_current_dir ();
  g_assert_true (cosmos_output_commit (cosmos_output_new (path, NULL), NULL));
  assert_contents (path, "", 0);
  g_assert_cmpint (chdir (self->folder), ==, 0);
  g_assert_true (cosmos_output_commit (cosmos_output_new ("target", NULL), NULL));
  g_assert_cmpint (chdir (here), ==, 0);
  assert_contents (self->path, "", 0);
  g_assert_cmpint (scratch_count (self->folder), ==, 2);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/file/output/" name, Place, NULL, set_up, function, tear_down)
  ADD ("pieces", test_pieces);
  ADD ("empty", test_empty);
  ADD ("replace", test_replace);
  ADD ("permissions", test_permissions);
  ADD ("discard", test_discard);
  ADD ("full", test_full);
  ADD ("refused", test_refused);
  ADD ("read-only-folder", test_read_only_folder);
  ADD ("rename-fails", test_rename_fails);
  ADD ("names", test_names);
#undef ADD
  return g_test_run ();
}
