#include "train/linear-denoiser.h"

#include "core/base/random.h"

#include <glib.h>
#include <math.h>

enum { N = 3, ROWS = 1000 };

/* Directions of variances 4, 1 and 1/4, turned by 30 degrees in the plane of the first two. */
static void get_row (size_t i, float *row, void *data)
{
  float noise[N];
  const double c = cos (M_PI / 6), s = sin (M_PI / 6);
  (void) data;
  cosmos_random_normal (3, (uint32_t) i, 0, noise, N);
  double a = 2 * (double) noise[0], b = (double) noise[1];
  row[0] = (float) (c * a - s * b);
  row[1] = (float) (s * a + c * b);
  row[2] = (float) (.5 * (double) noise[2]);
}

static void test_eigenvalues (void)
{
  double found[N];
  CosmosError err;
  g_assert_true (cosmos_linear_denoiser_measure (get_row, NULL, ROWS, N, found, &err));
  g_assert_cmpfloat_with_epsilon (found[0], .25, .03);
  g_assert_cmpfloat_with_epsilon (found[1], 1, .1);
  g_assert_cmpfloat_with_epsilon (found[2], 4, .4);
}

/* No linear denoiser does better on these texts: shrinking a little more or less only loses. */
static void test_loss (void)
{
  double eigenvalues[N];
  CosmosError err;
  const CosmosSchedule schedule = {2};
  const double t = .4, alpha = cosmos_schedule_get_alpha (schedule, t), sigma = cosmos_schedule_get_sigma (schedule, t);
  g_assert_true (cosmos_linear_denoiser_measure (get_row, NULL, ROWS, N, eigenvalues, &err));
  double best = cosmos_linear_denoiser_get_loss (eigenvalues, N, schedule, t);
  for (double scale = .5; scale < 1.6; scale += .25) { /* of the Wiener gain, at each eigenvalue */
    double loss = 0;
    for (int i = 0; i < N; i++) {
      double c = eigenvalues[i], gain = scale * alpha * c / (alpha * alpha * c + sigma * sigma);
      loss += ((1 - gain * alpha) * (1 - gain * alpha) * c + gain * gain * sigma * sigma) / N;
    }
    if (scale == 1)
      g_assert_cmpfloat_with_epsilon (loss, best, 1e-12);
    else
      g_assert_cmpfloat (loss, >, best);
  }
  g_assert_cmpfloat_with_epsilon (cosmos_linear_denoiser_get_loss (eigenvalues, N, schedule, 0), 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (cosmos_linear_denoiser_get_loss (eigenvalues, N, schedule, 1),
                                  (eigenvalues[0] + eigenvalues[1] + eigenvalues[2]) / N, 1e-9);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/linear-denoiser/eigenvalues", test_eigenvalues);
  g_test_add_func ("/linear-denoiser/loss", test_loss);
  return g_test_run ();
}
