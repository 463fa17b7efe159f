#include "core/math/vector.h"
#include "core/base/random.h"

#include <glib.h>
#include <math.h>

enum { MOST = 300 };

/* Every length around the widths of vectors; the number after the end stays. */
static void test_all (void)
{
  float a[MOST + 1], b[MOST + 1], y[MOST + 1], before[MOST + 1];
  cosmos_random_normal (1, 0, 0, a, MOST + 1);
  cosmos_random_normal (1, 1, 0, b, MOST + 1);
  cosmos_random_normal (1, 2, 0, before, MOST + 1);
  for (int n = 0; n <= MOST; n++) {
    double sum = 0, dot = 0, largest = -INFINITY;
    for (int i = 0; i < n; i++) {
      sum += (double) a[i];
      largest = fmax (largest, (double) a[i]);
      dot += (double) a[i] * (double) b[i];
    }
    g_assert_cmpfloat_with_epsilon ((double) cosmos_vector_sum (a, n), sum, 2e-5);
    g_assert_cmpfloat_with_epsilon ((double) cosmos_vector_dot (a, b, n), dot, 2e-5);
    g_assert_true ((double) cosmos_vector_get_largest (a, n) == largest);
    for (int op = 0; op < 3; op++) {
      for (int i = 0; i <= MOST; i++)
        y[i] = before[i];
      if (op == 0)
        cosmos_vector_add (y, a, n);
      else if (op == 1)
        cosmos_vector_add_scaled (y, a, 0.3f, n);
      else
        cosmos_vector_add_product (y, a, b, n);
      for (int i = 0; i <= MOST; i++) {
        double want = (double) before[i] + (i >= n ? 0 : (double) a[i] * (op == 0 ? 1 : op == 1 ? (double) 0.3f : (double) b[i]));
        g_assert_cmpfloat_with_epsilon ((double) y[i], want, 1e-6);
      }
    }
  }
}

static void test_largest_of_the_odd (void)
{
  float a[40];
  for (int i = 0; i < 40; i++)
    a[i] = -INFINITY;
  g_assert_true (cosmos_vector_get_largest (a, 40) == -INFINITY);
  for (int at = 0; at < 40; at++) {
    float b[40];
    for (int i = 0; i < 40; i++)
      b[i] = i == at ? -3.0f : i % 2 ? NAN : -INFINITY;
    g_assert_true (cosmos_vector_get_largest (b, 40) == -3.0f);
    b[at] = INFINITY;
    g_assert_true (cosmos_vector_get_largest (b, 40) == INFINITY);
  }
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vector/all", test_all);
  g_test_add_func ("/vector/largest-of-the-odd", test_largest_of_the_odd);
  return g_test_run ();
}
