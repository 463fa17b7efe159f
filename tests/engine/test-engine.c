#include "engine/cpg-error.h"

#include "fixture.h"

static void test_run (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine ();
  g_autoptr (CpgSettings) settings = fixture_settings (50, 7);
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  g_assert_cmpint (cpg_run_get_state (run), ==, CPG_RUN_WAITING);
  fixture_finish (run);
  g_assert_cmpint (cpg_run_get_n_done (run), ==, 50);
  g_test_message ("%s", cpg_step_get_text (cpg_run_get_result (run)));
  g_autofree char *sentence = cpg_run_describe (run);
  g_test_message ("%s", sentence);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/run", test_run);
  return g_test_run ();
}
