#include "core/math/compute.h"

#include <glib.h>

static void test_names (void)
{
  static const struct {
    const char *word, *name;
  } cases[] = {{"bf16", "oneDNN bf16"}, {"INT8", "oneDNN int8"}, {"openblas", "OpenBLAS f32"}};
  CosmosCompute compute;
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_true (cosmos_compute_from_name (cases[i].word, &compute, NULL));
    g_assert_cmpstr (cosmos_compute_get_name (compute), ==, cases[i].name);
  }
  g_assert_true (cosmos_compute_from_name ("f32", &compute, NULL));
  g_assert_cmpint (compute.precision, ==, COSMOS_PRECISION_F32);
  g_assert_true (cosmos_compute_is_available (compute, NULL)); /* by one library or the other */

  CosmosError err = {COSMOS_STATUS_OK};
  compute = (CosmosCompute) {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_INT8};
  g_assert_false (cosmos_compute_from_name ("fp7", &compute, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_nonnull (strstr (err.message, "fp7"));
  g_assert_cmpint (compute.precision, ==, COSMOS_PRECISION_INT8);
}

static void test_best (void)
{
  CosmosCompute best = cosmos_compute_get_best (), automatic;
  CosmosCompute bf16 = {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_BF16};
  g_assert_true (cosmos_compute_is_available (best, NULL));
  g_assert_true (cosmos_compute_from_name ("auto", &automatic, NULL));
  g_assert_true (automatic.backend == best.backend && automatic.precision == best.precision);
  if (cosmos_compute_is_available (bf16, NULL))
    g_assert_cmpint (best.precision, ==, COSMOS_PRECISION_BF16);
  g_assert_cmpint (best.precision, !=, COSMOS_PRECISION_INT8);
  g_test_message ("%s", cosmos_compute_get_name (best));
}

/* Whatever is not available says why. */
static void test_unavailable (void)
{
  for (int backend = 0; backend < 2; backend++)
    for (int precision = 0; precision < 3; precision++) {
      CosmosCompute compute = {(CosmosBackend) backend, (CosmosPrecision) precision};
      CosmosError err = {COSMOS_STATUS_OK};
      g_assert_cmpstr (cosmos_compute_get_name (compute), !=, "");
      if (cosmos_compute_is_available (compute, &err))
        continue;
      g_assert_cmpint (err.code, ==, COSMOS_STATUS_UNSUPPORTED);
      g_assert_nonnull (strstr (err.message, "choose"));
    }
  g_assert_true (cosmos_compute_is_available ((CosmosCompute) {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32}, NULL));
  g_assert_false (cosmos_compute_is_available ((CosmosCompute) {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_BF16}, NULL));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/compute/names", test_names);
  g_test_add_func ("/compute/best", test_best);
  g_test_add_func ("/compute/unavailable", test_unavailable);
  return g_test_run ();
}
