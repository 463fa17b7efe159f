#include "store/cpg-log-pack.h"

#include <math.h>
#include <string.h>

static void test_latents (void)
{
  enum { N = 16, WIDTH = 96 };
  g_autofree float *numbers = g_new (float, N *WIDTH);
  for (int i = 0; i < N * WIDTH; i++)
    numbers[i] = (float) (g_test_rand_double_range (-4, 4));
  g_autoptr (GBytes) packed = cpg_log_latents_pack (numbers, N, WIDTH);
  g_autofree float *back = cpg_log_latents_unpack (packed, N, WIDTH);
  g_assert_cmpuint (g_bytes_get_size (packed), <, N * WIDTH * 2 + 64);
  for (int i = 0; i < N * WIDTH; i++)
    g_assert_cmpfloat_with_epsilon (numbers[i], back[i], 0.002); /* half of f16's step below 4 */
}

/* Bytes that are not what they should be. */
static void test_bad_latents (void)
{
  static const float numbers[64];
  static const int sizes[][2] = {{8, 4}, {8, 16}, {0, 8}, {8, 0}, {-8, -8}, {G_MAXINT, G_MAXINT}, {1 << 22, 2}};
  g_autoptr (GBytes) packed = cpg_log_latents_pack (numbers, 8, 8), empty = g_bytes_new (NULL, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_assert_null (cpg_log_latents_unpack (packed, sizes[i][0], sizes[i][1]));
  g_assert_null (cpg_log_latents_unpack (NULL, 8, 8));
  g_assert_null (cpg_log_latents_unpack (empty, 8, 8));
  for (gsize length = 1; length < g_bytes_get_size (packed); length++) {
    g_autoptr (GBytes) cut = g_bytes_new_from_bytes (packed, 0, length);
    g_assert_null (cpg_log_latents_unpack (cut, 8, 8));
  }
}

static void test_tokens (void)
{
  const int ids[] = {0, 127, 128, 30521, G_MAXINT};
  const float probabilities[] = {0, 1, 0.5f, 0.999f, 2};
  g_autoptr (GBytes) packed = cpg_log_tokens_pack (ids, probabilities, G_N_ELEMENTS (ids));
  g_autofree int *back = NULL;
  g_autofree float *sure = NULL;
  int n;
  g_assert_true (cpg_log_tokens_unpack (packed, &back, &sure, &n));
  g_assert_cmpmem (back, (gsize) n * sizeof *back, ids, sizeof ids);
  for (int i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (sure[i], fminf (probabilities[i], 1), 0.002);
}

static void test_bad_tokens (void)
{
  static const struct {
    const char *bytes;
    gsize size;
  } cases[] = {
    {"\x05", 1}, {"\x85", 1}, {"\xff\xff\xff\xff\xff\xff\x01", 7}, {"\xff\xff\xff\xff\x0f\x01", 6}, {"\x01\x01\x01", 3}};
  int *ids, n;
  float *probabilities;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = g_bytes_new_static (cases[i].bytes, cases[i].size);
    g_assert_false (cpg_log_tokens_unpack (bytes, &ids, &probabilities, &n));
  }
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  g_assert_true (cpg_log_tokens_unpack (none, &ids, &probabilities, &n));
  g_assert_cmpint (n, ==, 0);
  g_free (ids);
  g_free (probabilities);
}

/* Fixed, because logs and archives hold it: printf 'ab\0\0\0\200\077\0\0\0\200' | sha256sum */
static void test_hash (void)
{
  static const float latents[] = {1, -0.0f}, other[] = {1, 0};
  g_autofree char *hash = cpg_log_hash_output ("ab", latents, 2), *sign = cpg_log_hash_output ("ab", other, 2),
                  *text = cpg_log_hash_output ("ab", NULL, 0);
  g_assert_cmpstr (hash, ==, "b43fd681925ab2a8d41a1340ab262d9ddb7ddd04a89623775ee08c5c132a74db");
  g_assert_cmpstr (hash, !=, sign);
  g_assert_cmpstr (hash, !=, text);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-pack/latents", test_latents);
  g_test_add_func ("/log-pack/bad-latents", test_bad_latents);
  g_test_add_func ("/log-pack/tokens", test_tokens);
  g_test_add_func ("/log-pack/bad-tokens", test_bad_tokens);
  g_test_add_func ("/log-pack/hash", test_hash);
  return g_test_run ();
}
