#include "core/file/gguf.h"

#include <glib.h>
#include <math.h>

/* Against what another reader makes of the same blocks (tools/golden/block-formats.py): the last bit of a product may differ where a processor
 * adds in the same step. */
static void test_golden (void)
{
  static const double tolerance = 1e-6; /* of the largest */
  CosmosError err = {0};
  g_autofree char *path = g_build_filename (g_getenv ("GOLDEN"), "block-formats.gguf", NULL);
  CosmosGguf *file = cosmos_gguf_open (path, &err);
  g_assert_cmpstr (err.message, ==, "");
  int n_formats = 0;
  for (int dtype = COSMOS_DTYPE_Q8_0; dtype < COSMOS_N_DTYPES; dtype++) {
    const char *name = cosmos_dtype_get_name ((CosmosDtype) dtype);
    g_autofree char *values_name = g_strconcat (name, ".values", NULL);
    const CosmosTensorInfo *blocks = cosmos_gguf_find_tensor (file, name);
    const CosmosTensorInfo *values = cosmos_gguf_find_tensor (file, values_name);
    g_test_message ("%s", name);
    g_assert_nonnull (blocks);
    g_assert_cmpint (blocks->dtype, ==, dtype);
    g_assert_cmpint (values->dtype, ==, COSMOS_DTYPE_F32);
    g_assert_cmpuint (blocks->count, ==, values->count);
    g_autofree float *read = g_new (float, blocks->count), *expected = g_new (float, values->count);
    cosmos_dtype_to_float (blocks->dtype, blocks->data, read, blocks->count);
    cosmos_dtype_to_float (values->dtype, values->data, expected, values->count);
    double largest = 0, error = 0;
    for (size_t i = 0; i < blocks->count; i++) {
      largest = fmax (largest, fabs ((double) expected[i]));
      error = fmax (error, fabs ((double) read[i] - (double) expected[i]));
    }
    g_assert_cmpfloat (largest, >, 1);
    g_assert_cmpfloat (error, <=, tolerance * largest);
    /* The first block's scale is tiny, its numbers must not drown in the others' tolerance. */
    size_t length = cosmos_dtype_get_block_length ((CosmosDtype) dtype);
    for (size_t i = 0; i < length; i++)
      g_assert_cmpfloat (fabs ((double) read[i] - (double) expected[i]), <=, 1e-6 * fmax (fabs ((double) expected[i]), 1e-6));
    n_formats++;
  }
  g_assert_cmpint (n_formats, ==, 8);
  cosmos_gguf_free (file);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file/block-formats/golden", test_golden);
  return g_test_run ();
}
