#include "core/sample/settings.h"

#include <math.h>
#include <string.h>

#include <glib.h>

static CosmosConfig config (void)
{
  CosmosConfig self = {.schedule_d = 5, .t_start = 1, .t_end = 0.05, .noise_scale = 0.9, .guidance = 2, .n_tasks = 3};
  return self;
}

static void test_defaults (void)
{
  CosmosConfig bundle = config ();
  CosmosSettings settings = cosmos_settings_default (&bundle);
  CosmosError err;
  g_assert_cmpint (settings.sampler, ==, COSMOS_SAMPLER_DPM_SDE);
  g_assert_cmpint (settings.steps, ==, 50);
  g_assert_cmpfloat (settings.t_start, ==, 0.999); /* what the solver can, not the bundle's 1 */
  g_assert_cmpfloat (settings.t_end, ==, 0.05);
  g_assert_cmpfloat (settings.guidance, ==, 2);
  g_assert_cmpfloat (settings.noise_scale, ==, 0.9);
  g_assert_cmpfloat (settings.strength, ==, 1);
  g_assert_true (settings.self_conditioning);
  g_assert_true (cosmos_settings_check (&settings, &bundle, &err));
}

static void refuse (CosmosSettings settings, const char *words)
{
  CosmosConfig bundle = config ();
  CosmosError err;
  g_assert_false (cosmos_settings_check (&settings, &bundle, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  if (!strstr (err.message, words))
    g_error ("“%s” should say “%s”", err.message, words);
}

#define REFUSE(field, value, words)                              \
  do {                                                           \
    CosmosConfig bundle = config ();                             \
    CosmosSettings settings = cosmos_settings_default (&bundle); \
    settings.field = value;                                      \
    refuse (settings, words);                                    \
  } while (0)

static void test_bad_values (void)
{
  REFUSE (task, -1, "0 to 2");
  REFUSE (task, 3, "0 to 2");
  REFUSE (steps, 0, "1 to 1000");
  REFUSE (steps, 1001, "1 to 1000");
  REFUSE (batch, 0, "1 to 64");
  REFUSE (batch, 65, "1 to 64");
  REFUSE (sampler, COSMOS_N_SAMPLERS, "sampler");
  REFUSE (returned, (CosmosReturn) 7, "x0 (0)");
  REFUSE (guidance, -0.5, "0 to 100");
  REFUSE (guidance, NAN, "0 to 100");
  REFUSE (schedule_d, 0, "above 0");
  REFUSE (schedule_d, INFINITY, "at most 1000");
  REFUSE (noise_scale, 0, "above 0");
  REFUSE (noise_scale, NAN, "at most 2");
  REFUSE (t_start, 1, "0.999 with the sampler dpm-sde");
  REFUSE (t_start, NAN, "start time");
  REFUSE (t_end, 0.999, "below the start time 0.999");
  REFUSE (t_end, -0.1, "at least 0");
  REFUSE (t_end, NAN, "end time");
  REFUSE (strength, 0, "above 0.0501");
  REFUSE (strength, 1.01, "at most 1");
  REFUSE (strength, NAN, "strength");
  REFUSE (strength, 0.05, "above 0.0501, where the last step ends");
}

static void test_edges_are_allowed (void)
{
  CosmosConfig bundle = config ();
  CosmosSettings settings = cosmos_settings_default (&bundle);
  settings.task = 2;
  settings.steps = COSMOS_MAX_STEPS;
  settings.batch = COSMOS_MAX_BATCH;
  settings.sampler = COSMOS_SAMPLER_EULER;
  settings.t_start = 1;
  settings.t_end = 0;
  settings.guidance = 0;
  settings.strength = 1e-3;
  g_assert_true (cosmos_settings_check (&settings, &bundle, NULL));
  bundle.n_tasks = 0;
  settings.task = 0;
  g_assert_true (cosmos_settings_check (&settings, &bundle, NULL));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/defaults", test_defaults);
  g_test_add_func ("/settings/bad-values", test_bad_values);
  g_test_add_func ("/settings/edges-are-allowed", test_edges_are_allowed);
  return g_test_run ();
}
