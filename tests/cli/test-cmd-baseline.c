#include "command.h"

#include <string.h>

static void same_seed (void)
{
  char *one = command_out (0, "baseline", "--seed", "7", "--max-tokens", "12", "--threads", "1", NULL);
  char *two = command_out (0, "baseline", "--seed", "7", "--max-tokens", "12", "--threads", "2", NULL);
  g_assert_cmpstr (one, ==, two);
  g_free (one);
  g_free (two);
  one = command_out (0, "baseline", "--greedy", "--max-tokens", "8", "--seed", "1", NULL);
  two = command_out (0, "baseline", "--temperature", "0", "--max-tokens", "8", "--seed", "2", NULL);
  g_assert_cmpstr (one, ==, two);
  g_free (one);
  g_free (two);
}

/* What the model says of itself, unless somebody says otherwise. */
static void own_sampling (void)
{
  static const struct {
    const char *option, *value;
    double temperature, top_p;
  } cases[] = {{"--seed", "4", 0.7, 1}, {"--temperature", "1", 1, 1}, {"--top-p", "0.5", 0.7, 0.5}};
  g_autofree char *path = g_build_filename (g_getenv ("SOURCE_ROOT"), "models", "playground-baseline.gguf", NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    JsonObject *object = command_json ("baseline", "baseline", "--baseline", path, cases[i].option, cases[i].value,
                                       "--max-tokens", "4", "--json", NULL);
    g_assert_cmpfloat (json_object_get_double_member (object, "temperature"), ==, cases[i].temperature);
    g_assert_cmpfloat (json_object_get_double_member (object, "top_p"), ==, cases[i].top_p);
    json_object_unref (object);
  }
}

static void prompt (void)
{
  char *text = command_out (0, "baseline", "The first words", "--max-tokens", "4", NULL);
  g_assert_nonnull (strstr (text, "The first words"));
  g_free (text);
}

static void json (void)
{
  JsonObject *object = command_json ("baseline", "baseline", "The", "--max-tokens", "6", "--top-k", "10", "--top-p", "0.9",
                                     "--temperature", "0.8", "--json", NULL);
  JsonArray *tokens = json_object_get_array_member (object, "tokens");
  g_assert_cmpint (json_array_get_length (tokens), ==, json_object_get_int_member (object, "n_tokens"));
  g_assert_cmpint (json_array_get_length (tokens), <=, 6);
  for (guint i = 0; i < json_array_get_length (tokens); i++) {
    JsonObject *token = json_array_get_object_element (tokens, i);
    double p = json_object_get_double_member (token, "probability");
    g_assert_true (p > 0 && p <= 1);
    JsonArray *top = json_object_get_array_member (token, "top");
    g_assert_cmpint (json_array_get_length (top), ==, 5);
  }
  g_assert_cmpstr (json_object_get_string_member (object, "prompt"), ==, "The");
  json_object_unref (object);
}

/* Another architecture, in the places of both. */
static void gpt2 (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("GOLDEN"), "gpt2.gguf", NULL);
  g_autofree char *one = command_out (0, "baseline", "The keys", "--baseline", path, "--greedy", "--max-tokens", "8", NULL);
  g_assert_true (g_str_has_prefix (one, "The keys"));
  JsonObject *object = command_json ("compare", "compare", "--baseline", path, "--judge", path, "--steps", "2", "--max-tokens",
                                     "8", "--json", NULL);
  g_assert_cmpstr (json_object_get_string_member (object, "judge"), ==, "tiny GPT-2 of random numbers");
  g_assert_cmpfloat (json_object_get_double_member (json_object_get_object_member (object, "baseline"), "perplexity"), >, 1);
  json_object_unref (object);
}

static void bad_input (void)
{
  char *bundle = command_path ("story-first.gguf");
  command_fails (1, "a language model of architecture", "baseline", "--baseline", bundle, NULL);
  command_fails (1, "not UTF-8", "baseline", "\xff", NULL);
  command_fails (2, "--top-p cannot be", "baseline", "--top-p", "1.5", NULL);
  g_free (bundle);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_start ();
  g_test_add_func ("/cmd-baseline/same-seed", same_seed);
  g_test_add_func ("/cmd-baseline/own-sampling", own_sampling);
  g_test_add_func ("/cmd-baseline/prompt", prompt);
  g_test_add_func ("/cmd-baseline/json", json);
  g_test_add_func ("/cmd-baseline/gpt2", gpt2);
  g_test_add_func ("/cmd-baseline/bad-input", bad_input);
  int result = g_test_run ();
  command_finish ();
  return result;
}
