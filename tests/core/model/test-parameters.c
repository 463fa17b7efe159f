#include "golden.h"

#include <glib/gstdio.h>

/* The same name is the same object; a wrong or unknown one makes the store fail, once, in words, and for good. */
static void test_asking (void)
{
  Golden g;
  golden_open (&g, "folded", openblas, 1);
  CosmosParameters *p = g.parameters;
  const CosmosWeight *head = cosmos_parameters_matrix (p, 40, 32, "decompressor.head.weight");
  g_assert_cmpint (cosmos_weight_get_out (head), ==, 40);
  g_assert_true (cosmos_parameters_matrix (p, 40, 32, "decompressor.%s.weight", "head") == head);
  const CosmosTensor *gain = cosmos_parameters_vector (p, 32, "compressor.layers.%d.attention.norm_query.weight", 1);
  g_autofree float *expected = golden_values (&g, "compressor.layers.1.attention.norm_query.weight");
  g_assert_cmpmem (gain->data, 32 * sizeof (float), expected, 32 * sizeof (float));
  const CosmosTensor *table = cosmos_parameters_table (p, 5, 16, "decompressor.latent_positions");
  g_assert_true (cosmos_tensor_has_shape (table, 2, (int64_t[]) {5, 16}));
  cosmos_parameters_constant (p, 0, 32, "encoder.mean");
  g_assert_cmpint (cosmos_parameters_count (p, ""), ==, 40 * 32 + 32 + 5 * 16);
  g_assert_cmpint (cosmos_parameters_count (p, "compressor."), ==, 32);
  g_assert_true (cosmos_parameters_check (p, NULL));

  CosmosError err = {0};
  const CosmosWeight *dummy = cosmos_parameters_matrix (p, 48, 16, "denoiser.output.weight");
  g_assert_cmpint (cosmos_weight_get_out (dummy), ==, 1);
  g_assert_false (cosmos_parameters_check (p, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_FORMAT);
  g_assert_nonnull (strstr (err.message, "folded.safetensors: the tensor denoiser.output.weight has the shape [16, 48]"));
  g_assert_nonnull (strstr (err.message, "ask for [48, 16]"));
  g_assert_cmpfloat (cosmos_parameters_vector (p, 5, "no such name")->data[0], ==, 0);
  CosmosError later = {0};
  g_assert_false (cosmos_parameters_check (p, &later));
  g_assert_cmpstr (later.message, ==, err.message);
  golden_close (&g);
}

static void test_ranks (void)
{
  CosmosError err = {0};
  Golden g;
  golden_open (&g, "folded", openblas, 1);
  cosmos_parameters_vector (g.parameters, 80, "decompressor.latent_positions");
  g_assert_false (cosmos_parameters_check (g.parameters, &err));
  g_assert_nonnull (strstr (err.message, "ask for [80]"));
  golden_close (&g);
  golden_open (&g, "folded", openblas, 1);
  cosmos_parameters_table (g.parameters, 5, 16, "decompressor.latent_positions");
  cosmos_parameters_matrix (g.parameters, 5, 16, "decompressor.latent_positions");
  g_assert_false (cosmos_parameters_check (g.parameters, &err));
  g_assert_nonnull (strstr (err.message, "in two shapes"));
  golden_close (&g);
}

/* From a GGUF: matrices in its own format, vectors as floats; numbers that are not finite are refused. */
static void test_gguf (void)
{
  CosmosError err = {0};
  g_autofree char *folder = g_dir_make_tmp ("cosmos-parameters-XXXXXX", NULL), *path = g_build_filename (folder, "p.gguf", NULL);
  float values[64], bad[2] = {1, INFINITY};
  for (int i = 0; i < 64; i++)
    values[i] = (float) i / 8;
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  cosmos_gguf_writer_set_string (writer, "general.architecture", "test");
  cosmos_gguf_writer_add_tensor (writer, "matrix", 2, (int64_t[]) {2, 32}, COSMOS_DTYPE_Q8_0, values);
  cosmos_gguf_writer_add_tensor (writer, "table", 2, (int64_t[]) {4, 16}, COSMOS_DTYPE_BF16, values);
  cosmos_gguf_writer_add_tensor (writer, "bad", 1, (int64_t[]) {2}, COSMOS_DTYPE_F32, bad);
  assert_ok (cosmos_gguf_writer_save (writer, path, &err), &err);
  cosmos_gguf_writer_free (writer);
  CosmosGguf *file = cosmos_gguf_open (path, &err);
  assert_ok (file != NULL, &err);
  CosmosParameters *p = cosmos_parameters_new_from_gguf (file, openblas);
  g_assert_cmpint (cosmos_weight_get_dtype (cosmos_parameters_matrix (p, 2, 32, "matrix")), ==, COSMOS_DTYPE_Q8_0);
  g_assert_cmpfloat (cosmos_parameters_table (p, 4, 16, "table")->data[9], ==, 9.0 / 8);
  g_assert_false (cosmos_parameters_make_gradients (p, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_UNSUPPORTED);
  g_assert_nonnull (strstr (err.message, "matrix is Q8_0"));
  cosmos_parameters_vector (p, 2, "bad");
  g_assert_false (cosmos_parameters_check (p, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CORRUPT);
  g_assert_nonnull (strstr (err.message, "p.gguf: the tensor bad"));
  cosmos_parameters_free (p);
  cosmos_gguf_free (file);
  g_remove (path);
  g_rmdir (folder);
}

/* Depends on seed and name, not on the order of asking; mean 0 and the variance that the header promises. */
static void test_random (void)
{
  CosmosParameters *a = cosmos_parameters_new_random (1, openblas), *b = cosmos_parameters_new_random (1, openblas),
                   *c = cosmos_parameters_new_random (2, openblas);
  const float *x = cosmos_weight_get_values (cosmos_parameters_matrix (a, 500, 400, "first"));
  cosmos_parameters_matrix (b, 3, 4, "second");
  const float *y = cosmos_weight_get_values (cosmos_parameters_matrix (b, 500, 400, "first"));
  const float *z = cosmos_weight_get_values (cosmos_parameters_matrix (c, 500, 400, "first"));
  g_assert_cmpmem (x, 200000 * sizeof *x, y, 200000 * sizeof *y);
  double sum = 0, square = 0, product = 0, largest = 0;
  for (int i = 0; i < 200000; i++) {
    sum += x[i];
    square += (double) x[i] * x[i];
    product += (double) x[i] * z[i];
    largest = fmax (largest, fabs (x[i]));
  }
  const double deviation = 1 / sqrt (400);
  g_assert_cmpfloat (fabs (sum / 200000), <, 4 * deviation / sqrt (200000));
  g_assert_cmpfloat_with_epsilon (square / 200000 / (deviation * deviation), 1, 0.01);
  g_assert_cmpfloat (fabs (product / 200000), <, 4 * deviation * deviation / sqrt (200000));
  g_assert_cmpfloat (largest, <, 3.5 * deviation);
  g_assert_cmpfloat (largest, >, 3 * deviation);
  g_assert_cmpfloat (cosmos_parameters_vector (a, 3, "norm.weight")->data[2], ==, 1);
  g_assert_cmpfloat (cosmos_parameters_vector (a, 3, "norm.bias")->data[2], ==, 0);
  g_assert_cmpfloat (cosmos_parameters_vector (a, 1, "ffn_scale.weight")->data[0], ==, 0);
  g_assert_cmpfloat (cosmos_parameters_constant (a, 2, 3, "latent.mean")->data[5], ==, 0);
  g_assert_cmpfloat (cosmos_parameters_constant (a, 2, 3, "latent.std")->data[5], ==, 1);
  g_assert_cmpfloat (fabsf (cosmos_parameters_table (a, 2, 3, "positions")->data[5]), <, 0.07);
  g_assert_cmpstr (cosmos_parameters_get_origin (a), ==, "random parameters");
  cosmos_parameters_free (a);
  cosmos_parameters_free (b);
  cosmos_parameters_free (c);
}

/* Trained parameters get zeros to add to, constants nothing; more than memory is refused. */
static void test_gradients (void)
{
  CosmosError err = {0};
  CosmosParameters *p = cosmos_parameters_new_random (1, openblas);
  const CosmosWeight *matrix = cosmos_parameters_matrix (p, 2, 3, "matrix");
  const CosmosTensor *vector = cosmos_parameters_vector (p, 4, "vector"), *fixed = cosmos_parameters_constant (p, 0, 4, "fixed");
  g_assert_null (cosmos_parameters_get_gradient (p, "matrix"));
  assert_ok (cosmos_parameters_make_gradients (p, &err), &err);
  g_assert_true (cosmos_parameters_get_gradient (p, "matrix") == cosmos_weight_get_grad (matrix));
  g_assert_cmpfloat (cosmos_weight_get_grad (matrix)[5], ==, 0);
  g_assert_true (cosmos_parameters_get_gradient (p, "vector") == vector->grad && vector->grad);
  g_assert_null (fixed->grad);
  g_assert_null (cosmos_parameters_get_gradient (p, "unknown"));
  cosmos_parameters_matrix (p, INT64_MAX / 2, INT64_MAX / 2, "huge");
  g_assert_false (cosmos_parameters_check (p, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_NO_MEMORY);
  cosmos_parameters_free (p);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/parameters/asking", test_asking);
  g_test_add_func ("/model/parameters/ranks", test_ranks);
  g_test_add_func ("/model/parameters/gguf", test_gguf);
  g_test_add_func ("/model/parameters/random", test_random);
  g_test_add_func ("/model/parameters/gradients", test_gradients);
  return g_test_run ();
}
