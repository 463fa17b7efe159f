#include "engine/cpg-comparison.h"

#include "fixture.h"

#include <math.h>

static CpgComparison *compare (CpgVariation second, guint64 number)
{
  CpgComparison *self = cpg_comparison_new ();
  g_autoptr (CpgContender) a = cpg_contender_new (CPG_VARIATION_NONE, 0, NULL), b = cpg_contender_new (second, number, NULL);
  g_assert_true (cpg_comparison_add (self, a));
  g_assert_true (cpg_comparison_add (self, b));
  return self;
}

static gboolean is_over (CpgComparison *self)
{
  return !cpg_comparison_is_active (self) && !cpg_comparison_is_measuring (self);
}

static const char *text_of (CpgComparison *self, guint i)
{
  return cpg_contender_get_text (cpg_comparison_get (self, i));
}

/* Never two at once. */
static void watch_order (CpgComparison *self, gpointer data)
{
  int running = 0;
  for (guint i = 0; i < cpg_comparison_get_n (self); i++) {
    CpgContender *contender = cpg_comparison_get (self, i);
    running += cpg_contender_is_begun (contender) && cpg_contender_is_active (contender);
  }
  g_assert_cmpint (running, <=, 1);
  (*(int *) data)++;
}

static void test_against_autoregressive (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (12, 7);
  g_autoptr (CpgComparison) self = compare (CPG_VARIATION_AUTOREGRESSIVE, 0);
  int turns = 0, n;
  g_signal_connect (self, "progressed", G_CALLBACK (watch_order), &turns);
  g_assert_false (cpg_comparison_is_started (self));
  cpg_comparison_start (self, engine, settings);
  g_assert_true (cpg_comparison_is_active (self));
  fixture_wait_until (is_over (self));
  g_assert_cmpint (turns, >, 10);
  for (guint i = 0; i < 2; i++) {
    CpgContender *contender = cpg_comparison_get (self, i);
    const CpgMeasures *measures = cpg_comparison_get_measures (self, i);
    g_assert_cmpint (cpg_contender_get_state (contender), ==, CPG_RUN_DONE);
    g_assert_cmpint (cpg_contender_get_n_tokens (contender), >, 5);
    g_assert_cmpfloat (cpg_contender_get_seconds (contender), >, 0);
    g_assert_nonnull (measures);
    g_assert_cmpfloat (measures->perplexity, >, 1);
    g_assert_cmpfloat (measures->diversity, >, 0);
    g_assert_true (isnan (measures->bleu) && isnan (measures->rouge_1)); /* no reference */
    g_assert_nonnull (cpg_contender_get_tokens (contender, &n));
    g_assert_cmpint (n, >, 0);
    /* Times grow, and a moment is found again by its time. */
    for (int k = 0; k < cpg_contender_get_n_done (contender); k++) {
      double time = cpg_contender_get_time (contender, k);
      g_assert_cmpint (cpg_contender_find_moment (contender, time), ==, k);
      g_assert_cmpint (cpg_contender_find_moment (contender, time * .9999), <, k);
    }
  }
  g_assert_cmpint (cpg_contender_get_n_done (cpg_comparison_get (self, 0)), ==, 12);
  g_assert_cmpstr (cpg_comparison_get_judge (self), ==, "playground-baseline");
  g_assert_false (cpg_comparison_is_own_judge (self, 0));
  g_assert_true (cpg_comparison_is_own_judge (self, 1));

  /* The same as a run by itself. */
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  fixture_finish (run);
  g_assert_cmpstr (cpg_step_get_text (cpg_run_get_result (run)), ==, text_of (self, 0));
}

/* The likeliest tokens are the same whatever the seed, and it says how each draws. */
static void test_temperatures (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (2, 7);
  g_autoptr (CpgComparison) self = compare (CPG_VARIATION_AUTOREGRESSIVE, 0);
  g_autoptr (CpgContender) likeliest = cpg_contender_new (CPG_VARIATION_TEMPERATURE, 0, NULL),
                           warm = cpg_contender_new (CPG_VARIATION_TEMPERATURE, 1300, NULL);
  g_assert_true (cpg_contender_is_autoregressive (likeliest));
  cpg_comparison_add (self, likeliest);
  cpg_comparison_add (self, warm);
  cpg_comparison_start (self, engine, settings);
  fixture_wait_until (is_over (self));
  CpgContender *own = cpg_comparison_get (self, 1);
  g_autofree char *first = g_strdup (cpg_contender_get_text (likeliest)), *way = cpg_contender_describe_way (own, NULL),
                  *other = cpg_contender_describe_way (likeliest, own), *third = cpg_contender_describe_way (warm, own);
  g_assert_nonnull (strstr (way, "temperature 0.7")); /* as the model says of itself */
  g_assert_cmpstr (other, ==, "the likeliest tokens");
  g_assert_cmpstr (third, ==, "temperature 1.3");
  g_assert_cmpstr (first, !=, cpg_contender_get_text (own));
  g_object_set (settings, "seed", G_GUINT64_CONSTANT (8), NULL);
  cpg_comparison_start (self, engine, settings);
  fixture_wait_until (is_over (self));
  g_assert_cmpstr (cpg_contender_get_text (likeliest), ==, first);
}

static void test_reference (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (4, 7);
  g_autoptr (CpgComparison) self = compare (CPG_VARIATION_SEED, 1);
  cpg_comparison_set_reference (self, "Anna had lost her keys.");
  cpg_comparison_start (self, engine, settings);
  fixture_wait_until (is_over (self));
  g_assert_cmpfloat (cpg_comparison_get_measures (self, 0)->rouge_1, >=, 0);
  g_assert_cmpfloat (cpg_comparison_get_measures (self, 0)->bleu, <, 1);
  g_assert_cmpstr (text_of (self, 0), !=, text_of (self, 1));
  g_autofree char *text = g_strdup (text_of (self, 0));
  cpg_comparison_set_reference (self, text);
  g_assert_true (cpg_comparison_is_measuring (self));
  fixture_wait_until (is_over (self));
  g_assert_cmpfloat (cpg_comparison_get_measures (self, 0)->bleu, ==, 1);
  g_assert_cmpfloat (cpg_comparison_get_measures (self, 0)->rouge_l, ==, 1);
  g_assert_cmpfloat (cpg_comparison_get_measures (self, 1)->bleu, <, 1);
  cpg_comparison_set_reference (self, " \n");
  fixture_wait_until (is_over (self));
  g_assert_true (isnan (cpg_comparison_get_measures (self, 0)->bleu));
}

/* The shown run is taken over without a step being made again, and stays itself. */
static void test_adopt (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (10, 3);
  g_object_set (settings, "returned", COSMOS_RETURN_MEAN, NULL);
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  fixture_finish (run);
  cpg_run_set_current_step (run, 4);
  g_autoptr (CpgComparison) self = compare (CPG_VARIATION_STEPS, 5);
  cpg_comparison_start_with (self, engine, run);
  CpgContender *first = cpg_comparison_get (self, 0);
  g_assert_cmpint (cpg_contender_get_n_done (first), ==, 10); /* at once */
  fixture_wait_until (is_over (self));
  g_assert_cmpstr (text_of (self, 0), ==, cpg_step_get_text (cpg_run_get_result (run)));
  g_assert_cmpfloat (cpg_contender_get_time (first, 8), <, cpg_run_get_seconds (run)); /* its true times, too */
  g_assert_cmpfloat (cpg_contender_get_seconds (first), >, cpg_run_get_seconds (run));
  g_assert_cmpint (cpg_contender_get_n_done (cpg_comparison_get (self, 1)), ==, 5);
  cpg_contender_show (first, 7);
  g_assert_cmpint (cpg_run_get_current_step (run), ==, 4);
}

/* A run of an engine that is gone is made again. */
static void test_adopt_foreign (void)
{
  g_autoptr (CpgEngine) before = fixture_engine (NULL), engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (6, 3);
  g_autoptr (CpgRun) run = cpg_engine_start_run (before, settings);
  g_autoptr (GError) error = NULL;
  fixture_finish (run);
  g_assert_null (cpg_engine_branch_run (engine, run, 3, settings, &error));
  g_assert_nonnull (error);
  g_autoptr (CpgComparison) self = compare (CPG_VARIATION_SEED, 1);
  cpg_comparison_start_with (self, engine, run);
  fixture_wait_until (is_over (self));
  g_assert_cmpstr (text_of (self, 0), ==, cpg_step_get_text (cpg_run_get_result (run)));
}

static void test_add_and_remove (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (4, 7);
  g_autoptr (CpgComparison) self = compare (CPG_VARIATION_SEED, 1);
  g_assert_false (cpg_comparison_remove (self, 0));
  cpg_comparison_start (self, engine, settings);
  fixture_wait_until (is_over (self));
  g_autofree char *first = g_strdup (text_of (self, 0)), *second = g_strdup (text_of (self, 1));
  const CpgVariation more[] = {CPG_VARIATION_SAMPLER, CPG_VARIATION_SELF_CONDITIONING, CPG_VARIATION_SEED};
  for (int i = 0; i < 3; i++) {
    g_autoptr (CpgContender) contender = cpg_contender_new (more[i], COSMOS_SAMPLER_DDIM, NULL);
    g_assert_cmpint (cpg_comparison_add (self, contender), ==, i < 2);
  }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self)), ==, 4);
  fixture_wait_until (is_over (self));
  g_assert_cmpstr (text_of (self, 0), ==, first);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (cpg_comparison_get_measures (self, i)->perplexity, >, 1);
  g_autofree char *way = cpg_contender_describe_way (cpg_comparison_get (self, 2), cpg_comparison_get (self, 0));
  g_assert_cmpstr (way, ==, "DDIM");
  g_assert_true (cpg_comparison_remove (self, 0));
  fixture_wait_until (is_over (self));
  g_assert_cmpstr (text_of (self, 0), ==, second);
  g_assert_nonnull (cpg_comparison_get_measures (self, 2));
  g_assert_null (cpg_comparison_get_measures (self, 3));
  g_assert_true (cpg_comparison_remove (self, 2));
  g_assert_false (cpg_comparison_remove (self, 0));
}

static void test_stop (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (1000, 7);
  g_autoptr (CpgComparison) self = compare (CPG_VARIATION_AUTOREGRESSIVE, 0);
  cpg_comparison_start (self, engine, settings);
  CpgContender *first = cpg_comparison_get (self, 0), *second = cpg_comparison_get (self, 1);
  fixture_wait_until (cpg_contender_get_n_done (first) > 3);
  cpg_comparison_cancel (self);
  g_assert_false (cpg_comparison_is_active (self));
  g_assert_cmpint (cpg_contender_get_state (first), ==, CPG_RUN_CANCELLED);
  g_assert_cmpint (cpg_contender_get_state (second), ==, CPG_RUN_CANCELLED);
  g_autofree char *sentence = cpg_contender_describe (second);
  g_assert_cmpstr (sentence, ==, "Stopped before it began");
  fixture_sleep (50);
  g_assert_cmpint (cpg_contender_get_n_done (second), ==, 0);
  /* and anew */
  g_object_set (settings, "steps", 3, NULL);
  cpg_comparison_start (self, engine, settings);
  fixture_wait_until (is_over (self));
  g_assert_cmpint (cpg_contender_get_state (second), ==, CPG_RUN_DONE);
}

/* Where one cannot, the others do; no judge is said so. */
static void test_without_language_model (void)
{
  char *path, *folder = fixture_tiny (&path);
  g_setenv ("COSMOS_MODELS", folder, TRUE);
  g_autoptr (CpgEngine) engine = fixture_engine (path);
  g_autoptr (CpgSettings) settings = fixture_settings (3, 7);
  g_autoptr (CpgComparison) self = compare (CPG_VARIATION_AUTOREGRESSIVE, 0);
  cpg_comparison_start (self, engine, settings);
  fixture_wait_until (is_over (self));
  g_assert_cmpint (cpg_contender_get_state (cpg_comparison_get (self, 0)), ==, CPG_RUN_DONE);
  g_assert_cmpint (cpg_contender_get_state (cpg_comparison_get (self, 1)), ==, CPG_RUN_FAILED);
  g_assert_nonnull (strstr (cpg_contender_get_error (cpg_comparison_get (self, 1)), "llama"));
  g_assert_true (isnan (cpg_comparison_get_measures (self, 0)->perplexity));
  g_assert_null (cpg_comparison_get_judge (self));
  g_autofree char *models = g_build_filename (g_getenv ("SOURCE_ROOT"), "models", NULL);
  g_setenv ("COSMOS_MODELS", models, TRUE);
  model_folder_remove (folder);
  g_free (path);
}

/* Another bundle beside the open one, which stays the open one. */
static void test_other_model (void)
{
  char *path, *folder = fixture_tiny (&path);
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (3, 7);
  g_autoptr (CpgComparison) self = compare (CPG_VARIATION_SEED, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *source = g_build_filename (g_getenv ("SOURCE_ROOT"), "README.md", NULL);
  g_assert_null (cpg_contender_new_for_model (source, &error));
  g_assert_nonnull (error);
  g_autoptr (CpgContender) other = cpg_contender_new_for_model (path, NULL);
  g_assert_cmpint (cpg_contender_get_variation (other), ==, CPG_VARIATION_MODEL);
  cpg_comparison_add (self, other);
  cpg_comparison_start (self, engine, settings);
  fixture_wait_until (is_over (self));
  g_assert_cmpint (cpg_contender_get_state (other), ==, CPG_RUN_DONE);
  g_autofree char *way = cpg_contender_describe_way (other, cpg_comparison_get (self, 0));
  g_assert_cmpstr (way, ==, "tiny");
  g_assert_cmpstr (cpg_engine_get_model_name (engine), ==, "story-first");
  g_autofree char *baseline = g_build_filename (g_getenv ("SOURCE_ROOT"), "models", "playground-baseline.gguf", NULL);
  g_autoptr (CpgContender) language = cpg_contender_new_for_model (baseline, NULL);
  g_assert_true (cpg_contender_is_autoregressive (language));
  model_folder_remove (folder);
  g_free (path);
}

static void test_engine_goes (void)
{
  CpgEngine *engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (1000, 7);
  g_autoptr (CpgComparison) self = compare (CPG_VARIATION_AUTOREGRESSIVE, 0);
  cpg_comparison_start (self, engine, settings);
  fixture_wait_until (cpg_contender_get_n_done (cpg_comparison_get (self, 0)) > 0);
  g_object_unref (engine);
  fixture_wait_until (!cpg_comparison_is_active (self));
  g_assert_cmpint (cpg_contender_get_state (cpg_comparison_get (self, 1)), ==, CPG_RUN_CANCELLED);
}

/* At any moment: nothing is left that calls. */
static void test_let_go (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (30, 7);
  for (int i = 0; i < 8; i++) {
    CpgComparison *self = compare (CPG_VARIATION_AUTOREGRESSIVE, 0);
    cpg_comparison_start (self, engine, settings);
    fixture_sleep ((guint) i * 20);
    g_object_run_dispose (G_OBJECT (self));
    g_object_unref (self);
  }
  fixture_sleep (50);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *models = g_build_filename (g_getenv ("SOURCE_ROOT"), "models", NULL);
  g_setenv ("COSMOS_MODELS", models, TRUE);
  g_test_add_func ("/comparison/against-autoregressive", test_against_autoregressive);
  g_test_add_func ("/comparison/temperatures", test_temperatures);
  g_test_add_func ("/comparison/reference", test_reference);
  g_test_add_func ("/comparison/adopt", test_adopt);
  g_test_add_func ("/comparison/adopt-foreign", test_adopt_foreign);
  g_test_add_func ("/comparison/add-and-remove", test_add_and_remove);
  g_test_add_func ("/comparison/stop", test_stop);
  g_test_add_func ("/comparison/without-language-model", test_without_language_model);
  g_test_add_func ("/comparison/other-model", test_other_model);
  g_test_add_func ("/comparison/engine-goes", test_engine_goes);
  g_test_add_func ("/comparison/let-go", test_let_go);
  return g_test_run ();
}
