#include "core/math/tensor.h"

#include <glib.h>

static void test_sizes (void)
{
  float data[24];
  CosmosTensor t = cosmos_tensor (data, 3, (int64_t[]) {2, 3, 4});
  g_assert_cmpint (cosmos_tensor_get_rows (&t), ==, 6);
  g_assert_cmpint (cosmos_tensor_get_columns (&t), ==, 4);
  g_assert_cmpint (cosmos_tensor_get_count (&t), ==, 24);
  g_assert_true (cosmos_tensor_row (&t, 5) == data + 20);
  g_assert_true (cosmos_tensor_has_shape (&t, 3, (int64_t[]) {2, 3, 4}));
  g_assert_false (cosmos_tensor_has_shape (&t, 3, (int64_t[]) {2, 4, 4}));
  g_assert_false (cosmos_tensor_has_shape (&t, 2, (int64_t[]) {2, 3}));
  g_assert_true (cosmos_tensor_is_packed (&t));
  g_assert_null (t.grad);

  CosmosTensor v = cosmos_tensor (data, 1, (int64_t[]) {7});
  g_assert_cmpint (cosmos_tensor_get_rows (&v), ==, 1);
  g_assert_cmpint (cosmos_tensor_get_count (&v), ==, 7);

  CosmosTensor none = cosmos_tensor (NULL, 2, (int64_t[]) {0, 5});
  g_assert_cmpint (cosmos_tensor_get_count (&none), ==, 0);
  cosmos_tensor_copy_to (&none, data);
}

static void test_strided (void)
{
  float data[20], out[6];
  for (int i = 0; i < 20; i++)
    data[i] = (float) i;
  CosmosTensor t = cosmos_tensor (data + 3, 3, (int64_t[]) {1, 3, 2});
  t.stride = 7;
  g_assert_false (cosmos_tensor_is_packed (&t));
  cosmos_tensor_copy_to (&t, out);
  const float want[] = {3, 4, 10, 11, 17, 18};
  for (int i = 0; i < 6; i++)
    g_assert_true (out[i] == want[i]);

  const float fresh[] = {-1, -2, -3, -4, -5, -6};
  cosmos_tensor_copy_from (&t, fresh);
  for (int i = 0, k = 0; i < 20; i++) {
    gboolean inside = i >= 3 && i < 19 && (i - 3) % 7 < 2;
    g_assert_true (data[i] == (inside ? fresh[k++] : (float) i));
  }

  t.shape[1] = 1; /* a single row has no gaps */
  g_assert_true (cosmos_tensor_is_packed (&t));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/sizes", test_sizes);
  g_test_add_func ("/tensor/strided", test_strided);
  return g_test_run ();
}
