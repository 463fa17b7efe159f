/* cosmos reconstruct, perturb, interpolate */
#include "command.h"

#include <string.h>

static void reconstruct (void)
{
  JsonObject *object = command_json ("reconstruct", "reconstruct", "The first text.", "Another one here.", "--json", NULL);
  JsonObject *all = json_object_get_object_member (object, "all"), *cut = json_object_get_object_member (object, "cut");
  g_assert_cmpint (json_object_get_int_member (all, "n_texts"), ==, 2);
  double accuracy = json_object_get_double_member (all, "token_accuracy");
  g_assert_true (accuracy >= 0 && accuracy <= 1);
  g_assert_true (json_object_get_double_member (all, "mse") > 0);
  g_assert_cmpint (json_object_get_int_member (cut, "n_texts"), ==, 0);
  g_assert_true (json_object_get_null_member (cut, "mse"));
  json_object_unref (object);
  char *text = command_out (0, "reconstruct", "The first text.", NULL);
  g_assert_nonnull (strstr (text, "1 text: token accuracy "));
  g_free (text);
  text = command_out (0, "reconstruct", "A text that is a good deal longer than the model can read, and then some more", NULL);
  g_assert_nonnull (strstr (text, "1 text of more than 24 tokens, cut: "));
  g_free (text);
}

/* All ways in give the same. */
static void ways_in (void)
{
  const char *lines = "The first text.\n\nThe second text.\r\nThe third.",
             *json = "{\"text\": \"The first text.\"}\n{\"source\": 1, \"target\": \"The second text.\"}\n"
                     "{\"text\": \"The third.\"}\n";
  char *path = command_path ("lines.txt"), *json_path = command_path ("lines.jsonl");
  g_assert_true (g_file_set_contents (path, lines, -1, NULL));
  g_assert_true (g_file_set_contents (json_path, json, -1, NULL));
  char *words = command_out (0, "reconstruct", "The first text.", "The second text.", "The third.", NULL);
  char *file = command_out (0, "reconstruct", "--file", path, NULL),
       *json_file = command_out (0, "reconstruct", "-f", json_path, NULL);
  Result standard = command_run (json, "reconstruct", "-", NULL);
  g_assert_cmpstr (words, ==, file);
  g_assert_cmpstr (words, ==, json_file);
  g_assert_cmpstr (words, ==, standard.out);
  result_clear (&standard);
  Result two = command_run (lines, "reconstruct", "-", "--limit", "2", NULL);
  g_assert_nonnull (strstr (two.out, "2 texts: "));
  result_clear (&two);
  g_free (words);
  g_free (file);
  g_free (json_file);
  g_free (path);
  g_free (json_path);
}

static void bad_lines (void)
{
  const struct {
    const char *input, *words;
  } cases[] = {
    {"", "empty"},
    {"{\"text\": \"a\"}\n{\"text\": 1}\n", "line 2 has no string"},
    {"{\"text\": \"a\"}\nnonsense\n", "line 2 is not JSON"},
    {"{\"text\": \" \"}\n", "has no text"},
    {"{\"text\": \"a\\u0000b\"}\n", "byte 0"},
    {"caf\xe9\n", "not UTF-8"},
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Result result = command_run (cases[i].input, "reconstruct", "-", NULL);
    g_test_message ("%s", result.err);
    g_assert_cmpint (result.code, ==, 1);
    g_assert_nonnull (strstr (result.err, cases[i].words));
    g_assert_cmpstr (result.out, ==, "");
    result_clear (&result);
  }
  command_fails (1, "No text was given", "reconstruct", NULL);
}

static void perturb (void)
{
  JsonObject *object = command_json ("perturb", "perturb", "The first text.", "--sigma", "0,0.5,3", "--seed", "3", "--json",
                                     NULL);
  JsonArray *points = json_object_get_array_member (object, "points");
  g_assert_cmpint (json_array_get_length (points), ==, 3);
  JsonObject *clean = json_array_get_object_element (points, 0);
  g_assert_cmpfloat (json_object_get_double_member (clean, "bleu"), ==, 1);
  g_assert_cmpfloat (json_object_get_double_member (clean, "token_accuracy"), ==, 1);
  g_assert_cmpfloat (json_object_get_double_member (json_array_get_object_element (points, 2), "sigma"), ==, 3);
  json_object_unref (object);
  char *one = command_out (0, "perturb", "The first text.", "--threads", "1", NULL),
       *two = command_out (0, "perturb", "The first text.", NULL);
  g_assert_cmpstr (one, ==, two);
  g_assert_true (g_str_has_prefix (one, "sigma  BLEU"));
  g_free (one);
  g_free (two);
  command_fails (1, "No text was given", "perturb", NULL);
}

static void interpolate (void)
{
  JsonObject *object = command_json ("interpolate", "interpolate", "The first text.", "Another one here.", "--points", "5",
                                     "--spherical", "--json", NULL);
  JsonArray *points = json_object_get_array_member (object, "points");
  g_assert_cmpint (json_array_get_length (points), ==, 5);
  g_assert_cmpfloat (json_object_get_double_member (json_array_get_object_element (points, 1), "mu"), ==, 0.25);
  g_assert_true (json_object_get_boolean_member (object, "spherical"));
  json_object_unref (object);
  Result result = command_run ("The first text.\nAnother one here.\n", "interpolate", "-", NULL);
  char *words = command_out (0, "interpolate", "The first text.", "Another one here.", NULL);
  g_assert_cmpstr (result.out, ==, words);
  g_assert_true (g_str_has_prefix (words, "0.00  "));
  g_assert_nonnull (strstr (words, "\n1.00  "));
  g_free (words);
  result_clear (&result);
  command_fails (1, "Two texts are needed", "interpolate", "One.", NULL);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_start ();
  g_test_add_func ("/cmd-probes/reconstruct", reconstruct);
  g_test_add_func ("/cmd-probes/ways-in", ways_in);
  g_test_add_func ("/cmd-probes/bad-lines", bad_lines);
  g_test_add_func ("/cmd-probes/perturb", perturb);
  g_test_add_func ("/cmd-probes/interpolate", interpolate);
  int result = g_test_run ();
  command_finish ();
  return result;
}
