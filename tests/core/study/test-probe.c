#include "core/study/probe.h"

#include "core/base/random.h"
#include "core/study/metrics.h"

#include <math.h>
#include <string.h>

#include <glib.h>

#include "../tiny-networks.h"

typedef struct {
  CosmosConfig config;
  CosmosPipeline *pipeline;
  CosmosPool *pool;
  size_t count;
} Fixture;

static void set_up (Fixture *self, gconstpointer data)
{
  (void) data;
  self->config = tiny_config ();
  self->pipeline = tiny_pipeline (&self->config);
  self->pool = cosmos_pool_new (2);
  self->count = (size_t) self->config.latents * (size_t) self->config.latent_width;
}

static void tear_down (Fixture *self, gconstpointer data)
{
  (void) data;
  cosmos_pipeline_free (self->pipeline);
  cosmos_pool_free (self->pool);
}

static void must (bool ok, const CosmosError *err)
{
  if (!ok)
    g_error ("%s", err->message);
}

/* More than a batch of texts of all lengths. Each against the networks' parts, called for it alone. */
static void test_reconstruct (Fixture *self, gconstpointer data)
{
  enum { TEXTS = COSMOS_PROBE_BATCH + 3, L = TINY_TOKENS };
  (void) data;
  int32_t ids[TEXTS][L];
  bool keep[TEXTS][L];
  CosmosReconstruction results[TEXTS];
  CosmosError err;
  for (int i = 0; i < TEXTS; i++)
    for (int j = 0; j < L; j++) {
      keep[i][j] = j < 2 + i % (L - 1);
      ids[i][j] = keep[i][j] ? (31 * i + 7 * j) % TINY_VOCABULARY : 0;
    }
  must (cosmos_reconstruct_tokens (self->pipeline, self->pool, ids[0], keep[0], TEXTS, results, NULL, &err), &err);
  CosmosGraph *graph = cosmos_graph_new (self->pool, NULL);
  for (int i = 0; i < TEXTS; i++) {
    cosmos_graph_reset (graph);
    CosmosTensor *h = cosmos_pipeline_read (self->pipeline, graph, ids[i], keep[i], 1, L);
    CosmosTensor *z = cosmos_pipeline_encode (self->pipeline, graph, ids[i], keep[i], 1, L);
    CosmosTensor *guess = cosmos_pipeline_decode (self->pipeline, graph, z),
                 *logits = cosmos_pipeline_predict (self->pipeline, graph, guess);
    CosmosTokenGuess tokens[L];
    double mse = 0, mean = 0, square = 0;
    int n_tokens = 0, right = 0;
    g_assert_true (cosmos_graph_check (graph, NULL) && cosmos_token_guesses (self->pool, logits, tokens, NULL));
    for (int j = 0; j < L && keep[i][j]; j++) {
      n_tokens++;
      right += tokens[j].id == ids[i][j];
      for (int c = 0; c < self->config.encoder.width; c++)
        mse += pow ((double) cosmos_tensor_row (h, j)[c] - (double) cosmos_tensor_row (guess, j)[c], 2)
               / self->config.encoder.width;
    }
    for (size_t c = 0; c < self->count; c++) {
      mean += (double) z->data[c] / (double) self->count;
      square += (double) z->data[c] * (double) z->data[c] / (double) self->count;
    }
    g_assert_cmpint (results[i].n_tokens, ==, n_tokens);
    g_assert_cmpint (results[i].n_right, ==, right);
    g_assert_true (results[i].exact == (right == n_tokens));
    g_assert_cmpfloat_with_epsilon (results[i].mse, mse / n_tokens, 1e-4);
    g_assert_cmpfloat_with_epsilon (results[i].latent_mean, mean, 1e-5);
    g_assert_cmpfloat_with_epsilon (results[i].latent_std, sqrt (square - mean * mean), 1e-5);
    g_assert_cmpint (results[i].decoding->n_positions, ==, L);
    for (size_t c = 0; c < self->count; c++)
      g_assert_cmpfloat_with_epsilon (results[i].latents[c], z->data[c], 1e-4f);
    for (int j = 0; j < L; j++)
      g_assert_cmpint (results[i].expected[j], ==, keep[i][j] ? ids[i][j] : -1);
    cosmos_reconstruction_clear (&results[i]);
    g_assert_null (results[i].decoding);
  }
  cosmos_graph_free (graph);
}

/* What the decompressor says counts as right where it is told to be: pads are not looked at. */
static void test_right_tokens_are_counted (Fixture *self, gconstpointer data)
{
  enum { L = TINY_TOKENS };
  (void) data;
  int32_t ids[L] = {2, 5, 9, 3};
  bool keep[L] = {true, true, true, true};
  CosmosReconstruction result;
  CosmosError err;
  /* Whatever it answers becomes the text, until an answer is its own. */
  for (int round = 0; round < 30; round++) {
    must (cosmos_reconstruct_tokens (self->pipeline, self->pool, ids, keep, 1, &result, NULL, &err), &err);
    int right = 0;
    for (int i = 0; i < 4; i++)
      right += result.decoding->tokens[i].id == ids[i];
    g_assert_cmpint (result.n_right, ==, right);
    g_assert_cmpint (result.n_tokens, ==, 4);
    for (int i = 0; i < 4; i++)
      ids[i] = result.decoding->tokens[i].id;
    cosmos_reconstruction_clear (&result);
  }
}

static void test_perturb (Fixture *self, gconstpointer data)
{
  enum { SIGMAS = COSMOS_PROBE_BATCH + 2 };
  (void) data;
  CosmosError err;
  g_autofree float *latents = g_new (float, self->count), *noise = g_new (float, self->count);
  double sigmas[SIGMAS];
  CosmosPerturbation results[SIGMAS];
  cosmos_random_normal (1, 9, 0, latents, self->count);
  cosmos_random_normal (8, 0, 0, noise, self->count);
  for (int i = 0; i < SIGMAS; i++)
    sigmas[i] = 0.5 * i;
  must (cosmos_perturb_latents (self->pipeline, self->pool, latents, NULL, sigmas, SIGMAS, 8, results, NULL, &err), &err);
  g_assert_cmpfloat (results[0].bleu, ==, 1);
  g_assert_cmpfloat (results[0].token_accuracy, ==, 1);
  g_assert_cmpfloat (results[SIGMAS - 1].token_accuracy, <, 1);
  CosmosGraph *graph = cosmos_graph_new (self->pool, NULL);
  for (int i = 0; i < SIGMAS; i++) {
    g_autofree float *noisy = g_new (float, self->count);
    CosmosDecoding *expected;
    for (size_t c = 0; c < self->count; c++)
      noisy[c] = latents[c] + (float) sigmas[i] * noise[c];
    must (cosmos_decode (self->pipeline, graph, noisy, 1, &expected, &err), &err);
    int same = 0;
    int32_t a[TINY_TOKENS], b[TINY_TOKENS];
    const int32_t *candidate = a, *reference = b;
    size_t n = TINY_TOKENS;
    double bleu;
    for (int j = 0; j < TINY_TOKENS; j++) {
      a[j] = expected->tokens[j].id;
      b[j] = results[0].decoding->tokens[j].id;
      same += a[j] == b[j];
      g_assert_cmpint (results[i].decoding->tokens[j].id, ==, a[j]);
    }
    g_assert_true (cosmos_bleu (&candidate, &n, &reference, &n, 1, true, &bleu));
    g_assert_cmpfloat_with_epsilon (results[i].token_accuracy, (double) same / TINY_TOKENS, 1e-12);
    g_assert_cmpfloat_with_epsilon (results[i].bleu, bleu, 1e-12);
    g_assert_cmpfloat (results[i].sigma, ==, sigmas[i]);
    cosmos_decoding_free (expected);
  }
  for (int i = 0; i < SIGMAS; i++)
    cosmos_perturbation_clear (&results[i]);
  cosmos_graph_free (graph);
}

static void test_interpolate (Fixture *self, gconstpointer spherical)
{
  enum { N = 5 };
  CosmosError err;
  bool round = GPOINTER_TO_INT (spherical);
  g_autofree float *a = g_new (float, self->count), *b = g_new (float, self->count), *middle = g_new (float, self->count);
  CosmosDecoding *decodings[N], *expected;
  const double mus[N] = {0, 0.25, 0.5, 0.75, 1};
  cosmos_random_normal (1, 0, 0, a, self->count);
  cosmos_random_normal (2, 0, 0, b, self->count);
  must (cosmos_interpolate_latents (self->pipeline, self->pool, a, b, mus, N, round, decodings, NULL, &err), &err);
  double product = 0, square_a = 0, square_b = 0;
  for (size_t i = 0; i < self->count; i++) {
    product += (double) a[i] * (double) b[i];
    square_a += (double) a[i] * (double) a[i];
    square_b += (double) b[i] * (double) b[i];
  }
  /* In the middle of the arc both ends have the weight 1 / (2 cos (angle / 2)). */
  double angle = acos (product / sqrt (square_a * square_b)), weight = round ? 0.5 / cos (angle / 2) : 0.5;
  for (size_t i = 0; i < self->count; i++)
    middle[i] = (float) (weight * ((double) a[i] + (double) b[i]));
  CosmosGraph *graph = cosmos_graph_new (self->pool, NULL);
  const float *latents[] = {a, middle, b};
  for (int k = 0; k < 3; k++) {
    must (cosmos_decode (self->pipeline, graph, latents[k], 1, &expected, &err), &err);
    for (int j = 0; j < TINY_TOKENS; j++) {
      g_assert_cmpint (decodings[2 * k]->tokens[j].id, ==, expected->tokens[j].id);
      g_assert_cmpfloat_with_epsilon (decodings[2 * k]->tokens[j].entropy, expected->tokens[j].entropy, 1e-4);
    }
    cosmos_decoding_free (expected);
  }
  for (int k = 0; k < N; k++)
    cosmos_decoding_free (decodings[k]);
  cosmos_graph_free (graph);
}

/* Directions without an angle between them are mixed straight. */
static void test_interpolate_odd_directions (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosError err;
  g_autofree float *a = g_new0 (float, self->count), *b = g_new (float, self->count);
  cosmos_random_normal (2, 0, 0, b, self->count);
  for (int what = 0; what < 3; what++) {
    CosmosDecoding *decodings[3];
    for (size_t i = 0; i < self->count; i++)
      a[i] = what == 0 ? 0 : what == 1 ? b[i] : -b[i];
    must (cosmos_interpolate_latents (self->pipeline, self->pool, a, b, (double[]) {0, 0.5, 1}, 3, true, decodings, NULL, &err),
          &err);
    for (int k = 0; k < 3; k++)
      cosmos_decoding_free (decodings[k]);
  }
}

/* A decode that is there already changes nothing but the time. */
static void test_clean_decode (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosError err;
  const double sigmas[] = {0.5, 2};
  g_autofree float *latents = g_new (float, self->count);
  CosmosPerturbation with[2], without[2];
  CosmosDecoding *clean;
  CosmosGraph *graph = cosmos_graph_new (self->pool, NULL);
  cosmos_random_normal (1, 9, 0, latents, self->count);
  must (cosmos_decode (self->pipeline, graph, latents, 1, &clean, &err), &err);
  must (cosmos_perturb_latents (self->pipeline, self->pool, latents, clean, sigmas, 2, 8, with, NULL, &err), &err);
  must (cosmos_perturb_latents (self->pipeline, self->pool, latents, NULL, sigmas, 2, 8, without, NULL, &err), &err);
  for (int i = 0; i < 2; i++) {
    g_assert_cmpfloat (with[i].bleu, ==, without[i].bleu);
    g_assert_cmpfloat (with[i].token_accuracy, ==, without[i].token_accuracy);
    cosmos_perturbation_clear (&with[i]);
    cosmos_perturbation_clear (&without[i]);
  }
  cosmos_decoding_free (clean);
  cosmos_graph_free (graph);
}

/* Against decodes made by hand; a latent that is 0 already does nothing. */
static void test_influence (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosError err;
  const CosmosConfig *config = cosmos_pipeline_get_config (self->pipeline);
  const size_t Z = (size_t) config->latent_width, N = (size_t) config->latents;
  g_autofree float *latents = g_new (float, self->count), *influence = g_new (float, N *TINY_TOKENS);
  CosmosDecoding *clean, *without;
  CosmosGraph *graph = cosmos_graph_new (self->pool, NULL);
  cosmos_random_normal (1, 9, 0, latents, self->count);
  memset (latents, 0, Z * sizeof *latents);
  must (cosmos_measure_influence (self->pipeline, self->pool, latents, NULL, influence, NULL, &err), &err);
  must (cosmos_decode (self->pipeline, graph, latents, 1, &clean, &err), &err);
  for (size_t i = 0; i < 2; i++) {
    g_autofree float *changed = g_memdup2 (latents, self->count * sizeof *latents);
    memset (changed + i * Z, 0, Z * sizeof *changed);
    must (cosmos_decode (self->pipeline, graph, changed, 1, &without, &err), &err);
    for (int j = 0; j < TINY_TOKENS; j++) {
      float left = 0;
      for (int k = 0; k < COSMOS_TOP_K; k++)
        left = without->tokens[j].top[k] == clean->tokens[j].id ? without->tokens[j].top_probability[k] : left;
      g_assert_cmpfloat_with_epsilon (influence[i * TINY_TOKENS + (size_t) j], clean->tokens[j].probability - left, 1e-5f);
    }
    cosmos_decoding_free (without);
  }
  for (int j = 0; j < TINY_TOKENS; j++)
    g_assert_cmpfloat_with_epsilon (influence[j], 0, 1e-5f);
  cosmos_decoding_free (clean);
  cosmos_graph_free (graph);
  latents[5] = NAN;
  g_assert_false (cosmos_measure_influence (self->pipeline, self->pool, latents, NULL, influence, NULL, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CORRUPT);
}

static void count_reports (double fraction, const char *what, void *data)
{
  g_assert_true (fraction >= 0 && fraction <= 1 && what[0]);
  ++*(int *) data;
}

static void test_refusals (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosError err;
  const char *text = "Tom ran home.";
  g_autofree float *latents = g_new0 (float, self->count);
  CosmosReconstruction result = {.n_tokens = -1};
  CosmosPerturbation perturbation = {.sigma = -1};
  CosmosDecoding *decodings[2] = {NULL, NULL};
  /* Random networks have no tokenizer. */
  g_assert_false (cosmos_reconstruct (self->pipeline, self->pool, &text, 1, &result, NULL, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_UNSUPPORTED);
  g_assert_false (cosmos_perturb (self->pipeline, self->pool, text, (double[]) {1}, 1, 0, &perturbation, NULL, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_UNSUPPORTED);
  g_assert_false (cosmos_interpolate (self->pipeline, self->pool, text, text, 2, false, decodings, NULL, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_UNSUPPORTED);

  for (size_t n = 1; n <= 1001; n += 1000) {
    g_assert_false (cosmos_interpolate (self->pipeline, self->pool, text, text, n, false, decodings, NULL, &err));
    g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  }

  int32_t ids[TINY_TOKENS] = {2, TINY_VOCABULARY, 3};
  const bool keep[TINY_TOKENS] = {true, true, true};
  g_assert_false (cosmos_reconstruct_tokens (self->pipeline, self->pool, ids, keep, 1, &result, NULL, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_false (
      cosmos_perturb_latents (self->pipeline, self->pool, latents, NULL, (double[]) {NAN}, 1, 0, &perturbation, NULL, &err));
  g_assert_false (
      cosmos_perturb_latents (self->pipeline, self->pool, latents, NULL, (double[]) {-1}, 1, 0, &perturbation, NULL, &err));
  g_assert_false (cosmos_interpolate_latents (self->pipeline, self->pool, latents, latents, (double[]) {-0.5}, 1, false,
                                              decodings, NULL, &err));
  g_assert_false (cosmos_interpolate_latents (self->pipeline, self->pool, latents, latents, (double[]) {NAN}, 1, false, decodings,
                                              NULL, &err));

  int reports = 0;
  CosmosProgress progress = {.report = count_reports, .data = &reports};
  atomic_store (&progress.cancelled, true);
  ids[1] = 5;
  g_assert_false (cosmos_reconstruct_tokens (self->pipeline, self->pool, ids, keep, 1, &result, &progress, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
  g_assert_false (cosmos_interpolate_latents (self->pipeline, self->pool, latents, latents, (double[]) {0, 1}, 2, false,
                                              decodings, &progress, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
  g_assert_cmpint (reports, ==, 2);
  g_assert_cmpint (result.n_tokens, ==, -1);
  g_assert_cmpfloat (perturbation.sigma, ==, -1);
  g_assert_true (!decodings[0] && !decodings[1]);

  latents[3] = NAN;
  g_assert_false (cosmos_interpolate_latents (self->pipeline, self->pool, latents, latents, (double[]) {0, 1}, 2, false,
                                              decodings, NULL, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CORRUPT);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/probe/reconstruct", Fixture, NULL, set_up, test_reconstruct, tear_down);
  g_test_add ("/probe/right-tokens-are-counted", Fixture, NULL, set_up, test_right_tokens_are_counted, tear_down);
  g_test_add ("/probe/perturb", Fixture, NULL, set_up, test_perturb, tear_down);
  g_test_add ("/probe/interpolate/straight", Fixture, GINT_TO_POINTER (0), set_up, test_interpolate, tear_down);
  g_test_add ("/probe/interpolate/spherical", Fixture, GINT_TO_POINTER (1), set_up, test_interpolate, tear_down);
  g_test_add ("/probe/interpolate/odd-directions", Fixture, NULL, set_up, test_interpolate_odd_directions, tear_down);
  g_test_add ("/probe/clean-decode", Fixture, NULL, set_up, test_clean_decode, tear_down);
  g_test_add ("/probe/influence", Fixture, NULL, set_up, test_influence, tear_down);
  g_test_add ("/probe/refusals", Fixture, NULL, set_up, test_refusals, tear_down);
  return g_test_run ();
}
