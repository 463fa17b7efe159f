#include "evaluate/study.h"

#include "fixture.h"

#include <math.h>
#include <string.h>

static CosmosReport *study (Fixture *fixture, const char *name)
{
  CosmosBench bench = fixture_bench (fixture, "story");
  const CosmosStudy *self = cosmos_study_find (name);
  CosmosReport *report = cosmos_report_new ("study", name);
  CosmosError err;
  g_assert_nonnull (self);
  assert_ok (cosmos_bench_prepare (&bench, &err), &err);
  assert_ok (self->run (&bench, report, &err), &err);
  g_assert_cmpfloat_with_epsilon (bench.done, bench.total, 1e-6 * bench.total);
  cosmos_bench_clear (&bench);
  return report;
}

static void test_names (void)
{
  for (int i = 0; cosmos_study_get (i); i++)
    g_assert_true (cosmos_study_find (cosmos_study_get (i)->name) == cosmos_study_get (i));
  g_assert_null (cosmos_study_find ("nothing"));
}

static void test_noise (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosReport *report = study (self, "noise");
  const CosmosTable *table = cosmos_report_get_table (report, 0), *expectations = cosmos_report_get_table (report, 1);
  g_assert_cmpuint (table->n_rows, ==, 17);
  g_assert_cmpfloat (table->rows[0].values[5], ==, 1); /* without noise like without noise */
  g_assert_cmpfloat (table->rows[4].values[0], ==, 0.5);
  g_assert_cmpuint (expectations->n_rows, ==, 3);
  for (size_t i = 0; i < 3; i++) {
    const double *values = expectations->rows[i].values;
    g_assert_cmpfloat (values[2], ==, i < 2 ? values[1] < values[0] : values[1] > values[0]);
  }
  g_assert_cmpfloat (expectations->rows[2].values[1], ==, table->rows[4].values[4]);
  cosmos_report_free (report);
}

static void test_interpolation (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosReport *report = study (self, "interpolation");
  const CosmosTable *table = cosmos_report_get_table (report, 0);
  g_assert_cmpuint (table->n_rows, ==, 22);
  for (int way = 0; way < 2; way++) {
    const CosmosTableRow *first = &table->rows[11 * way], *last = &table->rows[11 * way + 10];
    g_assert_cmpfloat (first->values[2], ==, 1); /* the ends are the texts themselves */
    g_assert_cmpfloat (last->values[3], ==, 1);
    g_assert_true (isnan (first->values[4]) && last->values[4] >= 0 && last->values[4] <= 1);
  }
  cosmos_report_free (report);
}

static void test_self_conditioning (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosReport *report = study (self, "self-conditioning");
  const CosmosTable *table = cosmos_report_get_table (report, 0);
  g_assert_cmpuint (table->n_rows, ==, 8);
  for (size_t i = 0; i < 8; i++) {
    g_assert_cmpstr (table->rows[i].name, ==, i % 2 ? "with" : "without");
    g_assert_true (table->rows[i].values[3] >= 0 && table->rows[i].values[3] <= 1);
  }
  cosmos_report_free (report);
}

static void test_noise_scale (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosReport *report = study (self, "noise-scale");
  const CosmosTable *table = cosmos_report_get_table (report, 0);
  int different = 0;
  g_assert_cmpuint (table->n_rows, ==, 6);
  for (size_t i = 0; i < 6; i++) {
    g_assert_cmpfloat_with_epsilon (table->rows[i].values[0], 0.6 + 0.1 * (double) i, 1e-9);
    for (int c = 2; c < table->n_columns; c++)
      different += i > 0 && table->rows[i].values[c] != table->rows[0].values[c] && !isnan (table->rows[i].values[c]);
  }
  g_assert_cmpint (different, >, 0);
  cosmos_report_free (report);

  CosmosBench bench = fixture_bench (self, "story");
  CosmosError err;
  assert_ok (cosmos_bench_prepare (&bench, &err), &err);
  bench.settings.sampler = COSMOS_SAMPLER_DDIM;
  report = cosmos_report_new ("study", "noise-scale");
  g_assert_false (cosmos_study_find ("noise-scale")->run (&bench, report, &err));
  g_assert_nonnull (strstr (err.message, "ddim adds no noise"));
  cosmos_report_free (report);
  cosmos_bench_clear (&bench);
}

static void cancel_late (double fraction, const char *what, void *data)
{
  (void) what;
  CosmosProgress *progress = data;
  if (fraction > 0.6)
    atomic_store (&progress->cancelled, true);
}

/* Stopped on the way, a study has the figures of the texts so far, says of how many, and judges nothing. */
static void test_stopped (Fixture *self, gconstpointer data)
{
  (void) data;
  static const struct {
    const char *name, *note;
    size_t n_rows;
  } cases[] = {{"noise", "Stopped before the end: 16 of 40 texts", 17},
               {"interpolation", "Stopped before the end: 12 of 20 pairs", 22}};
  const char *rows[80];
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    rows[i] = i % 3 ? "{\"text\":\"the cat sat.\"}" : "{\"text\":\"a dog ran home.\"}";
  fixture_write (self, "story/valid.jsonl", rows, G_N_ELEMENTS (rows));
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    CosmosProgress progress = {.report = cancel_late, .data = &progress};
    CosmosBench bench = fixture_bench (self, "story");
    CosmosReport *report = cosmos_report_new ("study", cases[i].name);
    CosmosError err = {0};
    bench.count = 40;
    assert_ok (cosmos_bench_prepare (&bench, &err), &err);
    bench.progress = &progress;
    g_assert_false (cosmos_study_find (cases[i].name)->run (&bench, report, &err));
    g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
    g_assert_cmpuint (cosmos_report_get_table (report, 0)->n_rows, ==, cases[i].n_rows);
    g_assert_cmpuint (cosmos_report_get_table (report, 1)->n_rows, ==, 0);
    char *json = cosmos_report_to_json (report);
    g_test_message ("%s", json);
    g_assert_nonnull (strstr (json, cases[i].note));
    free (json);
    cosmos_report_free (report);
    cosmos_bench_clear (&bench);
  }
}

/* The random bundle's statistics are mean 0, deviation 1, so its latents are as its networks make them: checked against their own moments. */
static void test_normalisation (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosReport *report = study (self, "normalisation");
  const CosmosTable *table = cosmos_report_get_table (report, 0);
  const CosmosConfig *config = cosmos_pipeline_get_config (self->pipeline);
  CosmosBench bench = fixture_bench (self, "story");
  CosmosError err;
  assert_ok (cosmos_bench_prepare (&bench, &err), &err);
  CosmosGraph *graph = cosmos_graph_new (self->pool, NULL);
  const int64_t L = config->tokens, count = (int64_t) config->latents * config->latent_width;
  double sum = 0, squares = 0, n = (double) (bench.examples.n * (size_t) count);
  for (size_t i = 0; i < bench.examples.n; i++) {
    const char *text = bench.examples.items[i].references[0];
    g_autofree int32_t *ids = g_new (int32_t, L);
    g_autofree bool *keep = g_new (bool, L);
    assert_ok (cosmos_pipeline_frame (self->pipeline, text, strlen (text), L, ids, keep, NULL, NULL, &err), &err);
    cosmos_graph_reset (graph);
    CosmosTensor *z = cosmos_pipeline_encode (self->pipeline, graph, ids, keep, 1, L);
    for (int64_t k = 0; k < count; k++) {
      sum += (double) z->data[k];
      squares += (double) z->data[k] * (double) z->data[k];
    }
  }
  const CosmosTableRow *all = &table->rows[table->n_rows - 1];
  g_assert_cmpuint (table->n_rows, ==, (size_t) config->latents + 1);
  g_assert_cmpfloat_with_epsilon (all->values[1], sum / n, 1e-5);
  g_assert_cmpfloat_with_epsilon (all->values[2], sqrt (squares / n - sum / n * sum / n), 1e-5);
  cosmos_graph_free (graph);
  cosmos_bench_clear (&bench);
  cosmos_report_free (report);
}

/* The whole sweep with a few steps of training; a second run finds all of it done, and measures the same. */
static void test_compression (Fixture *self, gconstpointer data)
{
  (void) data;
  static const char ini[]
      = "[model]\nname = sweep\ntokens = 24\nlatents = 8\nlatent-width = 16\nsource-tokens = 24\n"
        "[tokenizer]\nsize = 300\n"
        "[encoder]\nlayers = 1\nwidth = 16\nheads = 1\nffn = 16\npositions = 24\nsteps = 2\nbatch = 2\nmicro-batch = 2\n"
        "[autoencoder]\nlayers = 1\nhead = 16\nffn = 16\nsteps = 2\nbatch = 2\nmicro-batch = 2\n"
        "[denoiser]\nlayers = 2\nwidth = 16\nhead = 16\nffn = 16\nsteps = 2\nbatch = 2\nmicro-batch = 2\n"
        "[baseline]\nlayers = 1\nwidth = 16\nheads = 1\nffn = 16\nsteps = 1\nbatch = 2\nmicro-batch = 2\n"
        "[task story]\ntrain = story/train.jsonl\nvalid = story/valid.jsonl\ntarget = text\n";
  g_autofree char *path = g_build_filename (self->folder, "sweep.ini", NULL),
                  *out = g_build_filename (self->folder, "sweep", NULL);
  CosmosRecipe *recipe = g_new0 (CosmosRecipe, 1);
  CosmosReport *reports[2];
  CosmosError err;
  g_assert_true (g_file_set_contents (path, ini, -1, NULL));
  assert_ok (cosmos_recipe_read (recipe, path, &err), &err);
  for (int i = 0; i < 2; i++) {
    CosmosBench bench = fixture_bench (self, "story");
    bench.pipeline = NULL;
    bench.texts = recipe->tasks[0].texts;
    bench.recipe = recipe;
    bench.out = out;
    bench.compute = (CosmosCompute) {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};
    reports[i] = cosmos_report_new ("study", "compression");
    assert_ok (cosmos_study_compression.run (&bench, reports[i], &err), &err);
    g_assert_cmpfloat_with_epsilon (bench.done, bench.total, 1e-6 * bench.total);
    cosmos_bench_clear (&bench);
  }
  const CosmosTable *table = cosmos_report_get_table (reports[0], 0), *again = cosmos_report_get_table (reports[1], 0);
  const double latents[] = {12, 8, 6, 4, 3};
  g_assert_cmpuint (table->n_rows, ==, 5);
  for (size_t i = 0; i < 5; i++) {
    g_assert_cmpfloat (table->rows[i].values[0], ==, latents[i]);
    g_assert_cmpmem (table->rows[i].values, (size_t) table->n_columns * sizeof (double), again->rows[i].values,
                     (size_t) table->n_columns * sizeof (double));
  }
  cosmos_report_free (reports[0]);
  cosmos_report_free (reports[1]);
  g_free (recipe);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/study/names", test_names);
  g_test_add ("/study/noise", Fixture, NULL, fixture_set_up, test_noise, fixture_tear_down);
  g_test_add ("/study/interpolation", Fixture, NULL, fixture_set_up, test_interpolation, fixture_tear_down);
  g_test_add ("/study/self-conditioning", Fixture, NULL, fixture_set_up, test_self_conditioning, fixture_tear_down);
  g_test_add ("/study/noise-scale", Fixture, NULL, fixture_set_up, test_noise_scale, fixture_tear_down);
  g_test_add ("/study/stopped", Fixture, NULL, fixture_set_up, test_stopped, fixture_tear_down);
  g_test_add ("/study/normalisation", Fixture, NULL, fixture_set_up, test_normalisation, fixture_tear_down);
  g_test_add ("/study/compression", Fixture, NULL, fixture_set_up, test_compression, fixture_tear_down);
  return g_test_run ();
}
