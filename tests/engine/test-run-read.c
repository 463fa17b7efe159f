/* A run whose steps are all read because somebody asks. */
#include "fixture.h"

enum { STEPS = 10 };

static void on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  (void) source;
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean read_all (CpgRun *run, gboolean with_path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  cpg_run_read_all_async (run, with_path, cancellable, on_read, &result);
  fixture_wait_until (result);
  return cpg_run_read_all_finish (run, result, error);
}

/* Of which nothing is read but its result. */
static CpgRun *finish_run (CpgEngine *engine)
{
  g_autoptr (CpgSettings) settings = fixture_settings (STEPS, 7);
  g_object_set (settings, "decode-every", 0, NULL);
  CpgRun *run = cpg_engine_start_run (engine, settings);
  cpg_run_set_may_follow (run, FALSE);
  fixture_finish (run);
  return run;
}

static int count_read (CpgRun *run)
{
  int n = 0;
  for (int i = 0; i < cpg_run_get_n_done (run); i++)
    n += cpg_step_is_decoded (cpg_run_get_step (run, i));
  return n;
}

static void count_signal (CpgRun *run, CpgStep *step, gpointer n)
{
  (void) run;
  (void) step;
  (*(int *) n)++;
}

/* The same texts and marks as those of a run that was read as it went. */
static void test_all (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgRun) run = finish_run (engine);
  g_autoptr (CpgSettings) settings = fixture_settings (STEPS, 7);
  g_autoptr (CpgRun) other = cpg_engine_start_run (engine, settings);
  g_autoptr (GError) error = NULL;
  int n_told = 0;
  g_signal_connect (run, "step-decoded", G_CALLBACK (count_signal), &n_told);
  g_assert_cmpint (count_read (run), <, STEPS);
  g_assert_true (read_all (run, FALSE, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count_read (run), ==, STEPS);
  g_assert_cmpint (n_told, >=, STEPS - 2);
  fixture_finish (other);
  fixture_wait_until (count_read (other) == STEPS);
  for (int i = 0; i < STEPS; i++) {
    int n, m;
    const CpgToken *a = cpg_step_get_tokens (cpg_run_get_step (run, i), &n),
                   *b = cpg_step_get_tokens (cpg_run_get_step (other, i), &m);
    g_assert_cmpint (n, ==, m);
    for (int k = 0; k < n; k++)
      g_assert_true (a[k].guess.id == b[k].guess.id && a[k].mark == b[k].mark);
  }
  n_told = 0;
  g_assert_true (read_all (run, FALSE, NULL, NULL)); /* costs nothing now */
  g_assert_cmpint (n_told, ==, 0);
  cpg_run_set_show (run, COSMOS_SHOW_XT); /* something else is to be read */
  g_assert_true (read_all (run, FALSE, NULL, NULL));
  g_assert_cmpint (count_read (run), ==, STEPS);
}

static void test_path (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgRun) run = finish_run (engine);
  int n;
  g_assert_true (read_all (run, TRUE, NULL, NULL));
  g_autofree double *path = cpg_run_project (run, COSMOS_SHOW_X0, &n);
  g_assert_nonnull (path);
  g_assert_cmpint (n, ==, STEPS);
}

static void test_cancelled (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgRun) run = finish_run (engine);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  cpg_run_read_all_async (run, TRUE, cancellable, on_read, &result);
  g_cancellable_cancel (cancellable);
  fixture_wait_until (result);
  g_assert_false (cpg_run_read_all_finish (run, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (read_all (run, TRUE, NULL, NULL)); /* another time it goes on */
  g_assert_cmpint (count_read (run), ==, STEPS);
}

/* Before, and on the way. */
static void test_engine_gone (void)
{
  CpgEngine *engine = fixture_engine (NULL);
  g_autoptr (CpgRun) run = finish_run (engine);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  cpg_run_read_all_async (run, TRUE, NULL, on_read, &result);
  g_object_unref (engine);
  fixture_wait_until (result);
  if (!cpg_run_read_all_finish (run, result, &error))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  cpg_run_set_show (run, COSMOS_SHOW_XT);
  g_assert_false (read_all (run, FALSE, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/run-read/all", test_all);
  g_test_add_func ("/engine/run-read/path", test_path);
  g_test_add_func ("/engine/run-read/cancelled", test_cancelled);
  g_test_add_func ("/engine/run-read/engine-gone", test_engine_gone);
  return g_test_run ();
}
