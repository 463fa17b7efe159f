/* cosmos evaluate, study */
#include "command.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

static char *data;

static void write_texts (void)
{
  char *story = g_build_filename (data, "story", NULL), *path;
  const char *lines = "{\"text\":\"the cat sat.\"}\n{\"text\":\"a dog ran home.\"}\n{\"text\":\"she went on.\"}\n"
                      "{\"text\":\"he saw the wine.\"}\n";
  g_assert_cmpint (g_mkdir_with_parents (story, 0700), ==, 0);
  for (int i = 0; i < 2; i++) {
    path = g_build_filename (story, i ? "train.jsonl" : "valid.jsonl", NULL);
    g_assert_true (g_file_set_contents (path, lines, -1, NULL));
    g_free (path);
  }
  g_free (story);
}

static void everything (void)
{
  char *json = command_path ("e.json"), *svg = command_path ("e.svg"), *text, *drawn;
  char *out = command_out (0, "evaluate", "--data", data, "--steps", "2,3", "--sampler", "ddim,euler", "--sigma", "0,1",
                           "--count", "2", "--json", json, "--svg", svg, NULL);
  g_assert_nonnull (strstr (out, "perplexity"));
  g_assert_nonnull (strstr (out, "\nddim "));
  g_assert_true (g_file_get_contents (json, &text, NULL, NULL));
  g_assert_true (g_file_get_contents (svg, &drawn, NULL, NULL));
  JsonParser *parser = json_parser_new ();
  g_assert_true (json_parser_load_from_data (parser, text, -1, NULL));
  JsonArray *tables = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "tables");
  JsonArray *rows = json_object_get_array_member (json_array_get_object_element (tables, 1), "rows");
  g_assert_cmpint (json_array_get_length (rows), ==, 2 + 4);
  g_assert_true (g_str_has_prefix (drawn, "<svg"));
  g_object_unref (parser);
  g_free (json);
  g_free (svg);
  g_free (text);
  g_free (drawn);
  g_free (out);
}

/* JSON alone on standard output. */
static void json_out (void)
{
  JsonObject *object;
  char *out = command_out (0, "evaluate", "--data", data, "--steps", "2", "--sampler", "ddim", "--sigma", "0", "--count", "2",
                           "--json", "-", NULL);
  JsonParser *parser = json_parser_new ();
  g_assert_true (json_parser_load_from_data (parser, out, -1, NULL));
  object = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpstr (json_object_get_string_member (object, "what"), ==, "story");
  g_object_unref (parser);
  g_free (out);
}

static void study (void)
{
  char *svg = command_path ("s.svg"), *drawn;
  char *out = command_out (0, "study", "noise", "--data", data, "--count", "2", "--svg", svg, NULL);
  g_assert_nonnull (strstr (out, "BLEU at sigma 0.5 > 0.3"));
  g_assert_true (g_file_get_contents (svg, &drawn, NULL, NULL));
  g_assert_nonnull (strstr (drawn, "study noise"));
  g_free (svg);
  g_free (drawn);
  g_free (out);
  command_fails (2, "no option --opne", "study", "noise", "--opne", NULL);
  command_fails (2, "there are noise, interpolation", "study", "nois", "--data", data, NULL);
  command_fails (2, "study needs NAME", "study", NULL);
  command_fails (1, "needs a RECIPE", "study", "compression", "--data", data, NULL);
  command_fails (1, "--data DIR is needed", "study", "noise", NULL);
}

/* Where there is no display it is said, and the file that is named can be opened elsewhere. Progress is read line by line. */
static void window (void)
{
  char *json = command_path ("w.json"), *text, *cached;
  g_unsetenv ("DISPLAY");
  g_unsetenv ("WAYLAND_DISPLAY");
  Result result = command_run (NULL, "study", "normalisation", "--data", data, "--json", json, "--open", "--progress", NULL);
  g_assert_cmpint (result.code, ==, 1);
  g_assert_nonnull (strstr (result.out, "distance of the mean"));
  g_assert_nonnull (strstr (result.err, "100 % encoding texts\n"));
  g_assert_nonnull (strstr (result.err, "--open: "));
  g_assert_nonnull (strstr (result.err, json));
  g_assert_true (g_file_get_contents (json, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"made\": \"20"));
  result_clear (&result);
  cached = command_path ("cache");
  g_setenv ("XDG_CACHE_HOME", cached, TRUE);
  result = command_run (NULL, "study", "normalisation", "--data", data, "--open", NULL);
  const char *named = strstr (result.err, cached);
  g_assert_nonnull (named);
  char *path = g_strndup (named, (gsize) (strstr (named, ".json") - named) + strlen (".json"));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  result_clear (&result);
  g_free (path);
  g_free (cached);
  g_free (json);
  g_free (text);
}

/* Ctrl-C after the first table: what was measured is there. */
static void interrupt (void)
{
  const char *words[] = {g_getenv ("COSMOS"), "evaluate", "--data",  data,   "--steps", "1000", "--sampler", "ddim",
                         "--sigma",           "0",        "--count", "2000", "--batch", "1",    NULL};
  GError *error = NULL;
  GSubprocess *process = g_subprocess_newv (words, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  char *out, *err;
  g_assert_no_error (error);
  g_usleep (2 * G_USEC_PER_SEC);
  g_subprocess_send_signal (process, SIGINT);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &out, &err, &error));
  if (g_subprocess_get_if_exited (process)) /* else the signal came before the program was up, on a machine that has much to do */
    g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 130);
  if (*out) { /* it had come so far */
    g_assert_nonnull (strstr (out, "token accuracy"));
    g_assert_null (strstr (out, "ddim"));
    g_assert_nonnull (strstr (err, "not all"));
  }
  g_free (out);
  g_free (err);
  g_object_unref (process);
}

static void bad_input (void)
{
  command_fails (1, "--data DIR is needed", "evaluate", NULL);
  command_fails (1, "no such file", "evaluate", "--data", "/nowhere", NULL);
  command_fails (1, "2.5", "evaluate", "--data", data, "--steps", "2.5", NULL);
  command_fails (1, "heun", "evaluate", "--data", data, "--sampler", "euler,heun", NULL);
  command_fails (2, "--steps cannot be", "evaluate", "--data", data, "--steps", "0", NULL);
  command_fails (2, "--json needs a value", "evaluate", "--json", NULL);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_start ();
  data = command_path ("texts");
  write_texts ();
  g_test_add_func ("/cmd-evaluate/everything", everything);
  g_test_add_func ("/cmd-evaluate/json-out", json_out);
  g_test_add_func ("/cmd-evaluate/study", study);
  g_test_add_func ("/cmd-evaluate/window", window);
  g_test_add_func ("/cmd-evaluate/interrupt", interrupt);
  g_test_add_func ("/cmd-evaluate/bad-input", bad_input);
  int result = g_test_run ();
  g_free (data);
  command_finish ();
  return result;
}
