#include "engine/cpg-error.h"

#include "fixture.h"

#include <glib/gstdio.h>
#include <time.h>

/* ---- models ---- */

static void test_load (void)
{
  g_autoptr (CpgEngine) engine = cpg_engine_new (1, "auto");
  g_autofree char *path = fixture_model ();
  g_autoptr (GError) error = NULL;
  g_assert_false (cpg_engine_has_model (engine));
  g_assert_null (cpg_engine_get_config (engine));
  g_assert_null (cpg_engine_get_model_name (engine));
  g_assert_true (fixture_load (engine, path, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (cpg_engine_has_model (engine));
  g_assert_false (cpg_engine_is_loading (engine));
  g_assert_cmpint (cpg_engine_get_config (engine)->latents, ==, 16);
  g_assert_cmpstr (cpg_engine_get_model_name (engine), ==, "story-first");
  g_assert_cmpstr (cpg_engine_get_model_path (engine), ==, path);
  g_assert_cmpstr (cpg_engine_get_compute_name (engine), ==, cosmos_compute_get_name (cosmos_compute_get_best ()));
  CpgTask *story = cpg_task_list_find (cpg_engine_get_tasks (engine), "story");
  g_assert_true (cpg_task_is_available (story));
}

/* Each that the preferences offer and this computer has. */
static void test_computes (void)
{
  static const char *const names[] = {"f32", "bf16", "int8", "blocks", "openblas"};
  g_autofree char *path = fixture_model ();
  int n = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    CosmosCompute compute;
    CosmosError err;
    g_autoptr (CpgEngine) engine = cpg_engine_new (1, names[i]);
    g_autoptr (GError) error = NULL;
    if (!cosmos_compute_from_name (names[i], &compute, &err))
      continue; /* not here */
    g_assert_true (fixture_load (engine, path, NULL, &error));
    g_assert_cmpstr (cpg_engine_get_compute_name (engine), ==, cosmos_compute_get_name (compute));
    n++;
  }
  g_assert_cmpint (n, >=, 2); /* blocks and OpenBLAS are everywhere */
}

static void test_load_fails (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (GError) error = NULL;
  g_assert_false (fixture_load (engine, "/no/such/model.gguf", NULL, &error));
  g_assert_error (error, CPG_ERROR, COSMOS_STATUS_IO);
  g_assert_nonnull (strstr (error->message, "/no/such/model.gguf"));
  g_clear_error (&error);
  g_autofree char *source = g_build_filename (g_getenv ("SOURCE_ROOT"), "README.md", NULL);
  g_assert_false (fixture_load (engine, source, NULL, &error));
  g_assert_nonnull (error);
  g_assert_true (cpg_engine_has_model (engine)); /* the one before stays */
}

static void test_unknown_compute (void)
{
  g_autoptr (CpgEngine) engine = cpg_engine_new (1, "abacus");
  g_autofree char *path = fixture_model ();
  g_autoptr (GError) error = NULL;
  g_assert_false (fixture_load (engine, path, NULL, &error));
  g_assert_nonnull (strstr (error->message, "abacus"));
}

static void test_load_cancelled (void)
{
  g_autoptr (CpgEngine) engine = cpg_engine_new (1, "auto");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *path = fixture_model ();
  g_autoptr (GError) error = NULL;
  g_cancellable_cancel (cancellable);
  g_assert_false (fixture_load (engine, path, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (cpg_engine_has_model (engine));
}

/* The engine lives until its task is answered. */
static void test_unref_while_loading (void)
{
  CpgEngine *engine = cpg_engine_new (1, "auto");
  g_autofree char *path = fixture_model ();
  g_autoptr (GAsyncResult) result = NULL;
  cpg_engine_load_async (engine, path, NULL, fixture_loaded, &result);
  g_object_unref (engine);
  fixture_wait_until (result);
}

static void test_find_model (void)
{
  g_autofree char *path = NULL, *models = g_build_filename (g_getenv ("SOURCE_ROOT"), "models", NULL);
  char *folder = fixture_tiny (&path);
  g_autofree char *named = g_build_filename (folder, "detox-1.gguf", NULL), *broken = g_build_filename (folder, "a.gguf", NULL);
  g_setenv ("COSMOS_MODELS", folder, TRUE);
  g_assert_true (g_file_set_contents (broken, "no model", -1, NULL));
  g_autofree char *story = cpg_engine_find_model ("story"), *any = cpg_engine_find_model (NULL),
                  *none = cpg_engine_find_model ("question");
  g_assert_cmpstr (story, ==, path);
  g_assert_cmpstr (any, ==, path);
  g_assert_null (none);
  g_assert_cmpint (g_rename (path, named), ==, 0);
  g_autofree char *detox = cpg_engine_find_model ("detox");
  g_assert_cmpstr (detox, ==, named);
  g_setenv ("COSMOS_MODELS", "/no/such/folder", TRUE);
  g_assert_null (cpg_engine_find_model ("story"));
  g_setenv ("COSMOS_MODELS", models, TRUE);
  g_autofree char *bundled = cpg_engine_find_model ("story");
  g_assert_true (g_str_has_prefix (bundled, models));
  g_unsetenv ("COSMOS_MODELS");
  g_autofree char *beside = cpg_engine_find_model ("story");
  g_assert_nonnull (beside); /* the tree that this test was built in */
  model_folder_remove (folder);
}

/* A run without a model opens one; another task's takes its place. */
static void test_run_finds_its_model (void)
{
  g_autofree char *path = NULL, *bundled = fixture_model ();
  char *folder = fixture_tiny (&path);
  g_setenv ("COSMOS_MODELS", folder, TRUE);
  g_autoptr (CpgEngine) engine = cpg_engine_new (1, "auto");
  g_autoptr (CpgSettings) settings = fixture_settings (4, 5);
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  fixture_finish (run);
  g_assert_cmpstr (cpg_engine_get_model_name (engine), ==, "tiny");
  g_assert_true (cpg_task_is_available (cpg_task_list_find (cpg_engine_get_tasks (engine), "detox")));
  g_assert_false (cpg_task_is_available (cpg_task_list_find (cpg_engine_get_tasks (engine), "summary")));

  g_assert_true (fixture_load (engine, bundled, NULL, NULL));
  g_object_set (settings, "task", "detox", NULL);
  g_autoptr (CpgRun) detox = cpg_engine_start_run (engine, settings);
  fixture_finish (detox);
  g_assert_cmpstr (cpg_run_get_model_name (detox), ==, "tiny");
  g_unsetenv ("COSMOS_MODELS");
  model_folder_remove (folder);
}

static void fails_with (CpgEngine *engine, CpgSettings *settings, const char *word)
{
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  fixture_wait_until (!cpg_run_is_active (run));
  g_assert_cmpint (cpg_run_get_state (run), ==, CPG_RUN_FAILED);
  g_test_message ("%s", cpg_run_get_error (run));
  g_assert_nonnull (strstr (cpg_run_get_error (run), word));
  g_assert_cmpint (cpg_run_get_n_done (run), ==, 0);
  g_autofree char *sentence = cpg_run_describe (run);
  g_assert_cmpstr (sentence, ==, cpg_run_get_error (run));
}

static void test_failures (void)
{
  g_setenv ("COSMOS_MODELS", "/no/such/folder", TRUE);
  g_autoptr (CpgEngine) empty = cpg_engine_new (1, "auto"), engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (4, 5);
  fails_with (empty, settings, "story");
  g_object_set (settings, "task", "poem", NULL);
  fails_with (engine, settings, "poem");
  g_object_set (settings, "task", "story", "source", "Once upon a time", NULL);
  fails_with (engine, settings, "source");
  g_object_set (settings, "source", "", "t-end", 1.0, NULL);
  fails_with (engine, settings, "end time");
  g_unsetenv ("COSMOS_MODELS");
}

/* ---- many runs ---- */

static void test_twenty_runs (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  CpgRun *runs[20];
  for (int i = 0; i < 20; i++) {
    g_autoptr (CpgSettings) settings = fixture_settings (10, (guint64) i / 2);
    runs[i] = cpg_engine_start_run (engine, settings);
  }
  for (int i = 0; i < 20; i++) {
    fixture_finish (runs[i]);
    if (i > 0)
      g_assert_cmpint (cpg_run_get_n_done (runs[i - 1]), ==, 10); /* one after the other */
  }
  for (int i = 0; i < 20; i += 2)
    g_assert_cmpstr (cpg_step_get_text (cpg_run_get_result (runs[i])), ==, cpg_step_get_text (cpg_run_get_result (runs[i + 1])));
  for (int i = 0; i < 20; i++)
    g_object_unref (runs[i]);
}

/* Started, seen for a while, let go. */
static void test_runs_in_a_row (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (50, 1);
  for (int i = 0; i < 20; i++) {
    g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
    fixture_wait_until (cpg_run_get_n_done (run) > i / 2);
  }
  g_autoptr (CpgRun) last = cpg_engine_start_run (engine, settings);
  fixture_finish (last);
}

static void test_branch (void)
{
  g_autofree char *path = NULL;
  char *folder = fixture_tiny (&path);
  g_autoptr (CpgEngine) engine = fixture_engine (path);
  g_autoptr (CpgSettings) settings = fixture_settings (30, 5);
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  g_assert_null (cpg_engine_branch_run (engine, run, 1, settings, &error)); /* no step yet */
  g_assert_error (error, CPG_ERROR, COSMOS_STATUS_RANGE);
  fixture_finish (run);
  g_autoptr (CpgRun) same = cpg_engine_branch_run (engine, run, 12, settings, NULL);
  g_assert_cmpint (cpg_run_get_n_done (same), ==, 12);
  g_assert_cmpstr (cpg_step_get_text (cpg_run_get_current (same)), ==, cpg_step_get_text (cpg_run_get_step (run, 11)));
  g_object_set (settings, "seed", (guint64) 6, NULL);
  g_autoptr (CpgRun) other = cpg_engine_branch_run (engine, run, 12, settings, NULL);
  g_autoptr (CpgRun) whole = cpg_engine_branch_run (engine, run, 30, settings, NULL);
  g_object_set (settings, "steps", 31, NULL);
  g_clear_error (&error);
  g_assert_null (cpg_engine_branch_run (engine, run, 12, settings, &error));
  g_assert_error (error, CPG_ERROR, COSMOS_STATUS_RANGE);
  g_object_set (settings, "steps", 30, "schedule-d", 9.0, NULL);
  g_autoptr (CpgRun) refused = cpg_engine_branch_run (engine, run, 12, settings, NULL);
  g_autofree char *text = g_strdup (cpg_step_get_text (cpg_run_get_result (run)));
  g_autofree float *latents = NULL;
  int n, width;
  const float *result = cpg_step_get_latents (cpg_run_get_result (run), COSMOS_SHOW_X0, &n, &width);
  gsize size = (gsize) n * (gsize) width * sizeof *latents;
  latents = g_memdup2 (result, size);
  g_clear_object (&run); /* branches need it no longer */
  fixture_finish (same);
  fixture_finish (other);
  fixture_finish (whole);
  g_assert_cmpmem (cpg_step_get_latents (cpg_run_get_result (same), COSMOS_SHOW_X0, &n, &width), size, latents, size);
  g_assert_cmpmem (cpg_step_get_latents (cpg_run_get_result (whole), COSMOS_SHOW_X0, &n, &width), size, latents, size);
  g_assert_cmpstr (cpg_step_get_text (cpg_run_get_result (same)), ==, text);
  g_assert_cmpint (memcmp (cpg_step_get_latents (cpg_run_get_result (other), COSMOS_SHOW_X0, &n, &width), latents, size), !=, 0);
  fixture_wait_until (!cpg_run_is_active (refused));
  g_assert_cmpint (cpg_run_get_state (refused), ==, CPG_RUN_FAILED);
  g_assert_nonnull (strstr (cpg_run_get_error (refused), "branch"));
  model_folder_remove (folder);
}

/* ---- ends at any moment ---- */

static void turn_for (double milliseconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) (milliseconds * 1000);
  while (g_get_monotonic_time () < end) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (50);
  }
}

static void test_cancel_at_any_moment (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (50, 1);
  for (int i = 0; i < 50; i++) {
    g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
    turn_for (g_test_rand_double_range (0, 60));
    cpg_run_cancel (run);
    g_assert_false (cpg_run_is_active (run));
    int done = cpg_run_get_n_done (run);
    turn_for (1);
    g_assert_cmpint (cpg_run_get_n_done (run), ==, done);
  }
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  fixture_finish (run);
}

static void test_unref_at_any_moment (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (50, 1);
  for (int i = 0; i < 30; i++) {
    g_autoptr (CpgStep) kept = NULL;
    CpgRun *run = cpg_engine_start_run (engine, settings);
    turn_for (g_test_rand_double_range (0, 40));
    if (g_set_object (&kept, cpg_run_get_current (run)) && cpg_step_is_decoded (kept))
      g_assert_nonnull (cpg_step_get_text (kept));
    g_object_unref (run);
    turn_for (1);
    if (kept) {
      int n, width;
      const float *latents = cpg_step_get_latents (kept, COSMOS_SHOW_X0, &n, &width);
      g_assert_true (latents[n * width - 1] == latents[n * width - 1]);
    }
  }
}

static void test_engine_goes_first (void)
{
  gint64 longest = 0;
  for (int i = 0; i < 10; i++) {
    CpgEngine *engine = fixture_engine (NULL);
    g_autoptr (CpgSettings) settings = fixture_settings (400, 1);
    g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings), queued = cpg_engine_start_run (engine, settings);
    turn_for (g_test_rand_double_range (0, 30));
    gint64 start = g_get_monotonic_time ();
    g_object_unref (engine);
    longest = MAX (longest, g_get_monotonic_time () - start);
    cpg_run_set_current_step (run, 0);
    fixture_wait_until (!cpg_run_is_active (run) && !cpg_run_is_active (queued));
    g_assert_cmpint (cpg_run_get_state (run), ==, CPG_RUN_CANCELLED);
    g_assert_cmpint (cpg_run_get_state (queued), ==, CPG_RUN_CANCELLED);
    g_assert_null (cpg_run_get_error (run));
  }
  g_test_message ("letting an engine go took %.1f ms at most", (double) longest / 1000);
}

/* Nothing is turned after: events that never arrive leave nothing behind. */
static void test_all_go_at_once (void)
{
  for (int i = 0; i < 10; i++) {
    CpgEngine *engine = fixture_engine (NULL);
    g_autoptr (CpgSettings) settings = fixture_settings (400, 1);
    CpgRun *run = cpg_engine_start_run (engine, settings);
    g_usleep ((gulong) g_test_rand_int_range (0, 20000));
    if (i % 2)
      g_object_unref (run);
    g_object_unref (engine);
    if (i % 2 == 0)
      g_object_unref (run);
  }
}

/* ---- the main loop ---- */

typedef struct {
  double last, last_busy, longest, busiest; /* seconds */
} Gap;

static double read_clock (clockid_t clock)
{
  struct timespec now;
  clock_gettime (clock, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static gboolean measure (gpointer data)
{
  Gap *gap = data;
  double now = read_clock (CLOCK_MONOTONIC), busy = read_clock (CLOCK_THREAD_CPUTIME_ID);
  if (gap->last > 0) {
    gap->longest = MAX (gap->longest, now - gap->last);
    gap->busiest = MAX (gap->busiest, busy - gap->last_busy);
  }
  gap->last = now;
  gap->last_busy = busy;
  return G_SOURCE_CONTINUE;
}

/* Told rather than judged: other programs on the machine lengthen it. What a bug would do is far longer. */
static void test_main_loop_turns (void)
{
  g_autofree char *path = NULL;
  char *folder = fixture_tiny (&path);
  const char *models[] = {NULL, path};
  for (int i = 0; i < 2; i++) {
    Gap gap = {0};
    g_autoptr (CpgEngine) engine = cpg_engine_new (0, "auto");
    g_autofree char *bundled = fixture_model ();
    guint source = g_timeout_add (1, measure, &gap);
    g_assert_true (fixture_load (engine, models[i] ? models[i] : bundled, NULL, NULL));
    g_autoptr (CpgSettings) settings = fixture_settings (200, 1);
    g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
    fixture_finish (run);
    g_source_remove (source);
    g_test_message (
        "%s, 200 steps all decoded in %.2f s of steps: the loop came back after %.1f ms at most, of which it was busy %.1f ms at most",
        cpg_engine_get_model_name (engine), cpg_run_get_seconds (run), 1000 * gap.longest, 1000 * gap.busiest);
    g_assert_cmpfloat (gap.longest, <, 1);
  }
  model_folder_remove (folder);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/load", test_load);
  g_test_add_func ("/engine/load/computes", test_computes);
  g_test_add_func ("/engine/load/fails", test_load_fails);
  g_test_add_func ("/engine/load/unknown-compute", test_unknown_compute);
  g_test_add_func ("/engine/load/cancelled", test_load_cancelled);
  g_test_add_func ("/engine/load/unref", test_unref_while_loading);
  g_test_add_func ("/engine/find-model", test_find_model);
  g_test_add_func ("/engine/run-finds-its-model", test_run_finds_its_model);
  g_test_add_func ("/engine/failures", test_failures);
  g_test_add_func ("/engine/twenty-runs", test_twenty_runs);
  g_test_add_func ("/engine/runs-in-a-row", test_runs_in_a_row);
  g_test_add_func ("/engine/branch", test_branch);
  g_test_add_func ("/engine/any-moment/cancel", test_cancel_at_any_moment);
  g_test_add_func ("/engine/any-moment/unref", test_unref_at_any_moment);
  g_test_add_func ("/engine/any-moment/engine-first", test_engine_goes_first);
  g_test_add_func ("/engine/any-moment/all-at-once", test_all_go_at_once);
  g_test_add_func ("/engine/main-loop", test_main_loop_turns);
  return g_test_run ();
}
