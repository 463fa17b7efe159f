#include "core/study/projection.h"

#include "core/base/random.h"

#include <math.h>
#include <string.h>

#include <glib.h>

/* Points along one line: its length is found, the second direction is empty. */
static void test_line (void)
{
  enum { N = 7, D = 1000 };
  g_autofree float *points = g_new (float, N *D);
  double coordinates[N][2], explained[2];
  for (int i = 0; i < N; i++)
    for (int j = 0; j < D; j++)
      points[i * D + j] = 5.0f + (float) i * (j % 2 ? 0.5f : -0.25f);
  g_assert_true (cosmos_projection (points, N, D, 2, &coordinates[0][0], explained, NULL));
  double step = sqrt (D / 2 * (0.25 + 0.0625));
  for (int i = 0; i < N; i++) {
    g_assert_cmpfloat_with_epsilon (coordinates[i][0], (i - 3) * step, 1e-9);
    g_assert_cmpfloat (coordinates[i][1], ==, 0);
  }
  g_assert_cmpfloat_with_epsilon (explained[0], 1, 1e-12);
  g_assert_cmpfloat (explained[1], ==, 0);
}

/* An ellipse in two of many dimensions: the long axis first, shares of the variance as the squares of the axes. */
static void test_ellipse (void)
{
  enum { N = 40, D = 64 };
  g_autofree float *points = g_new0 (float, N *D);
  double coordinates[N][2], explained[2];
  for (int i = 0; i < N; i++) {
    points[i * D + 10] = 2.0f * (float) sin (2 * M_PI * i / N);
    points[i * D + 50] = 6.0f * (float) cos (2 * M_PI * i / N);
  }
  g_assert_true (cosmos_projection (points, N, D, 2, &coordinates[0][0], explained, NULL));
  for (int i = 0; i < N; i++) {
    g_assert_cmpfloat_with_epsilon (coordinates[i][0], -6.0 * cos (2 * M_PI * i / N), 1e-5);
    g_assert_cmpfloat_with_epsilon (fabs (coordinates[i][1]), fabs (2.0 * sin (2 * M_PI * i / N)), 1e-5);
  }
  g_assert_cmpfloat_with_epsilon (explained[0], 0.9, 1e-6);
  g_assert_cmpfloat_with_epsilon (explained[1], 0.1, 1e-6);
}

/* With all n - 1 directions distances are kept, coordinates of different directions are uncorrelated, and shares fall and sum up to 1. */
static void test_all_directions (void)
{
  enum { N = 20, D = 1500, K = 22 };
  g_autofree float *points = g_new (float, N *D);
  double coordinates[N][K], explained[K], sum = 0;
  cosmos_random_normal (3, 0, 0, points, N * D);
  g_assert_true (cosmos_projection (points, N, D, K, &coordinates[0][0], explained, NULL));
  for (int i = 0; i < N; i++)
    for (int j = 0; j < i; j++) {
      double expected = 0, found = 0;
      for (int c = 0; c < D; c++)
        expected += pow ((double) points[i * D + c] - points[j * D + c], 2);
      for (int c = 0; c < K; c++)
        found += pow (coordinates[i][c] - coordinates[j][c], 2);
      g_assert_cmpfloat_with_epsilon (found, expected, 1e-8 * expected);
    }
  for (int a = 0; a < K; a++) {
    for (int b = 0; b < a; b++) {
      double product = 0;
      for (int i = 0; i < N; i++)
        product += coordinates[i][a] * coordinates[i][b];
      g_assert_cmpfloat_with_epsilon (product, 0, 1e-8);
    }
    g_assert_cmpfloat (coordinates[0][a], <=, 0);
    if (a > 0)
      g_assert_cmpfloat (explained[a], <=, explained[a - 1]);
    sum += explained[a];
  }
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-12);
  g_assert_cmpfloat (explained[N - 1], ==, 0);
  g_assert_cmpfloat (explained[N - 2], >, 0);
}

static void test_no_spread (void)
{
  const float same[3][2] = {{1, 2}, {1, 2}, {1, 2}};
  double coordinates[3][2], explained[2];
  g_assert_true (cosmos_projection (&same[0][0], 3, 2, 2, &coordinates[0][0], explained, NULL));
  for (int i = 0; i < 3; i++)
    g_assert_true (coordinates[i][0] == 0 && coordinates[i][1] == 0);
  g_assert_true (explained[0] == 0 && explained[1] == 0);
  g_assert_true (cosmos_projection (&same[0][0], 1, 2, 2, &coordinates[0][0], NULL, NULL));
  g_assert_true (coordinates[0][0] == 0 && coordinates[0][1] == 0);
}

static void test_bad_input (void)
{
  float points[4] = {1, 2, NAN, 4};
  double coordinates[4];
  CosmosError err;
  g_assert_false (cosmos_projection (points, 2, 2, 2, coordinates, NULL, &err));
  g_assert_nonnull (strstr (err.message, "finite"));
  points[2] = 3;
  g_assert_false (cosmos_projection (points, 0, 2, 2, coordinates, NULL, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_false (cosmos_projection (points, 2, 2, 0, coordinates, NULL, &err));
  g_assert_false (cosmos_projection (points, COSMOS_PROJECTION_MAX_POINTS + 1, 2, 2, coordinates, NULL, &err));
}

/* What the points themselves have come to, and where the mean of two points goes; points that go one way only know no second. */
static void test_apply (void)
{
  enum { N = 5, D = 40, K = 3 };
  float points[N][D], middle[D];
  double coordinates[N][K], again[N][K], between[K];
  for (int i = 0; i < N; i++)
    for (int j = 0; j < D; j++)
      points[i][j] = (float) g_test_rand_double_range (-2, 3);
  for (int j = 0; j < D; j++)
    middle[j] = (points[0][j] + points[1][j]) / 2;
  g_assert_true (cosmos_projection (&points[0][0], N, D, K, &coordinates[0][0], NULL, NULL));
  g_assert_true (cosmos_projection_apply (&points[0][0], N, D, K, &coordinates[0][0], &points[0][0], N, &again[0][0], NULL));
  g_assert_true (cosmos_projection_apply (&points[0][0], N, D, K, &coordinates[0][0], middle, 1, between, NULL));
  for (int c = 0; c < K; c++) {
    for (int i = 0; i < N; i++)
      g_assert_cmpfloat_with_epsilon (again[i][c], coordinates[i][c], 1e-8);
    g_assert_cmpfloat_with_epsilon (between[c], (coordinates[0][c] + coordinates[1][c]) / 2, 1e-5);
  }
  const float line[3][2] = {{1, 0}, {2, 0}, {3, 0}}, aside[2] = {2, 7};
  double flat[3][2];
  g_assert_true (cosmos_projection (&line[0][0], 3, 2, 2, &flat[0][0], NULL, NULL));
  g_assert_true (cosmos_projection_apply (&line[0][0], 3, 2, 2, &flat[0][0], aside, 1, between, NULL));
  g_assert_cmpfloat_with_epsilon (between[0], 0, 1e-12);
  g_assert_true (between[1] == 0);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/projection/line", test_line);
  g_test_add_func ("/projection/ellipse", test_ellipse);
  g_test_add_func ("/projection/all-directions", test_all_directions);
  g_test_add_func ("/projection/apply", test_apply);
  g_test_add_func ("/projection/no-spread", test_no_spread);
  g_test_add_func ("/projection/bad-input", test_bad_input);
  return g_test_run ();
}
