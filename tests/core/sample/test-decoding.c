#include "core/sample/decoding.h"

#include "core/base/random.h"

#include <math.h>
#include <string.h>

#include <glib.h>

#include "../tiny-networks.h"

static const char vocabulary[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nTom\nran\nhome\n.\nfast\n##er\n";
enum { PAD, UNK, CLS, SEP, MASK, TOM, RAN, HOME, DOT, FAST, ER, VOCABULARY };

static CosmosPool *pool;

static CosmosTokenizer *new_tokenizer (void)
{
  CosmosTokenizer *self = cosmos_tokenizer_new_from_vocabulary_bytes (vocabulary, strlen (vocabulary), false, "vocabulary", NULL);
  g_assert_nonnull (self);
  return self;
}

/* A decoding whose position i has the token ids[i] with the logit 6, all others 0. */
static CosmosDecoding *decode (const CosmosTokenizer *tokenizer, const int *ids, int n)
{
  g_autofree float *logits = g_new0 (float, n *VOCABULARY);
  for (int i = 0; i < n; i++)
    logits[i * VOCABULARY + ids[i]] = 6;
  CosmosTensor tensor = cosmos_tensor (logits, 2, (int64_t[]) {n, VOCABULARY});
  CosmosDecoding *decoding = cosmos_decoding_new (tokenizer, pool, &tensor, NULL);
  g_assert_nonnull (decoding);
  return decoding;
}

static void test_texts (void)
{
  static const struct {
    int ids[6], n, first, n_tokens;
    const char *text;
  } cases[] = {
    {{CLS, TOM, RAN, HOME, DOT, SEP}, 6, 1, 4, "Tom ran home."},
    {{CLS, FAST, ER, SEP, TOM, SEP}, 6, 1, 2, "faster"}, /* what follows the first end is garbage */
    {{TOM, RAN, SEP, PAD, PAD, PAD}, 6, 0, 2, "Tom ran"},
    {{CLS, SEP, TOM, TOM, TOM, TOM}, 6, 1, 0, ""},
    {{SEP, CLS, TOM, TOM, TOM, TOM}, 6, 0, 0, ""},
    {{CLS, TOM, TOM, TOM, TOM, TOM}, 6, 1, 5, "Tom Tom Tom Tom Tom"}, /* no end */
    {{CLS, TOM, PAD, RAN, SEP, PAD}, 6, 1, 3, "Tom ran"},             /* special ones are not shown */
    {{CLS}, 1, 1, 0, ""},
  };
  CosmosTokenizer *tokenizer = new_tokenizer ();
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    CosmosDecoding *decoding = decode (tokenizer, cases[i].ids, cases[i].n);
    double p = exp (6) / (exp (6) + VOCABULARY - 1), q = 1 / (exp (6) + VOCABULARY - 1);
    g_assert_cmpint (decoding->n_positions, ==, cases[i].n);
    g_assert_cmpint (decoding->first, ==, cases[i].first);
    g_assert_cmpint (decoding->n_tokens, ==, cases[i].n_tokens);
    g_assert_cmpstr (decoding->text, ==, cases[i].text);
    g_assert_cmpfloat_with_epsilon (decoding->confidence, decoding->n_tokens > 0 ? p : 0, 1e-6);
    g_assert_cmpfloat_with_epsilon (decoding->entropy, decoding->n_tokens > 0 ? -p * log (p) - (VOCABULARY - 1) * q * log (q) : 0,
                                    1e-5);
    cosmos_decoding_free (decoding);
  }
  cosmos_tokenizer_free (tokenizer);
}

static void test_no_tokenizer (void)
{
  CosmosDecoding *decoding = decode (NULL, (int[]) {CLS, TOM, SEP}, 3);
  g_assert_cmpint (decoding->first, ==, 0);
  g_assert_cmpint (decoding->n_tokens, ==, 3);
  g_assert_cmpstr (decoding->text, ==, "");
  cosmos_decoding_free (decoding);
}

static void test_guesses (void)
{
  const float logits[2][4] = {{0, logf (4), logf (2), logf (3)}, {1, 1, 1, -INFINITY}};
  CosmosTensor tensor = cosmos_tensor ((float *) logits, 2, (int64_t[]) {2, 4});
  CosmosTokenGuess guesses[2];
  CosmosError err;
  g_assert_true (cosmos_token_guesses (pool, &tensor, guesses, &err));
  static const int32_t order[] = {1, 3, 2, 0, -1};
  static const double probability[] = {0.4, 0.3, 0.2, 0.1, 0};
  for (int i = 0; i < COSMOS_TOP_K; i++) {
    g_assert_cmpint (guesses[0].top[i], ==, order[i]);
    g_assert_cmpfloat_with_epsilon (guesses[0].top_probability[i], probability[i], 1e-6);
  }
  g_assert_cmpint (guesses[0].id, ==, 1);
  g_assert_cmpfloat_with_epsilon (guesses[0].probability, 0.4, 1e-6);
  g_assert_cmpfloat_with_epsilon (guesses[1].entropy, log (3), 1e-6);
  g_assert_cmpint (guesses[1].id, ==, 0);
  ((float *) logits)[2] = NAN;
  g_assert_false (cosmos_token_guesses (pool, &tensor, guesses, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CORRUPT);
}

static void test_marks (void)
{
  static const int now[] = {TOM, RAN, HOME, FAST}, then[] = {TOM, RAN, DOT, FAST}, long_ago[] = {RAN, RAN, DOT, FAST};
  CosmosDecoding *self = decode (NULL, now, 4), *same = decode (NULL, then, 4), *old = decode (NULL, long_ago, 4);
  CosmosMark marks[4];
  self->tokens[3].probability = 0.4f;

  cosmos_decoding_mark (self, NULL, 0, marks);
  for (int i = 0; i < 4; i++)
    g_assert_cmpint (marks[i], ==, COSMOS_MARK_CHANGED);

  const CosmosDecoding *before[] = {same, same, same, old};
  cosmos_decoding_mark (self, before, 4, marks);
  g_assert_cmpint (marks[0], ==, COSMOS_MARK_SAME); /* another one four steps ago */
  g_assert_cmpint (marks[1], ==, COSMOS_MARK_SETTLED);
  g_assert_cmpint (marks[2], ==, COSMOS_MARK_CHANGED);
  g_assert_cmpint (marks[3], ==, COSMOS_MARK_UNSURE);

  cosmos_decoding_mark (self, before, 3, marks); /* too few to be settled */
  g_assert_cmpint (marks[1], ==, COSMOS_MARK_SAME);
  self->tokens[1].probability = 0.89f;
  cosmos_decoding_mark (self, before, 4, marks);
  g_assert_cmpint (marks[1], ==, COSMOS_MARK_SAME);
  cosmos_decoding_free (self);
  cosmos_decoding_free (same);
  cosmos_decoding_free (old);
}

static void test_count_changed (void)
{
  CosmosTokenizer *tokenizer = new_tokenizer ();
  CosmosDecoding *a = decode (tokenizer, (int[]) {CLS, TOM, RAN, HOME, SEP, PAD}, 6);
  CosmosDecoding *b = decode (tokenizer, (int[]) {CLS, TOM, FAST, SEP, TOM, TOM}, 6);
  g_assert_cmpint (cosmos_decoding_count_changed (a, NULL), ==, 3);
  g_assert_cmpint (cosmos_decoding_count_changed (a, a), ==, 0);
  g_assert_cmpint (cosmos_decoding_count_changed (a, b), ==, 2); /* ran for fast; home for nothing */
  g_assert_cmpint (cosmos_decoding_count_changed (b, a), ==, 2);
  cosmos_decoding_free (a);
  cosmos_decoding_free (b);
  cosmos_tokenizer_free (tokenizer);
}

/* The decompressor's logits, made in one go, say the same as a batch that is decoded text by text. */
static void test_latents (void)
{
  enum { BATCH = 3 };
  CosmosConfig config = tiny_config ();
  CosmosPipeline *pipeline = tiny_pipeline (&config);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  size_t count = (size_t) config.latents * (size_t) config.latent_width;
  g_autofree float *latents = g_new (float, BATCH *count);
  CosmosDecoding *decodings[BATCH] = {NULL};
  CosmosTokenGuess guesses[BATCH * TINY_TOKENS];
  CosmosError err;
  cosmos_random_normal (5, 0, 0, latents, BATCH * count);
  g_assert_true (cosmos_decode (pipeline, graph, latents, BATCH, decodings, &err));
  cosmos_graph_reset (graph);
  CosmosTensor *z = cosmos_graph_input (graph, 3, (int64_t[]) {BATCH, config.latents, config.latent_width}, latents);
  CosmosTensor *logits = cosmos_pipeline_predict (pipeline, graph, cosmos_pipeline_decode (pipeline, graph, z));
  g_assert_true (cosmos_graph_check (graph, &err));
  g_assert_true (cosmos_token_guesses (pool, logits, guesses, &err));
  for (int b = 0; b < BATCH; b++) {
    g_assert_cmpint (decodings[b]->n_positions, ==, TINY_TOKENS);
    g_assert_cmpfloat (decodings[b]->seconds, >, 0);
    for (int i = 0; i < TINY_TOKENS; i++) {
      g_assert_cmpint (decodings[b]->tokens[i].id, ==, guesses[b * TINY_TOKENS + i].id);
      g_assert_cmpfloat_with_epsilon (decodings[b]->tokens[i].entropy, guesses[b * TINY_TOKENS + i].entropy, 1e-4);
    }
    cosmos_decoding_free (decodings[b]);
  }
  CosmosDecoding *untouched = NULL;
  CosmosProgress progress = {0};
  atomic_store (&progress.cancelled, true);
  cosmos_graph_set_progress (graph, &progress);
  g_assert_false (cosmos_decode (pipeline, graph, latents, 1, &untouched, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
  g_assert_null (untouched);
  cosmos_graph_free (graph);
  cosmos_pipeline_free (pipeline);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  pool = cosmos_pool_new (2);
  g_test_add_func ("/decoding/texts", test_texts);
  g_test_add_func ("/decoding/no-tokenizer", test_no_tokenizer);
  g_test_add_func ("/decoding/guesses", test_guesses);
  g_test_add_func ("/decoding/marks", test_marks);
  g_test_add_func ("/decoding/count-changed", test_count_changed);
  g_test_add_func ("/decoding/latents", test_latents);
  int failed = g_test_run ();
  cosmos_pool_free (pool);
  return failed;
}
