#include "core/sample/sampler.h"

#include <math.h>
#include <string.h>

#include <glib.h>

enum { MAX_STEPS = 200 };

/* The spread of what a sampler makes of unit-Gaussian data, for which the network's guess is alpha x (spec 1.17 ii). A step is linear, so x is
 * kept as its coordinates along x_T and the noises of all steps, all independent and N(0, 1): its standard deviation is their length, exactly. */
static double spread (CosmosSampler sampler, double t_start, int steps)
{
  CosmosSchedule schedule = {5};
  double times[MAX_STEPS + 1];
  float x[MAX_STEPS + 1] = {1}, x0[MAX_STEPS + 1], x0_before[MAX_STEPS + 1], noise[MAX_STEPS + 1], next[MAX_STEPS + 1];
  size_t n = (size_t) steps + 1;
  cosmos_schedule_fill_times (t_start, 0.05, steps, times);
  for (int k = 0; k < steps; k++) {
    CosmosSamplerHistory history = {x0_before, k > 0 ? times[k - 1] : 0};
    for (size_t i = 0; i < n; i++) {
      x0[i] = (float) cosmos_schedule_get_alpha (schedule, times[k]) * x[i];
      noise[i] = (size_t) k + 1 == i;
    }
    cosmos_sampler_step (sampler, schedule, times[k], times[k + 1], x, x0, k > 0 ? &history : NULL, noise, next, n);
    memcpy (x, next, sizeof x);
    memcpy (x0_before, x0, sizeof x0);
  }
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += (double) x[i] * x[i];
  return sqrt (sum);
}

/* The figures are the spec's, which come from random draws: they differ from the exact ones by up to 2 in the third place. */
static void test_spread_of_unit_gaussian (void)
{
  static const struct {
    CosmosSampler sampler;
    int steps;
    double ratio;
  } expected[] = {
    {COSMOS_SAMPLER_EULER, 200, 1.005},  {COSMOS_SAMPLER_EULER, 100, 1.011},  {COSMOS_SAMPLER_EULER, 50, 1.018},
    {COSMOS_SAMPLER_EULER, 25, 1.040},   {COSMOS_SAMPLER_EULER, 12, 1.087},   {COSMOS_SAMPLER_DDPM, 200, 0.979},
    {COSMOS_SAMPLER_DDPM, 100, 0.960},   {COSMOS_SAMPLER_DDPM, 50, 0.922},    {COSMOS_SAMPLER_DDPM, 25, 0.860},
    {COSMOS_SAMPLER_DDPM, 12, 0.756},    {COSMOS_SAMPLER_DDIM, 200, 0.993},   {COSMOS_SAMPLER_DDIM, 100, 0.984},
    {COSMOS_SAMPLER_DDIM, 50, 0.968},    {COSMOS_SAMPLER_DDIM, 25, 0.935},    {COSMOS_SAMPLER_DDIM, 12, 0.868},
    {COSMOS_SAMPLER_DPM_ODE, 50, 1.005}, {COSMOS_SAMPLER_DPM_ODE, 25, 1.010}, {COSMOS_SAMPLER_DPM_ODE, 12, 1.007},
    {COSMOS_SAMPLER_DPM_SDE, 50, 1.009}, {COSMOS_SAMPLER_DPM_SDE, 25, 1.024}, {COSMOS_SAMPLER_DPM_SDE, 12, 1.019},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (expected); i++) {
    double start = cosmos_sampler_get_max_start (expected[i].sampler);
    g_assert_cmpfloat_with_epsilon (spread (expected[i].sampler, start, expected[i].steps), expected[i].ratio, 0.0025);
  }
}

/* Where the guess is always the truth, a deterministic sampler follows alpha x0 + sigma eps to the end. */
static void test_exact_guess_is_followed (void)
{
  static const CosmosSampler deterministic[] = {COSMOS_SAMPLER_DDIM, COSMOS_SAMPLER_DPM_ODE};
  CosmosSchedule schedule = {5};
  const float truth[3] = {1.5f, -0.25f, 3.0f}, eps[3] = {-0.5f, 2.0f, 0.125f};
  for (size_t i = 0; i < G_N_ELEMENTS (deterministic); i++) {
    double times[11];
    float x[3], next[3];
    cosmos_schedule_fill_times (0.999, 0.05, 10, times);
    for (int j = 0; j < 3; j++)
      x[j] = (float) (cosmos_schedule_get_alpha (schedule, 0.999) * truth[j]
                      + cosmos_schedule_get_sigma (schedule, 0.999) * eps[j]);
    for (int k = 0; k < 10; k++) {
      CosmosSamplerHistory history = {truth, k > 0 ? times[k - 1] : 0};
      cosmos_sampler_step (deterministic[i], schedule, times[k], times[k + 1], x, truth, k > 0 ? &history : NULL, NULL, next, 3);
      memcpy (x, next, sizeof x);
      for (int j = 0; j < 3; j++)
        g_assert_cmpfloat_with_epsilon (x[j],
                                        cosmos_schedule_get_alpha (schedule, times[k + 1]) * truth[j]
                                            + cosmos_schedule_get_sigma (schedule, times[k + 1]) * eps[j],
                                        2e-6);
    }
  }
}

/* One Euler step by the spec's formula, number by number. */
static void test_euler_formula (void)
{
  CosmosSchedule schedule = {5};
  const float x[2] = {0.7f, -1.3f}, x0[2] = {0.2f, -0.9f}, noise[2] = {1.1f, -0.4f};
  float next[2], mean[2];
  double t = 0.3, s = 0.28, beta = cosmos_schedule_get_beta (schedule, t), alpha = cosmos_schedule_get_alpha (schedule, t),
         sigma = cosmos_schedule_get_sigma (schedule, t);
  cosmos_sampler_step (COSMOS_SAMPLER_EULER, schedule, t, s, x, x0, NULL, noise, next, 2);
  cosmos_sampler_step (COSMOS_SAMPLER_EULER, schedule, t, s, x, x0, NULL, NULL, mean, 2);
  for (int i = 0; i < 2; i++) {
    double score = -(x[i] - alpha * x0[i]) / (sigma * sigma);
    double m = x[i] + (-0.5 * beta * x[i] - beta * score) * (s - t);
    g_assert_cmpfloat_with_epsilon (mean[i], m, 1e-6);
    g_assert_cmpfloat_with_epsilon (next[i], m + sqrt (beta) * sqrt (t - s) * noise[i], 1e-6);
  }
}

/* Two steps of the multistep solver by the formulas of spec 4.1. */
static void test_dpm_formula (void)
{
  CosmosSchedule schedule = {2};
  const float x[1] = {0.7f}, x0[1] = {0.4f}, before[1] = {0.1f}, noise[1] = {-0.6f};
  const double u = 0.5, t = 0.4, s = 0.3;
  double h = cosmos_schedule_get_log_snr (schedule, s) - cosmos_schedule_get_log_snr (schedule, t);
  double h_before = cosmos_schedule_get_log_snr (schedule, t) - cosmos_schedule_get_log_snr (schedule, u);
  double ratio = cosmos_schedule_get_sigma (schedule, s) / cosmos_schedule_get_sigma (schedule, t);
  double alpha = cosmos_schedule_get_alpha (schedule, s), sigma = cosmos_schedule_get_sigma (schedule, s);
  double guess = x0[0] + (x0[0] - before[0]) * h / (2 * h_before);
  CosmosSamplerHistory history = {before, u};
  float next[1];

  cosmos_sampler_step (COSMOS_SAMPLER_DPM_ODE, schedule, t, s, x, x0, &history, NULL, next, 1);
  g_assert_cmpfloat_with_epsilon (next[0], ratio * x[0] - alpha * (exp (-h) - 1) * guess, 1e-6);

  cosmos_sampler_step (COSMOS_SAMPLER_DPM_SDE, schedule, t, s, x, x0, &history, noise, next, 1);
  g_assert_cmpfloat_with_epsilon (
      next[0], ratio * exp (-h) * x[0] + alpha * (1 - exp (-2 * h)) * guess + sigma * sqrt (1 - exp (-2 * h)) * noise[0], 1e-6);
}

/* One ancestral step by the formula of spec 1.11. */
static void test_ddpm_formula (void)
{
  CosmosSchedule schedule = {5};
  const float x[1] = {0.7f}, x0[1] = {0.4f}, noise[1] = {-0.6f};
  double t = 0.4, s = 0.3, kept_t = pow (cosmos_schedule_get_alpha (schedule, t), 2),
         kept_s = pow (cosmos_schedule_get_alpha (schedule, s), 2);
  double b = 1 - kept_t / kept_s;
  double mean = sqrt (kept_s) * b / (1 - kept_t) * x0[0] + sqrt (1 - b) * (1 - kept_s) / (1 - kept_t) * x[0];
  float next[1];
  cosmos_sampler_step (COSMOS_SAMPLER_DDPM, schedule, t, s, x, x0, NULL, noise, next, 1);
  g_assert_cmpfloat_with_epsilon (next[0], mean + sqrt ((1 - kept_s) / (1 - kept_t) * b) * noise[0], 1e-6);
}

/* At t = 0 there is no noise: what comes out is the guess, and nothing is infinite. */
static void test_end_at_zero (void)
{
  const float x[2] = {0.9f, -2.0f}, x0[2] = {1.25f, -1.75f}, before[2] = {5.0f, 5.0f}, noise[2] = {1, 1};
  CosmosSamplerHistory history = {before, 0.04};
  for (int sampler = 0; sampler < COSMOS_N_SAMPLERS; sampler++) {
    float next[2];
    cosmos_sampler_step ((CosmosSampler) sampler, (CosmosSchedule) {5}, 0.02, 0, x, x0, &history, noise, next, 2);
    for (int i = 0; i < 2; i++) {
      g_assert_true (isfinite (next[i]));
      if (sampler != COSMOS_SAMPLER_EULER)
        g_assert_cmpfloat_with_epsilon (next[i], x0[i], 1e-6);
    }
  }
}

/* Vectors and their rest do the same, and only stochastic samplers heed the noise. */
static void test_noise_and_lengths (void)
{
  enum { N = 67 };
  float x[N], x0[N], before[N], noise[N], next[N], quiet[N], alone[N];
  for (int i = 0; i < N; i++) {
    x[i] = sinf ((float) i);
    x0[i] = cosf ((float) i);
    before[i] = cosf ((float) i + 0.3f);
    noise[i] = sinf (3.0f * (float) i + 1.0f);
  }
  CosmosSchedule schedule = {5};
  for (int sampler = 0; sampler < COSMOS_N_SAMPLERS; sampler++) {
    CosmosSamplerHistory history = {before, 0.6};
    cosmos_sampler_step ((CosmosSampler) sampler, schedule, 0.5, 0.4, x, x0, &history, noise, next, N);
    cosmos_sampler_step ((CosmosSampler) sampler, schedule, 0.5, 0.4, x, x0, &history, NULL, quiet, N);
    g_assert_true (cosmos_sampler_is_stochastic ((CosmosSampler) sampler) == (memcmp (next, quiet, sizeof next) != 0));
    for (int i = 0; i < N; i++) {
      CosmosSamplerHistory one = {&before[i], 0.6};
      cosmos_sampler_step ((CosmosSampler) sampler, schedule, 0.5, 0.4, &x[i], &x0[i], &one, &noise[i], &alone[i], 1);
      g_assert_cmpfloat_with_epsilon (next[i], alone[i], 1e-6);
    }
  }
}

static void test_names (void)
{
  CosmosError err;
  CosmosSampler sampler = COSMOS_SAMPLER_EULER;
  for (int i = 0; i < COSMOS_N_SAMPLERS; i++) {
    g_assert_true (cosmos_sampler_from_name (cosmos_sampler_get_name ((CosmosSampler) i), &sampler, NULL));
    g_assert_cmpint (sampler, ==, i);
    g_assert_cmpuint (strlen (cosmos_sampler_get_description ((CosmosSampler) i)), >, 0);
  }
  g_assert_false (cosmos_sampler_from_name ("heun", &sampler, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_nonnull (strstr (err.message, "heun"));
  for (int i = 0; i < COSMOS_N_SAMPLERS; i++)
    g_assert_nonnull (strstr (err.message, cosmos_sampler_get_name ((CosmosSampler) i)));
  g_assert_cmpint (sampler, ==, COSMOS_N_SAMPLERS - 1);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sampler/spread-of-unit-gaussian", test_spread_of_unit_gaussian);
  g_test_add_func ("/sampler/exact-guess-is-followed", test_exact_guess_is_followed);
  g_test_add_func ("/sampler/euler-formula", test_euler_formula);
  g_test_add_func ("/sampler/dpm-formula", test_dpm_formula);
  g_test_add_func ("/sampler/ddpm-formula", test_ddpm_formula);
  g_test_add_func ("/sampler/end-at-zero", test_end_at_zero);
  g_test_add_func ("/sampler/noise-and-lengths", test_noise_and_lengths);
  g_test_add_func ("/sampler/names", test_names);
  return g_test_run ();
}
