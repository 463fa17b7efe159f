/* The table of verbs, and the man page against the help. */
#include "command.h"

#include <string.h>

static const char *const verbs[] = {
  "generate", "baseline", "compare", "evaluate", "study", "reconstruct", "perturb", "interpolate",
  "inspect",  "convert",  "models",  "sessions", "train", "export",      "bench",
};

static void overview (void)
{
  char *help = command_out (0, "help", NULL), *version = command_out (0, "version", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_assert_nonnull (strstr (help, verbs[i]));
  g_assert_true (g_str_has_prefix (version, "cosmos "));
  g_free (help);
  g_free (version);
  json_object_unref (command_json ("version", "version", "--json", NULL));
  Result result = command_run (NULL, NULL, NULL);
  g_assert_cmpint (result.code, ==, 2);
  g_assert_nonnull (strstr (result.err, "usage: cosmos VERB"));
  result_clear (&result);
}

/* Every option of every help, and every verb, has its line in the man page. */
static void man_page (void)
{
  char *path = g_build_filename (g_getenv ("SOURCE_ROOT"), "docs", "cosmos.1", NULL), *page;
  g_assert_true (g_file_get_contents (path, &page, NULL, NULL));
  GRegex *option = g_regex_new ("^  (?:-.,|   ) --([a-z0-9-]+)", G_REGEX_MULTILINE, 0, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++) {
    char *help = command_out (0, "help", verbs[i], NULL), *again = command_out (0, verbs[i], "--help", NULL);
    char *heading = g_strdup_printf ("\n.Ss %s\n", verbs[i]);
    g_assert_cmpstr (help, ==, again);
    g_assert_nonnull (strstr (help, "Examples:\n  "));
    g_assert_nonnull (strstr (page, heading));
    GMatchInfo *match;
    int n = 0;
    for (g_regex_match (option, help, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL), n++) {
      char *name = g_match_info_fetch (match, 1), **parts = g_strsplit (name, "-", -1), *escaped = g_strjoinv ("\\-", parts);
      char *line = g_strdup_printf ("Fl \\-%s", escaped);
      if (!strstr (page, line))
        g_error ("docs/cosmos.1 does not know --%s of %s", name, verbs[i]);
      g_free (line);
      g_free (escaped);
      g_strfreev (parts);
      g_free (name);
    }
    g_assert_cmpint (n, >=, 2);
    g_match_info_free (match);
    g_free (help);
    g_free (again);
    g_free (heading);
  }
  g_regex_unref (option);
  g_free (page);
  g_free (path);
}

static void misspelt (void)
{
  command_fails (2, "did you mean generate?", "genrate", NULL);
  command_fails (2, "did you mean story?", "stroy", NULL);
  command_fails (2, "no verb \"xyzzyxyzzy\". See", "xyzzyxyzzy", NULL);
  command_fails (2, "did you mean --seed?", "story", "--sead", "7", NULL);
  command_fails (2, "did you mean euler?", "story", "--sampler", "euller", NULL);
  command_fails (2, "no option -x", "story", "-x", NULL);
  command_fails (2, "needs a value: --seed N", "story", "--seed", NULL);
  command_fails (2, "takes no value", "story", "--watch=yes", NULL);
  command_fails (2, "one word too many", "story", "a", "b", NULL);
  command_fails (2, "no option --temperature", "story", "--temperature", "1", NULL);
  command_fails (2, "no verb", "help", "nothing-like-it", NULL);
}

static void strict_numbers (void)
{
  const char *wrong[] = {"0", "-1", "1.5", "5 ", " 5", "5x", "1e2", "", "999999999999", "0x10", "nan", "inf"};
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    command_fails (2, "whole number from 1 to 1000", "story", "--steps", wrong[i], NULL);
  const char *wrong_seeds[] = {"-1", "7.0", "", "18446744073709551616", "seven", "+7"};
  for (guint i = 0; i < G_N_ELEMENTS (wrong_seeds); i++)
    command_fails (2, "--seed cannot be", "story", "--seed", wrong_seeds[i], NULL);
  command_fails (2, "number from 0 to 100", "story", "--guidance", "1,5", NULL);
  command_fails (2, "--sigma cannot be", "perturb", "a", "--sigma", "1,,2", NULL);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/main/overview", overview);
  g_test_add_func ("/main/man-page", man_page);
  g_test_add_func ("/main/misspelt", misspelt);
  g_test_add_func ("/main/strict-numbers", strict_numbers);
  return g_test_run ();
}
