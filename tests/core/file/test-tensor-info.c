#include "core/file/tensor-info.h"

#include <glib.h>

static bool measure (CosmosTensorInfo *info, CosmosDtype dtype, int rank, int64_t a, int64_t b, int64_t c, int64_t d)
{
  *info = (CosmosTensorInfo) {.dtype = dtype, .rank = rank, .shape = {a, b, c, d}, .count = 7, .size = 7};
  return cosmos_tensor_info_measure (info);
}

static void test_good (void)
{
  CosmosTensorInfo info;
  g_assert_true (measure (&info, COSMOS_DTYPE_F32, 0, 9, 9, 9, 9)); /* beyond the rank nothing counts */
  g_assert_cmpuint (info.count, ==, 1);
  g_assert_cmpuint (info.size, ==, 4);
  g_assert_true (measure (&info, COSMOS_DTYPE_BF16, 4, 2, 3, 4, 5));
  g_assert_cmpuint (info.count, ==, 120);
  g_assert_cmpuint (info.size, ==, 240);
  g_assert_true (measure (&info, COSMOS_DTYPE_Q8_0, 2, 3, 64, 0, 0));
  g_assert_cmpuint (info.size, ==, 3 * 2 * 34);
  g_assert_true (measure (&info, COSMOS_DTYPE_F32, 2, 0, 1ll << 40, 0, 0));
  g_assert_cmpuint (info.count + info.size, ==, 0);
}

static void test_bad (void)
{
  CosmosTensorInfo info;
  g_assert_false (measure (&info, COSMOS_DTYPE_F32, 1, -1, 0, 0, 0));
  g_assert_false (measure (&info, COSMOS_DTYPE_F32, 2, -1, -1, 0, 0));
  g_assert_false (measure (&info, COSMOS_DTYPE_F32, 2, 1ll << 32, 1ll << 32, 0, 0));
  g_assert_false (measure (&info, COSMOS_DTYPE_F32, 3, 0, 1ll << 32, 1ll << 32, 0));
  g_assert_false (measure (&info, COSMOS_DTYPE_F32, 1, 1ll << 62, 0, 0, 0));
  g_assert_false (measure (&info, COSMOS_DTYPE_F32, 1, 1ll << 61, 0, 0, 0)); /* 2^63 bytes */
  g_assert_false (measure (&info, COSMOS_DTYPE_Q8_0, 2, 32, 33, 0, 0));
  g_assert_false (measure (&info, COSMOS_DTYPE_Q4_0, 0, 0, 0, 0, 0));
  g_assert_cmpuint (info.count, ==, 7); /* untouched */
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file/tensor-info/good", test_good);
  g_test_add_func ("/file/tensor-info/bad", test_bad);
  return g_test_run ();
}
