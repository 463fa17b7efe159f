/* What there is of ranks.c without a library below it; test-mpirun.c has the rest. */
#include "train/ranks.h"

#include <glib.h>
#include <string.h>

static void test_no_library (void)
{
  CosmosError err = {0};
  float number = 3;
  g_assert_true (cosmos_ranks_begin (&err));
  g_setenv ("PMI_SIZE", "2", TRUE);
  g_assert_false (cosmos_ranks_begin (&err)); /* this program does not know where the module is */
  g_unsetenv ("PMI_SIZE");
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_UNSUPPORTED);
  g_assert_nonnull (strstr (err.message, "Start cosmos without mpirun"));
  g_assert_true (cosmos_ranks_is_first ());
  g_assert_cmpint (cosmos_ranks_get_count (), ==, 1);
  cosmos_ranks_sum (&number, 1);
  g_assert_cmpfloat (number, ==, 3);
  g_assert_cmpfloat (cosmos_ranks_get_first (2), ==, 2);
  cosmos_ranks_wait ();
  cosmos_ranks_end (true);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ranks/no-library", test_no_library);
  return g_test_run ();
}
