#include "cli/nearest.h"

#include <glib.h>

static void distance (void)
{
  g_assert_cmpint (cli_edit_distance ("", ""), ==, 0);
  g_assert_cmpint (cli_edit_distance ("story", "Story"), ==, 0);
  g_assert_cmpint (cli_edit_distance ("story", "stroy"), ==, 1);
  g_assert_cmpint (cli_edit_distance ("story", "storry"), ==, 1);
  g_assert_cmpint (cli_edit_distance ("kitten", "sitting"), ==, 3);
  g_assert_cmpint (cli_edit_distance ("", "abc"), ==, 3);
  char *longest = g_strnfill (1000, 'x');
  g_assert_cmpint (cli_edit_distance (longest, ""), ==, 63);
  g_free (longest);
}

static void nearest (void)
{
  const char *names[] = {"generate", "inspect", "x0"};
  g_assert_cmpstr (cli_nearest ("generat", names, 3), ==, "generate");
  g_assert_cmpstr (cli_nearest ("xo", names, 3), ==, "x0");
  g_assert_null (cli_nearest ("banana", names, 3));
  g_assert_null (cli_nearest ("generate", names, 0));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nearest/distance", distance);
  g_test_add_func ("/nearest/nearest", nearest);
  return g_test_run ();
}
