#include "golden.h"

#include "core/math/elementwise.h"
#include "core/math/loss.h"
#include "core/model/compressor.h"
#include "core/model/decompressor.h"

/* In f32 logits add 32 products of numbers up to 5. */
static void check (const char *name, CosmosCompute compute, double tolerance)
{
  Golden g;
  CosmosError err = {0};
  golden_open (&g, name, compute, 1);
  CosmosDecompressor *decompressor = cosmos_decompressor_new (&g.config, g.parameters, &err);
  assert_ok (decompressor != NULL, &err);
  CosmosTensor *hidden = cosmos_decompressor_run (decompressor, g.graph, golden_input (&g, "out.latents"));
  golden_expect (&g, hidden, "out.hidden", tolerance);
  golden_expect (&g, cosmos_decompressor_predict (decompressor, g.graph, hidden), "out.logits", 2 * tolerance);
  cosmos_decompressor_free (decompressor);
  golden_close (&g);
}

static void test_folded (void)
{
  check ("folded", openblas, F32_TOLERANCE);
}

static void test_unfolded (void)
{
  check ("unfolded", openblas, F32_TOLERANCE);
}

static void test_bf16 (void)
{
  CosmosCompute compute;
  if (have_bf16 (&compute))
    check ("unfolded", compute, BF16_TOLERANCE);
  else
    g_test_skip ("no bf16 products here");
}

/* The autoencoder's loss (spec 1.5) back through both resamplers: cross-entropy and mean squared error over real tokens. */
static void check_gradients (const char *name)
{
  Golden g;
  CosmosError err = {0};
  golden_open (&g, name, openblas, 2);
  CosmosCompressor *compressor = cosmos_compressor_new (&g.config, g.parameters, &err);
  CosmosDecompressor *decompressor = cosmos_decompressor_new (&g.config, g.parameters, &err);
  assert_ok (compressor && decompressor && cosmos_parameters_make_gradients (g.parameters, &err), &err);
  g_autofree bool *keep = golden_keep (&g, "in.keep");
  g_autofree int32_t *targets = golden_ids (&g, "in.ids");
  const int64_t rows = (int64_t) golden_info (&g, "in.ids")->count;
  for (int64_t i = 0; i < rows; i++)
    if (!keep[i])
      targets[i] = -1;
  cosmos_graph_start_tape (g.graph);
  CosmosTensor *h = golden_input (&g, "out.normalised");
  CosmosTensor *hidden = cosmos_decompressor_run (decompressor, g.graph, cosmos_compressor_run (compressor, g.graph, h, keep));
  hidden = cosmos_reshape (g.graph, hidden, 2, (int64_t[]) {rows, 32});
  h = cosmos_reshape (g.graph, h, 2, (int64_t[]) {rows, 32});
  CosmosTensor *loss = cosmos_add (g.graph,
                                   cosmos_cross_entropy (g.graph, hidden, cosmos_decompressor_get_head (decompressor), targets),
                                   cosmos_mean_squared_error (g.graph, hidden, h, keep, NULL));
  golden_expect (&g, loss, "out.autoencoder_loss", F32_TOLERANCE);
  assert_ok (cosmos_graph_backward (g.graph, loss, &err), &err);
  golden_expect_gradients (&g, (const char *const[]) {"compressor.", "decompressor.", NULL}, GRADIENT_TOLERANCE);
  cosmos_compressor_free (compressor);
  cosmos_decompressor_free (decompressor);
  golden_close (&g);
}

static void test_gradients_folded (void)
{
  check_gradients ("folded");
}

static void test_gradients_unfolded (void)
{
  check_gradients ("unfolded");
}

/* The authors' code prints 126,266,162 (spec 1.3); the [MASK] row is frozen. */
static void test_paper_count (void)
{
  CosmosError err = {0};
  CosmosConfig config = cosmos_config_paper (16);
  CosmosParameters *parameters = cosmos_parameters_new_random (0, openblas);
  CosmosDecompressor *decompressor = cosmos_decompressor_new (&config, parameters, &err);
  assert_ok (decompressor != NULL, &err);
  g_assert_cmpint (cosmos_parameters_count (parameters, ""), ==, 126266162);
  cosmos_decompressor_free (decompressor);
  cosmos_parameters_free (parameters);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/decompressor/folded", test_folded);
  g_test_add_func ("/model/decompressor/unfolded", test_unfolded);
  g_test_add_func ("/model/decompressor/bf16", test_bf16);
  g_test_add_func ("/model/decompressor/gradients-folded", test_gradients_folded);
  g_test_add_func ("/model/decompressor/gradients-unfolded", test_gradients_unfolded);
  g_test_add_func ("/model/decompressor/paper-count", test_paper_count);
  return g_test_run ();
}
