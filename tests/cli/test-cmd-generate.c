/* cosmos generate: the text itself is noise here (random weights), what matters is that it is always the same noise. */
#include "command.h"

#include "../model-folder.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

static int count_lines (const char *text)
{
  int n = 0;
  for (; *text; text++)
    n += *text == '\n';
  return n;
}

static void same_seed (void)
{
  char *one = command_out (0, "story", "--seed", "7", "--steps", "6", "--threads", "1", NULL);
  char *two = command_out (0, "generate", "--task", "story", "-s7", "-k", "6", "-j2", NULL);
  char *other = command_out (0, "story", "--seed", "8", "--steps", "6", NULL);
  g_assert_cmpint (count_lines (one), ==, 1);
  g_assert_cmpstr (one, ==, two);
  g_assert_cmpstr (one, !=, other);
  g_free (one);
  g_free (two);
  g_free (other);
}

/* Text i of many is what seed + i writes alone. */
static void count (void)
{
  char *third = command_out (0, "story", "--seed=12", "--steps=5", NULL);
  char *four = command_out (0, "story", "--seed=10", "--steps=5", "--count=4", "--batch=1", NULL);
  char *threes = command_out (0, "story", "--seed=10", "--steps=5", "-n4", "--batch", "3", "--compute", "openblas", NULL);
  char **lines = g_strsplit (four, "\n", -1);
  g_assert_cmpint (g_strv_length (lines), ==, 5);
  g_strchomp (third);
  g_assert_cmpstr (lines[2], ==, third);
  g_assert_cmpint (count_lines (threes), ==, 4);
  g_strfreev (lines);
  g_free (third);
  g_free (four);
  g_free (threes);
}

static void steps_shown (void)
{
  char *text = command_out (0, "story", "--steps", "8", "--steps-shown", "4", NULL);
  g_assert_cmpint (count_lines (text), ==, 5);
  g_assert_true (g_str_has_prefix (text, "step 2 of 8  noise "));
  g_assert_nonnull (strstr (text, "\nstep 8 of 8  noise "));
  g_free (text);
  /* No terminal: a line a step. */
  text = command_out (0, "story", "--steps", "3", "--watch", NULL);
  g_assert_cmpint (count_lines (text), ==, 4);
  g_assert_null (strchr (text, '\033'));
  g_free (text);
}

static void json (void)
{
  JsonObject *object = command_json ("generate", "story", "--seed", "18446744073709551615", "--steps", "4", "--sampler", "euler",
                                     "--return", "mean", "--no-self-conditioning", "--steps-shown", "2", "--json", NULL);
  g_assert_cmpstr (json_object_get_string_member (object, "model"), ==, "tiny");
  g_assert_cmpstr (json_object_get_string_member (object, "task"), ==, "story");
  g_assert_cmpstr (json_object_get_string_member (object, "sampler"), ==, "euler");
  g_assert_cmpstr (json_object_get_string_member (object, "return"), ==, "mean");
  g_assert_false (json_object_get_boolean_member (object, "self_conditioning"));
  g_assert_cmpint (json_object_get_int_member (object, "steps"), ==, 4);
  JsonArray *tokens = json_object_get_array_member (object, "tokens"),
            *steps = json_object_get_array_member (object, "steps_shown");
  g_assert_cmpint (json_array_get_length (tokens), ==, json_object_get_int_member (object, "n_tokens"));
  g_assert_cmpint (json_array_get_length (steps), ==, 2);
  JsonObject *last = json_array_get_object_element (steps, 1);
  g_assert_cmpint (json_object_get_int_member (last, "step"), ==, 4);
  double noise = json_object_get_double_member (last, "noise");
  g_assert_true (noise > 0 && noise < 1);
  json_object_unref (object);

  Result result = command_run (NULL, "story", "--seed", "random", "--steps", "2", "--count", "3", "--json", NULL);
  g_assert_cmpint (result.code, ==, 0);
  g_assert_cmpint (count_lines (result.out), ==, 3);
  result_clear (&result);
}

/* Of four, the one that the others agree with most, with the seed that writes it again. */
static void candidates (void)
{
  char *lines = command_out (0, "story", "--steps", "4", "--count", "2", "--candidates", "4", "--steps-shown", "2", NULL);
  g_assert_cmpint (count_lines (lines), ==, 2 * 3);
  for (int i = 0; i < 2; i++) {
    const char *first = i ? "14" : "10";
    JsonObject *object = command_json ("generate", "story", "--seed", first, "--steps", "4", "--candidates", "4", "--json", NULL);
    JsonArray *all = json_object_get_array_member (object, "candidates");
    g_assert_cmpint (json_array_get_length (all), ==, 4);
    const int seed = (int) json_object_get_int_member (object, "seed"), chosen = seed - atoi (first);
    g_assert_true (chosen >= 0 && chosen < 4);
    const double most = json_object_get_double_member (json_array_get_object_element (all, (guint) chosen), "agreement");
    for (guint b = 0; b < 4; b++) {
      JsonObject *one = json_array_get_object_element (all, b);
      g_assert_cmpint (json_object_get_int_member (one, "seed"), ==, atoi (first) + (int) b);
      g_assert_cmpfloat (json_object_get_double_member (one, "agreement"), <=, most);
      if ((int) b == chosen)
        g_assert_cmpstr (json_object_get_string_member (one, "text"), ==, json_object_get_string_member (object, "text"));
    }
    json_object_unref (object);
  }
  g_free (lines);
  command_fails (1, "--watch", "story", "--candidates", "4", "--watch", NULL);
  command_fails (2, "--candidates", "story", "--candidates", "65", NULL);
}

static void every_sampler (void)
{
  const char *samplers[] = {"dpm-sde", "dpm-ode", "euler", "ddpm", "ddim"};
  for (guint i = 0; i < G_N_ELEMENTS (samplers); i++) {
    char *text = command_out (0, "story", "--steps", "4", "--sampler", samplers[i], "--schedule-d", "3", "--t-end", "0.1", NULL);
    g_assert_cmpint (count_lines (text), ==, 1);
    g_free (text);
  }
}

/* Less noise is another text; a sampler that draws none does not ask. */
static void noise_scale (void)
{
  for (int stochastic = 0; stochastic < 2; stochastic++) {
    const char *sampler = stochastic ? "euler" : "ddim";
    char *whole = command_out (0, "story", "--steps", "4", "--sampler", sampler, NULL),
         *half = command_out (0, "story", "--steps", "4", "--sampler", sampler, "--noise-scale", "0.5", NULL);
    g_assert_cmpint (strcmp (whole, half) == 0, ==, !stochastic);
    g_free (whole);
    g_free (half);
  }
}

static void bad_input (void)
{
  command_fails (2, "from 0.05 to 2", "story", "--noise-scale", "0", NULL);
  command_fails (2, "from 0.1 to 1", "story", "--strength", "1.5", NULL);
  command_fails (1, "leave the strength at 1", "story", "--strength", "0.5", NULL);
  command_fails (1, "tiny writes without a source", "story", "A source.", NULL);
  command_fails (1, "not UTF-8", "story", "\xff\xfe", NULL);
  command_fails (1, "empty", "story", "", NULL);
  command_fails (1, "empty", "story", " \n\t ", NULL);
  command_fails (1, "twice", "story", "a", "--file", "b", NULL);
  command_fails (1, "cannot be read", "story", "--file", "/nowhere/at/all", NULL);
  command_fails (1, "no task \"summary\"; it has: story, detox", "summary", NULL);
  command_fails (1, "did you mean story?", "generate", "--task", "stoory", NULL);
  command_fails (1, "/nowhere.gguf", "story", "--model", "/nowhere.gguf", NULL);
  char *baseline = command_path ("story-baseline.gguf"), *junk = command_path ("junk.bin");
  command_fails (1, "a COSMOS bundle is needed", "story", "--model", baseline, NULL);
  g_assert_true (g_file_set_contents (junk, "GGUF and no more", -1, NULL));
  command_fails (1, "junk.bin", "story", "--model", junk, NULL);
  g_free (baseline);
  g_free (junk);
}

/* A task that needs a source writes without one, too, and says what that is. */
static void no_source (void)
{
  g_autofree char *weights = command_path ("weights-sources"), *bundle = command_path ("sources.gguf"),
                  *story = command_path ("story-first.gguf");
  model_folder_write_cosmos_with_sources (weights);
  g_free (command_out (0, "convert", weights, "-o", bundle, NULL));
  static const char *const cases[][2] = {{"summary", NULL}, {"summary", "the cat sat"}, {"story", NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *words[] = {cases[i][0], "--model", bundle, "--steps", "2", cases[i][1], NULL};
    Result result = command_run_words (NULL, words);
    g_assert_cmpint (result.code, ==, 0);
    g_assert_true ((strstr (result.err, "no text to read") != NULL) == (i == 0));
    result_clear (&result);
  }
  /* Where nobody names a model, a text that is to be read decides. */
  g_autofree char *mine = command_out (0, "story", "the cat sat", "--steps", "2", NULL),
                  *same = command_out (0, "story", "the cat sat", "--steps", "2", "--model", bundle, NULL),
                  *nothing = command_out (0, "story", "--steps", "2", NULL),
                  *first = command_out (0, "story", "--steps", "2", "--model", story, NULL);
  g_assert_cmpstr (mine, ==, same);
  g_assert_cmpstr (nothing, ==, first);
  g_assert_cmpstr (mine, !=, nothing);
  g_assert_cmpint (g_unlink (bundle), ==, 0); /* other tests do not find it */
}

static void huge_source (void)
{
  GString *text = g_string_new (NULL);
  while (text->len < 1 << 20)
    g_string_append (text, "مرحبا بالعالم. ");
  GBytes *bytes = g_bytes_new (text->str, text->len);
  const char *words[] = {"story", "-", NULL};
  Result result = command_run_words (bytes, words);
  g_assert_cmpint (result.code, ==, 1);
  g_assert_nonnull (strstr (result.err, "without a source"));
  result_clear (&result);
  g_bytes_unref (bytes);
  bytes = g_bytes_new ("a\0b", 3);
  result = command_run_words (bytes, words);
  g_assert_cmpint (result.code, ==, 1);
  g_assert_nonnull (strstr (result.err, "standard input: The text has a zero byte"));
  result_clear (&result);
  g_bytes_unref (bytes);
  g_string_free (text, TRUE);
}

static void no_models (void)
{
  char *empty = command_path ("empty"), *folder = g_strdup (g_getenv ("COSMOS_MODELS"));
  g_assert_cmpint (g_mkdir_with_parents (empty, 0700), ==, 0);
  g_setenv ("COSMOS_MODELS", empty, TRUE);
  command_fails (1, "no COSMOS model", "story", NULL);
  g_setenv ("COSMOS_MODELS", "/nowhere/at/all", TRUE);
  command_fails (1, "is no folder", "story", NULL);
  g_setenv ("COSMOS_MODELS", folder, TRUE);
  g_free (empty);
  g_free (folder);
}

static void full_disk (void)
{
  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS)) {
    g_test_skip ("there is no /dev/full");
    return;
  }
  const char *words[] = {"sh", "-c", "\"$COSMOS\" story --steps 2 >/dev/full", NULL};
  GError *error = NULL;
  GSubprocess *process = g_subprocess_newv (words, G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  char *err;
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &err, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  g_assert_nonnull (strstr (err, "cannot be written"));
  g_free (err);
  g_object_unref (process);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_start ();
  g_test_add_func ("/cmd-generate/same-seed", same_seed);
  g_test_add_func ("/cmd-generate/count", count);
  g_test_add_func ("/cmd-generate/steps-shown", steps_shown);
  g_test_add_func ("/cmd-generate/json", json);
  g_test_add_func ("/cmd-generate/candidates", candidates);
  g_test_add_func ("/cmd-generate/every-sampler", every_sampler);
  g_test_add_func ("/cmd-generate/noise-scale", noise_scale);
  g_test_add_func ("/cmd-generate/bad-input", bad_input);
  g_test_add_func ("/cmd-generate/no-source", no_source);
  g_test_add_func ("/cmd-generate/huge-source", huge_source);
  g_test_add_func ("/cmd-generate/no-models", no_models);
  g_test_add_func ("/cmd-generate/full-disk", full_disk);
  int result = g_test_run ();
  command_finish ();
  return result;
}
