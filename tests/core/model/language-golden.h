/* A language model's file against what other programs make of some texts: NAME.ini of tools/golden/NAME.py. */
#pragma once

#include "core/model/language-model.h"
#include "core/study/perplexity.h"

#include <glib.h>
#include <math.h>
#include <string.h>

typedef struct {
  CosmosLanguageModel *model;
  CosmosPool *pool;
  CosmosGraph *graph;
  GKeyFile *golden;
} Setting;

static inline void set_up (Setting *self, const char *path, const char *ini)
{
  CosmosError err;
  g_autofree char *golden = g_build_filename (g_getenv ("GOLDEN"), ini, NULL);
  self->golden = g_key_file_new ();
  g_assert_true (g_key_file_load_from_file (self->golden, golden, G_KEY_FILE_NONE, NULL));
  self->model = cosmos_language_model_open (path, (CosmosCompute) {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32}, &err);
  if (!self->model)
    g_error ("%s", err.message);
  self->pool = cosmos_pool_new (0);
  self->graph = cosmos_graph_new (self->pool, NULL);
}

static inline void tear_down (Setting *self)
{
  cosmos_graph_free (self->graph);
  cosmos_pool_free (self->pool);
  cosmos_language_model_free (self->model);
  g_key_file_free (self->golden);
}

static inline void test_tokens (Setting *self, const char *name)
{
  CosmosError err;
  int32_t ids[256];
  size_t n;
  gsize n_expected;
  g_autofree char *text = g_key_file_get_string (self->golden, name, "text", NULL);
  g_autofree int *expected = g_key_file_get_integer_list (self->golden, name, "ids", &n_expected, NULL);
  const CosmosTokenizer *tokenizer = cosmos_language_model_get_tokenizer (self->model);
  g_assert_true (cosmos_tokenizer_encode (tokenizer, text, strlen (text), ids, G_N_ELEMENTS (ids), &n, &err));
  g_assert_cmpmem (ids, n * sizeof *ids, expected, n_expected * sizeof *expected);
}

/* n further tokens; *best: the most likely next one. */
static inline CosmosTensor *read_tokens (Setting *self, CosmosLanguageState *state, const int32_t *ids, size_t n, int32_t *best)
{
  CosmosError err;
  cosmos_graph_reset (self->graph);
  CosmosTensor *logits = cosmos_language_state_read (state, self->graph, ids, (int64_t) n);
  if (!cosmos_graph_check (self->graph, &err))
    g_error ("%s", err.message);
  *best = 0;
  for (int64_t i = 1; i < cosmos_tensor_get_columns (logits); i++)
    if (logits->data[i] > logits->data[*best])
      *best = (int32_t) i;
  return logits;
}

static inline void test_logits (Setting *self, const char *name, double logit_tolerance, double nll_tolerance)
{
  CosmosError err;
  CosmosPerplexity perplexity;
  gsize n, n_best, n_greedy;
  double error = 0;
  g_autofree int *text = g_key_file_get_integer_list (self->golden, name, "ids", &n, NULL);
  g_autofree int *best = g_key_file_get_integer_list (self->golden, name, "best", &n_best, NULL);
  g_autofree int *greedy = g_key_file_get_integer_list (self->golden, name, "greedy", &n_greedy, NULL);
  g_autofree double *expected = g_key_file_get_double_list (self->golden, name, "logits", &n_best, NULL);
  double nll = g_key_file_get_double (self->golden, name, "nll", NULL);
  g_autofree int32_t *ids = g_new (int32_t, n + 1);
  ids[0] = cosmos_tokenizer_get_special (cosmos_language_model_get_tokenizer (self->model), COSMOS_TOKEN_CLS);
  memcpy (ids + 1, text, n * sizeof *ids);

  g_assert_true (cosmos_perplexity_tokens (self->model, self->graph, ids, n + 1, &perplexity, &err));
  CosmosLanguageState *state = cosmos_language_state_new (self->model, (int64_t) (n + 1 + n_greedy));
  int32_t next;
  CosmosTensor *logits = read_tokens (self, state, ids, n + 1, &next);
  for (gsize i = 0; i < n_best; i++)
    error = fmax (error, fabs ((double) logits->data[best[i]] - expected[i]));
  g_test_message ("%s: logits within %.1e, nll %.6f instead of %.6f", name, error, log (perplexity.perplexity), nll);
  g_assert_cmpfloat (error, <, logit_tolerance);
  g_assert_cmpfloat_with_epsilon (log (perplexity.perplexity), nll, nll_tolerance);
  for (gsize i = 0; i < n_greedy; i++) {
    g_assert_cmpint (next, ==, greedy[i]);
    read_tokens (self, state, &(int32_t) {next}, 1, &next);
  }
  cosmos_language_state_free (state);
}

/* All texts: their tokens, and the network's numbers. */
static inline void test_texts (Setting *self, gsize n_expected, double logit_tolerance, double nll_tolerance)
{
  gsize n;
  g_auto (GStrv) names = g_key_file_get_groups (self->golden, &n);
  g_assert_cmpuint (n, ==, n_expected);
  for (gsize i = 0; i < n; i++) {
    g_test_message ("%s", names[i]);
    test_tokens (self, names[i]);
    test_logits (self, names[i], logit_tolerance, nll_tolerance);
  }
}
