#include "engine/cpg-candidates.h"

#include "core/study/consensus.h"
#include "fixture.h"

#include <math.h>

enum { N = 3 };

static CpgCandidates *finish (CpgEngine *engine, CpgSettings *settings)
{
  CpgCandidates *self = cpg_candidates_new (engine, settings, N);
  g_assert_true (cpg_candidates_is_active (self));
  g_assert_cmpint (cpg_candidates_get_best (self), ==, -1);
  fixture_wait_until (!cpg_candidates_is_active (self));
  return self;
}

/* Each is what a run with its seed writes, and the best is the one that they agree on. */
static void test_texts (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (12, 7);
  g_autoptr (CpgCandidates) self = finish (engine, settings);
  const char *texts[N];
  double agreement[N];
  size_t best;
  g_assert_cmpstr (cpg_candidates_get_error (self), ==, NULL);
  g_assert_cmpint (cpg_candidates_get_n_written (self), ==, N);
  for (int i = 0; i < N; i++) {
    g_autoptr (CpgSettings) one = fixture_settings (12, 7 + (guint64) i);
    g_autoptr (CpgRun) run = cpg_engine_start_run (engine, one);
    fixture_finish (run);
    texts[i] = cpg_candidates_get_text (self, i);
    g_assert_cmpstr (texts[i], ==, cpg_step_get_text (cpg_run_get_result (run)));
    g_assert_cmpuint (cpg_candidates_get_seed (self, i), ==, 7 + (guint64) i);
  }
  g_assert_true (cosmos_consensus_find (texts, N, agreement, &best));
  g_assert_cmpint (cpg_candidates_get_best (self), ==, (int) best);
  for (int i = 0; i < N; i++)
    g_assert_cmpfloat (cpg_candidates_get_agreement (self, i), ==, agreement[i]);
}

static void test_no_model (void)
{
  g_autoptr (CpgEngine) engine = cpg_engine_new (1, "auto");
  g_autoptr (CpgSettings) settings = fixture_settings (3, 7);
  g_autoptr (CpgCandidates) self = finish (engine, settings);
  g_assert_nonnull (strstr (cpg_candidates_get_error (self), "No model is open"));
}

/* A source that the model cannot read is refused as a run refuses it. */
static void test_refused (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (3, 7);
  g_object_set (settings, "source", "A text to read.", NULL);
  g_autoptr (CpgCandidates) self = finish (engine, settings);
  g_assert_nonnull (strstr (cpg_candidates_get_error (self), "without a source"));
  g_assert_cmpint (cpg_candidates_get_n_written (self), ==, 0);
}

/* What is there stays, without a choice. */
static void test_cancel (void)
{
  g_autoptr (CpgEngine) engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (20, 7);
  g_autoptr (CpgCandidates) self = cpg_candidates_new (engine, settings, COSMOS_MAX_BATCH);
  fixture_wait_until (cpg_candidates_get_n_written (self) > 0);
  cpg_candidates_cancel (self);
  fixture_wait_until (!cpg_candidates_is_active (self));
  g_assert_cmpstr (cpg_candidates_get_error (self), ==, NULL);
  g_assert_cmpint (cpg_candidates_get_n_written (self), <, COSMOS_MAX_BATCH);
  g_assert_cmpint (cpg_candidates_get_best (self), ==, -1);
  g_assert_true (isnan (cpg_candidates_get_agreement (self, 0)));
}

static void test_engine_goes (void)
{
  CpgEngine *engine = fixture_engine (NULL);
  g_autoptr (CpgSettings) settings = fixture_settings (1000, 7);
  g_autoptr (CpgCandidates) self = cpg_candidates_new (engine, settings, N);
  fixture_sleep (100);
  g_object_unref (engine);
  fixture_wait_until (!cpg_candidates_is_active (self));
  g_assert_cmpint (cpg_candidates_get_best (self), ==, -1);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/candidates/texts", test_texts);
  g_test_add_func ("/candidates/no-model", test_no_model);
  g_test_add_func ("/candidates/refused", test_refused);
  g_test_add_func ("/candidates/cancel", test_cancel);
  g_test_add_func ("/candidates/engine-goes", test_engine_goes);
  return g_test_run ();
}
