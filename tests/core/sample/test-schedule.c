#include "core/sample/schedule.h"

#include <math.h>

#include <glib.h>

/* The table of spec 1.17, whose figures are rounded to six digits (ln to four). */
static const struct {
  double d, t, alpha, sigma, beta, log_snr;
} reference[] = {
  {5, 0.01, 0.996929, 0.078305, 1.22654, 2.5441},   {5, 0.05, 0.930545, 0.366177, 5.38556, 0.9327},
  {5, 0.10, 0.783948, 0.620826, 7.83678, 0.2333},   {5, 0.20, 0.524191, 0.851600, 7.75234, -0.4853},
  {5, 0.50, 0.196116, 0.980581, 6.04152, -1.6094},  {5, 0.90, 0.031661, 0.999499, 20.31243, -3.4522},
  {5, 0.95, 0.015738, 0.999876, 40.15502, -4.1515}, {7, 0.05, 0.875878, 0.482532, 9.35189, 0.5962},
  {7, 0.50, 0.141421, 0.989949, 6.15752, -1.9459},  {3, 0.05, 0.973241, 0.229787, 2.12080, 1.4435},
  {9, 0.05, 0.816031, 0.578008, 13.41882, 0.3449},
};

static void test_reference_values (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (reference); i++) {
    CosmosSchedule schedule = {reference[i].d};
    double t = reference[i].t;
    g_assert_cmpfloat_with_epsilon (cosmos_schedule_get_alpha (schedule, t), reference[i].alpha, 6e-7);
    g_assert_cmpfloat_with_epsilon (cosmos_schedule_get_sigma (schedule, t), reference[i].sigma, 6e-7);
    g_assert_cmpfloat_with_epsilon (cosmos_schedule_get_beta (schedule, t), reference[i].beta, 6e-6);
    g_assert_cmpfloat_with_epsilon (cosmos_schedule_get_log_snr (schedule, t), reference[i].log_snr, 6e-5);
  }
}

static void test_beta_is_clipped (void)
{
  CosmosSchedule schedule = {5};
  double clipped = cosmos_schedule_get_beta (schedule, 0.95);
  g_assert_cmpfloat (cosmos_schedule_get_beta (schedule, 0.97), ==, clipped);
  g_assert_cmpfloat (cosmos_schedule_get_beta (schedule, 1.0), ==, clipped);
  g_assert_cmpfloat (cosmos_schedule_get_beta (schedule, 0.949), <, clipped);
}

/* beta is the derivative that it is said to be. */
static void test_beta_is_derivative (void)
{
  CosmosSchedule schedule = {5};
  for (double t = 0.05; t < 0.94; t += 0.05) {
    double h = 1e-5,
           derivative = (log (cosmos_schedule_get_alpha (schedule, t + h)) - log (cosmos_schedule_get_alpha (schedule, t - h)))
                        / (2 * h);
    g_assert_cmpfloat_with_epsilon (cosmos_schedule_get_beta (schedule, t), -2 * derivative, 1e-4);
  }
}

static void test_variance_is_preserved_and_monotone (void)
{
  for (double d = 0.5; d <= 16; d *= 2) {
    CosmosSchedule schedule = {d};
    double alpha_before = 2, sigma_before = -1, snr_before = INFINITY;
    for (int i = 0; i <= 1000; i++) {
      double t = i / 1000.0, alpha = cosmos_schedule_get_alpha (schedule, t), sigma = cosmos_schedule_get_sigma (schedule, t);
      g_assert_cmpfloat_with_epsilon (alpha * alpha + sigma * sigma, 1.0, 1e-14);
      g_assert_cmpfloat (alpha, <, alpha_before);
      g_assert_cmpfloat (sigma, >=, sigma_before);
      if (i > 0) {
        g_assert_cmpfloat (cosmos_schedule_get_log_snr (schedule, t), <, snr_before);
        snr_before = cosmos_schedule_get_log_snr (schedule, t);
      }
      alpha_before = alpha;
      sigma_before = sigma;
    }
  }
}

static void test_ends (void)
{
  CosmosSchedule schedule = {5};
  g_assert_cmpfloat (cosmos_schedule_get_alpha (schedule, 0), ==, 1);
  g_assert_cmpfloat (cosmos_schedule_get_sigma (schedule, 0), ==, 0);
  g_assert_cmpfloat (cosmos_schedule_get_beta (schedule, 0), ==, 0);
  g_assert_true (isinf (cosmos_schedule_get_log_snr (schedule, 0)));
  /* pi / 2 is not a double, so the tangent is large but finite (spec 1.17 iv). */
  g_assert_cmpfloat (cosmos_schedule_get_alpha (schedule, 1), >, 0);
  g_assert_cmpfloat (cosmos_schedule_get_alpha (schedule, 1), <, 1e-15);
  g_assert_cmpfloat (cosmos_schedule_get_sigma (schedule, 1), ==, 1);
  /* Small noise is not lost in 1 - alpha^2. */
  g_assert_cmpfloat_with_epsilon (cosmos_schedule_get_sigma (schedule, 1e-12) / (5 * M_PI_2 * 1e-12), 1, 1e-12);
}

static void test_times (void)
{
  double times[201];
  cosmos_schedule_fill_times (1, 0.05, 200, times);
  g_assert_cmpfloat (times[0], ==, 1);
  g_assert_cmpfloat (times[200], ==, 0.05);
  for (int k = 0; k < 200; k++)
    g_assert_cmpfloat_with_epsilon (times[k], 1 - k * 0.95 / 200, 1e-15);
  cosmos_schedule_fill_times (0.999, 0, 1, times);
  g_assert_cmpfloat (times[0], ==, 0.999);
  g_assert_cmpfloat (times[1], ==, 0);
}

/* Spec 1.17 (i). */
static void test_largest_step_of_euler (void)
{
  static const struct {
    int steps;
    double largest;
  } expected[] = {{200, 0.191}, {50, 0.763}};
  CosmosSchedule schedule = {5};
  for (size_t i = 0; i < G_N_ELEMENTS (expected); i++) {
    double times[201], largest = 0;
    cosmos_schedule_fill_times (1, 0.05, expected[i].steps, times);
    for (int k = 0; k < expected[i].steps; k++)
      largest = MAX (largest, cosmos_schedule_get_beta (schedule, times[k]) * (times[k] - times[k + 1]));
    g_assert_cmpfloat_with_epsilon (largest, expected[i].largest, 5e-4);
  }
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/reference-values", test_reference_values);
  g_test_add_func ("/schedule/beta-is-clipped", test_beta_is_clipped);
  g_test_add_func ("/schedule/beta-is-derivative", test_beta_is_derivative);
  g_test_add_func ("/schedule/variance-preserved-and-monotone", test_variance_is_preserved_and_monotone);
  g_test_add_func ("/schedule/ends", test_ends);
  g_test_add_func ("/schedule/times", test_times);
  g_test_add_func ("/schedule/largest-step-of-euler", test_largest_step_of_euler);
  return g_test_run ();
}
