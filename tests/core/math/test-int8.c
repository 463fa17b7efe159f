#include "core/math/int8.h"

#include "core/base/random.h"

#include <glib.h>
#include <math.h>

enum { N = 1000 };

static void test_weights (void)
{
  float w[N], scale;
  int8_t q[N];
  int32_t sum, total = 0;
  cosmos_random_normal (1, 0, 0, w, N);
  w[3] = -5;
  cosmos_int8_round_weights (w, N, q, &scale, &sum);
  g_assert_cmpfloat_with_epsilon (scale, 5.0f / 127, 1e-7f);
  g_assert_cmpint (q[3], ==, -127);
  for (int i = 0; i < N; i++) {
    g_assert_cmpfloat (fabsf (w[i] - scale * q[i]), <=, scale * 0.50001f);
    total += q[i];
  }
  g_assert_cmpint (sum, ==, total);
}

static void check_activations (const float *x, int n)
{
  float scale;
  uint8_t q[N];
  int32_t zero;
  cosmos_int8_round_activations (x, n, q, &scale, &zero);
  g_assert_true (zero >= 0 && zero <= 255);
  for (int i = 0; i < n; i++)
    g_assert_cmpfloat (fabsf (x[i] - scale * (float) (q[i] - zero)), <=,
                       scale * 1.001f); /* at the ends zero's own rounding adds */
}

static void test_activations (void)
{
  float x[N];
  cosmos_random_normal (1, 0, 0, x, N);
  check_activations (x, N);
  check_activations (x, 1);
  for (int i = 0; i < N; i++)
    x[i] = fabsf (x[i]); /* one sign: all 8 bits are for it */
  check_activations (x, N);
  for (int i = 0; i < N; i++)
    x[i] = -3;
  check_activations (x, N);
  for (int i = 0; i < N; i++)
    x[i] = i % 2 ? 3e38f : -3e38f; /* their difference is infinite */
  check_activations (x, N);
}

static void test_odd_rows (void)
{
  static const float odd[] = {NAN, INFINITY, -INFINITY};
  float x[40] = {0}, scale;
  uint8_t q[40];
  int8_t s[40];
  int32_t zero, sum;
  cosmos_int8_round_activations (x, 40, q, &scale, &zero);
  g_assert_true (scale == 0 && q[7] == zero);
  cosmos_int8_round_weights (x, 40, s, &scale, &sum);
  g_assert_true (scale == 0 && sum == 0);
  x[1] = 1e-42f; /* has no inverse */
  cosmos_int8_round_activations (x, 40, q, &scale, &zero);
  g_assert_cmpfloat (scale, <, 1e-40f);
  for (int i = 0; i < 3; i++) {
    x[33] = odd[i];
    cosmos_int8_round_activations (x, 40, q, &scale, &zero);
    g_assert_true (isnan (scale));
  }
  cosmos_int8_round_weights (x, 40, s, &scale, &sum);
  g_assert_true (isnan (scale));
}

static void test_sums (void)
{
  float scales[N], bias[N];
  int32_t totals[N];
  union {
    int32_t sums[N];
    float y[N];
  } row;
  for (int has_bias = 0; has_bias < 2; has_bias++) {
    for (int i = 0; i < N; i++) {
      scales[i] = (float) (i + 1);
      totals[i] = i * 3 - 500;
      bias[i] = (float) i / 2;
      row.sums[i] = i * i - 77;
    }
    cosmos_int8_scale_sums (row.y, N, 0.25f, 9, (CosmosInt8Columns) {scales, totals, has_bias ? bias : NULL});
    for (int i = 0; i < N; i++) {
      double want = (i * i - 77 - 9.0 * (i * 3 - 500)) * 0.25 * (i + 1) + (has_bias ? i / 2.0 : 0);
      g_assert_cmpfloat_with_epsilon ((double) row.y[i], want, 1e-6 * (1 + fabs (want)));
    }
  }
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/int8/weights", test_weights);
  g_test_add_func ("/int8/activations", test_activations);
  g_test_add_func ("/int8/odd-rows", test_odd_rows);
  g_test_add_func ("/int8/sums", test_sums);
  return g_test_run ();
}
