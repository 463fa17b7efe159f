#include "train/orthogonalise.h"

#include <glib.h>
#include <math.h>

/* Large enough for bf16 products. */
enum { SHORT = 20, LONG = 48 };

/* What the iterations make of a singular value, one number at a time. */
static double iterate (double s)
{
  for (int k = 0; k < 5; k++)
    s = 3.4445 * s - 4.7750 * s * s * s + 2.0315 * pow (s, 5);
  return s;
}

/* Row i of an orthogonal matrix of size n: a reflection at a plane, (i, j) -> 1 if i = j, less 2 v v^T. */
static double reflect (int n, double shift, int i, int j)
{
  double squares = 0;
  for (int k = 0; k < n; k++)
    squares += pow (sin (k + shift), 2);
  return (i == j) - 2 * sin (i + shift) * sin (j + shift) / squares;
}

/* U diag (values) V^T, (SHORT, LONG). */
static void fill (double *matrix, const double *values)
{
  for (int i = 0; i < SHORT; i++)
    for (int j = 0; j < LONG; j++) {
      matrix[i * LONG + j] = 0;
      for (int k = 0; k < SHORT; k++)
        matrix[i * LONG + j] += reflect (SHORT, 1, i, k) * values[k] * reflect (LONG, 2, j, k);
    }
}

static void orthogonalise (CosmosCompute compute, float *matrix, int64_t rows, int64_t columns)
{
  CosmosError err;
  CosmosPool *pool = cosmos_pool_new (2);
  CosmosArena *arena = cosmos_arena_new (65536);
  if (!cosmos_orthogonalise (pool, arena, compute, matrix, rows, columns, &err))
    g_error ("%s", err.message);
  cosmos_arena_free (arena);
  cosmos_pool_free (pool);
}

/* Singular vectors stay, singular values become what the formula says: in a wide matrix, in the same one on its side, and at any scale. epsilon and mean: how
 * far any number may be off, and all of them in the root mean square. */
static void check_singular_values (CosmosCompute compute, double epsilon, double mean)
{
  double norm = 0, squares = 0, values[SHORT], expected_values[SHORT], matrix[SHORT * LONG], expected[SHORT * LONG];
  float wide[SHORT * LONG], tall[LONG * SHORT];
  for (int k = 0; k < SHORT; k++) {
    values[k] = 3 * pow (.85, k); /* the smallest is a 20th of the largest */
    norm += values[k] * values[k];
  }
  for (int k = 0; k < SHORT; k++) {
    expected_values[k] = iterate (values[k] / sqrt (norm));
    g_assert_cmpfloat (expected_values[k], >, .65);
    g_assert_cmpfloat (expected_values[k], <, 1.25);
  }
  fill (matrix, values);
  fill (expected, expected_values);
  for (int i = 0; i < SHORT; i++)
    for (int j = 0; j < LONG; j++) {
      wide[i * LONG + j] = (float) matrix[i * LONG + j];
      tall[j * SHORT + i] = 1000 * (float) matrix[i * LONG + j];
    }
  orthogonalise (compute, wide, SHORT, LONG);
  orthogonalise (compute, tall, LONG, SHORT);
  for (int i = 0; i < SHORT; i++)
    for (int j = 0; j < LONG; j++) {
      g_assert_cmpfloat_with_epsilon (wide[i * LONG + j], expected[i * LONG + j], epsilon);
      g_assert_cmpfloat_with_epsilon (tall[j * SHORT + i], expected[i * LONG + j], epsilon);
      squares += pow ((double) wide[i * LONG + j] - expected[i * LONG + j], 2);
    }
  g_test_message ("root mean square of the differences: %g", sqrt (squares / (SHORT * LONG)));
  g_assert_cmpfloat (sqrt (squares / (SHORT * LONG)), <, mean);
}

static const CosmosCompute openblas = {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};

static void test_singular_values (void)
{
  check_singular_values (openblas, 2e-5, 1e-6);
}

/* Numbers that are rounded to 8 bits in every product move the result by a few of them. */
static void test_bf16 (void)
{
  const CosmosCompute onednn = {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_BF16};
  if (cosmos_compute_is_available (onednn, NULL))
    check_singular_values (onednn, .1, .01);
  else
    g_test_skip ("There is no bf16 here");
}

static void test_zeros (void)
{
  float matrix[3 * 3] = {0};
  orthogonalise (openblas, matrix, 3, 3);
  for (int i = 0; i < 9; i++)
    g_assert_cmpfloat (matrix[i], ==, 0);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/orthogonalise/singular-values", test_singular_values);
  g_test_add_func ("/orthogonalise/bf16", test_bf16);
  g_test_add_func ("/orthogonalise/zeros", test_zeros);
  return g_test_run ();
}
