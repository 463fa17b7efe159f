#include "engine/cpg-settings.h"

#include "engine/cpg-error.h"

#include <math.h>

struct _CpgSettings {
  GObject parent_instance;
  char *task, *source;
  guint64 seed;
  int steps;
  CosmosSampler sampler;
  double guidance;
  gboolean self_conditioning;
  double schedule_d, t_end, noise_scale, strength;
  int returned, decode_every;
  CpgPins *pins;
};

G_DEFINE_FINAL_TYPE (CpgSettings, cpg_settings, G_TYPE_OBJECT)

enum {
  PROP_TASK = 1,
  PROP_SOURCE,
  PROP_SEED,
  PROP_STEPS,
  PROP_SAMPLER,
  PROP_GUIDANCE,
  PROP_SELF_CONDITIONING,
  PROP_SCHEDULE_D,
  PROP_T_END,
  PROP_NOISE_SCALE,
  PROP_STRENGTH,
  PROP_RETURNED,
  PROP_DECODE_EVERY,
  PROP_PINS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

GType cpg_sampler_get_type (void)
{
  static const GEnumValue values[] = {
#define X(name, id, text) {COSMOS_SAMPLER_##name, "COSMOS_SAMPLER_" #name, id},
    COSMOS_SAMPLERS (X)
#undef X
        {0, NULL, NULL},
  };
  static GType type;
  if (g_once_init_enter_pointer (&type))
    g_once_init_leave_pointer (&type, g_enum_register_static ("CpgSampler", values));
  return type;
}

/* ---- properties ---- */

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  CpgSettings *self = CPG_SETTINGS (object);
  switch (id) {
  case PROP_TASK:
    g_value_set_string (value, self->task);
    break;
  case PROP_SOURCE:
    g_value_set_string (value, self->source);
    break;
  case PROP_SEED:
    g_value_set_uint64 (value, self->seed);
    break;
  case PROP_STEPS:
    g_value_set_int (value, self->steps);
    break;
  case PROP_SAMPLER:
    g_value_set_enum (value, (int) self->sampler);
    break;
  case PROP_GUIDANCE:
    g_value_set_double (value, self->guidance);
    break;
  case PROP_SELF_CONDITIONING:
    g_value_set_boolean (value, self->self_conditioning);
    break;
  case PROP_SCHEDULE_D:
    g_value_set_double (value, self->schedule_d);
    break;
  case PROP_T_END:
    g_value_set_double (value, self->t_end);
    break;
  case PROP_NOISE_SCALE:
    g_value_set_double (value, self->noise_scale);
    break;
  case PROP_STRENGTH:
    g_value_set_double (value, self->strength);
    break;
  case PROP_RETURNED:
    g_value_set_int (value, self->returned);
    break;
  case PROP_DECODE_EVERY:
    g_value_set_int (value, self->decode_every);
    break;
  case PROP_PINS:
    g_value_set_boxed (value, self->pins);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

/* NULL counts as "". */
static gboolean take_string (char **place, const GValue *value)
{
  const char *text = g_value_get_string (value);
  return g_set_str (place, text ? text : "");
}

/* Pins are the same where their numbers are. */
static gboolean is_same (GParamSpec *spec, const GValue *a, const GValue *b)
{
  if (spec->value_type == CPG_TYPE_PINS)
    return cpg_pins_equal (g_value_get_boxed (a), g_value_get_boxed (b));
  return g_param_values_cmp (spec, a, b) == 0;
}

static gboolean take_pins (CpgSettings *self, const GValue *value)
{
  CpgPins *pins = g_value_get_boxed (value);
  if (cpg_pins_equal (self->pins, pins))
    return FALSE;
  g_clear_pointer (&self->pins, cpg_pins_unref);
  self->pins = pins ? cpg_pins_ref (pins) : NULL;
  return TRUE;
}

static void set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  CpgSettings *self = CPG_SETTINGS (object);
  g_auto (GValue) before = G_VALUE_INIT;
  g_value_init (&before, spec->value_type);
  get_property (object, id, &before, spec);
  gboolean changed = !is_same (spec, &before, value);
  switch (id) {
  case PROP_TASK:
    changed = take_string (&self->task, value);
    break;
  case PROP_SOURCE:
    changed = take_string (&self->source, value);
    break;
  case PROP_SEED:
    self->seed = g_value_get_uint64 (value);
    break;
  case PROP_STEPS:
    self->steps = g_value_get_int (value);
    break;
  case PROP_SAMPLER:
    self->sampler = (CosmosSampler) g_value_get_enum (value);
    break;
  case PROP_GUIDANCE:
    self->guidance = g_value_get_double (value);
    break;
  case PROP_SELF_CONDITIONING:
    self->self_conditioning = g_value_get_boolean (value);
    break;
  case PROP_SCHEDULE_D:
    self->schedule_d = g_value_get_double (value);
    break;
  case PROP_T_END:
    self->t_end = g_value_get_double (value);
    break;
  case PROP_NOISE_SCALE:
    self->noise_scale = g_value_get_double (value);
    break;
  case PROP_STRENGTH:
    self->strength = g_value_get_double (value);
    break;
  case PROP_RETURNED:
    self->returned = g_value_get_int (value);
    break;
  case PROP_DECODE_EVERY:
    self->decode_every = g_value_get_int (value);
    break;
  case PROP_PINS:
    changed = take_pins (self, value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    return;
  }
  if (changed)
    g_object_notify_by_pspec (object, spec);
}

static void finalize (GObject *object)
{
  CpgSettings *self = CPG_SETTINGS (object);
  g_free (self->task);
  g_free (self->source);
  g_clear_pointer (&self->pins, cpg_pins_unref);
  G_OBJECT_CLASS (cpg_settings_parent_class)->finalize (object);
}

static void cpg_settings_class_init (CpgSettingsClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->finalize = finalize;
  props[PROP_TASK] = g_param_spec_string ("task", NULL, NULL, "story", flags);
  props[PROP_SOURCE] = g_param_spec_string ("source", NULL, NULL, "", flags);
  props[PROP_SEED] = g_param_spec_uint64 ("seed", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_STEPS] = g_param_spec_int ("steps", NULL, NULL, 1, COSMOS_MAX_STEPS, 50, flags);
  props[PROP_SAMPLER] = g_param_spec_enum ("sampler", NULL, NULL, CPG_TYPE_SAMPLER, COSMOS_SAMPLER_DPM_SDE, flags);
  props[PROP_GUIDANCE] = g_param_spec_double ("guidance", NULL, NULL, 0, 100, 1, flags);
  props[PROP_SELF_CONDITIONING] = g_param_spec_boolean ("self-conditioning", NULL, NULL, TRUE, flags);
  props[PROP_SCHEDULE_D] = g_param_spec_double ("schedule-d", NULL, NULL, 0, 1000, 0, flags);
  props[PROP_T_END] = g_param_spec_double ("t-end", NULL, NULL, -1, 1, -1, flags);
  props[PROP_NOISE_SCALE] = g_param_spec_double ("noise-scale", NULL, NULL, 0, 2, 1, flags);
  props[PROP_STRENGTH] = g_param_spec_double ("strength", NULL, NULL, 0, 1, 1, flags);
  props[PROP_RETURNED] = g_param_spec_int ("returned", NULL, NULL, COSMOS_RETURN_X0, COSMOS_RETURN_MEAN, COSMOS_RETURN_X0, flags);
  props[PROP_DECODE_EVERY] = g_param_spec_int ("decode-every", NULL, NULL, 0, COSMOS_MAX_STEPS, 1, flags);
  props[PROP_PINS] = g_param_spec_boxed ("pins", NULL, NULL, CPG_TYPE_PINS, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void cpg_settings_init (CpgSettings *self)
{
  (void) self;
}

/* ---- making, copying ---- */

CpgSettings *cpg_settings_new (void)
{
  return g_object_new (CPG_TYPE_SETTINGS, NULL);
}

CpgSettings *cpg_settings_copy (CpgSettings *self)
{
  CpgSettings *copy = cpg_settings_new ();
  for (int id = 1; id < N_PROPS; id++) {
    g_auto (GValue) value = G_VALUE_INIT;
    g_object_get_property (G_OBJECT (self), props[id]->name, &value);
    g_object_set_property (G_OBJECT (copy), props[id]->name, &value);
  }
  return copy;
}

gboolean cpg_settings_equal (CpgSettings *self, CpgSettings *other)
{
  gboolean equal = TRUE;
  for (int id = 1; id < N_PROPS && equal; id++) {
    g_auto (GValue) a = G_VALUE_INIT, b = G_VALUE_INIT;
    g_object_get_property (G_OBJECT (self), props[id]->name, &a);
    g_object_get_property (G_OBJECT (other), props[id]->name, &b);
    equal = is_same (props[id], &a, &b);
  }
  return equal;
}

static void set_numbers (CpgSettings *self, const CosmosSettings *settings)
{
  g_object_set (self, "seed", settings->seed, "steps", settings->steps, "sampler", settings->sampler, "guidance",
                settings->guidance, "self-conditioning", (gboolean) settings->self_conditioning, "schedule-d",
                settings->schedule_d, "t-end", settings->t_end, "noise-scale", settings->noise_scale, "strength",
                settings->strength, "returned", (int) settings->returned, NULL);
}

void cpg_settings_reset (CpgSettings *self, const CosmosConfig *config)
{
  static const int kept[] = {PROP_TASK, PROP_SOURCE, PROP_DECODE_EVERY};
  g_object_freeze_notify (G_OBJECT (self));
  if (config) {
    CosmosSettings own = cosmos_settings_default (config);
    set_numbers (self, &own);
    g_object_set (self, "pins", NULL, NULL);
  } else {
    for (int id = 1; id < N_PROPS; id++)
      if (id != kept[0] && id != kept[1] && id != kept[2])
        g_object_set_property (G_OBJECT (self), props[id]->name, g_param_spec_get_default_value (props[id]));
  }
  g_object_thaw_notify (G_OBJECT (self));
}

void cpg_settings_follow (CpgSettings *self, const CosmosSettings *before, const CosmosSettings *after)
{
  const struct {
    const char *name;
    double value, before, after;
  } all[] = {{"schedule-d", self->schedule_d, before->schedule_d, after->schedule_d},
             {"t-end", self->t_end, before->t_end, after->t_end},
             {"noise-scale", self->noise_scale, before->noise_scale, after->noise_scale},
             {"guidance", self->guidance, before->guidance, after->guidance}};
  g_object_freeze_notify (G_OBJECT (self));
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    if (fabs (all[i].value - all[i].before) < 1e-6)
      g_object_set (self, all[i].name, all[i].after, NULL);
  g_object_thaw_notify (G_OBJECT (self));
}

const char *cpg_settings_get_task (CpgSettings *self)
{
  return self->task;
}

const char *cpg_settings_get_source (CpgSettings *self)
{
  return self->source;
}

int cpg_settings_get_steps (CpgSettings *self)
{
  return self->steps;
}

int cpg_settings_get_decode_every (CpgSettings *self)
{
  return self->decode_every;
}

CpgPins *cpg_settings_get_pins (CpgSettings *self)
{
  return self->pins;
}

/* ---- the core's ---- */

static gboolean find_task (CpgSettings *self, const CosmosConfig *config, int *task, GError **error)
{
  *task = 0;
  if (*self->task == 0 || config->n_tasks == 0)
    return TRUE;
  *task = cosmos_config_find_task (config, self->task);
  if (*task >= 0)
    return TRUE;
  g_autoptr (GString) names = g_string_new (NULL);
  for (int i = 0; i < config->n_tasks; i++)
    g_string_append_printf (names, "%s%s", i ? ", " : "", config->tasks[i]);
  g_set_error (error, CPG_ERROR, COSMOS_STATUS_UNSUPPORTED, "The model has no task \"%.32s\"; it has: %s", self->task,
               names->str);
  return FALSE;
}

/* Starts where the model's default starts, so that the same values write the same text as the cosmos command. */
gboolean cpg_settings_to_core (CpgSettings *self, const CosmosConfig *config, CosmosSettings *settings, GError **error)
{
  CosmosSettings s = cosmos_settings_default (config);
  CosmosError err;
  if (!find_task (self, config, &s.task, error))
    return FALSE;
  s.seed = self->seed;
  s.steps = self->steps;
  s.sampler = self->sampler;
  s.guidance = self->guidance;
  s.self_conditioning = self->self_conditioning;
  if (self->schedule_d != 0)
    s.schedule_d = self->schedule_d;
  if (self->t_end != -1)
    s.t_end = self->t_end;
  s.noise_scale = self->noise_scale;
  if (config->denoiser.source_latents && *self->source)
    s.strength = self->strength;
  s.returned = (CosmosReturn) self->returned;
  s.batch = 1;
  if (!cosmos_settings_check (&s, config, &err)) {
    cpg_error_from_core (error, &err);
    return FALSE;
  }
  *settings = s;
  return TRUE;
}

void cpg_settings_from_core (CpgSettings *self, const CosmosConfig *config, const CosmosSettings *settings)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (config->n_tasks > 0)
    g_object_set (self, "task", config->tasks[settings->task], NULL);
  set_numbers (self, settings);
  g_object_thaw_notify (G_OBJECT (self));
}
