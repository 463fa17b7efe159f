#include "command.h"

#include <string.h>

static void check_side (JsonObject *object, const char *name, const char *first)
{
  JsonObject *side = json_object_get_object_member (object, name);
  JsonArray *texts = json_object_get_array_member (side, "texts");
  g_assert_cmpint (json_array_get_length (texts), ==, 3);
  g_assert_true (json_object_get_double_member (side, "seconds") > 0);
  g_assert_true (json_object_get_double_member (side, "tokens_per_second") > 0);
  double diversity = json_object_get_double_member (side, "div_4");
  g_assert_true (diversity >= 0 && diversity <= 1);
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (texts, 0), "text"), ==, first);
}

/* What they write is what each writes alone. */
static void both (void)
{
  JsonObject *object = command_json ("compare", "compare", "--count", "3", "--seed", "5", "--steps", "4", "--max-tokens", "10",
                                     "--batch", "1", "--json", NULL);
  JsonObject *diffusion = command_json ("generate", "story", "--seed", "5", "--steps", "4", "--json", NULL);
  JsonObject *baseline = command_json ("baseline", "baseline", "--seed", "5", "--max-tokens", "10", "--json", NULL);
  check_side (object, "diffusion", json_object_get_string_member (diffusion, "text"));
  check_side (object, "baseline", json_object_get_string_member (baseline, "text"));
  g_assert_nonnull (strstr (json_object_get_string_member (object, "judge_note"), "its own kind"));
  json_object_unref (object);
  json_object_unref (diffusion);
  json_object_unref (baseline);
}

static void text (void)
{
  char *judge = command_path ("story-baseline.gguf");
  char *out = command_out (0, "compare", "--steps", "2", "--max-tokens", "6", "--judge", judge, NULL);
  g_assert_nonnull (strstr (out, "perplexity"));
  g_assert_nonnull (strstr (out, "its own kind"));
  g_free (out);
  g_free (judge);
}

static void bad_input (void)
{
  char *bundle = command_path ("story-first.gguf");
  command_fails (1, "a language model of architecture", "compare", "--judge", bundle, NULL);
  command_fails (1, "/nowhere", "compare", "--baseline", "/nowhere", NULL);
  g_free (bundle);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_start ();
  g_test_add_func ("/cmd-compare/both", both);
  g_test_add_func ("/cmd-compare/text", text);
  g_test_add_func ("/cmd-compare/bad-input", bad_input);
  int result = g_test_run ();
  command_finish ();
  return result;
}
