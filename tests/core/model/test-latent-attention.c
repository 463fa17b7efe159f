#include "golden.h"

#include "core/math/elementwise.h"
#include "core/model/latent-attention.h"

/* An input of variance 1 that PyTorch makes by the same formula. */
static CosmosTensor *given (Golden *g, CosmosParameters *random, const char *name, int64_t rows)
{
  const CosmosTensor *table = cosmos_parameters_table (random, rows, 768, "%s", name);
  return cosmos_reshape (g->graph, cosmos_scale (g->graph, table, 50), 3, (int64_t[]) {1, rows, 768});
}

/* One layer at the paper's sizes: width 768, 12 heads of 64, 3072; 16 latents, 32 tokens of which 29 count. */
static void check_paper_layer (CosmosCompute compute, double tolerance)
{
  Golden g;
  golden_open (&g, "paper-layers", compute, 2);
  CosmosParameters *random = cosmos_parameters_new_random (7, compute);
  CosmosLatentLayer layer;
  cosmos_latent_layer_init (&layer, random, "compressor.layers.0", 768, 768, 64, 3072, false);
  bool keep[32];
  for (int i = 0; i < 32; i++)
    keep[i] = i < 29;
  CosmosTensor *y = cosmos_latent_layer_run (&layer, g.graph, given (&g, random, "context", 32), given (&g, random, "y", 16),
                                             keep);
  golden_expect (&g, y, "out.latent_layer", tolerance);
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

/* s = w + b + 1 multiplies a branch; without one it stays as it is. */
static void test_branch_scale (void)
{
  Golden g;
  golden_open (&g, "unfolded", openblas, 1);
  CosmosBranchScale scale = {0};
  CosmosTensor *x = golden_input (&g, "in.x");
  g_assert_true (cosmos_branch_scale_run (&scale, g.graph, x) == x);
  cosmos_branch_scale_init (&scale, g.parameters, "decompressor.layers.0.attention_scale");
  float s = 1 + scale.weight->data[0] + scale.bias->data[0];
  CosmosTensor *y = cosmos_branch_scale_run (&scale, g.graph, x);
  g_assert_cmpfloat_with_epsilon (y->data[3], s * x->data[3], 1e-6);
  golden_close (&g);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/latent-attention/paper-layer", test_paper_layer);
  g_test_add_func ("/model/latent-attention/paper-layer-bf16", test_paper_layer_bf16);
  g_test_add_func ("/model/latent-attention/branch-scale", test_branch_scale);
  return g_test_run ();
}
