#include "fixture.h"

#include <math.h>

/* The same run by the core alone. */
static CosmosTrajectory *run_core (CpgEngine *engine, CosmosPipeline *pipeline, CosmosPool *pool, CpgSettings *settings)
{
  CosmosSettings values;
  CosmosError err;
  g_assert_true (cpg_settings_to_core (settings, cpg_engine_get_config (engine), &values, NULL));
  CosmosTrajectory *run = cosmos_trajectory_new (pipeline, pool, &values, NULL, 0, &err);
  while (!cosmos_trajectory_is_done (run))
    if (!cosmos_trajectory_advance (run, NULL, &err))
      g_error ("%s", err.message);
  return run;
}

static const CosmosDecoding *decode (CosmosTrajectory *run, int k, CosmosShow show)
{
  CosmosError err;
  const CosmosDecoding *decoding = cosmos_trajectory_decode (run, k, show, 0, NULL, &err);
  if (!decoding)
    g_error ("%s", err.message);
  return decoding;
}

static void assert_same_step (CosmosTrajectory *core, CpgStep *step, CosmosShow show)
{
  int k = cpg_step_get_index (step), n, n_tokens, width, settled = 0;
  const CosmosStep *numbers = cosmos_trajectory_get_step (core, k);
  const float *x0 = cpg_step_get_latents (step, COSMOS_SHOW_X0, &n, &width),
              *x = cpg_step_get_latents (step, COSMOS_SHOW_XT, &n, &width);
  const gsize size = (gsize) n * (gsize) width * sizeof *x;
  g_assert_cmpmem (x0, size, numbers->x0, size);
  g_assert_cmpmem (x, size, numbers->x, size);
  g_assert_cmpfloat (cpg_step_get_t (step), ==, numbers->t);
  g_assert_cmpfloat (cpg_step_get_alpha (step), ==, numbers->alpha);
  g_assert_cmpfloat (cpg_step_get_sigma (step), ==, numbers->sigma);
  g_assert_cmpfloat (cpg_step_get_change (step), ==, numbers->change);
  g_assert_true (cpg_step_is_decoded (step));

  const CosmosDecoding *decoding = decode (core, k, show), *before[COSMOS_SETTLED_AFTER];
  int n_before = MIN (k, COSMOS_SETTLED_AFTER);
  for (int i = 0; i < n_before; i++)
    before[i] = decode (core, k - 1 - i, show);
  g_autofree CosmosMark *marks = g_new (CosmosMark, (gsize) decoding->n_positions);
  cosmos_decoding_mark (decoding, before, n_before, marks);
  const CpgToken *tokens = cpg_step_get_tokens (step, &n_tokens);
  g_assert_cmpstr (cpg_step_get_text (step), ==, decoding->text);
  g_assert_cmpint (n_tokens, ==, decoding->n_tokens);
  for (int i = 0; i < n_tokens; i++) {
    int position = decoding->first + i;
    g_assert_cmpint (tokens[i].position, ==, position);
    g_assert_cmpint (tokens[i].guess.id, ==, decoding->tokens[position].id);
    g_assert_cmpint (tokens[i].mark, ==, marks[position]);
    g_assert_cmpstr (tokens[i].text, ==, tokens[i].top_text[0]);
    settled += marks[position] == COSMOS_MARK_SETTLED;
  }
  g_assert_cmpint (cpg_step_get_n_settled (step), ==, settled);
  g_assert_cmpint (cpg_step_get_n_changed (step), ==, cosmos_decoding_count_changed (decoding, n_before ? before[0] : NULL));
  g_assert_cmpfloat (cpg_step_get_confidence (step), ==, decoding->confidence);
  g_assert_cmpfloat (cpg_step_get_entropy (step), ==, decoding->entropy);
}

static void wait_for_all (CpgRun *run)
{
  for (int k = 0; k < cpg_run_get_n_done (run); k++)
    fixture_wait_until (cpg_step_is_decoded (cpg_run_get_step (run, k)));
}

/* Bit for bit what the core makes of the settings, whenever it was decoded, in either show. */
static void check_against_core (const char *path, CpgSettings *settings)
{
  CosmosError err;
  CosmosCompute compute = cosmos_compute_get_best ();
  g_autofree char *bundled = fixture_model ();
  g_autoptr (CpgEngine) engine = fixture_engine (path);
  CosmosPipeline *pipeline = cosmos_pipeline_open (path ? path : bundled, compute, &err);
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosTrajectory *core = run_core (engine, pipeline, pool, settings);
  int steps = cpg_settings_get_steps (settings);
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  fixture_finish (run);
  g_assert_cmpint (cpg_run_get_n_done (run), ==, steps);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (run)), ==, steps);
  CpgStep *result = cpg_run_get_result (run);
  g_assert_cmpstr (cpg_step_get_text (result), ==, decode (core, steps, COSMOS_SHOW_X0)->text);
  int n, width;
  const float *latents = cpg_step_get_latents (result, COSMOS_SHOW_X0, &n, &width);
  const gsize size = (gsize) n * (gsize) width * sizeof *latents;
  g_assert_cmpmem (latents, size, cosmos_trajectory_get_result (core), size);
  for (int show = 0; show < 2; show++) {
    cpg_run_set_show (run, (CosmosShow) show);
    if (cpg_settings_get_decode_every (settings) > 0)
      wait_for_all (run);
    for (int k = 0; k < steps; k++) {
      /* From the end, so that marks are made anew again and again. */
      CpgStep *step = cpg_run_get_step (run, steps - 1 - k);
      cpg_run_set_current_step (run, steps - 1 - k);
      fixture_wait_until (cpg_step_is_decoded (step));
    }
    for (int k = 0; k < steps; k++)
      assert_same_step (core, cpg_run_get_step (run, k), (CosmosShow) show);
  }
  g_assert_cmpstr (cpg_step_get_text (result), ==, decode (core, steps, COSMOS_SHOW_X0)->text);
  cosmos_trajectory_free (core);
  cosmos_pool_free (pool);
  cosmos_pipeline_free (pipeline);
}

static void test_against_core (void)
{
  g_autoptr (CpgSettings) settings = fixture_settings (50, 7);
  check_against_core (NULL, settings);
}

static void test_tiny_against_core (gconstpointer every)
{
  g_autofree char *path = NULL;
  char *folder = fixture_tiny (&path);
  g_autoptr (CpgSettings) settings = fixture_settings (30, 3);
  g_object_set (settings, "decode-every", GPOINTER_TO_INT (every), "task", "detox", NULL);
  check_against_core (path, settings);
  /* The mean is none of the steps. */
  g_object_set (settings, "returned", COSMOS_RETURN_MEAN, "sampler", COSMOS_SAMPLER_EULER, NULL);
  check_against_core (path, settings);
  model_folder_remove (folder);
}

/* ---- the list and what is notified ---- */

typedef struct {
  int items, done, current, decoded, last_position, states;
  CpgRunState state;
} Seen;

static void on_items (GListModel *list, guint position, guint removed, guint added, gpointer data)
{
  Seen *seen = data;
  g_assert_cmpuint (removed, ==, 0);
  g_assert_cmpint ((int) position, ==, seen->items);
  seen->items += (int) added;
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, seen->items);
  for (guint i = position; i < position + added; i++) {
    g_autoptr (CpgStep) step = g_list_model_get_item (list, i);
    g_assert_cmpint (cpg_step_get_index (step), ==, i);
  }
}

static void on_done (CpgRun *run, GParamSpec *spec, gpointer data)
{
  (void) spec;
  ((Seen *) data)->done = cpg_run_get_n_done (run);
}

static void on_current (CpgRun *run, GParamSpec *spec, gpointer data)
{
  (void) spec;
  Seen *seen = data;
  g_assert_cmpint (cpg_run_get_current_step (run), >, seen->current);
  seen->current = cpg_run_get_current_step (run);
  g_assert_true (cpg_step_is_decoded (cpg_run_get_current (run)) || seen->current == 0);
}

static void on_decoded (CpgRun *run, CpgStep *step, gpointer data)
{
  g_assert_true (cpg_step_is_decoded (step));
  g_assert_true (cpg_run_get_step (run, cpg_step_get_index (step)) == step);
  ((Seen *) data)->decoded++;
}

static void on_state (CpgRun *run, GParamSpec *spec, gpointer data)
{
  (void) spec;
  Seen *seen = data;
  seen->states++;
  g_assert_cmpint (cpg_run_get_state (run), !=, seen->state);
  seen->state = cpg_run_get_state (run);
  if (seen->state == CPG_RUN_DONE)
    g_assert_nonnull (cpg_run_get_result (run));
}

static void test_notifications (gconstpointer every)
{
  g_autofree char *path = NULL;
  char *folder = fixture_tiny (&path);
  g_autoptr (CpgEngine) engine = fixture_engine (path);
  g_autoptr (CpgSettings) settings = fixture_settings (200, 5);
  g_object_set (settings, "decode-every", GPOINTER_TO_INT (every), NULL);
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  Seen seen = {.current = -1, .state = CPG_RUN_WAITING};
  g_signal_connect (run, "items-changed", G_CALLBACK (on_items), &seen);
  g_signal_connect (run, "notify::n-done", G_CALLBACK (on_done), &seen);
  g_signal_connect (run, "notify::current-step", G_CALLBACK (on_current), &seen);
  g_signal_connect (run, "notify::state", G_CALLBACK (on_state), &seen);
  g_signal_connect (run, "step-decoded", G_CALLBACK (on_decoded), &seen);
  g_assert_cmpint (cpg_run_get_n_steps (run), ==, 200);
  g_assert_true (cpg_run_is_following (run));
  g_object_set (settings, "steps", 10, NULL); /* the run has a copy */
  fixture_finish (run);
  g_assert_cmpint (cpg_run_get_n_steps (run), ==, 200);
  g_assert_cmpint (seen.items, ==, 200);
  g_assert_cmpint (seen.done, ==, 200);
  g_assert_cmpint (seen.current, ==, 199);
  g_assert_cmpint (seen.state, ==, CPG_RUN_DONE);
  g_assert_cmpint (seen.states, >=, 1);
  g_assert_cmpint (seen.decoded, >, 0);
  g_assert_cmpstr (cpg_run_get_model_name (run), ==, "tiny");
  g_assert_cmpfloat (cpg_run_get_seconds (run), >, 0);
  g_assert_false (cpg_run_is_following (run));
  model_folder_remove (folder);
}

/* With "shown only", what nobody looked at is never decoded. */
static void test_shown_only (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (100, 5);
  g_object_set (settings, "decode-every", 0, NULL);
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  fixture_wait_until (cpg_run_get_n_done (run) > 3);
  cpg_run_set_current_step (run, 0);
  fixture_finish (run);
  fixture_sleep (100);
  int decoded = 0;
  for (int k = 0; k < 100; k++)
    decoded += cpg_step_is_decoded (cpg_run_get_step (run, k));
  g_assert_cmpint (decoded, <, 100);
  g_assert_cmpint (cpg_run_get_current_step (run), ==, 0);
  g_assert_true (cpg_step_is_decoded (cpg_run_get_step (run, 99)));
}

/* ---- scrubbing, following ---- */

static void test_scrub (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (60, 5);
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  cpg_run_set_current_step (run, 3); /* there is none yet */
  g_assert_cmpint (cpg_run_get_current_step (run), ==, -1);
  g_assert_null (cpg_run_get_current (run));
  fixture_wait_until (cpg_run_get_n_done (run) > 5);
  cpg_run_set_current_step (run, 2);
  g_assert_false (cpg_run_is_following (run));
  int done = cpg_run_get_n_done (run);
  fixture_wait_until (cpg_run_get_n_done (run) > done + 5);
  g_assert_cmpint (cpg_run_get_current_step (run), ==, 2);
  cpg_run_set_current_step (run, 1000);
  g_assert_cmpint (cpg_run_get_current_step (run), ==, cpg_run_get_n_done (run) - 1);
  g_assert_true (cpg_run_is_following (run));
  fixture_finish (run);
  g_assert_cmpint (cpg_run_get_current_step (run), ==, 59);
  cpg_run_set_current_step (run, -5);
  g_assert_cmpint (cpg_run_get_current_step (run), ==, 0);
  g_assert_null (cpg_run_get_step (run, 60));
  g_assert_null (cpg_run_get_step (run, -1));
}

static void note_step (CpgRun *run, CpgStep *step, gpointer data)
{
  (void) run;
  int index = cpg_step_get_index (step);
  g_array_append_val (data, index);
}

static int find (GArray *order, int index)
{
  for (guint i = 0; i < order->len; i++)
    if (g_array_index (order, int, i) == index)
      return (int) i;
  return -1;
}

/* 200 steps of which only the first and last are decoded, then one is shown while the rest begins. */
static void test_shown_first (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (200, 5);
  g_object_set (settings, "decode-every", 200, NULL);
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  fixture_finish (run);
  g_signal_connect (run, "step-decoded", G_CALLBACK (note_step), order);
  cpg_run_set_current_step (run, 150);
  wait_for_all (run);
  g_assert_cmpint (find (order, 150), >=, 0);
  g_assert_cmpint (find (order, 150), <, find (order, 149));
  g_assert_cmpint (find (order, 150), <, 100);
  g_test_message ("the shown step came as number %d of %u", find (order, 150), order->len);
}

/* ---- pause, cancel ---- */

static void test_pause (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (100, 5);
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  fixture_wait_until (cpg_run_get_n_done (run) > 3);
  cpg_run_pause (run);
  g_assert_cmpint (cpg_run_get_state (run), ==, CPG_RUN_PAUSED);
  fixture_sleep (100); /* the one that was being made */
  int done = cpg_run_get_n_done (run);
  fixture_sleep (300);
  g_assert_cmpint (cpg_run_get_n_done (run), ==, done);
  g_assert_cmpint (done, <, 100);
  g_assert_true (cpg_step_is_decoded (cpg_run_get_current (run)));
  g_autofree char *sentence = cpg_run_describe (run);
  g_test_message ("%s", sentence);
  g_assert_true (g_str_has_prefix (sentence, "Paused"));
  /* Another run does not wait for it. */
  g_autoptr (CpgRun) other = cpg_engine_start_run (engine, settings);
  fixture_finish (other);
  g_assert_cmpint (cpg_run_get_n_done (run), ==, done);
  cpg_run_resume (run);
  g_assert_cmpint (cpg_run_get_state (run), ==, CPG_RUN_RUNNING);
  fixture_finish (run);
  g_assert_cmpint (cpg_run_get_n_done (run), ==, 100);
  g_assert_cmpstr (cpg_step_get_text (cpg_run_get_result (run)), ==, cpg_step_get_text (cpg_run_get_result (other)));
}

static void test_pause_before_the_first (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (5, 5);
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  cpg_run_pause (run);
  cpg_run_pause (run);
  g_assert_cmpint (cpg_run_get_state (run), ==, CPG_RUN_PAUSED);
  cpg_run_cancel (run);
  cpg_run_resume (run);
  cpg_run_cancel (run);
  g_assert_cmpint (cpg_run_get_state (run), ==, CPG_RUN_CANCELLED);
  fixture_sleep (20);
  g_assert_cmpint (cpg_run_get_state (run), ==, CPG_RUN_CANCELLED);
}

/* What was made stays, can be looked at and branched. */
static void test_cancel (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (500, 5);
  g_object_set (settings, "decode-every", 0, NULL);
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  fixture_wait_until (cpg_run_get_n_done (run) > 10);
  cpg_run_cancel (run);
  g_assert_cmpint (cpg_run_get_state (run), ==, CPG_RUN_CANCELLED);
  int done = cpg_run_get_n_done (run);
  fixture_sleep (50);
  g_assert_cmpint (cpg_run_get_n_done (run), ==, done);
  g_assert_null (cpg_run_get_result (run));
  g_autofree char *sentence = cpg_run_describe (run), *stopped = g_strdup_printf ("Stopped after %d of 500 steps", done);
  g_assert_cmpstr (sentence, ==, stopped);
  cpg_run_set_current_step (run, 7);
  fixture_wait_until (cpg_step_is_decoded (cpg_run_get_current (run)));
  g_autoptr (CpgRun) branch = cpg_engine_branch_run (engine, run, 8, settings, NULL);
  fixture_wait_until (cpg_run_get_n_done (branch) > 12);
}

/* ---- projection, words ---- */

/* Of other runs in its own directions: a twin's way is its own; another task's is passed over, as is the run itself. */
static void test_project_others (void)
{
  g_autofree char *path = NULL;
  char *folder = fixture_tiny (&path);
  g_autoptr (CpgEngine) engine = fixture_engine (path);
  g_autoptr (CpgSettings) settings = fixture_settings (20, 5), short_settings = fixture_settings (10, 6),
                          detox = fixture_settings (20, 5);
  g_object_set (detox, "task", "detox", NULL);
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  g_autoptr (CpgRun) twin = cpg_engine_start_run (engine, settings);
  g_autoptr (CpgRun) brief = cpg_engine_start_run (engine, short_settings);
  g_autoptr (CpgRun) stranger = cpg_engine_start_run (engine, detox);
  CpgRun *others[] = {twin, run, stranger, brief};
  int n = 0, n_other = 0;
  fixture_finish (stranger);
  g_free (cpg_run_project (run, COSMOS_SHOW_X0, &n)); /* of none, and at once of others */
  cpg_run_set_others (run, others, G_N_ELEMENTS (others));
  g_free (cpg_run_project (run, COSMOS_SHOW_X0, &n));
  fixture_wait_until (cpg_run_get_n_others (run, COSMOS_SHOW_X0) == 2);
  g_autofree double *points = cpg_run_project (run, COSMOS_SHOW_X0, &n);
  g_assert_cmpint (n, ==, 20);
  const double *way = cpg_run_get_other (run, COSMOS_SHOW_X0, 0, &n_other);
  g_assert_cmpint (n_other, ==, 20);
  for (int i = 0; i < 2 * n; i++)
    g_assert_cmpfloat_with_epsilon (way[i], points[i], 1e-4);
  way = cpg_run_get_other (run, COSMOS_SHOW_X0, 1, &n_other);
  g_assert_cmpint (n_other, ==, 10);
  double apart = 0;
  for (int i = 0; i < 2 * n_other; i++)
    apart += fabs (way[i] - points[i]);
  g_assert_cmpfloat (apart, >, 1e-2);
  g_assert_cmpint (cpg_run_get_n_others (run, COSMOS_SHOW_XT), ==, 0);
  cpg_run_set_others (run, NULL, 0);
  g_assert_cmpint (cpg_run_get_n_others (run, COSMOS_SHOW_X0), ==, 0);
  model_folder_remove (folder);
}

static void on_projected (CpgRun *run, int show, gpointer data)
{
  (void) run;
  *(int *) data = show;
}

static void test_project (void)
{
  g_autofree char *path = NULL;
  char *folder = fixture_tiny (&path);
  g_autoptr (CpgEngine) engine = fixture_engine (path);
  g_autoptr (CpgSettings) settings = fixture_settings (40, 5);
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  int n = 7, show = -1;
  g_signal_connect (run, "projected", G_CALLBACK (on_projected), &show);
  g_assert_null (cpg_run_project (run, COSMOS_SHOW_XT, &n));
  g_assert_cmpint (n, ==, 0);
  fixture_finish (run);
  g_assert_null (cpg_run_project (run, COSMOS_SHOW_XT, &n));
  fixture_wait_until (show == COSMOS_SHOW_XT);
  g_autofree double *points = cpg_run_project (run, COSMOS_SHOW_XT, &n);
  g_assert_cmpint (n, ==, 40);
  double spread[2] = {0};
  for (int i = 0; i < n; i++)
    for (int axis = 0; axis < 2; axis++)
      spread[axis] += points[2 * i + axis] * points[2 * i + axis];
  g_assert_cmpfloat (spread[0], >=, spread[1]);
  g_assert_cmpfloat (spread[1], >, 0);
  show = -1;
  g_free (cpg_run_project (run, COSMOS_SHOW_XT, &n)); /* there is nothing new */
  fixture_sleep (30);
  g_assert_cmpint (show, ==, -1);
  model_folder_remove (folder);
}

static void test_describe (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (50, 7);
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  g_autofree char *waiting = cpg_run_describe (run);
  g_assert_cmpstr (waiting, ==, "Waiting for its turn");
  fixture_finish (run);
  g_autofree char *end = cpg_run_describe (run);
  g_assert_true (g_str_has_prefix (end, "Done: "));
  g_test_message ("%s", end);
  for (int k = 0; k < 49; k++) {
    cpg_run_set_current_step (run, k);
    g_autofree char *sentence = cpg_run_describe (run), *number = g_strdup_printf ("Step %d of 50: ", k + 1);
    g_assert_true (g_str_has_prefix (sentence, number));
    if (k % 8 == 0)
      g_test_message ("%s", sentence);
  }
}

/* Of little strength nothing is left to do: the source comes back. Its first step says so, and one from noise alone does not. */
static void test_strength (void)
{
  static const char SOURCE[] = "we had a good time in the mountains";
  g_autofree char *path = g_build_filename (g_getenv ("SOURCE_ROOT"), "models", "playground.gguf", NULL);
  g_autoptr (CpgEngine) engine = fixture_engine (path);
  for (int little = 0; little < 2; little++) {
    g_autoptr (CpgSettings) settings = fixture_settings (4, 3);
    g_object_set (settings, "task", "detox", "source", SOURCE, "strength", little ? 0.1 : 1., NULL);
    g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
    fixture_finish (run);
    g_assert_cmpint (g_str_equal (cpg_step_get_text (cpg_run_get_result (run)), SOURCE), ==, little);
    cpg_run_set_current_step (run, 0);
    g_autofree char *sentence = cpg_run_describe (run);
    g_assert_nonnull (strstr (sentence, little ? "the source under noise" : "all noise"));
  }
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/against-core", test_against_core);
  g_test_add_data_func ("/run/tiny-against-core/all", GINT_TO_POINTER (1), test_tiny_against_core);
  g_test_add_data_func ("/run/tiny-against-core/shown-only", GINT_TO_POINTER (0), test_tiny_against_core);
  g_test_add_data_func ("/run/tiny-against-core/every-7th", GINT_TO_POINTER (7), test_tiny_against_core);
  g_test_add_data_func ("/run/notifications/all", GINT_TO_POINTER (1), test_notifications);
  g_test_add_data_func ("/run/notifications/shown-only", GINT_TO_POINTER (0), test_notifications);
  g_test_add_data_func ("/run/notifications/every-7th", GINT_TO_POINTER (7), test_notifications);
  g_test_add_func ("/run/shown-only", test_shown_only);
  g_test_add_func ("/run/scrub", test_scrub);
  g_test_add_func ("/run/shown-first", test_shown_first);
  g_test_add_func ("/run/pause", test_pause);
  g_test_add_func ("/run/pause-before-the-first", test_pause_before_the_first);
  g_test_add_func ("/run/cancel", test_cancel);
  g_test_add_func ("/run/project", test_project);
  g_test_add_func ("/run/project-others", test_project_others);
  g_test_add_func ("/run/describe", test_describe);
  g_test_add_func ("/run/strength", test_strength);
  return g_test_run ();
}
