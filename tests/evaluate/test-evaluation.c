#include "evaluate/evaluation.h"
#include "evaluate/measures.h"
#include "evaluate/robustness.h"
#include "evaluate/writing.h"

#include "fixture.h"

#include "core/sample/trajectory.h"
#include "core/study/consensus.h"
#include "core/study/metrics.h"
#include "core/study/probe.h"

#include <math.h>
#include <string.h>

static const CosmosEvaluationPlan plan = {.steps = {2, 3},
                                          .n_steps = 2,
                                          .samplers = {COSMOS_SAMPLER_DPM_SDE, COSMOS_SAMPLER_EULER},
                                          .n_samplers = 2,
                                          .sigmas = {0, 1},
                                          .n_sigmas = 2};

static CosmosReport *evaluate (Fixture *fixture, const char *task)
{
  CosmosBench bench = fixture_bench (fixture, task);
  CosmosReport *report = cosmos_report_new ("evaluate", task);
  CosmosError err;
  assert_ok (cosmos_bench_prepare (&bench, &err), &err);
  assert_ok (cosmos_evaluate (&bench, &plan, report, &err), &err);
  g_assert_cmpfloat_with_epsilon (bench.done, bench.total, 1e-6 * bench.total);
  cosmos_bench_clear (&bench);
  return report;
}

/* Every number is there and in 0 .. 1, but for perplexity, which is above 1. */
static void check_rows (const CosmosTable *table, const char *const *names, size_t n)
{
  g_assert_cmpuint (table->n_rows, ==, n);
  for (size_t i = 0; i < n; i++) {
    g_assert_cmpstr (table->rows[i].name, ==, names[i]);
    for (int c = 3; c < table->n_columns; c++) {
      double value = table->rows[i].values[c];
      bool unbounded = strcmp (table->columns[c].key, "perplexity") == 0;
      g_assert_true (unbounded ? value > 1 : value >= -1 && value <= 1 + 1e-9);
    }
  }
}

static void test_tasks (Fixture *self, gconstpointer data)
{
  static const struct {
    const char *task, *first, *columns[4];
    int n_columns;
  } cases[] = {
    {"story", "people", {"perplexity", "div_4", "mem", "mauve"}, 4},
    {"summary", "first sentence", {"rouge_1", "rouge_2", "rouge_l"}, 3},
    {"question", "most frequent", {"bleu_4", "rouge_l"}, 2},
    {"detox", "copy", {"bleu", "gone", "likeness"}, 3},
  };
  (void) data;
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *names[] = {cases[i].first, "baseline", "dpm-sde", "dpm-sde", "euler", "euler"};
    CosmosReport *report = evaluate (self, cases[i].task), *again = evaluate (self, cases[i].task);
    const CosmosTable *table = cosmos_report_get_table (report, 1), *same = cosmos_report_get_table (again, 1);
    g_assert_cmpint (table->n_columns, ==, 3 + cases[i].n_columns);
    for (int c = 0; c < cases[i].n_columns; c++)
      g_assert_cmpstr (table->columns[3 + c].key, ==, cases[i].columns[c]);
    if (strcmp (cases[i].task, "detox") != 0) /* random words can be more offensive than the source */
      check_rows (table, names, G_N_ELEMENTS (names));
    for (size_t r = 0; r < table->n_rows; r++) /* all but the seconds */
      for (int c = 0; c < table->n_columns; c++)
        if (c != 1)
          g_assert_cmpmem (&table->rows[r].values[c], sizeof (double), &same->rows[r].values[c], sizeof (double));
    cosmos_report_free (report);
    cosmos_report_free (again);
  }
}

/* What the numbers are for texts whose measures are known. */
static void test_known_texts (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosError err;
  double values[8];
  CosmosBench detox = fixture_bench (self, "detox");
  assert_ok (cosmos_bench_prepare (&detox, &err), &err);
  g_assert_cmpuint (detox.examples.n, ==, 3); /* four rows, two of them of one source */
  g_assert_cmpuint (detox.examples.items[0].n_references, ==, 2);
  const char *sources[3], *second[3];
  for (int i = 0; i < 3; i++) {
    sources[i] = detox.examples.items[i].source;
    second[i] = detox.examples.items[i].references[detox.examples.items[i].n_references - 1];
  }
  void *measures = cosmos_measures_detox.prepare (&detox, &err);
  assert_ok (measures, &err);
  assert_ok (cosmos_measures_detox.measure (measures, sources, 3, values, &err), &err);
  g_assert_cmpfloat (values[0], <, 0.5);
  g_assert_cmpfloat (values[1], ==, 0);                /* nothing is gone from the sources */
  g_assert_cmpfloat_with_epsilon (values[2], 1, 1e-6); /* like itself */
  assert_ok (cosmos_measures_detox.measure (measures, second, 3, values, &err), &err);
  g_assert_cmpfloat (values[0], ==, 1); /* any paraphrase will do */
  g_assert_cmpfloat (values[1], ==, 1);
  cosmos_measures_detox.free (measures);
  cosmos_bench_clear (&detox);

  CosmosBench story = fixture_bench (self, "story");
  assert_ok (cosmos_bench_prepare (&story, &err), &err);
  g_assert_cmpuint (story.examples.n, ==, 3); /* the one that is too long is left out */
  g_assert_cmpuint (story.others.n, ==, 3);
  measures = cosmos_measures_story.prepare (&story, &err);
  assert_ok (measures, &err);
  const char **references = cosmos_examples_get_references (&story.examples);
  assert_ok (cosmos_measures_story.measure (measures, references, 3, values, &err), &err);
  g_assert_cmpfloat (values[2], ==, 1);                /* all stand in the training texts */
  g_assert_cmpfloat_with_epsilon (values[3], 1, 1e-9); /* and are what they are compared with */
  free (references);
  cosmos_measures_story.free (measures);
  cosmos_bench_clear (&story);
}

/* Stories that go on from a sentence, in a recipe's texts, are measured as stories, and as to whether they begin with it. */
static void test_opened_stories (Fixture *self, gconstpointer data)
{
  (void) data;
  static const char *const rows[] = {"{\"text\":\"the cat sat. it ran.\"}", "{\"text\":\"a dog ran. he saw it.\"}",
                                     "{\"text\":\"her hat is on. it rains.\"}", "{\"text\":\"the sun set. a cat ran.\"}"};
  CosmosError err;
  double values[8];
  fixture_write (self, "story/valid.jsonl", rows, G_N_ELEMENTS (rows));
  CosmosBench bench = fixture_bench (self, "story");
  strcpy (bench.texts.source, "first-sentence");
  assert_ok (cosmos_bench_prepare (&bench, &err), &err);
  g_assert_cmpuint (bench.examples.n, ==, 2);
  g_assert_cmpuint (bench.others.n, ==, 2);
  g_assert_cmpstr (bench.examples.items[1].source, ==, "her hat is on.");
  const CosmosMeasureFamily *family = cosmos_measures_find ("story", true);
  g_assert_cmpstr (family->columns[4].key, ==, "opening");
  void *measures = family->prepare (&bench, &err);
  assert_ok (measures, &err);
  assert_ok (
      family->measure (measures, (const char *const[]) {"The cat sat. Then it fell.", "nothing is on here."}, 2, values, &err),
      &err);
  g_assert_cmpfloat_with_epsilon (values[4], (1 + 0.5) / 2, 1e-9); /* "is on" of four words each */
  family->free (measures);
  CosmosReport *report = cosmos_report_new ("evaluate", "story");
  assert_ok (cosmos_evaluate (&bench, &plan, report, &err), &err);
  const CosmosTable *table = cosmos_report_get_table (report, 1);
  g_assert_cmpstr (table->rows[0].name, ==, "people");
  g_assert_cmpint (table->n_columns, ==, 8);
  g_assert_cmpuint (table->n_rows, ==, 6);
  cosmos_report_free (report);
  CosmosWritten written; /* the baseline goes on with them */
  assert_ok (cosmos_write_by_baseline (&bench, bench.examples.n, &written, &err), &err);
  for (size_t i = 0; i < written.n; i++)
    g_assert_true (g_str_has_prefix (written.items[i], bench.examples.items[i].source));
  cosmos_written_clear (&written);
  cosmos_bench_clear (&bench);
}

static void test_answer_types (void)
{
  static const struct {
    const char *source;
    CosmosAnswerType type;
  } cases[] = {
    {"12 men | The lighthouse was built by 12 men.", COSMOS_ANSWER_NUMBER},
    {"Because he slept", COSMOS_ANSWER_REASON},
    {"to see the King | He went there.", COSMOS_ANSWER_REASON},
    {"Snow Man | There he stood.", COSMOS_ANSWER_NAME},
    {"toffee", COSMOS_ANSWER_WORDS},
    {"the full moon rose | The sun went down.", COSMOS_ANSWER_CLAUSE},
    {"a cat | Anna had 12 cats", COSMOS_ANSWER_WORDS},
    {"", COSMOS_ANSWER_WORDS},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (cosmos_answer_type_of (cases[i].source, strlen (cases[i].source)), ==, cases[i].type);
}

/* What a model must be better than. */
static void test_stand_ins (Fixture *self, gconstpointer data)
{
  (void) data;
  static const char *const rows[] = {
    "{\"source\":\"It rained. They went home.\",\"answer\":\"home\",\"target\":\"Where did they go?\"}",
    "{\"source\":\"Tom is 12! He grew\",\"answer\":\"12\",\"target\":\"How old is Tom?\"}",
    "{\"source\":\"It rains\",\"answer\":\"12\",\"target\":\"How many?\"}",
    "{\"source\":\"It snows\",\"answer\":\"rain\",\"target\":\"What fell?\"}",
    "{\"source\":\"It rains again\",\"answer\":\"13\",\"target\":\"How many?\"}"};
  static const char *const expected[][5] = {{"It rained.", "Tom is 12!", "It rains", "It snows", "It rains again"},
                                            {"Where did they go?", "How many?", "How many?", "Where did they go?", "How many?"}};
  static const char *const tasks[] = {"summary", "question"};
  static const CosmosStandIn kinds[] = {COSMOS_STAND_IN_FIRST_SENTENCE, COSMOS_STAND_IN_FREQUENT};
  CosmosError err;
  for (int part = 0; part < 2; part++) {
    g_autofree char *first = g_strdup_printf ("summary/news-%s.jsonl", part ? "train" : "valid"),
                    *second = g_strdup_printf ("question/%s.jsonl", part ? "train" : "valid");
    fixture_write (self, first, rows, G_N_ELEMENTS (rows));
    fixture_write (self, second, rows, G_N_ELEMENTS (rows));
  }
  for (int i = 0; i < 2; i++) {
    CosmosBench bench = fixture_bench (self, tasks[i]);
    CosmosStandIns texts;
    bench.count = G_N_ELEMENTS (rows);
    assert_ok (cosmos_bench_prepare (&bench, &err), &err);
    assert_ok (cosmos_stand_ins_make (&texts, kinds[i], &bench, &err), &err);
    g_assert_cmpuint (texts.n, ==, G_N_ELEMENTS (rows));
    for (size_t k = 0; k < texts.n; k++)
      g_assert_cmpstr (texts.items[k], ==, expected[i][k]);
    cosmos_stand_ins_clear (&texts);
    cosmos_bench_clear (&bench);
  }
  CosmosBench story = fixture_bench (self, "story");
  CosmosStandIns none;
  assert_ok (cosmos_bench_prepare (&story, &err), &err);
  assert_ok (cosmos_stand_ins_make (&none, COSMOS_STAND_IN_FREQUENT, &story, &err), &err);
  g_assert_cmpuint (none.n, ==, 0);
  cosmos_stand_ins_clear (&none);
  cosmos_bench_clear (&story);
}

/* Without noise as cosmos_reconstruct(), with noise as cosmos_perturb(). */
static void test_robustness (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosError err;
  CosmosBench bench = fixture_bench (self, "story");
  const double sigmas[] = {0, 0.5};
  CosmosRobustness results[2];
  size_t n_measured;
  CosmosReconstruction reconstructions[3];
  assert_ok (cosmos_bench_prepare (&bench, &err), &err);
  const char **texts = cosmos_examples_get_references (&bench.examples);
  assert_ok (cosmos_measure_robustness (&bench, texts, 3, sigmas, 2, results, &n_measured, &err), &err);
  assert_ok (cosmos_reconstruct (self->pipeline, self->pool, texts, 3, reconstructions, NULL, &err), &err);
  double right = 0, all = 0, squared = 0;
  for (int i = 0; i < 3; i++) {
    right += reconstructions[i].n_right;
    all += reconstructions[i].n_tokens;
    squared += reconstructions[i].mse * reconstructions[i].n_tokens;
    cosmos_reconstruction_clear (&reconstructions[i]);
  }
  g_assert_cmpfloat_with_epsilon (results[0].token_accuracy, right / all, 1e-12);
  g_assert_cmpfloat_with_epsilon (results[0].mse, squared / all, 1e-6);
  g_assert_cmpfloat (results[0].stability, ==, 1);
  CosmosPerturbation perturbations[2];
  assert_ok (cosmos_perturb (self->pipeline, self->pool, texts[0], sigmas, 2, bench.settings.seed, perturbations, NULL, &err),
             &err);
  CosmosBleu bleu = {0};
  const char *clean = perturbations[0].decoding->text;
  g_assert_true (cosmos_bleu_add_texts (&bleu, perturbations[1].decoding->text, &clean, 1));
  assert_ok (cosmos_measure_robustness (&bench, texts, 1, sigmas, 2, results, &n_measured, &err), &err);
  g_assert_cmpfloat_with_epsilon (results[1].stability, cosmos_bleu_get (&bleu, false), 1e-12);
  cosmos_perturbation_clear (&perturbations[0]);
  cosmos_perturbation_clear (&perturbations[1]);
  free (texts);
  cosmos_bench_clear (&bench);
}

/* What is written is what a run alone writes with the same seed and source. */
static void test_writing (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosError err;
  CosmosBench bench = fixture_bench (self, "summary");
  CosmosWritten written;
  assert_ok (cosmos_bench_prepare (&bench, &err), &err);
  assert_ok (cosmos_write_by_diffusion (&bench, COSMOS_SAMPLER_DDIM, 3, true, 2, &written, &err), &err);
  for (int i = 0; i < 2; i++) {
    CosmosSettings settings = bench.settings;
    const char *source = bench.examples.items[i].source;
    settings.sampler = COSMOS_SAMPLER_DDIM;
    settings.steps = 3;
    settings.seed += (uint64_t) i;
    CosmosTrajectory *run = cosmos_trajectory_new (self->pipeline, self->pool, &settings, source, strlen (source), &err);
    while (!cosmos_trajectory_is_done (run))
      assert_ok (cosmos_trajectory_advance (run, NULL, &err), &err);
    g_assert_cmpstr (cosmos_trajectory_decode (run, 3, COSMOS_SHOW_X0, 0, NULL, &err)->text, ==, written.items[i]);
    cosmos_trajectory_free (run);
  }
  g_assert_true (written.seconds > 0);
  cosmos_written_clear (&written);
  bench.autoregress.temperature = 0;
  bench.autoregress.max_tokens = 6;
  assert_ok (cosmos_write_by_baseline (&bench, 2, &written, &err), &err);
  g_assert_cmpint (written.n_tokens, <=, 12);
  for (int i = 0; i < 2; i++)
    g_assert_null (strstr (written.items[i], "silly damn")); /* the source is not part of the text */
  cosmos_written_clear (&written);
  cosmos_bench_clear (&bench);
}

/* The text that the three candidates of text 1, of the seeds 4 + 3 .. 4 + 5, agree on. */
static void test_candidates (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosError err;
  CosmosBench bench = fixture_bench (self, "summary");
  CosmosWritten written, alone;
  const char *texts[3];
  char *single[3];
  double agreement[3];
  size_t best;
  assert_ok (cosmos_bench_prepare (&bench, &err), &err);
  const char *source = bench.examples.items[1].source;
  bench.candidates = 3;
  assert_ok (cosmos_write_by_diffusion (&bench, COSMOS_SAMPLER_DDIM, 3, true, 2, &written, &err), &err);
  CosmosSettings settings = bench.settings;
  settings.sampler = COSMOS_SAMPLER_DDIM;
  settings.steps = 3;
  settings.seed = 7;
  settings.batch = 3;
  CosmosTrajectory *run = cosmos_trajectory_new (self->pipeline, self->pool, &settings, source, strlen (source), &err);
  while (!cosmos_trajectory_is_done (run))
    assert_ok (cosmos_trajectory_advance (run, NULL, &err), &err);
  for (int b = 0; b < 3; b++)
    texts[b] = cosmos_trajectory_decode (run, 3, COSMOS_SHOW_X0, b, NULL, &err)->text;
  g_assert_true (cosmos_consensus_find (texts, 3, agreement, &best));
  g_assert_cmpstr (written.items[1], ==, texts[best]);
  cosmos_trajectory_free (run);
  cosmos_written_clear (&written);

  bench.autoregress.max_tokens = 6;
  assert_ok (cosmos_write_by_baseline (&bench, 2, &written, &err), &err);
  bench.candidates = 1;
  for (int k = 0; k < 3; k++) {
    bench.settings.seed = (uint64_t) (4 + 3 + k - 1); /* text 1 has one more */
    assert_ok (cosmos_write_by_baseline (&bench, 2, &alone, &err), &err);
    texts[k] = single[k] = g_strdup (alone.items[1]);
    cosmos_written_clear (&alone);
  }
  g_assert_true (cosmos_consensus_find (texts, 3, agreement, &best));
  g_assert_cmpstr (written.items[1], ==, texts[best]);
  for (int k = 0; k < 3; k++)
    g_free (single[k]);
  cosmos_written_clear (&written);
  cosmos_bench_clear (&bench);
}

static void stop_at (double fraction, const char *what, void *data)
{
  (void) what;
  CosmosProgress *progress = data;
  if (fraction > 0.6)
    atomic_store (&progress->cancelled, true);
}

static void test_cancel (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosBench bench = fixture_bench (self, "story");
  CosmosReport *report = cosmos_report_new ("evaluate", "story");
  CosmosProgress progress = {0};
  CosmosError err;
  assert_ok (cosmos_bench_prepare (&bench, &err), &err);
  progress.report = stop_at;
  progress.data = &progress;
  bench.progress = &progress;
  g_assert_false (cosmos_evaluate (&bench, &plan, report, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
  g_assert_cmpuint (cosmos_report_get_table (report, 0)->n_rows, ==, 2);
  g_assert_cmpuint (cosmos_report_get_table (report, 1)->n_rows, <, 6);
  cosmos_report_free (report);
  cosmos_bench_clear (&bench);
}

static void test_no_texts (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosError err;
  CosmosBench bench = fixture_bench (self, "story");
  bench.folder = "/nowhere";
  g_assert_false (cosmos_bench_prepare (&bench, &err));
  g_assert_nonnull (strstr (err.message, "/nowhere"));
  cosmos_bench_clear (&bench);
  g_assert_false (cosmos_examples_find_texts ("poem", &bench.texts));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/evaluation/tasks", Fixture, NULL, fixture_set_up, test_tasks, fixture_tear_down);
  g_test_add ("/evaluation/known-texts", Fixture, NULL, fixture_set_up, test_known_texts, fixture_tear_down);
  g_test_add ("/evaluation/opened-stories", Fixture, NULL, fixture_set_up, test_opened_stories, fixture_tear_down);
  g_test_add_func ("/evaluation/answer-types", test_answer_types);
  g_test_add ("/evaluation/stand-ins", Fixture, NULL, fixture_set_up, test_stand_ins, fixture_tear_down);
  g_test_add ("/evaluation/robustness", Fixture, NULL, fixture_set_up, test_robustness, fixture_tear_down);
  g_test_add ("/evaluation/writing", Fixture, NULL, fixture_set_up, test_writing, fixture_tear_down);
  g_test_add ("/evaluation/candidates", Fixture, NULL, fixture_set_up, test_candidates, fixture_tear_down);
  g_test_add ("/evaluation/cancel", Fixture, NULL, fixture_set_up, test_cancel, fixture_tear_down);
  g_test_add ("/evaluation/no-texts", Fixture, NULL, fixture_set_up, test_no_texts, fixture_tear_down);
  return g_test_run ();
}
