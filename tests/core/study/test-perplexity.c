#include "core/study/perplexity.h"

#include <math.h>
#include <string.h>

#include <glib.h>

#include "../file/scratch.h"
#include "../tiny-networks.h"

typedef struct {
  CosmosParameters *parameters;
  CosmosLanguageModel *judge;
  CosmosPool *pool;
  CosmosGraph *graph;
} Fixture;

static void set_up (Fixture *self, gconstpointer data)
{
  CosmosLanguageModelSizes sizes = tiny_language_model_sizes ();
  (void) data;
  self->parameters = cosmos_parameters_new_random (3, tiny_compute);
  self->judge = cosmos_language_model_new (&sizes, self->parameters, NULL);
  self->pool = cosmos_pool_new (2);
  self->graph = cosmos_graph_new (self->pool, NULL);
  g_assert_nonnull (self->judge);
}

static void tear_down (Fixture *self, gconstpointer data)
{
  (void) data;
  cosmos_graph_free (self->graph);
  cosmos_pool_free (self->pool);
  cosmos_language_model_free (self->judge);
  cosmos_parameters_free (self->parameters);
}

/* All logits at once, in double; 100 tokens are more than are judged at a time. */
static void test_against_definition (Fixture *self, gconstpointer data)
{
  (void) data;
  for (int n = 2; n <= 100; n += 49) {
    int32_t ids[100];
    CosmosPerplexity result;
    double sum = 0;
    for (int i = 0; i < n; i++)
      ids[i] = (i * 37 + 5) % TINY_VOCABULARY;
    g_assert_true (cosmos_perplexity_tokens (self->judge, self->graph, ids, (size_t) n, &result, NULL));
    cosmos_graph_reset (self->graph);
    CosmosTensor *logits = cosmos_language_model_predict (self->judge, self->graph,
                                                          cosmos_language_model_run (self->judge, self->graph, ids, 1, n));
    g_assert_true (cosmos_graph_check (self->graph, NULL));
    for (int i = 0; i + 1 < n; i++) {
      const float *row = cosmos_tensor_row (logits, i);
      double total = 0;
      for (int v = 0; v < TINY_VOCABULARY; v++)
        total += exp ((double) row[v]);
      sum += log (total) - (double) row[ids[i + 1]];
    }
    g_assert_cmpint (result.n_tokens, ==, n - 1);
    g_assert_cmpfloat_with_epsilon (result.perplexity / exp (sum / (n - 1)), 1, 1e-4);
  }
}

/* A begin token is given, not foreseen; without one the text's first token is. */
static void test_texts (Fixture *self, gconstpointer data)
{
  static const struct {
    TinyBegin begin;
    int32_t ids[5];
    size_t n;
  } cases[] = {
    {TINY_BEGIN_CLS, {TINY_CLS, TINY_TOM, TINY_RAN, TINY_HOME, TINY_DOT}, 5},
    {TINY_BEGIN_ADDED, {TINY_CLS, TINY_TOM, TINY_RAN, TINY_HOME, TINY_DOT}, 5},
    {TINY_BEGIN_NOT_ADDED, {TINY_TOM, TINY_RAN, TINY_HOME, TINY_DOT}, 4},
    {TINY_BEGIN_NONE, {TINY_TOM, TINY_RAN, TINY_HOME, TINY_DOT}, 4},
  };
  (void) data;
  char *folder = scratch_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    CosmosLanguageModel *judge = tiny_language_model_open (folder, cases[i].begin);
    CosmosPerplexity text, tokens;
    CosmosError err;
    g_assert_true (cosmos_perplexity (judge, self->graph, NULL, " Tom ran  home.\n", 16, &text, &err));
    g_assert_true (cosmos_perplexity_tokens (judge, self->graph, cases[i].ids, cases[i].n, &tokens, &err));
    g_assert_cmpint (text.n_tokens, ==, (int) cases[i].n - 1);
    g_assert_cmpfloat (text.perplexity, ==, tokens.perplexity);
    float state[16], row[16];
    g_assert_true (cosmos_perplexity_and_state (judge, self->graph, NULL, "Tom ran home.", 13, &text, state, &err));
    g_assert_cmpfloat (text.perplexity, ==, tokens.perplexity);
    cosmos_graph_reset (self->graph);
    CosmosTensor *hidden = cosmos_language_model_run (judge, self->graph, cases[i].ids, 1, (int64_t) cases[i].n);
    memcpy (row, cosmos_tensor_row (hidden, (int64_t) cases[i].n - 1), sizeof row);
    g_assert_cmpmem (state, sizeof state, row, sizeof row);
    g_assert_false (cosmos_perplexity (judge, self->graph, NULL, "", 0, &text, &err));
    g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
    g_autofree char *long_text = g_strnfill (100, '.');
    g_assert_false (cosmos_perplexity (judge, self->graph, NULL, long_text, 100, &text, &err));
    g_assert_nonnull (strstr (err.message, "at most 24"));
    g_assert_false (cosmos_perplexity (judge, self->graph, NULL, "\xff", 1, &text, &err));
    cosmos_language_model_free (judge);
  }
  scratch_free (folder);
}

static void test_refusals (Fixture *self, gconstpointer data)
{
  (void) data;
  int32_t ids[101] = {0};
  CosmosPerplexity result = {-1, -1};
  CosmosError err;
  g_assert_false (cosmos_perplexity_tokens (self->judge, self->graph, ids, 1, &result, &err));
  g_assert_nonnull (strstr (err.message, "too short"));
  g_assert_false (cosmos_perplexity_tokens (self->judge, self->graph, ids, 101, &result, &err));
  g_assert_nonnull (strstr (err.message, "at most 100"));
  ids[1] = TINY_VOCABULARY;
  g_assert_false (cosmos_perplexity_tokens (self->judge, self->graph, ids, 2, &result, &err));
  g_assert_false (cosmos_perplexity (self->judge, self->graph, NULL, "Tom", 3, &result, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_UNSUPPORTED);
  ids[1] = 0;
  CosmosProgress progress = {0};
  atomic_store (&progress.cancelled, true);
  cosmos_graph_set_progress (self->graph, &progress);
  g_assert_false (cosmos_perplexity_tokens (self->judge, self->graph, ids, 2, &result, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
  g_assert_cmpfloat (result.perplexity, ==, -1);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/perplexity/against-definition", Fixture, NULL, set_up, test_against_definition, tear_down);
  g_test_add ("/perplexity/texts", Fixture, NULL, set_up, test_texts, tear_down);
  g_test_add ("/perplexity/refusals", Fixture, NULL, set_up, test_refusals, tear_down);
  return g_test_run ();
}
