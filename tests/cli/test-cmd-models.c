#include "command.h"

#include "../faulty-server.h"
#include "../model-folder.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

static char *home, *right, *huge;

static void add_catalog (const char *name, const char *models)
{
  g_autofree char *folder = g_build_filename (home, "data", "cosmos-playground", "catalogs", NULL),
                  *path = g_build_filename (folder, name, NULL),
                  *text = g_strdup_printf ("{\"version\":1,\"models\":[%s]}", models);
  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* A model of one file, with or without its checksum. */
static char *describe (const char *id, const char *url, const char *sha256)
{
  g_autofree char *sum = sha256 ? g_strdup_printf (",\"sha256\":\"%s\"", sha256) : g_strdup ("");
  return g_strdup_printf (
      "{\"id\":\"%s\",\"name\":\"%s\",\"kind\":\"tokenizer\",\"files\":[{\"name\":\"%s.bin\",\"url\":\"%s\"%s}]}", id, id, id,
      url, sum);
}

static void add_models (void)
{
  g_autofree char *good = faulty_server_get_url ("cut/70000"), *bad = faulty_server_get_url ("other"),
                  *gone = faulty_server_get_url ("status/404"), *open = faulty_server_get_url ("good"),
                  *slow = faulty_server_get_url ("slow");
  g_autofree char *a = describe ("good", good, right), *b = describe ("bad", bad, right), *c = describe ("gone", gone, right),
                  *d = describe ("open", open, NULL), *e = describe ("slow", slow, huge);
  g_autofree char *all = g_strjoin (",", a, b, c, d, e, NULL);
  add_catalog ("mine.json", all);
  add_catalog ("broken.json", "7");
}

static char *get_path (const char *name)
{
  return g_build_filename (command_get_folder (), name, NULL);
}

static gboolean is_there (const char *name)
{
  g_autofree char *path = get_path (name);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void list (void)
{
  g_autofree char *text = command_out (0, "models", "list", NULL);
  static const char *const lines[] = {"Installed\n", "  story-first.gguf ", " bundle ", "story, detox", "To be had",
                                      "  good ",     "; without a checksum"};
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_assert_nonnull (strstr (text, lines[i]));
  JsonObject *object = command_json ("models", "models", "list", "--json", NULL);
  JsonArray *installed = json_object_get_array_member (object, "installed"),
            *available = json_object_get_array_member (object, "available");
  g_assert_cmpuint (json_array_get_length (installed), ==, 4); /* two models, and the two folders that they were made of */
  g_assert_cmpuint (json_array_get_length (available), >, 5);
  JsonObject *first = json_array_get_object_element (available, 0);
  g_assert_cmpstr (json_object_get_string_member (first, "id"), ==, "stories15m-q4-0");
  g_assert_cmpint (json_object_get_int_member (first, "bytes"), ==, 19077344);
  g_assert_true (json_object_get_boolean_member (first, "verified"));
  json_object_unref (object);
}

static void get (void)
{
  JsonObject *object = command_json ("models", "models", "get", "good", "--json", NULL);
  JsonObject *file = json_array_get_object_element (json_object_get_array_member (object, "files"), 0);
  g_assert_cmpint (json_object_get_int_member (file, "bytes"), ==, FAULTY_SERVER_SIZE);
  g_assert_cmpstr (json_object_get_string_member (file, "sha256"), ==, right);
  g_assert_true (is_there ("good.bin") && !is_there ("good.bin.part"));
  json_object_unref (object);
  g_autofree char *again = command_out (0, "models", "get", "good", NULL); /* is there already */
  g_assert_nonnull (strstr (again, "as the catalogue says"));
}

static void get_fails (void)
{
  command_fails (1, "is not what the catalogue promises", "models", "get", "bad", NULL);
  command_fails (1, "does not have it any more (404)", "models", "get", "gone", NULL);
  command_fails (1, "did you mean good?", "models", "get", "gooed", NULL);
  command_fails (1, "add --unverified", "models", "get", "open", NULL);
  g_assert_false (is_there ("bad.bin") || is_there ("bad.bin.part") || is_there ("gone.bin") || is_there ("open.bin"));
  g_autofree char *text = command_out (0, "models", "get", "open", "--unverified", NULL);
  g_assert_nonnull (strstr (text, right));
  g_assert_true (is_there ("open.bin"));
}

static void verify (void)
{
  JsonObject *object = command_json ("models", "models", "verify", "story-first", "--json", NULL);
  JsonObject *model = json_array_get_object_element (json_object_get_array_member (object, "models"), 0);
  g_assert_cmpstr (json_object_get_string_member (model, "checksum"), ==, "unknown");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (model, "files")), ==, 1);
  json_object_unref (object);
  g_autofree char *all = command_out (0, "models", "verify", NULL);
  g_assert_nonnull (strstr (all, "story-baseline.gguf"));
  g_autofree char *good = command_out (0, "models", "verify", "good", NULL), *path = get_path ("good.bin");
  g_assert_nonnull (strstr (good, "right, as the catalogue says"));
  g_assert_true (g_file_set_contents (path, "something else", -1, NULL));
  command_fails (1, "is not what the catalogue promises", "models", "verify", "good", NULL);
  command_fails (1, "is another file of that name", "models", "get", "good", NULL);
  command_fails (1, "did you mean story-first.gguf?", "models", "verify", "story-frist.gguf", NULL);
}

static void import_and_remove (void)
{
  g_autofree char *source = get_path ("story-first.gguf"), *copy = g_build_filename (home, "copy.gguf", NULL), *data = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (source, &data, &size, NULL));
  g_assert_true (g_file_set_contents (copy, data, (gssize) size, NULL));
  JsonObject *object = command_json ("models", "models", "import", copy, "--json", NULL);
  g_assert_true (g_str_has_suffix (json_object_get_string_member (object, "path"), "/copy.gguf"));
  json_object_unref (object);
  g_assert_true (is_there ("copy.gguf"));
  command_fails (1, "there is a file of that name already", "models", "import", copy, NULL);
  command_fails (1, "no .gguf file", "models", "import", "/etc/passwd", NULL);
  Result result = command_run (NULL, "models", "remove", "copy", NULL);
  if (result.code == 0) /* else there is no trash, which was said */
    g_assert_false (is_there ("copy.gguf"));
  else
    g_assert_nonnull (strstr (result.err, "cannot be put into the trash"));
  result_clear (&result);
}

static void usage (void)
{
  command_fails (2, "models needs list", "models", NULL);
  command_fails (2, "did you mean list?", "models", "lsit", NULL);
  command_fails (2, "models get takes a name", "models", "get", NULL);
  command_fails (2, "models list takes fewer words", "models", "list", "x", NULL);
  command_fails (2, "one word too many", "models", "get", "x", "y", NULL);
  command_fails (1, "passed over: broken.json: models[0]: must be an object", "models", "get", "nothing-like-it", NULL);
}

/* ---- the program dies ---- */

static gsize get_size (const char *name)
{
  g_autofree char *path = get_path (name);
  GStatBuf info;
  return g_stat (path, &info) == 0 ? (gsize) info.st_size : 0;
}

/* -> the exit status as waitpid () gives it. */
static int run_for (int number, gulong microseconds)
{
  char *words[] = {(char *) g_getenv ("COSMOS"), "models", "get", "slow", NULL};
  g_autoptr (GError) error = NULL;
  GPid pid;
  int status;
  g_spawn_async (NULL, words, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                 NULL, &pid, &error);
  g_assert_no_error (error);
  g_usleep (microseconds);
  kill (pid, number);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  return status;
}

/* Killed at random moments, it goes on from where it was each time, and in the end the file is right. */
static void killed (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  gsize before = 0;
  int kills = 0, status = -1;
  for (; kills < 200 && status != 0; kills++) {
    status = run_for (SIGKILL, (gulong) g_rand_int_range (rand, 20000, 700000));
    gsize now = get_size ("slow.bin.part");
    if (is_there ("slow.bin")) { /* it may be killed when it has done all */
      g_assert_cmpuint (now, ==, 0);
      break;
    }
    if (status != 0)
      g_assert_cmpuint (now, >=, before);
    before = now;
  }
  g_autofree char *path = get_path ("slow.bin"), *data = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_autofree char *sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) data, size);
  g_assert_cmpstr (sha256, ==, huge);
  g_test_message ("killed %d times", kills);
  g_assert_cmpint (kills, >=, 3);
  g_unlink (path);
}

static void interrupted (void)
{
  int status = run_for (SIGINT, 600000);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 130);
  gsize there = get_size ("slow.bin.part");
  g_assert_cmpuint (there, >, 0);
  g_assert_false (is_there ("slow.bin"));
  run_for (SIGINT, 600000);
  g_assert_cmpuint (get_size ("slow.bin.part"), >, there);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_start ();
  home = model_folder_new_temporary ();
  g_autofree char *data = g_build_filename (home, "data", NULL), *cache = g_build_filename (home, "cache", NULL);
  g_setenv ("HOME", home, TRUE);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  faulty_server_start ();
  right = faulty_server_get_sha256 ("content.bin");
  huge = faulty_server_get_sha256 ("huge.bin");
  add_models ();
  g_test_add_func ("/cmd-models/list", list);
  g_test_add_func ("/cmd-models/get", get);
  g_test_add_func ("/cmd-models/get-fails", get_fails);
  g_test_add_func ("/cmd-models/verify", verify);
  g_test_add_func ("/cmd-models/import-and-remove", import_and_remove);
  g_test_add_func ("/cmd-models/usage", usage);
  g_test_add_func ("/cmd-models/killed", killed);
  g_test_add_func ("/cmd-models/interrupted", interrupted);
  int result = g_test_run ();
  faulty_server_stop ();
  command_finish ();
  model_folder_remove (home);
  g_free (right);
  g_free (huge);
  return result;
}
