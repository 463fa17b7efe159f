#include "golden.h"

#include "core/model/compressor.h"

static void check (const char *name, CosmosCompute compute, double tolerance)
{
  Golden g;
  CosmosError err = {0};
  golden_open (&g, name, compute, 1);
  CosmosCompressor *compressor = cosmos_compressor_new (&g.config, g.parameters, &err);
  assert_ok (compressor != NULL, &err);
  g_autofree bool *keep = golden_keep (&g, "in.keep");
  golden_expect (&g, cosmos_compressor_run (compressor, g.graph, golden_input (&g, "out.normalised"), keep), "out.latents",
                 tolerance);
  cosmos_compressor_free (compressor);
  golden_close (&g);
}

/* With a projection to narrower latents. */
static void test_projected (void)
{
  check ("folded", openblas, F32_TOLERANCE);
}

/* The paper's form: latents as wide as the hidden states. */
static void test_unprojected (void)
{
  check ("unfolded", openblas, F32_TOLERANCE);
}

static void test_bf16 (void)
{
  CosmosCompute compute;
  if (have_bf16 (&compute))
    check ("folded", compute, BF16_TOLERANCE);
  else
    g_test_skip ("no bf16 products here");
}

/* Shorter texts than the table of positions are read; longer ones are refused. */
static void test_lengths (void)
{
  Golden g;
  CosmosError err = {0};
  golden_open (&g, "folded", openblas, 1);
  CosmosCompressor *compressor = cosmos_compressor_new (&g.config, g.parameters, &err);
  g_autofree float *zeros = g_new0 (float, 13 * 32);
  CosmosTensor *z = cosmos_compressor_run (compressor, g.graph, cosmos_graph_input (g.graph, 3, (int64_t[]) {1, 3, 32}, zeros),
                                           NULL);
  g_assert_true (cosmos_graph_check (g.graph, &err));
  g_assert_true (cosmos_tensor_has_shape (z, 3, (int64_t[]) {1, 5, 16}));
  cosmos_compressor_run (compressor, g.graph, cosmos_graph_input (g.graph, 3, (int64_t[]) {1, 13, 32}, zeros), NULL);
  g_assert_false (cosmos_graph_check (g.graph, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_nonnull (strstr (err.message, "at most 12 tokens"));
  cosmos_compressor_free (compressor);
  golden_close (&g);
}

/* The paper prints 99,287,040 (spec 1.2). */
static void test_paper_count (void)
{
  CosmosError err = {0};
  CosmosConfig config = cosmos_config_paper (16);
  CosmosParameters *parameters = cosmos_parameters_new_random (0, openblas);
  CosmosCompressor *compressor = cosmos_compressor_new (&config, parameters, &err);
  assert_ok (compressor != NULL, &err);
  g_assert_cmpint (cosmos_parameters_count (parameters, "compressor."), ==, 99287040);
  g_assert_cmpint (cosmos_parameters_count (parameters, ""), ==, 99287040);
  cosmos_compressor_free (compressor);
  cosmos_parameters_free (parameters);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/compressor/projected", test_projected);
  g_test_add_func ("/model/compressor/unprojected", test_unprojected);
  g_test_add_func ("/model/compressor/bf16", test_bf16);
  g_test_add_func ("/model/compressor/lengths", test_lengths);
  g_test_add_func ("/model/compressor/paper-count", test_paper_count);
  return g_test_run ();
}
