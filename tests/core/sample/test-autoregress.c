#include "core/sample/autoregress.h"

#include "core/base/random.h"
#include "core/sample/softmax.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "../file/scratch.h"
#include "../tiny-networks.h"

static const int32_t prompt[] = {2, 40, 7};
enum { END = 3 };

typedef struct {
  CosmosParameters *parameters;
  CosmosLanguageModel *model;
  CosmosPool *pool;
  CosmosAutoregressSettings settings;
} Fixture;

static void set_up (Fixture *self, gconstpointer data)
{
  CosmosLanguageModelSizes sizes = tiny_language_model_sizes ();
  (void) data;
  self->parameters = cosmos_parameters_new_random (3, tiny_compute);
  self->model = cosmos_language_model_new (&sizes, self->parameters, NULL);
  self->pool = cosmos_pool_new (2);
  self->settings = cosmos_autoregress_settings_default (NULL);
  self->settings.max_tokens = 20;
  g_assert_nonnull (self->model);
}

static void tear_down (Fixture *self, gconstpointer data)
{
  (void) data;
  cosmos_language_model_free (self->model);
  cosmos_parameters_free (self->parameters);
  cosmos_pool_free (self->pool);
}

static CosmosAutoregress *start (Fixture *self, int32_t end)
{
  CosmosError err;
  CosmosAutoregress *writer = cosmos_autoregress_new_from_tokens (self->model, self->pool, &self->settings, prompt, 3, end, &err);
  if (!writer)
    g_error ("%s", err.message);
  return writer;
}

static CosmosAutoregress *finish (CosmosAutoregress *writer)
{
  CosmosError err;
  for (bool done = false; !done;)
    if (!cosmos_autoregress_advance (writer, NULL, &done, &err))
      g_error ("%s", err.message);
  return writer;
}

/* Each token against the whole sequence read at once. */
static void test_greedy_against_model (Fixture *self, gconstpointer data)
{
  (void) data;
  self->settings.temperature = 0;
  CosmosAutoregress *writer = finish (start (self, -1));
  CosmosGraph *graph = cosmos_graph_new (self->pool, NULL);
  int32_t ids[23] = {2, 40, 7};
  g_assert_cmpint (cosmos_autoregress_get_n_tokens (writer), ==, 20);
  for (int i = 0; i < 20; i++)
    ids[3 + i] = cosmos_autoregress_get_token (writer, i)->id;
  CosmosTensor *logits = cosmos_language_model_predict (self->model, graph,
                                                        cosmos_language_model_run (self->model, graph, ids, 1, 23));
  g_assert_true (cosmos_graph_check (graph, NULL));
  for (int i = 0; i < 20; i++) {
    const CosmosWrittenToken *token = cosmos_autoregress_get_token (writer, i);
    const float *row = cosmos_tensor_row (logits, 2 + i);
    CosmosSoftmax softmax = cosmos_softmax (row, TINY_VOCABULARY);
    int32_t best;
    cosmos_softmax_top (row, TINY_VOCABULARY, 1, &best);
    g_assert_cmpint (token->id, ==, best);
    g_assert_cmpint (token->top[0], ==, best);
    g_assert_cmpfloat_with_epsilon (token->probability, exp (cosmos_softmax_log_probability (&softmax, row[best])), 1e-5);
    g_assert_cmpfloat_with_epsilon (token->top_probability[0], token->probability, 1e-7);
    g_assert_cmpfloat_with_epsilon (token->entropy, softmax.entropy, 1e-4);
    g_assert_true (token->top_probability[1] >= token->top_probability[4] && token->top_probability[4] > 0);
    g_assert_cmpfloat (token->seconds, >, 0);
  }
  g_assert_cmpfloat (cosmos_autoregress_get_prompt_seconds (writer), >, 0);
  char *found = cosmos_autoregress_get_text (writer);
  g_assert_cmpstr (found, ==, "");
  free (found);
  cosmos_graph_free (graph);
  cosmos_autoregress_free (writer);
}

static void test_seed (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosAutoregress *a = finish (start (self, -1)), *b = finish (start (self, -1));
  self->settings.seed = 1;
  CosmosAutoregress *c = finish (start (self, -1));
  int same = 0;
  for (int i = 0; i < 20; i++) {
    const CosmosWrittenToken *one = cosmos_autoregress_get_token (a, i), *other = cosmos_autoregress_get_token (b, i);
    g_assert_cmpint (one->id, ==, other->id);
    g_assert_cmpfloat (one->probability, ==, other->probability);
    same += one->id == cosmos_autoregress_get_token (c, i)->id;
  }
  g_assert_cmpint (same, <, 10);
  cosmos_autoregress_free (a);
  cosmos_autoregress_free (b);
  cosmos_autoregress_free (c);
}

static void test_end_token (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosAutoregress *free_run = finish (start (self, -1));
  int32_t end = cosmos_autoregress_get_token (free_run, 6)->id;
  int first = 0;
  while (cosmos_autoregress_get_token (free_run, first)->id != end)
    first++;
  CosmosAutoregress *ended = finish (start (self, end));
  g_assert_cmpint (cosmos_autoregress_get_n_tokens (ended), ==, first);
  bool done = false;
  g_assert_true (cosmos_autoregress_advance (ended, NULL, &done, NULL));
  g_assert_true (done);
  g_assert_cmpint (cosmos_autoregress_get_n_tokens (ended), ==, first);
  cosmos_autoregress_free (free_run);
  cosmos_autoregress_free (ended);
}

static void test_full_context (Fixture *self, gconstpointer data)
{
  (void) data;
  self->settings.max_tokens = 5000;
  CosmosAutoregress *writer = finish (start (self, -1));
  g_assert_cmpint (cosmos_autoregress_get_n_tokens (writer), ==, 97); /* 100 with the prompt */
  cosmos_autoregress_free (writer);
}

static void test_cancel (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosAutoregress *undisturbed = finish (start (self, -1)), *writer = start (self, -1);
  for (int i = 0; i < 20; i++) {
    CosmosProgress progress = {0};
    CosmosError err;
    bool done = false;
    atomic_store (&progress.cancelled, true);
    g_assert_false (cosmos_autoregress_advance (writer, &progress, &done, &err));
    g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
    g_assert_cmpint (cosmos_autoregress_get_n_tokens (writer), ==, i);
    g_assert_true (cosmos_autoregress_advance (writer, NULL, &done, &err));
    g_assert_false (done);
    g_assert_cmpint (cosmos_autoregress_get_token (writer, i)->id, ==, cosmos_autoregress_get_token (undisturbed, i)->id);
  }
  cosmos_autoregress_free (undisturbed);
  cosmos_autoregress_free (writer);
}

/* ---- texts ---- */

/* In millionths. */
static int32_t first_probability (Fixture *self, const CosmosLanguageModel *model, const int32_t *ids, size_t n)
{
  CosmosAutoregress *writer = cosmos_autoregress_new_from_tokens (model, self->pool, &self->settings, ids, n, -1, NULL);
  bool done;
  g_assert_true (cosmos_autoregress_advance (writer, NULL, &done, NULL));
  float probability = cosmos_autoregress_get_token (writer, 0)->probability;
  cosmos_autoregress_free (writer);
  return (int32_t) (1e6f * probability);
}

/* What precedes a prompt, by what the file declares: the first probability gives it away. */
static void test_framing (Fixture *self, gconstpointer data)
{
  static const struct {
    TinyBegin begin;
    const char *prompt;
    int32_t ids[3];
    int n;
  } cases[] = {
    {TINY_BEGIN_CLS, " Tom  ran", {TINY_CLS, TINY_TOM, TINY_RAN}, 3},
    {TINY_BEGIN_CLS, "", {TINY_CLS}, 1},
    {TINY_BEGIN_ADDED, "Tom", {TINY_CLS, TINY_TOM}, 2},
    {TINY_BEGIN_NOT_ADDED, "Tom", {TINY_TOM}, 1},
    {TINY_BEGIN_NOT_ADDED, "", {TINY_SEP}, 1}, /* as after another text */
    {TINY_BEGIN_NONE, "Tom ran", {TINY_TOM, TINY_RAN}, 2},
  };
  (void) data;
  self->settings.temperature = 0;
  char *folder = scratch_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    CosmosLanguageModel *model = tiny_language_model_open (folder, cases[i].begin);
    CosmosError err;
    CosmosAutoregress *writer = cosmos_autoregress_new (model, self->pool, &self->settings, cases[i].prompt,
                                                        strlen (cases[i].prompt), &err);
    bool done;
    g_assert_nonnull (writer);
    g_assert_true (cosmos_autoregress_advance (writer, NULL, &done, &err));
    if (!done)
      g_assert_cmpint ((int32_t) (1e6f * cosmos_autoregress_get_token (writer, 0)->probability), ==,
                       first_probability (self, model, cases[i].ids, (size_t) cases[i].n));
    cosmos_autoregress_free (writer);
    cosmos_language_model_free (model);
  }
  scratch_free (folder);
}

static void test_text (Fixture *self, gconstpointer data)
{
  (void) data;
  char *folder = scratch_new ();
  CosmosLanguageModel *model = tiny_language_model_open (folder, TINY_BEGIN_CLS);
  CosmosError err;
  self->settings.temperature = 3;
  for (self->settings.seed = 0; self->settings.seed < 20; self->settings.seed++) {
    CosmosAutoregress *writer = cosmos_autoregress_new (model, self->pool, &self->settings, "Tom", 3, &err);
    finish (writer);
    for (int i = 0; i < cosmos_autoregress_get_n_tokens (writer); i++) {
      g_assert_cmpint (cosmos_autoregress_get_token (writer, i)->id, <, TINY_WORDS); /* no row without a token */
      g_assert_cmpint (cosmos_autoregress_get_token (writer, i)->id, !=, TINY_SEP);
    }
    char *text = cosmos_autoregress_get_text (writer);
    g_assert_true (g_str_has_prefix (text, "Tom"));
    free (text);
    cosmos_autoregress_free (writer);
  }
  g_autofree char *long_text = g_strnfill (300, '.');
  g_assert_null (cosmos_autoregress_new (model, self->pool, &self->settings, long_text, 300, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_null (cosmos_autoregress_new (model, self->pool, &self->settings, "\xff", 1, &err));
  cosmos_language_model_free (model);
  scratch_free (folder);
}

/* ---- choosing ---- */

enum { N = 50, DRAWS = 20000 };

static void draw_many (const CosmosAutoregressSettings *settings, const float *logits, int counts[N])
{
  float weights[N];
  int32_t ids[N];
  memset (counts, 0, N * sizeof *counts);
  for (uint32_t i = 0; i < DRAWS; i++) {
    int32_t id = cosmos_autoregress_choose (settings, logits, N, i, weights, ids);
    g_assert_true (id >= 0 && id < N);
    counts[id]++;
  }
}

/* Shares of draws against the distribution that is left, made by sorting; five standard errors. */
static void test_choose_distribution (void)
{
  static const struct {
    double temperature;
    int top_k;
    double top_p;
  } cases[] = {{1, 0, 1},     {0.5, 0, 1}, {2, 0, 1}, {1, 5, 1},    {1, 0, 0.6},
               {0.7, 8, 0.5}, {1, 500, 1}, {1, 1, 1}, {1, 0, 1e-9}, {1.5, 30, 0.9}};
  float logits[N];
  cosmos_random_normal (77, 0, 0, logits, N);
  logits[20] = -INFINITY;
  logits[31] = logits[30]; /* equal ones: the smaller id first */
  for (size_t c = 0; c < G_N_ELEMENTS (cases); c++) {
    CosmosAutoregressSettings settings = {cases[c].temperature, cases[c].top_k, cases[c].top_p, 5, 1};
    int order[N], counts[N];
    double probability[N], sum = 0, kept = 0;
    for (int i = 0; i < N; i++) {
      order[i] = i;
      for (int j = i; j > 0 && logits[order[j]] > logits[order[j - 1]]; j--) {
        int swapped = order[j];
        order[j] = order[j - 1];
        order[j - 1] = swapped;
      }
    }
    int k = cases[c].top_k > 0 ? MIN (cases[c].top_k, N) : N, n = 0;
    for (int i = 0; i < k; i++)
      sum += exp ((double) logits[order[i]] / cases[c].temperature);
    while (n < k && (n == 0 || kept < cases[c].top_p * sum))
      kept += exp ((double) logits[order[n++]] / cases[c].temperature);
    for (int i = 0; i < N; i++)
      probability[order[i]] = i < n ? exp ((double) logits[order[i]] / cases[c].temperature) / kept : 0;
    draw_many (&settings, logits, counts);
    for (int i = 0; i < N; i++) {
      double p = probability[i];
      if (p == 0)
        g_assert_cmpint (counts[i], ==, 0);
      else
        g_assert_cmpfloat_with_epsilon ((double) counts[i] / DRAWS, p, 5 * sqrt (p * (1 - p) / DRAWS) + 1e-4);
    }
  }
}

static void test_choose_odd_numbers (void)
{
  CosmosAutoregressSettings settings = cosmos_autoregress_settings_default (NULL);
  const float none[] = {NAN, NAN}, one[] = {3};
  float weights[2];
  int32_t ids[2];
  g_assert_cmpint (cosmos_autoregress_choose (&settings, none, 2, 0, weights, ids), ==, -1);
  settings.top_k = 3;
  settings.top_p = 0.5;
  g_assert_cmpint (cosmos_autoregress_choose (&settings, one, 1, 0, weights, ids), ==, 0);
}

static void test_settings (void)
{
  static const struct {
    CosmosAutoregressSettings settings;
    const char *words;
  } bad[] = {
    {{-1, 0, 1, 0, 10}, "temperature"},    {{NAN, 0, 1, 0, 10}, "temperature"}, {{1, -1, 1, 0, 10}, "Top-k"},
    {{1, 0, 0, 0, 10}, "Top-p"},           {{1, 0, 1.5, 0, 10}, "Top-p"},       {{1, 0, NAN, 0, 10}, "Top-p"},
    {{1, 0, 1, 0, 0}, "number of tokens"},
  };
  CosmosAutoregressSettings settings = cosmos_autoregress_settings_default (NULL);
  CosmosError err;
  g_assert_true (cosmos_autoregress_settings_check (&settings, &err));
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_false (cosmos_autoregress_settings_check (&bad[i].settings, &err));
    g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
    g_assert_nonnull (strstr (err.message, bad[i].words));
  }
}

static void test_refusals (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosError err;
  int32_t ids[100] = {0};
  g_assert_null (cosmos_autoregress_new_from_tokens (self->model, self->pool, &self->settings, ids, 0, END, &err));
  g_assert_null (cosmos_autoregress_new_from_tokens (self->model, self->pool, &self->settings, ids, 100, END, &err));
  g_assert_nonnull (strstr (err.message, "100 in all"));
  g_assert_null (cosmos_autoregress_new (self->model, self->pool, &self->settings, "Tom", 3, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_UNSUPPORTED);
  self->settings.top_p = 2;
  g_assert_null (cosmos_autoregress_new_from_tokens (self->model, self->pool, &self->settings, ids, 3, END, &err));
}

#define ADD(name, function) g_test_add ("/autoregress/" name, Fixture, NULL, set_up, function, tear_down)

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("greedy-against-model", test_greedy_against_model);
  ADD ("seed", test_seed);
  ADD ("end-token", test_end_token);
  ADD ("full-context", test_full_context);
  ADD ("cancel", test_cancel);
  ADD ("framing", test_framing);
  ADD ("text", test_text);
  ADD ("refusals", test_refusals);
  g_test_add_func ("/autoregress/choose-distribution", test_choose_distribution);
  g_test_add_func ("/autoregress/choose-odd-numbers", test_choose_odd_numbers);
  g_test_add_func ("/autoregress/settings", test_settings);
  return g_test_run ();
}
