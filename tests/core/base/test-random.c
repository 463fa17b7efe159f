#include "core/base/random.h"

#include <math.h>

#include <glib.h>

/* The known answers that Salmon et al. publish with the generator, for Philox4x32-10. */
static void test_philox_known_answers (void)
{
  static const struct {
    uint32_t counter[4], key[2], out[4];
  } known[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (known); i++) {
    uint32_t out[4];
    cosmos_random_philox (known[i].counter, known[i].key, out);
    g_assert_cmpmem (out, sizeof out, known[i].out, sizeof out);
  }
}

/* n = 2^18 numbers: each bound is about five standard errors. */
static void test_normal_moments (void)
{
  enum { N = 1 << 18 };
  g_autofree float *x = g_new (float, N);
  for (uint32_t step = 0; step < 3; step++) {
    cosmos_random_normal (7, step, 0, x, N);
    double sums[5] = {0};
    int beyond_two = 0;
    for (int i = 0; i < N; i++) {
      double power = 1.0;
      for (int k = 1; k < 5; k++)
        sums[k] += (power *= (double) x[i]);
      beyond_two += fabsf (x[i]) > 2.0f;
    }
    g_assert_cmpfloat_with_epsilon (sums[1] / N, 0.0, 0.010);
    g_assert_cmpfloat_with_epsilon (sums[2] / N, 1.0, 0.014);
    g_assert_cmpfloat_with_epsilon (sums[3] / N, 0.0, 0.040); /* standard error sqrt (15 / n) */
    g_assert_cmpfloat_with_epsilon (sums[4] / N, 3.0, 0.100); /* sqrt (96 / n) */
    g_assert_cmpfloat_with_epsilon (beyond_two / (double) N, 0.0455, 0.0021);
  }
}

static double correlation (const float *a, const float *b, int n)
{
  double sum = 0.0;
  for (int i = 0; i < n; i++)
    sum += (double) a[i] * (double) b[i];
  return sum / n;
}

/* Seeds, steps and neighbours have nothing to do with each other. */
static void test_streams_are_independent (void)
{
  enum { N = 1 << 16 };
  g_autofree float *a = g_new (float, N + 1), *b = g_new (float, N);
  cosmos_random_normal (1, 0, 0, a, N + 1);
  g_assert_cmpfloat_with_epsilon (correlation (a, a + 1, N), 0.0, 0.02);
  static const struct {
    uint64_t seed;
    uint32_t step;
    uint64_t first;
  } others[] = {{2, 0, 0}, {1, 1, 0}, {1, 0, N}, {1ull << 32, 0, 0}, {1, 1u << 31, 0}, {1, 0, 1ull << 40}};
  for (size_t i = 0; i < G_N_ELEMENTS (others); i++) {
    cosmos_random_normal (others[i].seed, others[i].step, others[i].first, b, N);
    g_assert_cmpfloat_with_epsilon (correlation (a, b, N), 0.0, 0.02);
  }
}

/* The same bits, however a stretch is cut into calls. */
static void test_chunking (void)
{
  enum { N = 257 };
  float whole[N], parts[N];
  static const uint64_t firsts[] = {0, 1, 2, 3, (1ull << 32) * 4 - 5, UINT64_MAX - N};
  for (size_t k = 0; k < G_N_ELEMENTS (firsts); k++) {
    cosmos_random_normal (99, 3, firsts[k], whole, N);
    for (size_t chunk = 1; chunk < 12; chunk++) {
      for (size_t at = 0; at < N; at += chunk)
        cosmos_random_normal (99, 3, firsts[k] + at, parts + at, MIN (chunk, N - at));
      g_assert_cmpmem (parts, sizeof parts, whole, sizeof whole);
    }
  }
  float untouched = 5.0f;
  cosmos_random_normal (99, 3, 0, &untouched, 0);
  g_assert_cmpfloat (untouched, ==, 5.0f);
}

static void test_uniform (void)
{
  enum { N = 1 << 16, BINS = 16 };
  int bins[BINS] = {0};
  for (uint64_t i = 0; i < N; i++) {
    double u = cosmos_random_uniform (3, 1, i);
    g_assert_true (u >= 0.0 && u < 1.0);
    g_assert_cmpfloat (u, ==, cosmos_random_uniform (3, 1, i));
    bins[(int) (u * BINS)]++;
  }
  /* Chi-square with 15 degrees of freedom: 99.99 % lie below 44.3. */
  double chi = 0.0;
  for (int i = 0; i < BINS; i++)
    chi += pow (bins[i] - N / BINS, 2) / (N / BINS);
  g_assert_cmpfloat (chi, <, 44.3);

  /* The first block of seed 0 is the first known answer. */
  g_assert_cmpfloat (cosmos_random_uniform (0, 0, 0), ==, 0x6627e8d5 * 0x1p-32);
  g_assert_cmpfloat (cosmos_random_uniform (0, 0, 3), ==, 0x9b00dbd8 * 0x1p-32);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/philox-known-answers", test_philox_known_answers);
  g_test_add_func ("/random/normal-moments", test_normal_moments);
  g_test_add_func ("/random/streams-are-independent", test_streams_are_independent);
  g_test_add_func ("/random/chunking", test_chunking);
  g_test_add_func ("/random/uniform", test_uniform);
  return g_test_run ();
}
