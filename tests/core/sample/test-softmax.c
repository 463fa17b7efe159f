#include "core/sample/softmax.h"

#include "core/base/random.h"

#include <stdbool.h>

#include <glib.h>

static float *draw (int64_t n, uint64_t seed, float scale)
{
  float *x = g_new (float, n);
  cosmos_random_normal (seed, 0, 0, x, (size_t) n);
  for (int64_t i = 0; i < n; i++)
    x[i] *= scale;
  return x;
}

static void test_against_definition (void)
{
  static const int64_t sizes[] = {1, 2, 15, 16, 17, 300, 4095, 4097, 8192, 28996};
  for (size_t s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (float scale = 0.1f; scale < 100; scale *= 6) {
      int64_t n = sizes[s];
      g_autofree float *x = draw (n, s, scale);
      double max = -INFINITY, sum = 0, entropy = 0;
      for (int64_t i = 0; i < n; i++)
        max = MAX (max, (double) x[i]);
      for (int64_t i = 0; i < n; i++)
        sum += exp ((double) x[i] - max);
      for (int64_t i = 0; i < n; i++) {
        double p = exp ((double) x[i] - max) / sum;
        entropy -= p > 0 ? p * log (p) : 0;
      }
      CosmosSoftmax softmax = cosmos_softmax (x, n);
      g_assert_cmpfloat (softmax.max, ==, max);
      g_assert_cmpfloat_with_epsilon (softmax.log_sum, log (sum), 1e-5);
      g_assert_cmpfloat_with_epsilon (softmax.entropy, entropy, 1e-5 * (1 + entropy));
      g_assert_cmpfloat_with_epsilon (cosmos_softmax_log_probability (&softmax, x[n / 2]), (double) x[n / 2] - max - log (sum),
                                      1e-5);
    }
}

static void test_known_distributions (void)
{
  float x[1000];
  for (int i = 0; i < 1000; i++)
    x[i] = 123.0f;
  CosmosSoftmax softmax = cosmos_softmax (x, 1000);
  g_assert_cmpfloat_with_epsilon (softmax.entropy, log (1000), 1e-6);
  /* Impossible tokens count for nothing, and one that is certain leaves no doubt. */
  for (int i = 0; i < 999; i++)
    x[i] = -INFINITY;
  softmax = cosmos_softmax (x, 1000);
  g_assert_cmpfloat_with_epsilon (softmax.entropy, 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (cosmos_softmax_log_probability (&softmax, 123.0f), 0, 1e-6);
  x[5] = NAN;
  g_assert_false (isfinite (cosmos_softmax (x, 1000).entropy));
  x[5] = INFINITY;
  g_assert_false (isfinite (cosmos_softmax (x, 1000).entropy));
}

static void test_top (void)
{
  static const int64_t sizes[] = {3, 5, 64, 65, 1000, 28996};
  for (size_t s = 0; s < G_N_ELEMENTS (sizes); s++) {
    int64_t n = sizes[s];
    g_autofree float *x = draw (n, 100 + s, 1);
    g_autofree bool *taken = g_new0 (bool, n);
    int32_t ids[5];
    for (int64_t i = 0; i < n; i++) /* many equal ones */
      x[i] = roundf (x[i] * 8);
    cosmos_softmax_top (x, n, 5, ids);
    for (int k = 0; k < 5; k++) {
      int64_t best = -1;
      for (int64_t i = 0; i < n; i++)
        if (!taken[i] && (best < 0 || x[i] > x[best]))
          best = i;
      g_assert_cmpint (ids[k], ==, best);
      if (best >= 0)
        taken[best] = true;
    }
  }
}

static void test_top_of_odd_numbers (void)
{
  const float x[] = {NAN, -INFINITY, 2, NAN, -INFINITY, 1}, none[] = {NAN, NAN};
  int32_t ids[5];
  cosmos_softmax_top (x, 6, 5, ids);
  g_assert_cmpint (ids[0], ==, 2);
  g_assert_cmpint (ids[1], ==, 5);
  g_assert_cmpint (ids[2], ==, 1);
  g_assert_cmpint (ids[3], ==, 4);
  g_assert_cmpint (ids[4], ==, -1);
  cosmos_softmax_top (none, 2, 1, ids);
  g_assert_cmpint (ids[0], ==, -1);
}

static void test_weights (void)
{
  g_autofree float *x = draw (1000, 9, 3);
  g_autofree float *weights = g_new (float, 1000);
  CosmosSoftmax softmax = cosmos_softmax (x, 1000);
  for (double temperature = 0.25; temperature <= 4; temperature *= 2) {
    double sum = cosmos_softmax_weights (&softmax, x, 1000, temperature, weights), expected = 0;
    for (int i = 0; i < 1000; i++) {
      double weight = exp (((double) x[i] - (double) softmax.max) / temperature);
      g_assert_cmpfloat_with_epsilon (weights[i], weight, 1e-5 * weight + 1e-30);
      expected += weight;
    }
    g_assert_cmpfloat_with_epsilon (sum, expected, 1e-5 * expected);
  }
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/softmax/against-definition", test_against_definition);
  g_test_add_func ("/softmax/known-distributions", test_known_distributions);
  g_test_add_func ("/softmax/top", test_top);
  g_test_add_func ("/softmax/top-of-odd-numbers", test_top_of_odd_numbers);
  g_test_add_func ("/softmax/weights", test_weights);
  return g_test_run ();
}
