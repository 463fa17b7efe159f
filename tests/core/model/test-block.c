#include "golden.h"

#include "core/math/elementwise.h"
#include "core/model/block.h"

static const CosmosBlockSizes paper = {.width = 768,
                                       .head = 64,
                                       .heads = 12,
                                       .kv_heads = 12,
                                       .ffn = 3072,
                                       .norm_kind = COSMOS_RMS_CLAMP,
                                       .norm_eps = 1e-5f,
                                       .rope_theta = 10000,
                                       .rope_pairs = COSMOS_ROPE_HALVES};

/* One block at the paper's sizes on 16 latents. */
static void check_paper_block (CosmosCompute compute, double tolerance)
{
  Golden g;
  golden_open (&g, "paper-layers", compute, 2);
  CosmosParameters *random = cosmos_parameters_new_random (7, compute);
  CosmosBlock block;
  cosmos_block_init (&block, random, "denoiser.blocks.0", &paper);
  CosmosTensor *x = cosmos_scale (g.graph, cosmos_parameters_table (random, 16, 768, "x"), 50);
  x = cosmos_reshape (g.graph, x, 3, (int64_t[]) {1, 16, 768});
  golden_expect (&g, cosmos_block_run (&block, g.graph, x, &(CosmosBlockContext) {0}), "out.block", tolerance);
  cosmos_parameters_free (random);
  golden_close (&g);
}

static void test_paper_block (void)
{
  check_paper_block (openblas, F32_TOLERANCE);
}

static void test_paper_block_bf16 (void)
{
  CosmosCompute compute;
  if (have_bf16 (&compute))
    check_paper_block (compute, BF16_TOLERANCE);
  else
    g_test_skip ("no bf16 products here");
}

/* Matrices apart are the rows of the stacked ones. */
static void test_apart (void)
{
  CosmosBlockSizes sizes = {.width = 32, .head = 8, .heads = 4, .kv_heads = 2, .ffn = 24, .norm_eps = 1e-5f, .rope_theta = 100};
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  CosmosParameters *random = cosmos_parameters_new_random (1, openblas);
  CosmosBlock block, apart;
  cosmos_block_init (&block, random, "b", &sizes);
  apart = block;
  apart.qkv.stacked = apart.gate_up.stacked = NULL;
  const float *qkv = cosmos_weight_get_values (block.qkv.stacked), *gate_up = cosmos_weight_get_values (block.gate_up.stacked);
  CosmosWeight *parts[5] = {cosmos_weight_new (32, 32, COSMOS_DTYPE_F32, qkv, openblas),
                            cosmos_weight_new (16, 32, COSMOS_DTYPE_F32, qkv + 32 * 32, openblas),
                            cosmos_weight_new (16, 32, COSMOS_DTYPE_F32, qkv + 48 * 32, openblas),
                            cosmos_weight_new (24, 32, COSMOS_DTYPE_F32, gate_up, openblas),
                            cosmos_weight_new (24, 32, COSMOS_DTYPE_F32, gate_up + 24 * 32, openblas)};
  memcpy (apart.qkv.apart, parts, 3 * sizeof *parts);
  memcpy (apart.gate_up.apart, parts + 3, 2 * sizeof *parts);
  CosmosTensor *x = cosmos_reshape (graph, cosmos_scale (graph, cosmos_parameters_table (random, 6, 32, "x"), 50), 3,
                                    (int64_t[]) {2, 3, 32});
  CosmosBlockContext causal = {.causal = true};
  CosmosTensor *a = cosmos_block_run (&block, graph, x, &causal), *b = cosmos_block_run (&apart, graph, x, &causal);
  expect_near ("apart", b->data, a->data, 6 * 32, 1e-5);
  for (int i = 0; i < 5; i++)
    cosmos_weight_free (parts[i]);
  cosmos_parameters_free (random);
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
}

/* Positions read one by one behind a cache are those read at once. */
static void test_cache (void)
{
  CosmosBlockSizes sizes = {.width = 32, .head = 8, .heads = 4, .kv_heads = 2, .ffn = 24, .norm_eps = 1e-5f, .rope_theta = 100};
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  CosmosParameters *random = cosmos_parameters_new_random (1, openblas);
  CosmosBlock block;
  cosmos_block_init (&block, random, "b", &sizes);
  CosmosTensor *x = cosmos_reshape (graph, cosmos_scale (graph, cosmos_parameters_table (random, 5, 32, "x"), 50), 3,
                                    (int64_t[]) {1, 5, 32});
  CosmosTensor *all = cosmos_block_run (&block, graph, x, &(CosmosBlockContext) {.causal = true});
  float k[5 * 16], v[5 * 16];
  CosmosKvCache cache = {k, v, 5, 0};
  for (int i = 0; i < 5; i++) {
    CosmosTensor *one = cosmos_graph_input (graph, 3, (int64_t[]) {1, 1, 32}, cosmos_tensor_row (x, i));
    one = cosmos_block_run (&block, graph, one, &(CosmosBlockContext) {.causal = true, .cache = &cache});
    cache.used++;
    expect_near ("cached", one->data, cosmos_tensor_row (all, i), 32, 1e-5);
  }
  cosmos_parameters_free (random);
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/block/paper-block", test_paper_block);
  g_test_add_func ("/model/block/paper-block-bf16", test_paper_block_bf16);
  g_test_add_func ("/model/block/apart", test_apart);
  g_test_add_func ("/model/block/cache", test_cache);
  return g_test_run ();
}
