#include "core/math/functions.h"

#include <float.h>
#include <glib.h>
#include <math.h>

enum { BLOCK = 4096 };

COSMOS_SIMD_CLONES static void exp_run (const float *restrict x, float *restrict y, int n)
{
  for (int i = 0; i < n; i++)
    y[i] = cosmos_exp (x[i]);
}

COSMOS_SIMD_CLONES static void sigmoid_run (const float *restrict x, float *restrict y, int n)
{
  for (int i = 0; i < n; i++)
    y[i] = cosmos_sigmoid (x[i]);
}

COSMOS_SIMD_CLONES static void normal_run (const float *restrict x, float *restrict y, int n)
{
  for (int i = 0; i < n; i++) {
    float density;
    y[i] = cosmos_normal (x[i], &density);
  }
}

COSMOS_SIMD_CLONES static void density_run (const float *restrict x, float *restrict y, int n)
{
  for (int i = 0; i < n; i++)
    cosmos_normal (x[i], &y[i]);
}

static double right_exp (double x)
{
  return exp (x);
}

static double right_sigmoid (double x)
{
  return 1 / (1 + exp (-x));
}

static double right_normal (double x)
{
  return 0.5 * erfc (-x / sqrt (2));
}

static double right_density (double x)
{
  return exp (-0.5 * x * x);
}

typedef struct {
  void (*run) (const float *restrict x, float *restrict y, int n);
  double (*right) (double x);
  double lost; /* of FLT_MIN: what results below the normal numbers may miss */
} Function;

static const Function functions[] = {
  {exp_run, right_exp, 1e-6},
  {sigmoid_run, right_sigmoid, 0.3}, /* its exponential is infinite before the result is 0 */
  {normal_run, right_normal, 1e-6},
  {density_run, right_density, 1e-6},
};

static void check_block (const Function *self, const float *x)
{
  float y[BLOCK];
  self->run (x, y, BLOCK);
  for (int i = 0; i < BLOCK; i++) {
    double want = self->right ((double) x[i]), got = (double) y[i];
    if (isnan (x[i]))
      g_assert_true (isnan (y[i]));
    else if (want > (double) FLT_MAX)
      g_assert_true (isinf (y[i]) || got > 0.999999 * (double) FLT_MAX);
    else if (want < 2 * (double) FLT_MIN) /* numbers of fewer digits, or none */
      g_assert_true (fabs (got - want) <= (self->lost + 3e-6) * (double) FLT_MIN);
    else if (!(fabs (got - want) < 1e-6 * want))
      g_error ("function %d (%.9g) is %.9g, not %.9g", (int) (self - functions), (double) x[i], got, want);
  }
}

/* Every 997th float there is: all magnitudes, both signs, infinities' neighbours, NaN. */
static void test_whole_range (gconstpointer data)
{
  float x[BLOCK];
  int n = 0;
  for (uint64_t bits = 0; bits <= UINT32_MAX; bits += 997) {
    x[n++] = cosmos_float_of_bits ((uint32_t) bits);
    if (n == BLOCK) {
      check_block (data, x);
      n = 0;
    }
  }
}

/* Where the results are neither 0 nor constant: closely. */
static void test_closely (gconstpointer data)
{
  float x[BLOCK];
  for (int block = 0; block < 300; block++) {
    for (int i = 0; i < BLOCK; i++)
      x[i] = -110.0f + 210.0f * ((float) block + (float) i / BLOCK) / 300.0f;
    check_block (data, x);
    for (int i = 0; i < BLOCK; i++)
      x[i] /= 7;
    check_block (data, x);
  }
}

static void test_ends (void)
{
  float x[BLOCK] = {INFINITY, -INFINITY, NAN, 0.0f, -0.0f, FLT_MAX, -FLT_MAX}, y[BLOCK];
  static const float want[][7] = {
    {INFINITY, 0, NAN, 1, 1, INFINITY, 0}, {1, 0, NAN, 0.5f, 0.5f, 1, 0}, {1, 0, NAN, 0.5f, 0.5f, 1, 0}, {0, 0, NAN, 1, 1, 0, 0}};
  for (size_t k = 0; k < G_N_ELEMENTS (functions); k++)
    for (int n = 7; n <= 23; n += 16) { /* alone and in a vector */
      functions[k].run (x, y, n);
      for (int i = 0; i < 7; i++)
        g_assert_true (isnan (want[k][i]) ? isnan (y[i]) : fabsf (y[i] - want[k][i]) < 1e-6f || y[i] == want[k][i]);
    }
}

int main (int argc, char **argv)
{
  static const char *const names[] = {"exp", "sigmoid", "normal", "density"};
  g_test_init (&argc, &argv, NULL);
  for (size_t k = 0; k < G_N_ELEMENTS (functions); k++) {
    char path[64];
    g_snprintf (path, sizeof path, "/functions/%s/whole-range", names[k]);
    g_test_add_data_func (path, &functions[k], test_whole_range);
    g_snprintf (path, sizeof path, "/functions/%s/closely", names[k]);
    g_test_add_data_func (path, &functions[k], test_closely);
  }
  g_test_add_func ("/functions/ends", test_ends);
  return g_test_run ();
}
