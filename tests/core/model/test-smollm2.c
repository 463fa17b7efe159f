/* A language model of others, SmolLM2-135M-Instruct as GGUF (Q4_1, Q8_0), against what other programs make of it: tools/golden/smollm2.py. */
#include "core/model/language-model.h"
#include "core/study/perplexity.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* In f32 on both sides; what differs is the order of sums in 30 layers. Logits go up to 30. */
static const double logit_tolerance = 1e-3, nll_tolerance = 1e-4;

typedef struct {
  CosmosLanguageModel *model;
  CosmosPool *pool;
  CosmosGraph *graph;
  GKeyFile *golden;
} Setting;

/* The path of the model; NULL: there is none, and why is said. */
static char *fetch (void)
{
  GError *error = NULL;
  g_autofree char *script = g_build_filename (g_getenv ("SOURCE_ROOT"), "tests", "fetch-smollm2.py", NULL), *why = NULL;
  char *path = NULL, *words[] = {(char *) g_getenv ("PYTHON"), script, (char *) g_getenv ("FETCHED"), NULL};
  int status;
  g_assert_true (g_spawn_sync (NULL, words, NULL, G_SPAWN_DEFAULT, NULL, NULL, &path, &why, &status, &error));
  if (g_spawn_check_wait_status (status, &error))
    return g_strchomp (path);
  if (!g_error_matches (error, G_SPAWN_EXIT_ERROR, 77))
    g_error ("%s%s", why, error->message);
  g_error_free (error);
  g_test_skip (g_strchomp (why));
  g_free (path);
  return NULL;
}

static bool set_up (Setting *self)
{
  CosmosError err;
  g_autofree char *path = fetch (), *golden = g_build_filename (g_getenv ("GOLDEN"), "smollm2.ini", NULL);
  if (!path)
    return false;
  self->golden = g_key_file_new ();
  g_assert_true (g_key_file_load_from_file (self->golden, golden, G_KEY_FILE_NONE, NULL));
  self->model = cosmos_language_model_open (path, (CosmosCompute) {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32}, &err);
  if (!self->model)
    g_error ("%s", err.message);
  self->pool = cosmos_pool_new (0);
  self->graph = cosmos_graph_new (self->pool, NULL);
  return true;
}

static void tear_down (Setting *self)
{
  cosmos_graph_free (self->graph);
  cosmos_pool_free (self->pool);
  cosmos_language_model_free (self->model);
  g_key_file_free (self->golden);
}

static void test_tokens (Setting *self, const char *name)
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
static CosmosTensor *read_tokens (Setting *self, CosmosLanguageState *state, const int32_t *ids, size_t n, int32_t *best)
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

static void test_logits (Setting *self, const char *name)
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

static void test_golden (void)
{
  Setting setting = {0};
  gsize n;
  if (!set_up (&setting))
    return;
  g_assert_cmpint (cosmos_language_model_get_begin (setting.model), ==, -1); /* its file says: none is put before a text */
  g_auto (GStrv) names = g_key_file_get_groups (setting.golden, &n);
  g_assert_cmpuint (n, ==, 6);
  for (gsize i = 0; i < n; i++) {
    g_test_message ("%s", names[i]);
    test_tokens (&setting, names[i]);
    test_logits (&setting, names[i]);
  }
  tear_down (&setting);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/language-model/smollm2", test_golden);
  return g_test_run ();
}
