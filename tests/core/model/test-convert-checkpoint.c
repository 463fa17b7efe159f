/* Small checkpoints of the authors' kind, converted, give what PyTorch gives: tools/golden/checkpoints.py. */
#include "core/model/convert.h"

#include "../file/scratch.h"
#include "core/model/pipeline.h"
#include "golden.h"

static char *folder;

static char *golden_path (const char *name)
{
  return g_build_filename (g_getenv ("GOLDEN"), "checkpoints", name, NULL);
}

/* *result and *err may be NULL. */
static bool convert (const char *first, const char *second, const char *output, CosmosConversion what, CosmosConverted *result,
                     CosmosProgress *progress, CosmosError *err)
{
  g_autofree char *one = golden_path (first), *two = second ? golden_path (second) : NULL,
                  *path = g_build_filename (folder, output, NULL);
  CosmosConverted unused;
  what.input = one;
  what.diffusion = two;
  what.output = path;
  bool ok = cosmos_convert (&what, result ? result : &unused, progress, err);
  if (!ok)
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  return ok;
}

static void expect (const CosmosTensor *found, const CosmosSafetensors *file, const char *name)
{
  const CosmosTensorInfo *info = cosmos_safetensors_find_tensor (file, name);
  g_assert_nonnull (info);
  g_assert_true (cosmos_tensor_has_shape (found, info->rank, info->shape));
  g_autofree float *values = g_new (float, info->count), *expected = g_new (float, info->count);
  cosmos_tensor_copy_to (found, values);
  cosmos_dtype_to_float (info->dtype, info->data, expected, info->count);
  expect_near (name, values, expected, info->count, F32_TOLERANCE);
}

static float *values_of (const CosmosSafetensors *file, const char *name, const CosmosTensorInfo **info)
{
  *info = cosmos_safetensors_find_tensor (file, name);
  g_assert_nonnull (*info);
  float *values = g_new (float, (*info)->count);
  cosmos_dtype_to_float ((*info)->dtype, (*info)->data, values, (*info)->count);
  return values;
}

/* Every network of the bundle, from the tokens to the logits, and the denoiser. */
static void networks (void)
{
  CosmosError err = {0};
  CosmosConverted result;
  assert_ok (convert ("autoencoder.pth", "diffusion-d=3.pth", "networks.gguf", (CosmosConversion) {.dtype = COSMOS_DTYPE_F32},
                      &result, NULL, &err),
             &err);
  g_assert_cmpstr (result.architecture, ==, "cosmos");
  g_assert_cmpfloat (result.guessed_schedule_d, ==, 0);

  g_autofree char *path = g_build_filename (folder, "networks.gguf", NULL), *golden = golden_path ("expected.safetensors");
  CosmosPipeline *pipeline = cosmos_pipeline_open (path, openblas, &err);
  assert_ok (pipeline != NULL, &err);
  CosmosSafetensors *file = cosmos_safetensors_open (golden, &err);
  assert_ok (file != NULL, &err);
  const CosmosConfig *config = cosmos_pipeline_get_config (pipeline);
  g_assert_cmpint (config->tokens, ==, 12);
  g_assert_cmpint (config->latents, ==, 5);
  g_assert_cmpint (config->encoder.heads, ==, 4);
  g_assert_cmpint (config->denoiser.layers, ==, 4);
  g_assert_cmpfloat (config->schedule_d, ==, 3);
  g_assert_false (config->folded);

  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  const CosmosTensorInfo *info;
  g_autofree float *written_ids = values_of (file, "in.ids", &info), *written_keep = values_of (file, "in.keep", &info);
  const int64_t B = info->shape[0], T = info->shape[1];
  g_autofree int32_t *ids = g_new (int32_t, info->count);
  g_autofree bool *keep = g_new (bool, info->count);
  for (size_t i = 0; i < info->count; i++) {
    ids[i] = (int32_t) written_ids[i];
    keep[i] = written_keep[i] != 0;
  }
  CosmosTensor *h = cosmos_encoder_run (cosmos_pipeline_get_encoder (pipeline), graph, ids, keep, B, T);
  expect (h, file, "out.encoder");
  CosmosTensor *z = cosmos_compressor_run (cosmos_pipeline_get_compressor (pipeline), graph,
                                           cosmos_encoder_normalise (cosmos_pipeline_get_encoder (pipeline), graph, h), keep);
  expect (z, file, "out.latents");
  CosmosTensor *normalised = cosmos_pipeline_encode (pipeline, graph, ids, keep, B, T);
  expect (normalised, file, "out.normalised_latents"); /* by the diffusion's statistics */
  CosmosTensor *hidden = cosmos_pipeline_decode (pipeline, graph, normalised);
  expect (hidden, file, "out.hidden");
  expect (cosmos_pipeline_predict (pipeline, graph, hidden), file, "out.logits");

  g_autofree float *t_values = values_of (file, "in.t", &info);
  const double t[] = {(double) t_values[0], (double) t_values[1]};
  g_autofree float *x_values = values_of (file, "in.x", &info);
  CosmosTensor *x = cosmos_graph_input (graph, info->rank, info->shape, x_values);
  g_autofree float *guess_values = values_of (file, "in.guess", &info);
  CosmosTensor *guess = cosmos_graph_input (graph, info->rank, info->shape, guess_values);
  const CosmosDenoiser *denoiser = cosmos_pipeline_get_denoiser (pipeline);
  expect (cosmos_denoiser_run (denoiser, graph, x, t, NULL, NULL, (CosmosSource) {0}), file, "out.plain");
  expect (cosmos_denoiser_run (denoiser, graph, x, t, guess, NULL, (CosmosSource) {0}), file, "out.self_conditioned");
  assert_ok (cosmos_graph_check (graph, &err), &err);
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
  cosmos_safetensors_free (file);
  cosmos_pipeline_free (pipeline);
}

/* Named the other way round it is the same model. */
static void either_order (void)
{
  CosmosError err = {0};
  g_autofree char *one = g_build_filename (folder, "one.gguf", NULL), *two = g_build_filename (folder, "two.gguf", NULL), *a, *b;
  gsize n, m;
  const CosmosConversion what = {.dtype = COSMOS_DTYPE_BF16, .name = "same"};
  assert_ok (convert ("autoencoder.pth", "diffusion-d=3.pth", "one.gguf", what, NULL, NULL, &err), &err);
  assert_ok (convert ("diffusion-d=3.pth", "autoencoder.pth", "two.gguf", what, NULL, NULL, &err), &err);
  g_assert_true (g_file_get_contents (one, &a, &n, NULL));
  g_assert_true (g_file_get_contents (two, &b, &m, NULL));
  g_assert_cmpmem (a, n, b, m);
}

static double schedule_of (const char *output)
{
  CosmosError err = {0};
  g_autofree char *path = g_build_filename (folder, output, NULL);
  CosmosPipeline *pipeline = cosmos_pipeline_open (path, openblas, &err);
  assert_ok (pipeline != NULL, &err);
  double d = cosmos_pipeline_get_config (pipeline)->schedule_d;
  cosmos_pipeline_free (pipeline);
  return d;
}

/* What is asked for, then what the path says, then what the authors took for this number of latents. */
static void schedule (void)
{
  CosmosError err = {0};
  CosmosConverted result;
  g_autofree char *diffusion = golden_path ("diffusion-d=3.pth"), *autoencoder = golden_path ("autoencoder.pth"),
                  *vocabulary = golden_path ("vocab.txt"), *copy = g_build_filename (folder, "180000.pth", NULL),
                  *output = g_build_filename (folder, "schedule.gguf", NULL), *bytes;
  gsize size;
  g_assert_true (g_file_get_contents (diffusion, &bytes, &size, NULL) && g_file_set_contents (copy, bytes, (gssize) size, NULL));
  CosmosConversion what = {
    .input = copy, .diffusion = autoencoder, .tokenizer = vocabulary, .output = output, .dtype = COSMOS_DTYPE_F32};
  assert_ok (cosmos_convert (&what, &result, NULL, &err), &err);
  g_assert_cmpfloat (result.guessed_schedule_d, ==, 5);
  g_assert_cmpfloat (schedule_of ("schedule.gguf"), ==, 5);
  what.schedule_d = 7;
  assert_ok (cosmos_convert (&what, &result, NULL, &err), &err);
  g_assert_cmpfloat (result.guessed_schedule_d, ==, 0);
  g_assert_cmpfloat (schedule_of ("schedule.gguf"), ==, 7);
}

static void check_refused (const char *first, const char *second, const char *words)
{
  CosmosError err = {0};
  g_assert_false (convert (first, second, "refused.gguf", (CosmosConversion) {.dtype = COSMOS_DTYPE_F32}, NULL, NULL, &err));
  g_test_message ("%s", err.message);
  g_assert_nonnull (strstr (err.message, words));
}

static void refused (void)
{
  check_refused ("legacy.pth", "diffusion-d=3.pth", "layout of old PyTorch");
  check_refused ("views.pth", "diffusion-d=3.pth", "is no autoencoder of COSMOS");
  check_refused ("autoencoder.pth", "views.pth", "neither score_estimator nor ema");
  check_refused ("diffusion-d=3.pth", "diffusion-d=3.pth", "is no autoencoder of COSMOS");
  check_refused ("autoencoder.pth", "nowhere.pth", "No such file");
  check_refused ("expected.safetensors", "diffusion-d=3.pth", "only PyTorch checkpoints");
}

static void cancelled (void)
{
  CosmosProgress progress = {.cancelled = true};
  CosmosError err = {0};
  g_assert_false (convert ("autoencoder.pth", "diffusion-d=3.pth", "cancelled.gguf",
                           (CosmosConversion) {.dtype = COSMOS_DTYPE_F32}, NULL, &progress, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = scratch_new ();
  g_test_add_func ("/convert-checkpoint/networks", networks);
  g_test_add_func ("/convert-checkpoint/either-order", either_order);
  g_test_add_func ("/convert-checkpoint/schedule", schedule);
  g_test_add_func ("/convert-checkpoint/refused", refused);
  g_test_add_func ("/convert-checkpoint/cancelled", cancelled);
  int result = g_test_run ();
  scratch_free (folder);
  return result;
}
