/* The networks with trained weights: story-first of the shared folder, where it is (COSMOS_SHARED, or ../shared beside the sources). */
#include "golden.h"

#include "core/file/mapping.h"
#include "core/model/compressor.h"
#include "core/model/decompressor.h"
#include "core/model/denoiser.h"
#include "core/model/encoder.h"
#include <yyjson.h>

enum { B = 4, L = 64, N = 16, Z = 64 };

typedef struct {
  Golden g; /* its file holds the expected tensors, its parameters are the model's */
  CosmosSafetensors *model;
  CosmosEncoder *encoder;
  CosmosCompressor *compressor;
  CosmosDecompressor *decompressor;
  CosmosDenoiser *denoiser;
  int32_t ids[B * L], decoded[B * L];
} Weights;

/* A tensor of 32-bit integers, which the reader knows by name only. */
static void read_integers (const char *path, const char *name, int32_t *values, size_t n)
{
  CosmosError err = {0};
  CosmosMapping *mapping = cosmos_mapping_open (path, &err);
  assert_ok (mapping != NULL, &err);
  const unsigned char *data = cosmos_mapping_get_data (mapping);
  guint64 length;
  memcpy (&length, data, sizeof length);
  yyjson_doc *header = yyjson_read ((const char *) data + 8, (size_t) length, 0);
  yyjson_val *offsets = yyjson_obj_get (yyjson_obj_get (yyjson_doc_get_root (header), name), "data_offsets");
  g_assert_cmpuint (yyjson_get_uint (yyjson_arr_get (offsets, 1)) - yyjson_get_uint (yyjson_arr_get (offsets, 0)), ==,
                    n * sizeof *values);
  memcpy (values, data + 8 + length + yyjson_get_uint (yyjson_arr_get (offsets, 0)), n * sizeof *values);
  yyjson_doc_free (header);
  cosmos_mapping_free (mapping);
}

static bool weights_open (Weights *self, CosmosCompute compute)
{
  CosmosError err = {0};
  const char *shared = g_getenv ("COSMOS_SHARED");
  g_autofree char *beside = g_build_filename (g_getenv ("SOURCE_ROOT"), "..", "shared", NULL),
                  *folder = g_build_filename (shared ? shared : beside, "weights", "story-first", NULL),
                  *model = g_build_filename (folder, "model.safetensors", NULL),
                  *golden = g_build_filename (folder, "golden.safetensors", NULL),
                  *config = g_build_filename (folder, "config.json", NULL);
  if (!g_file_test (model, G_FILE_TEST_EXISTS)) {
    g_test_skip ("the first weights are not here: set COSMOS_SHARED to the folder that holds weights/");
    return false;
  }
  *self = (Weights) {0};
  assert_ok (cosmos_config_read_json (&self->g.config, config, &err), &err);
  self->g.file = cosmos_safetensors_open (golden, &err);
  assert_ok (self->g.file != NULL, &err);
  self->model = cosmos_safetensors_open (model, &err);
  assert_ok (self->model != NULL, &err);
  self->g.parameters = cosmos_parameters_new_from_safetensors (self->model, model, compute);
  self->g.pool = cosmos_pool_new (2);
  self->g.graph = cosmos_graph_new (self->g.pool, NULL);
  self->encoder = cosmos_encoder_new (&self->g.config, self->g.parameters, &err);
  self->compressor = cosmos_compressor_new (&self->g.config, self->g.parameters, &err);
  self->decompressor = cosmos_decompressor_new (&self->g.config, self->g.parameters, &err);
  self->denoiser = cosmos_denoiser_new (&self->g.config, self->g.parameters, &err);
  assert_ok (self->encoder && self->compressor && self->decompressor && self->denoiser, &err);
  read_integers (golden, "ids", self->ids, B * L);
  read_integers (golden, "decoded", self->decoded, B * L);
  return true;
}

static void weights_close (Weights *self)
{
  cosmos_encoder_free (self->encoder);
  cosmos_compressor_free (self->compressor);
  cosmos_decompressor_free (self->decompressor);
  cosmos_denoiser_free (self->denoiser);
  golden_close (&self->g);
  cosmos_safetensors_free (self->model);
}

/* Greedy tokens that differ from PyTorch's. */
static int count_other_tokens (const CosmosTensor *logits, const int32_t *expected)
{
  int others = 0;
  for (int64_t r = 0; r < B * L; r++) {
    const float *row = cosmos_tensor_row (logits, r);
    int best = 0;
    for (int i = 1; i < cosmos_tensor_get_columns (logits); i++)
      if (row[i] > row[best])
        best = i;
    others += best != expected[r];
  }
  return others;
}

/* Four stories through encoder, compressor and decompressor; each network gets PyTorch's input. */
static void check_texts (CosmosCompute compute, double tolerance, int allowed_tokens)
{
  Weights w;
  if (!weights_open (&w, compute))
    return;
  Golden *g = &w.g;
  bool keep[B * L];
  for (int i = 0; i < B * L; i++)
    keep[i] = w.ids[i] != 0;
  CosmosTensor *h = cosmos_encoder_run (w.encoder, g->graph, w.ids, keep, B, L);
  golden_expect (g, h, "encoder_output", tolerance);
  h = cosmos_encoder_normalise (w.encoder, g->graph, golden_input (g, "encoder_output"));
  golden_expect (g, cosmos_compressor_run (w.compressor, g->graph, h, keep), "latents", tolerance);
  CosmosTensor *hidden = cosmos_decompressor_run (w.decompressor, g->graph, golden_input (g, "latents"));
  golden_expect (g, hidden, "decompressor_output", tolerance);
  CosmosTensor *logits = cosmos_decompressor_predict (w.decompressor, g->graph, hidden);
  g_autofree float *first = golden_values (g, "logits_first_token"), *found = g_new (float, B * 8192);
  for (int b = 0; b < B; b++)
    memcpy (found + b * 8192, cosmos_tensor_row (logits, b * L + 1), 8192 * sizeof *found);
  expect_near ("logits_first_token", found, first, B * 8192, 5 * tolerance); /* numbers up to 22 */
  int others = count_other_tokens (logits, w.decoded);
  g_test_message ("greedy tokens that differ: %d of %d", others, B * L);
  g_assert_cmpint (others, <=, allowed_tokens);
  weights_close (&w);
}

/* t = .05, .3, .6, .95, one a story; the self-condition is the plain guess. */
static void check_denoiser (CosmosCompute compute, double tolerance)
{
  Weights w;
  if (!weights_open (&w, compute))
    return;
  Golden *g = &w.g;
  static const double t[B] = {0.05, 0.3, 0.6, 0.95};
  CosmosTensor *x = golden_input (g, "x_t"), *plain = golden_input (g, "x0_plain");
  golden_expect (g, cosmos_denoiser_run (w.denoiser, g->graph, x, t, NULL, NULL, (CosmosSource) {0}), "x0_plain", tolerance);
  golden_expect (g, cosmos_denoiser_run (w.denoiser, g->graph, x, t, plain, NULL, (CosmosSource) {0}), "x0_self_conditioned",
                 tolerance);
  weights_close (&w);
}

static void test_texts (void)
{
  check_texts (openblas, 2e-5, 0);
}

static void test_denoiser (void)
{
  check_denoiser (openblas, 2e-5);
}

/* PyTorch rounding to bf16 before each product differs by up to .013, .024 in logits, in no token. */
static void test_bf16 (void)
{
  CosmosCompute compute;
  if (!have_bf16 (&compute)) {
    g_test_skip ("no bf16 products here");
    return;
  }
  check_texts (compute, 0.03, 2);
  check_denoiser (compute, 0.03);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/first-weights/texts", test_texts);
  g_test_add_func ("/model/first-weights/denoiser", test_denoiser);
  g_test_add_func ("/model/first-weights/bf16", test_bf16);
  return g_test_run ();
}
