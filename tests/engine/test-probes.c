#include "fixture.h"

#include "engine/cpg-error.h"
#include "engine/cpg-probes.h"

static const char story[] = "Tom had a new dog. The dog ran home.";

typedef struct {
  CpgEngine *engine;
} Fixture;

static void set_up (Fixture *self, gconstpointer data)
{
  (void) data;
  self->engine = fixture_engine (NULL);
}

static void tear_down (Fixture *self, gconstpointer data)
{
  (void) data;
  g_clear_object (&self->engine);
}

static CpgReconstruction *reconstruct (CpgEngine *engine, const char *text, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  cpg_engine_reconstruct_async (engine, text, NULL, fixture_loaded, &result);
  fixture_wait_until (result);
  return cpg_engine_reconstruct_finish (result, error);
}

static GPtrArray *perturb (CpgEngine *engine, CpgLatents *latents, const double *sigmas, gsize n, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  cpg_engine_perturb_async (engine, latents, sigmas, n, 3, NULL, fixture_loaded, &result);
  fixture_wait_until (result);
  return cpg_engine_perturb_finish (result, error);
}

static GPtrArray *interpolate (CpgEngine *engine, CpgLatents *a, CpgLatents *b, const double *mus, gsize n, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  cpg_engine_interpolate_async (engine, a, b, mus, n, TRUE, NULL, fixture_loaded, &result);
  fixture_wait_until (result);
  return cpg_engine_interpolate_finish (result, error);
}

static CpgInfluence *measure_influence (CpgEngine *engine, CpgLatents *latents, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  cpg_engine_measure_influence_async (engine, latents, NULL, fixture_loaded, &result);
  fixture_wait_until (result);
  return cpg_engine_measure_influence_finish (result, error);
}

static int count_marks (const CpgReading *reading)
{
  int n = 0;
  for (int i = 0; i < reading->n_tokens; i++) {
    n += reading->tokens[i].mark == COSMOS_MARK_CHANGED;
    g_assert_cmpint (reading->tokens[i].position, ==, reading->tokens[0].position + i);
    g_assert_nonnull (reading->tokens[i].text);
  }
  return n;
}

static void test_reconstruct (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgReconstruction) result = reconstruct (self->engine, story, &error);
  g_assert_no_error (error);
  const CosmosConfig *config = cpg_engine_get_config (self->engine);
  CpgReading *reading = result->latents->reading;
  g_assert_cmpint (result->latents->n, ==, config->latents);
  g_assert_cmpint (result->latents->width, ==, config->latent_width);
  g_assert_cmpint (result->max_tokens, ==, config->tokens);
  g_assert_cmpint (result->n_right, <=, result->n_tokens);
  g_assert_cmpint (result->n_right, >, result->n_tokens / 2);
  g_assert_cmpint (count_marks (reading), ==, reading->n_changed);
  g_assert_true (result->exact == (result->n_right == result->n_tokens));
  if (result->exact)
    g_assert_cmpint (reading->n_changed, ==, 0);
  g_assert_false (result->cut);
  g_assert_cmpfloat (result->mse, >, 0);
  g_assert_cmpfloat_with_epsilon (result->latent_std, 1, 0.5);
}

/* What people type. */
static void test_odd_texts (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GString) lot = g_string_new (NULL);
  for (int i = 0; i < 500; i++)
    g_string_append (lot, story);
  const char *texts[] = {"", " \n\t ", "🐕🦴 \u200d ☃", "\u0645\u0631\u062d\u0628\u0627", "a\001b", lot->str};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (CpgReconstruction) result = reconstruct (self->engine, texts[i], &error);
    g_assert_no_error (error);
    g_assert_true (result->cut == (i == G_N_ELEMENTS (texts) - 1));
  }
  g_autoptr (GError) error = NULL;
  g_assert_null (reconstruct (self->engine, "\xff\xfe", &error));
  g_assert_error (error, CPG_ERROR, COSMOS_STATUS_FORMAT);
}

static void test_perturb (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  const double sigmas[] = {0, 0.5, 4};
  g_autoptr (CpgReconstruction) text = reconstruct (self->engine, story, &error);
  g_autoptr (GPtrArray) results = perturb (self->engine, text->latents, sigmas, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (results->len, ==, 3);
  for (guint i = 0; i < 3; i++) {
    CpgPerturbation *one = g_ptr_array_index (results, i);
    g_assert_cmpfloat (one->sigma, ==, sigmas[i]);
    g_assert_cmpint (count_marks (one->reading), ==, one->reading->n_changed);
    if (i == 0) {
      g_assert_cmpfloat (one->bleu, ==, 1);
      g_assert_cmpfloat (one->kept, ==, 1);
      g_assert_cmpint (one->reading->n_changed, ==, 0);
      g_assert_cmpstr (one->reading->text, ==, text->latents->reading->text);
    }
    if (i == 2) {
      g_assert_cmpfloat (one->bleu, <, 0.9);
      g_assert_cmpint (one->reading->n_changed, >, 0);
    }
    /* One alone is what it is among others. */
    g_autoptr (GPtrArray) alone = perturb (self->engine, text->latents, &sigmas[i], 1, &error);
    g_assert_no_error (error);
    CpgPerturbation *same = g_ptr_array_index (alone, 0);
    g_assert_cmpstr (same->reading->text, ==, one->reading->text);
    g_assert_cmpfloat (same->bleu, ==, one->bleu);
  }
  g_assert_null (perturb (self->engine, text->latents, (double[]) {-1}, 1, &error));
  g_assert_error (error, CPG_ERROR, COSMOS_STATUS_RANGE);
}

static void test_interpolate (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  const double mus[] = {0, 0.5, 1};
  g_autoptr (CpgReconstruction) a = reconstruct (self->engine, story, &error);
  g_autoptr (CpgReconstruction) b = reconstruct (self->engine, "Anna baked a cake for her friend.", &error);
  g_autoptr (GPtrArray) results = interpolate (self->engine, a->latents, b->latents, mus, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (results->len, ==, 3);
  CpgReading *first = g_ptr_array_index (results, 0), *last = g_ptr_array_index (results, 2);
  g_assert_cmpstr (first->text, ==, a->latents->reading->text);
  g_assert_cmpstr (last->text, ==, b->latents->reading->text);
  g_assert_cmpint (first->n_changed, ==, 0);
  g_assert_cmpint (last->n_changed, >, 0);
  g_assert_cmpint (count_marks (last), ==, last->n_changed);
  g_assert_null (interpolate (self->engine, a->latents, b->latents, (double[]) {2}, 1, &error));
  g_assert_error (error, CPG_ERROR, COSMOS_STATUS_RANGE);
}

static CpgRun *run_with (CpgEngine *engine, CpgSettings *settings)
{
  CpgRun *run = cpg_engine_start_run (engine, settings);
  fixture_finish (run);
  return run;
}

/* Of a text and of a step; all latents together hold all of it. */
static void test_influence (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgReconstruction) text = reconstruct (self->engine, story, &error);
  g_autoptr (CpgSettings) settings = fixture_settings (20, 4);
  g_autoptr (CpgRun) run = run_with (self->engine, settings);
  g_autoptr (CpgLatents) latents = cpg_latents_new_from_step (cpg_run_get_result (run));
  CpgLatents *of[] = {text->latents, latents};
  const char *texts[] = {text->latents->reading->text, cpg_step_get_text (cpg_run_get_result (run))};
  for (int k = 0; k < 2; k++) {
    g_autoptr (CpgInfluence) influence = measure_influence (self->engine, of[k], &error);
    g_assert_no_error (error);
    g_assert_cmpint (influence->n, ==, of[k]->n);
    g_assert_cmpstr (influence->reading->text, ==, texts[k]);
    float most = 0;
    for (int i = 0; i < influence->n * influence->reading->n_tokens; i++) {
      g_assert_true (influence->values[i] >= -1 && influence->values[i] <= 1);
      most = MAX (most, influence->values[i]);
    }
    g_assert_cmpfloat (most, >, 0.05f);
  }
  /* Latents of a run serve the other experiments as well. */
  g_autoptr (GPtrArray) results = perturb (self->engine, latents, (double[]) {0, 3}, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpint (((CpgPerturbation *) g_ptr_array_index (results, 0))->reading->n_changed, ==, 0);
  g_assert_cmpint (((CpgPerturbation *) g_ptr_array_index (results, 1))->reading->n_changed, >, 0);
}

static void test_cancel (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL, other = NULL;
  g_autoptr (GAsyncResult) first = NULL, second = NULL, third = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  cpg_engine_reconstruct_async (self->engine, story, cancellable, fixture_loaded, &first);
  cpg_engine_reconstruct_async (self->engine, story, cancellable, fixture_loaded, &second);
  cpg_engine_reconstruct_async (self->engine, story, NULL, fixture_loaded, &third);
  g_cancellable_cancel (cancellable);
  fixture_wait_until (first && second && third);
  g_assert_null (cpg_engine_reconstruct_finish (first, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (cpg_engine_reconstruct_finish (second, &other));
  g_assert_error (other, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_autoptr (CpgReconstruction) result = cpg_engine_reconstruct_finish (third, NULL);
  g_assert_nonnull (result);
}

/* Results outlive the engine; what is under way when it goes ends as cancelled. */
static void test_no_engine (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgReconstruction) text = reconstruct (self->engine, story, &error);
  g_autoptr (CpgEngine) empty = cpg_engine_new (1, "auto");
  g_assert_null (reconstruct (empty, story, &error));
  g_assert_error (error, CPG_ERROR, COSMOS_STATUS_UNSUPPORTED);
  g_clear_error (&error);
  g_clear_object (&empty);
  /* Of another opening, and of another model. */
  g_autofree char *path = g_strdup (cpg_engine_get_model_path (self->engine));
  g_assert_true (fixture_load (self->engine, path, NULL, &error));
  g_assert_null (perturb (self->engine, text->latents, (double[]) {1}, 1, &error));
  g_assert_error (error, CPG_ERROR, COSMOS_STATUS_RANGE);
  g_assert_nonnull (strstr (error->message, "anew"));
  g_assert_cmpint (text->latents->reading->n_tokens, >, 0);

  g_autoptr (GAsyncResult) result = NULL;
  cpg_engine_reconstruct_async (self->engine, story, NULL, fixture_loaded, &result);
  g_object_add_weak_pointer (G_OBJECT (self->engine), (gpointer *) &self->engine);
  g_object_unref (self->engine);
  g_assert_null (self->engine); /* what is under way does not keep it */
  fixture_wait_until (result);
  g_clear_error (&error);
  g_autoptr (CpgReconstruction) late = cpg_engine_reconstruct_finish (result, &error);
  g_assert_true (late || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  g_assert_cmpint (text->latents->reading->n_tokens, >, 0);
}

/* ---- pins ---- */

static CpgPins *pin_every_other (CpgRun *run)
{
  int n, width;
  const float *latents = cpg_step_get_latents (cpg_run_get_result (run), COSMOS_SHOW_X0, &n, &width);
  g_autofree bool *mask = g_new0 (bool, (gsize) n);
  for (int i = 0; i < n; i += 2)
    mask[i] = true;
  return cpg_pins_new (latents, mask, n, width);
}

static void assert_pinned (CpgRun *run, CpgPins *pins)
{
  int n, width;
  const float *latents = cpg_step_get_latents (cpg_run_get_result (run), COSMOS_SHOW_X0, &n, &width);
  gsize row = (gsize) width * sizeof (float);
  for (int i = 0; i < n; i++) {
    gboolean same = memcmp (latents + i * width, pins->latents + i * width, row) == 0;
    g_assert_true (same == pins->mask[i]);
  }
}

static void assert_same_result (CpgRun *a, CpgRun *b)
{
  int n, width;
  const float *one = cpg_step_get_latents (cpg_run_get_result (a), COSMOS_SHOW_X0, &n, &width),
              *other = cpg_step_get_latents (cpg_run_get_result (b), COSMOS_SHOW_X0, &n, &width);
  g_assert_cmpmem (one, (gsize) (n * width) * sizeof *one, other, (gsize) (n * width) * sizeof *other);
}

/* A run keeps what its settings pin; the same settings give the same again. */
static void test_pins (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (CpgSettings) settings = fixture_settings (12, 4);
  g_autoptr (CpgRun) run = run_with (self->engine, settings);
  g_autoptr (CpgPins) pins = pin_every_other (run);
  g_assert_cmpint (pins->n_pinned, ==, (pins->n + 1) / 2);
  g_object_set (settings, "seed", (guint64) 9, "pins", pins, NULL);
  g_autoptr (CpgRun) edited = run_with (self->engine, settings), again = run_with (self->engine, cpg_run_get_settings (edited));
  assert_pinned (edited, pins);
  assert_same_result (edited, again);
  g_object_set (settings, "seed", (guint64) 10, NULL);
  /* From a step on, of a run that had no pins. */
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgRun) branch = cpg_engine_branch_run (self->engine, run, 6, settings, &error);
  g_assert_no_error (error);
  fixture_finish (branch);
  assert_pinned (branch, pins);
}

static void test_pins_of_another_model (Fixture *self, gconstpointer data)
{
  (void) data;
  const float latents[6] = {0};
  const bool mask[2] = {true, false};
  g_autoptr (CpgPins) pins = cpg_pins_new (latents, mask, 2, 3);
  g_autoptr (CpgSettings) settings = fixture_settings (5, 1);
  g_object_set (settings, "pins", pins, NULL);
  g_autoptr (CpgRun) run = cpg_engine_start_run (self->engine, settings);
  fixture_wait_until (!cpg_run_is_active (run));
  g_assert_cmpint (cpg_run_get_state (run), ==, CPG_RUN_FAILED);
  g_assert_nonnull (strstr (cpg_run_get_error (run), "another model"));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/probes/reconstruct", Fixture, NULL, set_up, test_reconstruct, tear_down);
  g_test_add ("/probes/odd-texts", Fixture, NULL, set_up, test_odd_texts, tear_down);
  g_test_add ("/probes/perturb", Fixture, NULL, set_up, test_perturb, tear_down);
  g_test_add ("/probes/interpolate", Fixture, NULL, set_up, test_interpolate, tear_down);
  g_test_add ("/probes/influence", Fixture, NULL, set_up, test_influence, tear_down);
  g_test_add ("/probes/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  g_test_add ("/probes/no-engine", Fixture, NULL, set_up, test_no_engine, tear_down);
  g_test_add ("/probes/pins", Fixture, NULL, set_up, test_pins, tear_down);
  g_test_add ("/probes/pins-of-another-model", Fixture, NULL, set_up, test_pins_of_another_model, tear_down);
  return g_test_run ();
}
