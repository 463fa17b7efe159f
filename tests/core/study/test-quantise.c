#include "core/study/quantise.h"
#include "core/study/trimmed-mean.h"

#include <math.h>

#include <glib.h>

/* Three heaps on a line. */
static void test_heaps (void)
{
  const double points[] = {0, 10, 20, 0.1, 10.2, 19.9, -0.1};
  int32_t labels[7], again[7];
  double error, error_again;
  for (uint64_t seed = 0; seed < 20; seed++) {
    g_assert_true (cosmos_quantise (points, 7, 1, 3, 5, seed, labels, &error, NULL));
    g_assert_true (labels[0] == labels[3] && labels[3] == labels[6] && labels[1] == labels[4] && labels[2] == labels[5]);
    g_assert_true (labels[0] != labels[1] && labels[1] != labels[2] && labels[0] != labels[2]);
    g_assert_cmpfloat_with_epsilon (error, 0.02 + 0.02 + 0.005, 1e-9);
    g_assert_true (cosmos_quantise (points, 7, 1, 3, 5, seed, again, &error_again, NULL));
    g_assert_cmpmem (labels, sizeof labels, again, sizeof again);
  }
}

/* A group's points lie nearer to its mean than to any other's, whatever the points. */
static void test_is_a_fixed_point (void)
{
  enum { N = 60, D = 3, K = 5 };
  GRand *random = g_rand_new_with_seed (5);
  double points[N][D], means[K][D] = {0}, sizes[K] = {0}, error, sum = 0;
  int32_t labels[N];
  for (int i = 0; i < N; i++)
    for (int j = 0; j < D; j++)
      points[i][j] = g_rand_double_range (random, -1, 1);
  g_assert_true (cosmos_quantise (&points[0][0], N, D, K, 3, 1, labels, &error, NULL));
  for (int i = 0; i < N; i++)
    sizes[labels[i]]++;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < D; j++)
      means[labels[i]][j] += points[i][j] / sizes[labels[i]];
  for (int i = 0; i < N; i++) {
    double distances[K] = {0};
    for (int c = 0; c < K; c++)
      for (int j = 0; j < D; j++)
        distances[c] += pow (points[i][j] - means[c][j], 2);
    for (int c = 0; c < K; c++)
      g_assert_true (sizes[c] == 0 || distances[labels[i]] <= distances[c] + 1e-9);
    sum += distances[labels[i]];
  }
  g_assert_cmpfloat_with_epsilon (sum, error, 1e-9);
  g_rand_free (random);
}

static void test_edges (void)
{
  const double same[] = {1, 1, 1, 1};
  int32_t labels[4];
  double error;
  CosmosError err;
  g_assert_true (cosmos_quantise (same, 4, 1, 2, 2, 0, labels, &error, NULL));
  g_assert_cmpfloat (error, ==, 0);
  g_assert_true (cosmos_quantise (same, 2, 2, 2, 1, 0, labels, NULL, NULL));
  g_assert_false (cosmos_quantise (same, 4, 1, 5, 1, 0, labels, NULL, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_false (cosmos_quantise (same, 4, 1, 0, 1, 0, labels, NULL, NULL));
}

static void test_trimmed_mean (void)
{
  double numbers[42];
  for (int i = 0; i < 40; i++)
    numbers[i] = i == 7 ? 1e9 : i == 8 ? -1e9 : i == 9 ? 1e6 : i == 10 ? -1e6 : 2; /* two of twenty at either end fall away */
  numbers[40] = numbers[41] = NAN;
  g_assert_cmpfloat (cosmos_trimmed_mean (numbers, 42), ==, 2);
  g_assert_cmpfloat (cosmos_trimmed_mean ((double[]) {1, 2, 6}, 3), ==, 3);
  g_assert_true (isnan (cosmos_trimmed_mean (numbers, 0)));
  g_assert_true (isnan (cosmos_trimmed_mean (numbers + 40, 2)));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quantise/heaps", test_heaps);
  g_test_add_func ("/quantise/is-a-fixed-point", test_is_a_fixed_point);
  g_test_add_func ("/quantise/edges", test_edges);
  g_test_add_func ("/trimmed-mean", test_trimmed_mean);
  return g_test_run ();
}
