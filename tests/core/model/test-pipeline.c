#include "golden.h"

#include "core/model/pipeline.h"

#include <glib/gstdio.h>
#include <malloc.h>

static char *folder, *bundle;

/* A WordPiece vocabulary of the size that the golden networks have. */
static CosmosTokenizer *make_tokenizer (int size)
{
  CosmosError err = {0};
  g_autoptr (GString) lines = g_string_new ("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n");
  for (int i = 5; i < size; i++)
    g_string_append_printf (lines, "%c%c\n", 'a' + i / 26, 'a' + i % 26);
  CosmosTokenizer *tokenizer = cosmos_tokenizer_new_from_vocabulary_bytes (lines->str, lines->len, false, "lines", &err);
  assert_ok (tokenizer != NULL, &err);
  return tokenizer;
}

/* The golden networks as a bundle, less what `without` names; `change` may set further keys. */
static void write_bundle (const char *path, const CosmosConfig *config, int vocabulary, const char *without,
                          void (*change) (CosmosGgufWriter *writer))
{
  Golden g;
  CosmosError err = {0};
  golden_open (&g, "folded", openblas, 1);
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  CosmosTokenizer *tokenizer = make_tokenizer (vocabulary);
  cosmos_config_write (config ? config : &g.config, writer);
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
  assert_ok (cosmos_gguf_writer_save (writer, path, &err), &err);
  cosmos_gguf_writer_free (writer);
  cosmos_tokenizer_free (tokenizer);
  g_ptr_array_unref (values);
  golden_close (&g);
}

static void set_name (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_string (writer, "general.name", "Golden stories");
}

static CosmosPipeline *open_bundle (void)
{
  CosmosError err = {0};
  CosmosPipeline *pipeline = cosmos_pipeline_open (bundle, openblas, &err);
  assert_ok (pipeline != NULL, &err);
  return pipeline;
}

/* A bundle gives the numbers that its networks give one by one. */
static void test_golden (void)
{
  Golden g;
  golden_open (&g, "folded", openblas, 1);
  CosmosPipeline *pipeline = open_bundle ();
  g_assert_cmpstr (cosmos_pipeline_get_name (pipeline), ==, "Golden stories");
  g_assert_cmpstr (cosmos_pipeline_get_path (pipeline), ==, bundle);
  g_assert_cmpint (cosmos_pipeline_get_config (pipeline)->n_tasks, ==, 3);
  g_assert_true (cosmos_pipeline_get_encoder (pipeline) && cosmos_pipeline_get_compressor (pipeline));
  g_assert_cmpint (cosmos_pipeline_get_compute (pipeline).precision, ==, COSMOS_PRECISION_F32);
  g_autofree int32_t *ids = golden_ids (&g, "in.ids"), *source_ids = golden_ids (&g, "in.source_ids");
  g_autofree bool *keep = golden_keep (&g, "in.keep"), *source_keep = golden_keep (&g, "in.source_keep");
  CosmosTensor *z = cosmos_pipeline_encode (pipeline, g.graph, ids, keep, 2, 12);
  golden_expect (&g, z, "out.normalised_latents", F32_TOLERANCE);
  CosmosTensor *hidden = cosmos_pipeline_decode (pipeline, g.graph, z);
  golden_expect (&g, hidden, "out.hidden", F32_TOLERANCE);
  golden_expect (&g, cosmos_pipeline_predict (pipeline, g.graph, hidden), "out.logits", 2 * F32_TOLERANCE);
  CosmosSource source = cosmos_pipeline_encode_source (pipeline, g.graph, source_ids, source_keep, 2, 14);
  g_assert_null (source.latents);
  CosmosTensor *x0 = cosmos_denoiser_run (cosmos_pipeline_get_denoiser (pipeline), g.graph, golden_input (&g, "in.x"),
                                          (double[]) {0.07f, 0.83f}, golden_input (&g, "in.guess"), (int32_t[]) {2, 0}, source);
  golden_expect (&g, x0, "out.sourced", F32_TOLERANCE);
  g_assert_cmpint (cosmos_parameters_count (cosmos_pipeline_get_parameters (pipeline), "denoiser.output"), ==, 48 * 16 + 16 + 48);
  cosmos_pipeline_free (pipeline);
  golden_close (&g);
}

static void expect_frame (const CosmosPipeline *pipeline, const char *text, int length, const int32_t *expected, int real,
                          bool was_cut)
{
  CosmosError err = {0};
  int32_t ids[16];
  bool keep[16], cut;
  int64_t n;
  assert_ok (cosmos_pipeline_frame (pipeline, text, strlen (text), length, ids, keep, &n, &cut, &err), &err);
  g_assert_cmpint (n, ==, real);
  g_assert_true (cut == was_cut);
  g_assert_cmpmem (ids, (size_t) length * sizeof *ids, expected, (size_t) length * sizeof *ids);
  for (int i = 0; i < length; i++)
    g_assert_true (keep[i] == (i < real));
}

/* [CLS] text [SEP] [PAD] ..., cut where it is too long. */
static void test_frame (void)
{
  CosmosError err = {0};
  CosmosPipeline *pipeline = open_bundle ();
  expect_frame (pipeline, "  af ag\n", 6, (int32_t[]) {2, 5, 6, 3, 0, 0}, 4, false);
  expect_frame (pipeline, "", 4, (int32_t[]) {2, 3, 0, 0}, 2, false);
  expect_frame (pipeline, "af ag ah ai aj", 6, (int32_t[]) {2, 5, 6, 7, 8, 3}, 6, true);
  expect_frame (pipeline, "af ag ah ai", 6, (int32_t[]) {2, 5, 6, 7, 8, 3}, 6, false);
  expect_frame (pipeline, "af", 2, (int32_t[]) {2, 3}, 2, true);
  int32_t ids[4];
  bool keep[4];
  g_assert_true (cosmos_pipeline_frame (pipeline, "af", 2, 4, ids, keep, NULL, NULL, &err));
  g_assert_false (cosmos_pipeline_frame (pipeline, "af", 2, 1, ids, keep, NULL, NULL, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_false (cosmos_pipeline_frame (pipeline, "a\xff", 2, 4, ids, keep, NULL, NULL, &err));
  g_assert_nonnull (strstr (err.message, "UTF-8"));
  cosmos_pipeline_free (pipeline);
}

/* The latents of a source are those of its text, which is cut where the autoencoder reads less. */
static void test_source_latents (void)
{
  enum { B = 2, L = 6, S = 9, N = 5, Z = 16 };
  static const int32_t sources[B * S] = {2, 9, 8, 7, 6, 5, 4, 5, 3, 2, 9, 3}, texts[B * L] = {2, 9, 8, 7, 6, 3, 2, 9, 3};
  bool source_keep[B * S], keep[B * L];
  CosmosError err = {0};
  Golden g;
  golden_open (&g, "folded", openblas, 1);
  CosmosConfig config = g.config;
  config.tokens = L;
  config.denoiser.source_latents = true;
  CosmosPipeline *pipeline = cosmos_pipeline_new_random (&config, 3, openblas, &err);
  assert_ok (pipeline != NULL, &err);
  for (int i = 0; i < B * S; i++)
    source_keep[i] = i < S + 3;
  for (int i = 0; i < B * L; i++)
    keep[i] = i < L + 3;
  CosmosSource source = cosmos_pipeline_encode_source (pipeline, g.graph, sources, source_keep, B, S);
  CosmosTensor *z = cosmos_pipeline_encode (pipeline, g.graph, texts, keep, B, L);
  assert_ok (cosmos_graph_check (g.graph, &err), &err);
  g_assert_true (source.keep == source_keep);
  g_assert_true (cosmos_tensor_has_shape (source.latents, 3, (int64_t[]) {B, N, Z}));
  expect_near ("latents", source.latents->data, z->data, B * N * Z, 1e-5);
  cosmos_pipeline_free (pipeline);
  golden_close (&g);
}

/* All of a run's networks, as sampling calls them. */
static void run_all (const CosmosPipeline *pipeline, CosmosGraph *graph, float *values)
{
  static const int32_t ids[12] = {2, 9, 8, 7, 6, 5, 3}, tasks[1] = {1};
  static const double t[1] = {0.5};
  static const float noise[5 * 16] = {1, -1, 0.5f};
  bool keep[12];
  for (int i = 0; i < 12; i++)
    keep[i] = i < 7;
  cosmos_graph_reset (graph);
  CosmosTensor *x = cosmos_graph_input (graph, 3, (int64_t[]) {1, 5, 16}, noise);
  CosmosSource source = cosmos_pipeline_encode_source (pipeline, graph, ids, keep, 1, 12);
  CosmosTensor *z = cosmos_pipeline_encode (pipeline, graph, ids, keep, 1, 12);
  z = cosmos_denoiser_run (cosmos_pipeline_get_denoiser (pipeline), graph, x, t, z, tasks, source);
  CosmosTensor *logits = cosmos_pipeline_predict (pipeline, graph, cosmos_pipeline_decode (pipeline, graph, z));
  g_assert_true (cosmos_graph_check (graph, NULL));
  cosmos_tensor_copy_to (logits, values);
}

/* After a first run nothing is allocated, neither from the arena nor from the system; 1 and 2 threads give the same bits. */
static void test_second_run (void)
{
  float first[12 * 40], again[12 * 40], threaded[12 * 40];
  CosmosPipeline *pipeline = open_bundle ();
  CosmosPool *one = cosmos_pool_new (1), *two = cosmos_pool_new (2);
  CosmosGraph *graph = cosmos_graph_new (one, NULL), *other = cosmos_graph_new (two, NULL);
  run_all (pipeline, graph, first);
  size_t allocations = cosmos_arena_get_allocations (cosmos_graph_get_arena (graph));
  struct mallinfo2 before = mallinfo2 ();
  run_all (pipeline, graph, again);
  struct mallinfo2 after = mallinfo2 ();
  g_assert_cmpuint (cosmos_arena_get_allocations (cosmos_graph_get_arena (graph)), ==, allocations);
  g_assert_cmpuint (after.uordblks, ==, before.uordblks);
  g_assert_cmpuint (after.hblkhd, ==, before.hblkhd);
  run_all (pipeline, other, threaded);
  g_assert_cmpmem (first, sizeof first, again, sizeof again);
  g_assert_cmpmem (first, sizeof first, threaded, sizeof threaded);
  cosmos_graph_free (graph);
  cosmos_graph_free (other);
  cosmos_pool_free (one);
  cosmos_pool_free (two);
  cosmos_pipeline_free (pipeline);
}

/* The paper's decoder and step (in one layer each: they add nothing to the memory of a run) stay below 64 MB beyond the weights. */
static void test_paper_memory (void)
{
  CosmosError err = {0};
  CosmosConfig config = cosmos_config_paper (16);
  config.encoder.layers = config.compressor.layers = config.decompressor.layers = 1;
  config.denoiser.layers = 2;
  CosmosPipeline *pipeline = cosmos_pipeline_new_random (&config, 1, openblas, &err);
  assert_ok (pipeline != NULL, &err);
  g_assert_null (cosmos_pipeline_get_tokenizer (pipeline));
  g_assert_cmpstr (cosmos_pipeline_get_path (pipeline), ==, "random parameters");
  CosmosPool *pool = cosmos_pool_new (2);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  int32_t ids[128] = {0};
  CosmosTensor *z = cosmos_pipeline_encode (pipeline, graph, ids, NULL, 1, 128);
  z = cosmos_denoiser_run (cosmos_pipeline_get_denoiser (pipeline), graph, z, (double[]) {0.5}, NULL, NULL, (CosmosSource) {0});
  CosmosTensor *logits = cosmos_pipeline_predict (pipeline, graph, cosmos_pipeline_decode (pipeline, graph, z));
  assert_ok (cosmos_graph_check (graph, &err), &err);
  g_assert_true (cosmos_tensor_has_shape (logits, 3, (int64_t[]) {1, 128, 28996}));
  g_test_message ("arena: %.1f MB", (double) cosmos_arena_get_size (cosmos_graph_get_arena (graph)) / 1e6);
  g_assert_cmpuint (cosmos_arena_get_size (cosmos_graph_get_arena (graph)), <, 64000000);
  bool keep[4];
  g_assert_false (cosmos_pipeline_frame (pipeline, "a", 1, 4, ids, keep, NULL, NULL, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_UNSUPPORTED);
  cosmos_pipeline_encode_source (pipeline, graph, ids, NULL, 1, 4);
  g_assert_false (cosmos_graph_check (graph, &err));
  g_assert_nonnull (strstr (err.message, "takes no source"));
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
  cosmos_pipeline_free (pipeline);
}

static void expect_refused (const char *words)
{
  CosmosError err = {0};
  g_autofree char *bad = g_build_filename (folder, "bad.gguf", NULL);
  g_assert_null (cosmos_pipeline_open (bad, openblas, &err));
  g_test_message ("%s", err.message);
  g_assert_nonnull (strstr (err.message, "bad.gguf"));
  g_assert_nonnull (strstr (err.message, words));
}

static void set_zero_std (CosmosGgufWriter *writer)
{
  static float zeros[5 * 16];
  cosmos_gguf_writer_add_tensor (writer, "latent.std", 2, (int64_t[]) {5, 16}, COSMOS_DTYPE_F32, zeros);
}

static void set_zero_encoder_std (CosmosGgufWriter *writer)
{
  static float zeros[32];
  cosmos_gguf_writer_add_tensor (writer, "encoder.std", 1, (int64_t[]) {32}, COSMOS_DTYPE_F32, zeros);
}

static void test_bad_files (void)
{
  CosmosError err = {0};
  g_autofree char *bad = g_build_filename (folder, "bad.gguf", NULL),
                  *sizes = g_strdup_printf ("%s/networks/folded.json", g_getenv ("GOLDEN"));
  CosmosConfig config;
  assert_ok (cosmos_config_read_json (&config, sizes, &err), &err);
  write_bundle (bad, NULL, 40, "denoiser.time_in.weight", NULL);
  expect_refused ("the tensor denoiser.time_in.weight is missing");
  write_bundle (bad, NULL, 40, "latent.std", NULL);
  expect_refused ("the tensor latent.std is missing");
  write_bundle (bad, NULL, 40, "latent.std", set_zero_std);
  expect_refused ("latent.std must be positive");
  write_bundle (bad, NULL, 40, "encoder.std", set_zero_encoder_std);
  expect_refused ("encoder.std must be positive");
  write_bundle (bad, NULL, 39, NULL, NULL);
  expect_refused ("the tokenizer has 39 tokens, but cosmos.vocabulary is 40");
  config.denoiser.ffn = 64;
  write_bundle (bad, &config, 40, NULL, NULL);
  expect_refused ("gate_up.weight has the shape [112, 48]; the sizes of the model ask for [128, 48]");
  g_remove (bad);
  g_assert_null (cosmos_pipeline_open (bad, openblas, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_IO);
  config.denoiser.layers = 3;
  g_assert_null (cosmos_pipeline_new_random (&config, 0, openblas, &err));
  g_assert_nonnull (strstr (err.message, "denoiser.layers is 3"));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("cosmos-pipeline-XXXXXX", NULL);
  bundle = g_build_filename (folder, "golden.gguf", NULL);
  write_bundle (bundle, NULL, 40, NULL, set_name);
  g_test_add_func ("/model/pipeline/golden", test_golden);
  g_test_add_func ("/model/pipeline/frame", test_frame);
  g_test_add_func ("/model/pipeline/second-run", test_second_run);
  g_test_add_func ("/model/pipeline/source-latents", test_source_latents);
  g_test_add_func ("/model/pipeline/paper-memory", test_paper_memory);
  g_test_add_func ("/model/pipeline/bad-files", test_bad_files);
  int result = g_test_run ();
  g_remove (bundle);
  g_rmdir (folder);
  g_free (bundle);
  g_free (folder);
  return result;
}
