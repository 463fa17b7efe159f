#include "golden.h"

#include "core/math/elementwise.h"
#include "core/math/loss.h"
#include "core/model/language-model.h"

#include <glib/gstdio.h>

static const CosmosLanguageModelSizes sizes = {.vocabulary = 40,
                                               .layers = 2,
                                               .width = 32,
                                               .heads = 4,
                                               .kv_heads = 2,
                                               .head = 8,
                                               .ffn = 48,
                                               .context = 300,
                                               .norm_eps = 1e-5f,
                                               .rope_theta = 5000};
enum { B = 2, T = 11, V = 40 };

static CosmosLanguageModel *open_golden (Golden *g, CosmosCompute compute, int threads)
{
  CosmosError err = {0};
  golden_open (g, "language-model", compute, threads);
  CosmosLanguageModel *model = cosmos_language_model_new (&sizes, g->parameters, &err);
  assert_ok (model != NULL, &err);
  return model;
}

static void check (CosmosCompute compute, double tolerance)
{
  Golden g;
  CosmosLanguageModel *model = open_golden (&g, compute, 1);
  g_autofree int32_t *ids = golden_ids (&g, "in.ids");
  CosmosTensor *hidden = cosmos_language_model_run (model, g.graph, ids, B, T);
  golden_expect (&g, hidden, "out.hidden", tolerance);
  golden_expect (&g, cosmos_language_model_predict (model, g.graph, hidden), "out.logits", 2 * tolerance);
  cosmos_language_model_free (model);
  golden_close (&g);
}

static void test_golden (void)
{
  check (openblas, F32_TOLERANCE);
}

static void test_bf16 (void)
{
  CosmosCompute compute;
  if (have_bf16 (&compute))
    check (compute, BF16_TOLERANCE);
  else
    g_test_skip ("no bf16 products here");
}

/* The loss of the next token back to the parameters. */
static void test_gradients (void)
{
  Golden g;
  CosmosError err = {0};
  CosmosLanguageModel *model = open_golden (&g, openblas, 2);
  assert_ok (cosmos_parameters_make_gradients (g.parameters, &err), &err);
  g_autofree int32_t *ids = golden_ids (&g, "in.ids");
  int32_t next[B * T];
  for (int i = 0; i < B * T; i++)
    next[i] = i % T == T - 1 ? -1 : ids[i + 1];
  cosmos_graph_start_tape (g.graph);
  CosmosTensor *hidden = cosmos_reshape (g.graph, cosmos_language_model_run (model, g.graph, ids, B, T), 2,
                                         (int64_t[]) {B * T, 32});
  CosmosTensor *loss = cosmos_cross_entropy (g.graph, hidden, cosmos_language_model_get_head (model), next);
  golden_expect (&g, loss, "out.loss", F32_TOLERANCE);
  assert_ok (cosmos_graph_backward (g.graph, loss, &err), &err);
  golden_expect_gradients (&g, (const char *const[]) {"", NULL}, GRADIENT_TOLERANCE);
  cosmos_language_model_free (model);
  golden_close (&g);
}

/* Read token by token, in parts, or at once: the logits of the whole. */
static void test_state (void)
{
  Golden g;
  CosmosLanguageModel *model = open_golden (&g, openblas, 1);
  g_autofree int32_t *ids = golden_ids (&g, "in.ids");
  g_autofree float *expected = golden_values (&g, "out.logits");
  CosmosLanguageState *state = cosmos_language_state_new (model, T);
  CosmosTensor *logits = NULL;
  for (int i = 0; i < T; i++) {
    logits = cosmos_language_state_read (state, g.graph, ids + i, 1);
    g_assert_true (cosmos_tensor_has_shape (logits, 2, (int64_t[]) {1, V}));
    expect_near ("token by token", logits->data, expected + i * V, V, 1e-4);
    g_assert_cmpint (cosmos_language_state_get_length (state), ==, i + 1);
  }
  for (int part = 1; part <= T; part += 5) {
    cosmos_language_state_clear (state);
    cosmos_language_state_read (state, g.graph, ids, part);
    if (part < T)
      logits = cosmos_language_state_read (state, g.graph, ids + part, T - part);
    expect_near ("in parts", logits->data, expected + (T - 1) * V, V, 1e-4);
  }
  cosmos_language_state_free (state);
  cosmos_language_model_free (model);
  golden_close (&g);
}

/* A prompt of several pieces; the second time takes no memory; 1 and 2 threads give the same bits. */
static void test_long_prompt (void)
{
  int32_t ids[300];
  float bits[V];
  for (int i = 0; i < 300; i++)
    ids[i] = i * 7 % V;
  for (int threads = 1; threads <= 2; threads++) {
    Golden g;
    CosmosLanguageModel *model = open_golden (&g, openblas, threads);
    CosmosTensor *hidden = cosmos_language_model_run (model, g.graph, ids, 1, 300);
    CosmosTensor *all = cosmos_language_model_predict (model, g.graph, hidden);
    CosmosLanguageState *state = cosmos_language_state_new (model, 300);
    CosmosTensor *last = cosmos_language_state_read (state, g.graph, ids, 300);
    g_assert_true (cosmos_graph_check (g.graph, NULL));
    expect_near ("pieces", last->data, cosmos_tensor_row (all, 299), V, 1e-4);
    if (threads == 1)
      memcpy (bits, last->data, sizeof bits);
    g_assert_cmpmem (bits, sizeof bits, last->data, sizeof bits);
    cosmos_graph_reset (g.graph);
    size_t allocations = cosmos_arena_get_allocations (cosmos_graph_get_arena (g.graph));
    cosmos_language_state_clear (state);
    cosmos_language_state_read (state, g.graph, ids, 300);
    g_assert_cmpuint (cosmos_arena_get_allocations (cosmos_graph_get_arena (g.graph)), ==, allocations);
    cosmos_language_state_free (state);
    cosmos_language_model_free (model);
    golden_close (&g);
  }
}

/* What cannot be read is refused, and the sequence stays as it was. */
static void test_bad_input (void)
{
  Golden g;
  CosmosError err = {0};
  CosmosLanguageModel *model = open_golden (&g, openblas, 1);
  int32_t ids[301] = {1, 2, 40};
  cosmos_language_model_run (model, g.graph, ids, 1, 301);
  g_assert_false (cosmos_graph_check (g.graph, &err));
  g_assert_nonnull (strstr (err.message, "at most 300 tokens"));
  cosmos_graph_reset (g.graph);
  cosmos_language_model_run (model, g.graph, ids, 1, 3);
  g_assert_false (cosmos_graph_check (g.graph, &err));
  g_assert_nonnull (strstr (err.message, "no token 40"));
  cosmos_graph_reset (g.graph);

  CosmosLanguageState *state = cosmos_language_state_new (model, 4);
  cosmos_language_state_read (state, g.graph, ids, 2);
  g_assert_true (cosmos_graph_check (g.graph, NULL));
  cosmos_language_state_read (state, g.graph, ids, 3);
  g_assert_false (cosmos_graph_check (g.graph, &err));
  g_assert_nonnull (strstr (err.message, "3 tokens do not fit behind 2 of at most 4"));
  g_assert_cmpint (cosmos_language_state_get_length (state), ==, 2);
  cosmos_graph_reset (g.graph);
  CosmosProgress progress = {.cancelled = true};
  cosmos_graph_set_progress (g.graph, &progress);
  cosmos_language_state_read (state, g.graph, ids, 1);
  g_assert_false (cosmos_graph_check (g.graph, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
  g_assert_cmpint (cosmos_language_state_get_length (state), ==, 2);
  cosmos_language_state_free (state);
  g_assert_null (cosmos_language_state_new (model, 0));
  g_assert_null (cosmos_language_state_new (model, INT64_MAX));
  cosmos_language_model_free (model);
  golden_close (&g);
}

/* ---- files ---- */

static char *folder;

typedef void (*Change) (CosmosGgufWriter *writer);

/* The golden model as llama.cpp would store it. */
static char *write_model (const char *name, const char *without, Change change)
{
  Golden g;
  CosmosError err = {0};
  golden_open (&g, "language-model", openblas, 1);
  g_autoptr (GString) lines = g_string_new ("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n");
  for (int i = 5; i < V; i++)
    g_string_append_printf (lines, "%c%c\n", 'a' + i / 26, 'a' + i % 26);
  CosmosTokenizer *tokenizer = cosmos_tokenizer_new_from_vocabulary_bytes (lines->str, lines->len, false, "lines", &err);
  assert_ok (tokenizer != NULL, &err);
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  cosmos_gguf_writer_set_string (writer, "general.architecture", "llama");
  cosmos_gguf_writer_set_u32 (writer, "llama.block_count", 2);
  cosmos_gguf_writer_set_u32 (writer, "llama.context_length", 300);
  cosmos_gguf_writer_set_u32 (writer, "llama.embedding_length", 32);
  cosmos_gguf_writer_set_u32 (writer, "llama.feed_forward_length", 48);
  cosmos_gguf_writer_set_u32 (writer, "llama.attention.head_count", 4);
  cosmos_gguf_writer_set_u32 (writer, "llama.attention.head_count_kv", 2);
  cosmos_gguf_writer_set_f32 (writer, "llama.attention.layer_norm_rms_epsilon", 1e-5f);
  cosmos_gguf_writer_set_f32 (writer, "llama.rope.freq_base", 5000);
  cosmos_tokenizer_write (tokenizer, writer);
  GPtrArray *values = g_ptr_array_new_with_free_func (g_free);
  for (size_t i = 0; i < cosmos_safetensors_get_n_tensors (g.file); i++) {
    const CosmosTensorInfo *info = cosmos_safetensors_get_tensor (g.file, i);
    if (g_str_has_prefix (info->name, "in.") || g_str_has_prefix (info->name, "out.") || g_str_has_prefix (info->name, "grad.")
        || g_strcmp0 (info->name, without) == 0)
      continue;
    g_ptr_array_add (values, golden_values (&g, info->name));
    cosmos_gguf_writer_add_tensor (writer, info->name, info->rank, info->shape, COSMOS_DTYPE_F32, values->pdata[values->len - 1]);
  }
  if (change)
    change (writer);
  char *path = g_build_filename (folder, name, NULL);
  assert_ok (cosmos_gguf_writer_save (writer, path, &err), &err);
  cosmos_gguf_writer_free (writer);
  cosmos_tokenizer_free (tokenizer);
  g_ptr_array_unref (values);
  golden_close (&g);
  return path;
}

static void test_file (void)
{
  Golden g;
  CosmosError err = {0};
  g_autofree char *path = write_model ("model.gguf", NULL, NULL), *tied_path = write_model ("tied.gguf", "output.weight", NULL);
  golden_open (&g, "language-model", openblas, 1);
  CosmosLanguageModel *model = cosmos_language_model_open (path, openblas, &err);
  assert_ok (model != NULL, &err);
  const CosmosLanguageModelSizes *found = cosmos_language_model_get_sizes (model);
  g_assert_cmpint (found->vocabulary, ==, V);
  g_assert_cmpint (found->head, ==, 8);
  g_assert_cmpint (found->context, ==, 300);
  g_assert_false (found->tied);
  g_assert_cmpstr (cosmos_language_model_get_name (model), ==, "model.gguf");
  g_assert_cmpstr (cosmos_language_model_get_path (model), ==, path);
  g_assert_cmpint (cosmos_tokenizer_get_size (cosmos_language_model_get_tokenizer (model)), ==, V);
  g_autofree int32_t *ids = golden_ids (&g, "in.ids");
  CosmosTensor *hidden = cosmos_language_model_run (model, g.graph, ids, B, T);
  golden_expect (&g, cosmos_language_model_predict (model, g.graph, hidden), "out.logits", 2 * F32_TOLERANCE);
  CosmosLanguageModel *tied = cosmos_language_model_open (tied_path, openblas, &err);
  assert_ok (tied != NULL, &err);
  g_assert_true (cosmos_language_model_get_sizes (tied)->tied);
  CosmosTensor *logits = cosmos_language_model_predict (tied, g.graph, hidden);
  g_autofree float *table = golden_values (&g, "token_embd.weight");
  double product = 0;
  for (int i = 0; i < 32; i++)
    product += (double) hidden->data[i] * table[5 * 32 + i];
  g_assert_cmpfloat_with_epsilon (logits->data[5], product, 1e-4);
  cosmos_language_model_free (model);
  cosmos_language_model_free (tied);
  g_remove (path);
  g_remove (tied_path);
  golden_close (&g);
}

static void set_bert (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_string (writer, "general.architecture", "bert");
}

static void set_yarn (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_string (writer, "llama.rope.scaling.type", "yarn");
}

static void set_experts (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_u32 (writer, "llama.expert_count", 8);
}

static void set_kv_heads (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_u32 (writer, "llama.attention.head_count_kv", 3);
}

static void set_rotated (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_u32 (writer, "llama.rope.dimension_count", 4);
}

static void set_no_layers (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_u32 (writer, "llama.block_count", 0);
}

static void set_key_length (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_u32 (writer, "llama.attention.key_length", 16);
  cosmos_gguf_writer_set_u32 (writer, "llama.attention.value_length", 16);
}

static void test_bad_files (void)
{
  static const struct {
    Change change;
    const char *without, *words;
  } cases[] = {
    {set_bert, NULL, "general.architecture is \"bert\""},
    {set_yarn, NULL, "llama.rope.scaling.type"},
    {set_experts, NULL, "llama.expert_count"},
    {set_kv_heads, NULL, "must be a multiple of head_count_kv 3"},
    {set_rotated, NULL, "4 rotated numbers"},
    {set_no_layers, NULL, "llama.block_count"},
    {set_key_length, NULL, "blk.0.attn_q.weight has the shape [32, 32]; the sizes of the model ask for [64, 32]"},
    {NULL, "blk.1.ffn_up.weight", "the tensor blk.1.ffn_up.weight is missing"},
    {NULL, "token_embd.weight", "token_embd.weight is missing"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    CosmosError err = {0};
    g_autofree char *path = write_model ("bad.gguf", cases[i].without, cases[i].change);
    g_assert_null (cosmos_language_model_open (path, openblas, &err));
    g_test_message ("%s", err.message);
    g_assert_nonnull (strstr (err.message, "bad.gguf"));
    g_assert_nonnull (strstr (err.message, cases[i].words));
    g_remove (path);
    g_assert_null (cosmos_language_model_open (path, openblas, &err));
    g_assert_cmpint (err.code, ==, COSMOS_STATUS_IO);
  }
}

/* ---- how it is best drawn from ---- */

static void set_sampling (CosmosGgufWriter *writer)
{
  cosmos_language_model_sampling_write (&(CosmosLanguageModelSampling) {.temperature = 0.7, .top_k = 40, .top_p = 0.9}, writer);
}

static void set_greedy (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_u32 (writer, "general.sampling.temp", 0);
}

static void set_default (CosmosGgufWriter *writer)
{
  CosmosLanguageModelSampling sampling = cosmos_language_model_sampling_default ();
  cosmos_language_model_sampling_write (&sampling, writer);
}

/* Advice that nobody can follow. */
static void set_nonsense (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_f32 (writer, "general.sampling.temp", -1);
  cosmos_gguf_writer_set_string (writer, "general.sampling.top_k", "forty");
  cosmos_gguf_writer_set_f32 (writer, "general.sampling.top_p", 0);
}

/* So little of the probability that no token has it. */
static void set_next_to_nothing (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_f32 (writer, "general.sampling.top_p", 1e-9f);
}

static void test_sampling (void)
{
  static const struct {
    Change change;
    CosmosLanguageModelSampling want;
  } cases[] = {{NULL, {1, 0, 1}},        {set_sampling, {0.7, 40, 0.9}}, {set_greedy, {0, 0, 1}},
               {set_default, {1, 0, 1}}, {set_nonsense, {1, 0, 1}},      {set_next_to_nothing, {1, 0, 1}}};
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    CosmosError err = {0};
    g_autofree char *path = write_model ("drawn.gguf", NULL, cases[i].change);
    CosmosLanguageModel *model = cosmos_language_model_open (path, openblas, &err);
    assert_ok (model != NULL, &err);
    const CosmosLanguageModelSampling *found = cosmos_language_model_get_sampling (model);
    g_assert_cmpfloat (found->temperature, ==, cases[i].want.temperature);
    g_assert_cmpint (found->top_k, ==, cases[i].want.top_k);
    g_assert_cmpfloat (found->top_p, ==, cases[i].want.top_p);
    cosmos_language_model_free (model);
    g_remove (path);
  }
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("cosmos-language-XXXXXX", NULL);
  g_test_add_func ("/model/language-model/golden", test_golden);
  g_test_add_func ("/model/language-model/bf16", test_bf16);
  g_test_add_func ("/model/language-model/gradients", test_gradients);
  g_test_add_func ("/model/language-model/state", test_state);
  g_test_add_func ("/model/language-model/long-prompt", test_long_prompt);
  g_test_add_func ("/model/language-model/bad-input", test_bad_input);
  g_test_add_func ("/model/language-model/file", test_file);
  g_test_add_func ("/model/language-model/bad-files", test_bad_files);
  g_test_add_func ("/model/language-model/sampling", test_sampling);
  int result = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return result;
}
