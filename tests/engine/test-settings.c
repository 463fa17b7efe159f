#include "engine/cpg-settings.h"

#include "engine/cpg-error.h"

static CosmosConfig new_config (void)
{
  CosmosConfig config = cosmos_config_paper (16);
  config.n_tasks = 2;
  g_strlcpy (config.tasks[0], "story", COSMOS_MAX_TASK_NAME);
  g_strlcpy (config.tasks[1], "detox", COSMOS_MAX_TASK_NAME);
  config.schedule_d = 3;
  config.t_end = 0.02;
  return config;
}

static void count (GObject *object, GParamSpec *spec, gpointer data)
{
  (void) object;
  (void) spec;
  (*(int *) data)++;
}

/* Equal each time, but another object. */
static CpgPins *new_pins (float last)
{
  const float latents[4] = {1, 2, 3, last};
  const bool mask[2] = {false, true};
  return cpg_pins_new (latents, mask, 2, 2);
}

/* Every property but the strings away from its default. */
static void set_all (CpgSettings *self)
{
  g_autoptr (CpgPins) pins = new_pins (4);
  g_object_set (self, "task", "detox", "source", "you fool", "seed", G_MAXUINT64, "steps", 12, "sampler", COSMOS_SAMPLER_EULER,
                "guidance", 2.5, "self-conditioning", FALSE, "schedule-d", 7.0, "t-end", 0.0, "noise-scale", 0.8, "strength", 0.6,
                "returned", COSMOS_RETURN_MEAN, "decode-every", 4, "pins", pins, NULL);
}

static void test_notify (void)
{
  g_autoptr (CpgSettings) self = cpg_settings_new ();
  int n = 0;
  guint n_specs;
  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (self), &n_specs);
  g_signal_connect (self, "notify", G_CALLBACK (count), &n);
  set_all (self);
  g_assert_cmpint (n, ==, 14);
  g_assert_cmpuint (n_specs, ==, 14);
  set_all (self);
  g_assert_cmpint (n, ==, 14);
  g_object_set (self, "source", NULL, NULL);
  g_object_set (self, "source", "", NULL);
  g_assert_cmpint (n, ==, 15);
  g_assert_cmpstr (cpg_settings_get_source (self), ==, "");
}

static void test_copy (void)
{
  g_autoptr (CpgSettings) self = cpg_settings_new ();
  set_all (self);
  g_autoptr (CpgSettings) copy = cpg_settings_copy (self);
  g_assert_true (cpg_settings_equal (self, copy));
  guint n_specs;
  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (self), &n_specs);
  for (guint i = 0; i < n_specs; i++) {
    g_autoptr (CpgSettings) other = cpg_settings_copy (self);
    g_object_set_property (G_OBJECT (other), specs[i]->name, g_param_spec_get_default_value (specs[i]));
    g_assert_false (cpg_settings_equal (self, other));
    g_assert_true (cpg_settings_equal (self, copy));
  }
}

/* By their numbers. */
static void test_pins (void)
{
  g_autoptr (CpgSettings) self = cpg_settings_new (), other = cpg_settings_new ();
  g_autoptr (CpgPins) pins = new_pins (4), same = new_pins (4), others = new_pins (5);
  g_assert_cmpint (pins->n_pinned, ==, 1);
  g_assert_cmpfloat (pins->latents[0], ==, 0); /* free ones are not kept */
  g_assert_cmpfloat (pins->latents[3], ==, 4);
  g_object_set (self, "pins", pins, NULL);
  g_assert_false (cpg_settings_equal (self, other));
  g_object_set (other, "pins", same, NULL);
  g_assert_true (cpg_settings_equal (self, other));
  g_object_set (other, "pins", others, NULL);
  g_assert_false (cpg_settings_equal (self, other));
  g_object_set (self, "pins", NULL, NULL);
  g_assert_null (cpg_settings_get_pins (self));
}

static void test_pins_text (void)
{
  static const char *const bad[] = {
    "",
    "2",
    "2 2 01",
    "2 2 01 AACAPwAAAEA= x",
    "0 2  AACAPwAAAEA=",
    "-1 2 01 AACAPwAAAEA=",
    "2 0 01 ",
    "2 2 011 AACAPwAAAEA=",
    "2 2 02 AACAPwAAAEA=",
    "2 2 11 AACAPwAAAEA=",
    "2 2 00 AACAPwAAAEA=",
    "2 2 01 AACAPw==",
    "2 2 01 AACAPwAAwH8=", /* not a number */
    "65537 1 0 ",
    "60000 60000 0 ",
    "99999999999999999999 2 01 AACAPwAAAEA=",
  };
  g_autoptr (CpgPins) pins = new_pins (4), none = cpg_pins_from_text ("3 1 000 ");
  g_autofree char *text = cpg_pins_to_text (pins);
  g_autoptr (CpgPins) back = cpg_pins_from_text (text);
  g_assert_true (cpg_pins_equal (pins, back));
  g_assert_cmpint (none->n_pinned, ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (cpg_pins_from_text (bad[i]));
  /* As a value of any kind of settings. */
  g_auto (GValue) string = G_VALUE_INIT, boxed = G_VALUE_INIT;
  g_value_init (&boxed, CPG_TYPE_PINS);
  g_value_init (&string, G_TYPE_STRING);
  g_value_set_string (&string, text);
  g_assert_true (g_value_transform (&string, &boxed));
  g_assert_true (cpg_pins_equal (g_value_get_boxed (&boxed), pins));
  g_value_set_string (&string, "no pins");
  g_assert_true (g_value_transform (&boxed, &string));
  g_assert_cmpstr (g_value_get_string (&string), ==, text);
}

static void test_reset (void)
{
  CosmosConfig config = new_config ();
  g_autoptr (CpgSettings) self = cpg_settings_new ();
  set_all (self);
  cpg_settings_reset (self, &config);
  g_assert_cmpstr (cpg_settings_get_task (self), ==, "detox");
  g_assert_cmpstr (cpg_settings_get_source (self), ==, "you fool");
  g_assert_cmpint (cpg_settings_get_decode_every (self), ==, 4);
  g_assert_cmpint (cpg_settings_get_steps (self), ==, 50);
  CosmosSettings settings, own = cosmos_settings_default (&config);
  own.task = 1;
  g_assert_true (cpg_settings_to_core (self, &config, &settings, NULL));
  g_assert_cmpmem (&settings, sizeof settings, &own, sizeof own);
  double d;
  g_object_get (self, "schedule-d", &d, NULL);
  g_assert_cmpfloat (d, ==, 3);
  g_assert_null (cpg_settings_get_pins (self));

  set_all (self);
  cpg_settings_reset (self, NULL);
  g_autoptr (CpgSettings) fresh = cpg_settings_new ();
  g_object_set (fresh, "task", "detox", "source", "you fool", "decode-every", 4, NULL);
  g_assert_true (cpg_settings_equal (self, fresh));
}

/* What was the old model's own becomes the new one's; what a person changed stays. */
static void test_follow (void)
{
  CosmosConfig config = new_config ();
  CosmosSettings before = cosmos_settings_default (&config), after = before;
  double d, end, scale, guidance;
  g_autoptr (CpgSettings) self = cpg_settings_new ();
  after.schedule_d = 7;
  after.t_end = 0.125;
  after.noise_scale = 0.5;
  after.guidance = 2;
  cpg_settings_reset (self, &config);
  g_object_set (self, "t-end", 0.25, NULL);
  cpg_settings_follow (self, &before, &after);
  g_object_get (self, "schedule-d", &d, "t-end", &end, "noise-scale", &scale, "guidance", &guidance, NULL);
  g_assert_cmpfloat (d, ==, 7);
  g_assert_cmpfloat (guidance, ==, 2);
  g_assert_cmpfloat (end, ==, 0.25);
  g_assert_cmpfloat (scale, ==, 0.5);
}

/* Unset ones are the model's, whichever it is. */
static void test_model_s_own (void)
{
  CosmosConfig config = new_config ();
  CosmosSettings settings, own = cosmos_settings_default (&config);
  g_autoptr (CpgSettings) self = cpg_settings_new ();
  g_assert_true (cpg_settings_to_core (self, &config, &settings, NULL));
  g_assert_cmpmem (&settings, sizeof settings, &own, sizeof own);
}

static void test_round_trip (void)
{
  CosmosConfig config = new_config ();
  CosmosSettings settings, again;
  g_autoptr (CpgSettings) self = cpg_settings_new ();
  g_autoptr (CpgSettings) other = cpg_settings_new ();
  set_all (self);
  g_assert_true (cpg_settings_to_core (self, &config, &settings, NULL));
  g_assert_cmpint (settings.task, ==, 1);
  g_assert_cmpuint (settings.seed, ==, G_MAXUINT64);
  g_assert_cmpfloat (settings.t_end, ==, 0);
  g_assert_cmpfloat (settings.noise_scale, ==, 0.8);
  cpg_settings_from_core (other, &config, &settings);
  g_assert_true (cpg_settings_to_core (other, &config, &again, NULL));
  g_assert_cmpmem (&settings, sizeof settings, &again, sizeof again);
  g_assert_cmpstr (cpg_settings_get_task (other), ==, "detox");
}

/* It has an effect where the model reads the latents of a source and there is one. */
static void test_strength (void)
{
  CosmosConfig config = new_config ();
  CosmosSettings settings;
  g_autoptr (CpgSettings) self = cpg_settings_new ();
  set_all (self);
  g_assert_true (cpg_settings_to_core (self, &config, &settings, NULL));
  g_assert_cmpfloat (settings.strength, ==, 1);
  config.denoiser.source_latents = true;
  g_assert_true (cpg_settings_to_core (self, &config, &settings, NULL));
  g_assert_cmpfloat (settings.strength, ==, 0.6);
  g_object_set (self, "source", "", NULL);
  g_assert_true (cpg_settings_to_core (self, &config, &settings, NULL));
  g_assert_cmpfloat (settings.strength, ==, 1);
}

static void test_refused (void)
{
  CosmosConfig config = new_config ();
  CosmosSettings settings = {.steps = -7};
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgSettings) self = cpg_settings_new ();
  g_object_set (self, "task", "poem", NULL);
  g_assert_false (cpg_settings_to_core (self, &config, &settings, &error));
  g_assert_error (error, CPG_ERROR, COSMOS_STATUS_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "poem"));
  g_assert_nonnull (strstr (error->message, "story, detox"));
  g_assert_cmpint (settings.steps, ==, -7);
  g_clear_error (&error);
  g_object_set (self, "task", "story", "t-end", 1.0, NULL);
  g_assert_false (cpg_settings_to_core (self, &config, &settings, &error));
  g_assert_error (error, CPG_ERROR, COSMOS_STATUS_RANGE);
  /* A model without tasks is asked for none, and "" is the first. */
  g_object_set (self, "task", "", "t-end", -1.0, NULL);
  g_assert_true (cpg_settings_to_core (self, &config, &settings, NULL));
  g_assert_cmpint (settings.task, ==, 0);
  config.n_tasks = 0;
  g_object_set (self, "task", "poem", NULL);
  g_assert_true (cpg_settings_to_core (self, &config, &settings, NULL));
  cpg_settings_from_core (self, &config, &settings);
  g_assert_cmpstr (cpg_settings_get_task (self), ==, "poem");
}

static void test_sampler_names (void)
{
  g_autoptr (GEnumClass) samplers = g_type_class_ref (CPG_TYPE_SAMPLER);
  g_assert_cmpuint (samplers->n_values, ==, COSMOS_N_SAMPLERS);
  for (int i = 0; i < COSMOS_N_SAMPLERS; i++)
    g_assert_cmpstr (g_enum_get_value (samplers, i)->value_nick, ==, cosmos_sampler_get_name ((CosmosSampler) i));
}

static void test_errors (void)
{
  g_autoptr (GError) error = NULL;
  CosmosError err;
  cosmos_error_set (&err, COSMOS_STATUS_FORMAT, "a.gguf: is no model");
  cpg_error_from_core (&error, &err);
  g_assert_error (error, CPG_ERROR, COSMOS_STATUS_FORMAT);
  g_assert_cmpstr (error->message, ==, "a.gguf: is no model");
  g_clear_error (&error);
  cosmos_error_set (&err, COSMOS_STATUS_CANCELLED, "cancelled");
  cpg_error_from_core (&error, &err);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  cpg_error_from_core (NULL, &err);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/notify", test_notify);
  g_test_add_func ("/settings/copy", test_copy);
  g_test_add_func ("/settings/pins", test_pins);
  g_test_add_func ("/settings/pins-text", test_pins_text);
  g_test_add_func ("/settings/reset", test_reset);
  g_test_add_func ("/settings/follow", test_follow);
  g_test_add_func ("/settings/model-s-own", test_model_s_own);
  g_test_add_func ("/settings/round-trip", test_round_trip);
  g_test_add_func ("/settings/strength", test_strength);
  g_test_add_func ("/settings/refused", test_refused);
  g_test_add_func ("/settings/sampler-names", test_sampler_names);
  g_test_add_func ("/settings/errors", test_errors);
  return g_test_run ();
}
