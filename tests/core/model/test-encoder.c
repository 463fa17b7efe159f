#include "golden.h"

#include "core/model/encoder.h"

static CosmosTensor *run (Golden *g, const CosmosEncoder *encoder)
{
  g_autofree int32_t *ids = golden_ids (g, "in.ids");
  g_autofree bool *keep = golden_keep (g, "in.keep");
  const CosmosTensorInfo *info = golden_info (g, "in.ids");
  return cosmos_encoder_run (encoder, g->graph, ids, keep, info->shape[0], info->shape[1]);
}

static void check (CosmosCompute compute, double tolerance)
{
  Golden g;
  CosmosError err = {0};
  golden_open (&g, "folded", compute, 1);
  CosmosEncoder *encoder = cosmos_encoder_new (&g.config, g.parameters, &err);
  assert_ok (encoder != NULL, &err);
  CosmosTensor *h = run (&g, encoder);
  golden_expect (&g, h, "out.encoder", tolerance);
  golden_expect (&g, cosmos_encoder_normalise (encoder, g.graph, h), "out.normalised", 2 * tolerance);
  cosmos_encoder_free (encoder);
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

/* One layer at the paper's sizes, 13 of 16 tokens real. */
static void check_paper_layer (CosmosCompute compute, double tolerance)
{
  Golden g;
  CosmosError err = {0};
  golden_open (&g, "paper-layers", compute, 2);
  CosmosConfig config = cosmos_config_paper (16);
  config.vocabulary = 32;
  config.encoder = (CosmosEncoderSizes) {
    .layers = 1, .width = 768, .heads = 12, .ffn = 3072, .positions = 16, .norm_eps = 1e-12f};
  CosmosParameters *random = cosmos_parameters_new_random (7, compute);
  CosmosEncoder *encoder = cosmos_encoder_new (&config, random, &err);
  assert_ok (encoder != NULL, &err);
  int32_t ids[16];
  bool keep[16];
  for (int i = 0; i < 16; i++) {
    ids[i] = i * 7 % 32;
    keep[i] = i < 13;
  }
  golden_expect (&g, cosmos_encoder_run (encoder, g.graph, ids, keep, 1, 16), "out.encoder", tolerance);
  cosmos_encoder_free (encoder);
  cosmos_parameters_free (random);
  golden_close (&g);
}

static void test_paper_layer (void)
{
  check_paper_layer (openblas, F32_TOLERANCE);
}

static void test_paper_layer_bf16 (void)
{
  CosmosCompute compute;
  if (have_bf16 (&compute))
    check_paper_layer (compute, BF16_TOLERANCE);
  else
    g_test_skip ("no bf16 products here");
}

/* A pad's content changes nothing at the tokens that count. */
static void test_pads_are_not_seen (void)
{
  Golden g;
  CosmosError err = {0};
  golden_open (&g, "folded", openblas, 1);
  CosmosEncoder *encoder = cosmos_encoder_new (&g.config, g.parameters, &err);
  int32_t ids[6] = {7, 8, 9, 0, 0, 0}, other[6] = {7, 8, 9, 20, 21, 22};
  bool keep[6] = {true, true, true};
  CosmosTensor *a = cosmos_encoder_run (encoder, g.graph, ids, keep, 1, 6),
               *b = cosmos_encoder_run (encoder, g.graph, other, keep, 1, 6);
  g_assert_cmpmem (a->data, 3 * 32 * sizeof (float), b->data, 3 * 32 * sizeof (float));
  CosmosTensor *c = cosmos_encoder_run (encoder, g.graph, ids, NULL, 1, 6);
  g_assert_cmpint (memcmp (a->data, c->data, 3 * 32 * sizeof (float)), !=, 0);
  cosmos_encoder_free (encoder);
  golden_close (&g);
}

static void test_bad_input (void)
{
  Golden g;
  CosmosError err = {0};
  golden_open (&g, "folded", openblas, 1);
  CosmosEncoder *encoder = cosmos_encoder_new (&g.config, g.parameters, &err);
  int32_t ids[17] = {1, 2, 40};
  cosmos_encoder_run (encoder, g.graph, ids, NULL, 1, 17);
  g_assert_false (cosmos_graph_check (g.graph, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_nonnull (strstr (err.message, "at most 16 tokens"));
  cosmos_graph_reset (g.graph);
  cosmos_encoder_run (encoder, g.graph, ids, NULL, 1, 3);
  g_assert_false (cosmos_graph_check (g.graph, &err));
  g_assert_nonnull (strstr (err.message, "no token 40"));
  cosmos_encoder_free (encoder);
  golden_close (&g);
}

/* A layer more than the file has. */
static void test_bad_parameters (void)
{
  Golden g;
  CosmosError err = {0};
  golden_open (&g, "folded", openblas, 1);
  g.config.encoder.layers = 3;
  g_assert_null (cosmos_encoder_new (&g.config, g.parameters, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_FORMAT);
  g_assert_nonnull (strstr (err.message, "folded.safetensors: the tensor encoder.layers.2.attention.qkv.weight is missing"));
  golden_close (&g);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/encoder/golden", test_golden);
  g_test_add_func ("/model/encoder/bf16", test_bf16);
  g_test_add_func ("/model/encoder/paper-layer", test_paper_layer);
  g_test_add_func ("/model/encoder/paper-layer-bf16", test_paper_layer_bf16);
  g_test_add_func ("/model/encoder/pads", test_pads_are_not_seen);
  g_test_add_func ("/model/encoder/bad-input", test_bad_input);
  g_test_add_func ("/model/encoder/bad-parameters", test_bad_parameters);
  return g_test_run ();
}
