/* models/recipes/tiny.ini on texts of a small grammar, in under a minute: the text encoder, the autoencoder and the denoiser must have learnt what they
 * are for. Too slow under sanitizers, which have their own small training in test-trainer. */
#include "fixture.h"

#include "train/bundle.h"

#include "core/base/random.h"
#include "core/model/pipeline.h"
#include "core/sample/schedule.h"
#include "core/study/probe.h"

#include <math.h>
#include <stdio.h>

enum { TEXTS = 400, SEED = 5 };

static const char *pick (const char *const *words, int n, int text, int place)
{
  return words[(int) (cosmos_random_uniform (SEED, (uint32_t) text, (uint64_t) place) * n)];
}

#define PICK(text, place, ...) \
  pick ((const char *const[]) {__VA_ARGS__}, (int) (sizeof ((const char *const[]) {__VA_ARGS__}) / sizeof (char *)), text, place)

static char *write_text (int i)
{
  return g_strdup_printf ("%s %s a %s %s in the %s. %s", PICK (i, 0, "Sally", "Tom", "Anna", "Max", "Lucy", "Ben", "Mia", "Sam"),
                          PICK (i, 1, "saw", "found", "lost", "liked", "bought", "drew"),
                          PICK (i, 2, "red", "small", "old", "green", "happy", "big"),
                          PICK (i, 3, "dog", "ball", "cat", "house", "car", "hat", "boat", "bird"),
                          PICK (i, 4, "park", "school", "garden", "shop", "lake"),
                          PICK (i, 5, "It was fun.", "He went home.", "She was glad.", "They all laughed."));
}

typedef struct {
  Fixture fixture;
  CosmosRecipe recipe;
  CosmosTokenizer *tokenizer;
  CosmosCorpus *corpus;
  CosmosPool *pool;
  CosmosPipeline *pipeline;
  double loss, plain_loss; /* of the denoiser at the end: with and without self-conditioning */
  char *texts[TEXTS];
} Setting;

static void write_corpus (Setting *self)
{
  GString *lines = g_string_new (NULL);
  for (int i = 0; i < TEXTS; i++) {
    self->texts[i] = write_text (i);
    g_string_append_printf (lines, "{\"text\": \"%s\"}\n", self->texts[i]);
  }
  fixture_write (&self->fixture, "story/train.jsonl", lines->str);
  fixture_write (&self->fixture, "story/valid.jsonl", lines->str);
  g_string_free (lines, TRUE);
}

static void make_tokenizer (Setting *self)
{
  CosmosError err;
  size_t length;
  CosmosBytePairTrainer *words = cosmos_byte_pair_trainer_new (&err);
  assert_ok (cosmos_corpus_count_words (&self->recipe, self->fixture.folder, words, NULL, &err), &err);
  char *json = cosmos_byte_pair_trainer_finish (words, self->recipe.config.vocabulary, &length, NULL, &err);
  self->tokenizer = cosmos_tokenizer_new_from_json_bytes (json, length, "made", &err);
  assert_ok (self->tokenizer, &err);
  self->recipe.config.vocabulary = cosmos_tokenizer_get_size (self->tokenizer);
  free (json);
  cosmos_byte_pair_trainer_free (words);
}

static void hear (const CosmosTrainingReport *report, void *data)
{
  Setting *self = data;
  for (int i = 0; report->evaluation && i < report->evaluation->n; i++) {
    if (strcmp (report->evaluation->items[i].name, "story loss") == 0)
      self->loss = report->evaluation->items[i].value;
    if (strcmp (report->evaluation->items[i].name, "story plain loss") == 0)
      self->plain_loss = report->evaluation->items[i].value;
  }
}

static void train (Setting *self)
{
  CosmosError err;
  g_autofree char *bundle = fixture_path (&self->fixture, "tiny.gguf");
  CosmosTraining training = {.recipe = &self->recipe,
                             .tokenizer = self->tokenizer,
                             .corpus = self->corpus,
                             .folder = self->fixture.folder,
                             .pool = self->pool,
                             .compute = cosmos_compute_get_best ()};
  CosmosTrainingOptions options = {.checkpoint_seconds = 1e9, .report_seconds = 1e9, .report = hear, .data = self};
  for (int i = 0; i < 3; i++)
    assert_ok (cosmos_train_stage (&training, cosmos_stage_get (i), &options, NULL, &err), &err);
  CosmosBundleRequest request = {.output = bundle, .dtype = COSMOS_DTYPE_F32};
  assert_ok (cosmos_bundle_write (&self->recipe, self->fixture.folder, &request, NULL, &err), &err);
  self->pipeline = cosmos_pipeline_open (bundle, training.compute, &err);
  assert_ok (self->pipeline, &err);
}

static void set_up (Setting *self, gconstpointer unused)
{
  CosmosError err;
  g_autofree char *path = g_build_filename (g_getenv ("SOURCE_ROOT"), "models", "recipes", "tiny.ini", NULL);
  fixture_set_up (&self->fixture, NULL);
  assert_ok (cosmos_recipe_read (&self->recipe, path, &err), &err);
  write_corpus (self);
  make_tokenizer (self);
  self->corpus = cosmos_corpus_load (&self->recipe, self->tokenizer, self->fixture.folder, NULL, &err);
  assert_ok (self->corpus, &err);
  self->pool = cosmos_pool_new (1); /* other tests run beside it */
  gint64 start = g_get_monotonic_time ();
  train (self);
  g_test_message ("trained in %.1f s", (double) (g_get_monotonic_time () - start) / 1e6);
}

static void tear_down (Setting *self, gconstpointer unused)
{
  cosmos_pipeline_free (self->pipeline);
  cosmos_pool_free (self->pool);
  cosmos_corpus_free (self->corpus);
  cosmos_tokenizer_free (self->tokenizer);
  for (int i = 0; i < TEXTS; i++)
    g_free (self->texts[i]);
  fixture_tear_down (&self->fixture, NULL);
}

/* ---- reconstruction ---- */

static double measure_accuracy (Setting *self)
{
  CosmosError err;
  CosmosReconstruction *results = g_new0 (CosmosReconstruction, TEXTS);
  assert_ok (cosmos_reconstruct (self->pipeline, self->pool, (const char *const *) self->texts, TEXTS, results, NULL, &err),
             &err);
  int n = 0, right = 0;
  for (int i = 0; i < TEXTS; i++) {
    n += results[i].n_tokens;
    right += results[i].n_right;
    cosmos_reconstruction_clear (&results[i]);
  }
  g_free (results);
  return (double) right / n;
}

/* ---- the best linear denoiser: of Gaussian latents with the same covariance ---- */

/* Eigenvalues of a symmetric matrix by Jacobi's rotations; a is used up. */
static void find_eigenvalues (double *a, int n, double *values)
{
  for (int sweep = 0; sweep < 30; sweep++) {
    double rest = 0;
    for (int p = 0; p < n; p++)
      for (int q = p + 1; q < n; q++)
        rest += a[p * n + q] * a[p * n + q];
    if (rest < 1e-9)
      break;
    for (int p = 0; p < n; p++)
      for (int q = p + 1; q < n; q++) {
        if (fabs (a[p * n + q]) < 1e-12)
          continue;
        double theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
        double t = (theta < 0 ? -1 : 1) / (fabs (theta) + sqrt (theta * theta + 1)), c = 1 / sqrt (t * t + 1), s = t * c;
        for (int k = 0; k < n; k++) {
          double x = a[p * n + k], y = a[q * n + k];
          a[p * n + k] = c * x - s * y;
          a[q * n + k] = s * x + c * y;
        }
        for (int k = 0; k < n; k++) {
          double x = a[k * n + p], y = a[k * n + q];
          a[k * n + p] = c * x - s * y;
          a[k * n + q] = s * x + c * y;
        }
      }
  }
  for (int i = 0; i < n; i++)
    values[i] = a[i * n + i];
}

/* Normalised latents of all texts. */
static float *encode_all (Setting *self, int n)
{
  CosmosError err;
  const int64_t L = self->recipe.config.tokens;
  float *all = g_new (float, TEXTS *n);
  CosmosGraph *graph = cosmos_graph_new (self->pool, NULL);
  for (int i = 0; i < TEXTS; i++) {
    int32_t ids[64];
    bool keep[64];
    assert_ok (cosmos_pipeline_frame (self->pipeline, self->texts[i], strlen (self->texts[i]), L, ids, keep, NULL, NULL, &err),
               &err);
    cosmos_graph_reset (graph);
    CosmosTensor *z = cosmos_pipeline_encode (self->pipeline, graph, ids, keep, 1, L);
    assert_ok (cosmos_graph_check (graph, &err), &err);
    memcpy (all + i * n, z->data, (size_t) n * sizeof *all);
  }
  cosmos_graph_free (graph);
  return all;
}

/* E over t and data of |z - best linear guess|^2 / n: the mean of lambda sigma^2 / (alpha^2 lambda + sigma^2). */
static double measure_linear (Setting *self, const float *latents, int n)
{
  double *covariance = g_new0 (double, n *n), *values = g_new (double, n), loss = 0;
  for (int i = 0; i < TEXTS; i++)
    for (int p = 0; p < n; p++)
      for (int q = 0; q < n; q++)
        covariance[p * n + q] += (double) latents[i * n + p] * (double) latents[i * n + q] / TEXTS;
  find_eigenvalues (covariance, n, values);
  enum { TIMES = 400 };
  for (int k = 0; k < TIMES; k++) {
    CosmosSchedule schedule = {self->recipe.config.schedule_d};
    double t = (k + .5) / TIMES, alpha = cosmos_schedule_get_alpha (schedule, t), sigma = cosmos_schedule_get_sigma (schedule, t);
    for (int i = 0; i < n; i++) {
      double lambda = fmax (values[i], 0);
      loss += lambda * sigma * sigma / (alpha * alpha * lambda + sigma * sigma) / n / TIMES;
    }
  }
  g_free (covariance);
  g_free (values);
  return loss;
}

static double measure_denoiser (Setting *self, const float *latents, int n)
{
  CosmosError err;
  const int64_t shape[] = {TEXTS, self->recipe.config.latents, self->recipe.config.latent_width};
  float *x = g_new (float, TEXTS *n);
  double *times = g_new (double, TEXTS), loss = 0;
  CosmosSchedule schedule = {self->recipe.config.schedule_d};
  cosmos_random_normal (SEED, 7, 0, x, (size_t) (TEXTS * n));
  for (int i = 0; i < TEXTS; i++) {
    times[i] = (i + .5) / TEXTS;
    double alpha = cosmos_schedule_get_alpha (schedule, times[i]), sigma = cosmos_schedule_get_sigma (schedule, times[i]);
    for (int k = i * n; k < (i + 1) * n; k++)
      x[k] = (float) (alpha * (double) latents[k] + sigma * (double) x[k]);
  }
  CosmosGraph *graph = cosmos_graph_new (self->pool, NULL);
  CosmosTensor *x0 = cosmos_denoiser_run (cosmos_pipeline_get_denoiser (self->pipeline), graph,
                                          cosmos_graph_input (graph, 3, shape, x), times, NULL, NULL, (CosmosSource) {0});
  assert_ok (cosmos_graph_check (graph, &err), &err);
  for (int k = 0; k < TEXTS * n; k++)
    loss += ((double) x0->data[k] - (double) latents[k]) * ((double) x0->data[k] - (double) latents[k]) / (TEXTS * n);
  cosmos_graph_free (graph);
  g_free (x);
  g_free (times);
  return loss;
}

static void test_learns (Setting *self, gconstpointer unused)
{
  int n = self->recipe.config.latents * self->recipe.config.latent_width;
  double accuracy = measure_accuracy (self);
  g_autofree float *latents = encode_all (self, n);
  double linear = measure_linear (self, latents, n), found = measure_denoiser (self, latents, n);
  g_test_message ("tokens that come back: %.4f; denoiser's loss %.4f, best linear %.4f", accuracy, found, linear);
  g_assert_cmpfloat (accuracy, >, .9);
  g_assert_cmpfloat (found, <, linear);
  g_test_message ("with self-conditioning %.4f, without %.4f", self->loss, self->plain_loss);
  g_assert_cmpfloat (self->loss, <, self->plain_loss);
}

int main (int argc, char **argv)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
  puts ("1..0 # SKIP too slow under a sanitizer");
  return 0;
#endif
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/tiny/learns", Setting, NULL, set_up, test_learns, tear_down);
  return g_test_run ();
}
