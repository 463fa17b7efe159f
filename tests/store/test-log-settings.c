#include "fixture.h"

#include "store/cpg-log-settings.h"

/* ---- a boxed value that becomes a string and comes back ---- */

typedef struct {
  int number;
} TestBox;

static gpointer copy_box (gpointer self)
{
  return g_memdup2 (self, sizeof (TestBox));
}

static void box_to_string (const GValue *box, GValue *string)
{
  g_value_take_string (string, g_strdup_printf ("box %d", ((TestBox *) g_value_get_boxed (box))->number));
}

static void string_to_box (const GValue *string, GValue *box)
{
  TestBox self;
  g_value_set_boxed (box, sscanf (g_value_get_string (string), "box %d", &self.number) == 1 ? &self : NULL);
}

static void register_transforms (GType type)
{
  g_value_register_transform_func (type, G_TYPE_STRING, box_to_string);
  g_value_register_transform_func (G_TYPE_STRING, type, string_to_box);
}

GType test_box_get_type (void);
G_DEFINE_BOXED_TYPE_WITH_CODE (TestBox, test_box, copy_box, g_free, register_transforms (g_define_type_id))

/* ---- an object with a property of every kind ---- */

#define TEST_TYPE_THING (test_thing_get_type ())
G_DECLARE_FINAL_TYPE (TestThing, test_thing, TEST, THING, GObject)

enum {
  PROP_BOOLEAN = 1,
  PROP_COUNT,
  PROP_SIZE,
  PROP_SEED,
  PROP_RATE,
  PROP_WORDS,
  PROP_KIND,
  PROP_CONSTANT,
  PROP_BOX,
  PROP_STRINGS,
  PROP_OBJECT,
  N_PROPS
};

struct _TestThing {
  GObject parent_instance;
  GValue values[N_PROPS];
};

G_DEFINE_FINAL_TYPE (TestThing, test_thing, G_TYPE_OBJECT)

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  (void) spec;
  g_value_copy (&TEST_THING (object)->values[id], value);
}

static void set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  (void) spec;
  g_value_copy (value, &TEST_THING (object)->values[id]);
}

static void test_thing_finalize (GObject *object)
{
  for (int id = 1; id < N_PROPS; id++)
    g_value_unset (&TEST_THING (object)->values[id]);
  G_OBJECT_CLASS (test_thing_parent_class)->finalize (object);
}

static GParamSpec *props[N_PROPS];

static void test_thing_class_init (TestThingClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->finalize = test_thing_finalize;
  props[PROP_BOOLEAN] = g_param_spec_boolean ("boolean", NULL, NULL, FALSE, G_PARAM_READWRITE);
  props[PROP_COUNT] = g_param_spec_int ("count", NULL, NULL, -5, 100, 1, G_PARAM_READWRITE);
  props[PROP_SIZE] = g_param_spec_uint ("size", NULL, NULL, 0, G_MAXUINT, 2, G_PARAM_READWRITE);
  props[PROP_SEED] = g_param_spec_uint64 ("seed", NULL, NULL, 0, G_MAXUINT64, 3, G_PARAM_READWRITE);
  props[PROP_RATE] = g_param_spec_double ("rate", NULL, NULL, 0, 10, 0.5, G_PARAM_READWRITE);
  props[PROP_WORDS] = g_param_spec_string ("words", NULL, NULL, "w", G_PARAM_READWRITE);
  props[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, G_TYPE_NOTIFICATION_PRIORITY, 0, G_PARAM_READWRITE);
  props[PROP_CONSTANT] = g_param_spec_int ("constant", NULL, NULL, 0, 9, 4, G_PARAM_READABLE);
  props[PROP_BOX] = g_param_spec_boxed ("box", NULL, NULL, test_box_get_type (), G_PARAM_READWRITE);
  props[PROP_STRINGS] = g_param_spec_boxed ("strings", NULL, NULL, G_TYPE_STRV, G_PARAM_READWRITE);
  props[PROP_OBJECT] = g_param_spec_object ("object", NULL, NULL, G_TYPE_OBJECT, G_PARAM_READWRITE);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void test_thing_init (TestThing *self)
{
  for (int id = 1; id < N_PROPS; id++) {
    g_value_init (&self->values[id], props[id]->value_type);
    g_param_value_set_default (props[id], &self->values[id]);
  }
}

static char *settings (TestThing *thing, const char *const *without)
{
  return cpg_log_settings_new (G_OBJECT (thing), without);
}

static void test_round_trip (void)
{
  g_autoptr (TestThing) thing = g_object_new (TEST_TYPE_THING, NULL), other = g_object_new (TEST_TYPE_THING, NULL);
  g_object_set (thing, "boolean", TRUE, "count", -5, "size", G_MAXUINT, "seed", G_MAXUINT64, "rate", 0.1, "words", "ü\"\n",
                "kind", G_NOTIFICATION_PRIORITY_URGENT, NULL);
  g_autofree char *json = settings (thing, NULL), *back = NULL,
                  *less = settings (thing, (const char *[]) {"words", "kind", NULL});
  g_assert_cmpstr (
      json, ==,
      "{\"boolean\":true,\"count\":-5,\"kind\":\"urgent\",\"rate\":0.1,\"seed\":\"18446744073709551615\",\"size\":4294967295,"
      "\"words\":\"ü\\\"\\n\"}");
  g_assert_cmpstr (less, ==,
                   "{\"boolean\":true,\"count\":-5,\"rate\":0.1,\"seed\":\"18446744073709551615\",\"size\":4294967295}");
  g_assert_true (cpg_log_settings_apply (json, G_OBJECT (other)));
  back = settings (other, NULL);
  g_assert_cmpstr (back, ==, json);
}

/* Boxed values as strings; without where there is none, or where they do not come back from one. */
static void test_boxed (void)
{
  const char *const strings[] = {"a", NULL};
  g_autoptr (TestThing) thing = g_object_new (TEST_TYPE_THING, NULL), other = g_object_new (TEST_TYPE_THING, NULL);
  TestBox box = {12}, *back;
  g_autofree char *without = settings (thing, NULL);
  g_assert_null (strstr (without, "box"));
  g_object_set (thing, "box", &box, "strings", strings, NULL);
  g_autofree char *json = settings (thing, NULL);
  g_assert_nonnull (strstr (json, "\"box\":\"box 12\""));
  g_assert_null (strstr (json, "strings"));
  g_assert_true (cpg_log_settings_apply (json, G_OBJECT (other)));
  g_object_get (other, "box", &back, NULL);
  g_assert_cmpint (back->number, ==, 12);
  g_free (back);
  g_assert_true (cpg_log_settings_apply ("{\"box\":\"none\",\"strings\":[\"b\"]}", G_OBJECT (other)));
  g_object_get (other, "box", &back, NULL);
  g_assert_null (back);
  g_assert_true (cpg_log_settings_apply ("{\"box\":3}", G_OBJECT (thing)));
  g_autofree char *same = settings (thing, NULL);
  g_assert_cmpstr (same, ==, json);
}

/* What does not fit is left out or brought into range. */
static void test_apply_odd (void)
{
  static const struct {
    const char *json, *key;
  } left[] = {{"{\"count\":1.5}", "count"},
              {"{\"count\":\"7\"}", "count"},
              {"{\"seed\":7}", "seed"},
              {"{\"seed\":\"-1\"}", "seed"},
              {"{\"kind\":\"none such\"}", "k"},
              {"{\"kind\":3}", "kind"},
              {"{\"boolean\":1}", "b"},
              {"{\"words\":null}", "words"},
              {"{\"constant\":7}", "constant"},
              {"{\"object\":{}}", "object"},
              {"{\"nowhere\":1}", "n"},
              {"{\"rate\":[1]}", "rate"},
              {"{\"seed\":\"1844674407370955161600\"}", "seed"}};
  g_autoptr (TestThing) thing = g_object_new (TEST_TYPE_THING, NULL);
  g_autofree char *before = settings (thing, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (left); i++) {
    g_assert_true (cpg_log_settings_apply (left[i].json, G_OBJECT (thing)));
    g_autofree char *after = settings (thing, NULL);
    g_assert_cmpstr (after, ==, before);
  }
  int number;
  double rate;
  g_assert_true (cpg_log_settings_apply ("{\"count\":999999999999,\"rate\":-3}", G_OBJECT (thing)));
  g_object_get (thing, "count", &number, "rate", &rate, NULL);
  g_assert_cmpint (number, ==, 100);
  g_assert_cmpfloat (rate, ==, 0);
  g_assert_false (cpg_log_settings_apply ("[1]", G_OBJECT (thing)));
  g_assert_false (cpg_log_settings_apply ("{\"count\"", G_OBJECT (thing)));
  g_assert_false (cpg_log_settings_apply (NULL, G_OBJECT (thing)));
}

static void test_diff (void)
{
  g_autoptr (CpgLogRun) a = fixture_run ("a", "x"), b = fixture_run ("b", "y");
  g_autoptr (GPtrArray) none = cpg_log_run_diff (a, b);
  g_assert_cmpuint (none->len, ==, 0); /* titles and outputs are no settings */

  g_set_str (&a->settings, "{\"same\":1,\"guidance\":1.0,\"only-a\":true,\"sampler\":\"ddim\"}");
  g_set_str (&b->settings, "{\"sampler\":\"dpm-sde\",\"same\":1.0,\"guidance\":2.5,\"only-b\":[1]}");
  b->seed = 7;
  g_set_str (&b->source, "A text.");
  g_clear_pointer (&b->model_sha256, g_free);
  static const char *const expected[][3] = {{"source", "", "A text."},     {"seed", "18446744073709551614", "7"},
                                            {"model-sha256", "00ff", ""},  {"guidance", "1", "2.5"},
                                            {"only-a", "true", NULL},      {"only-b", NULL, "[1]"},
                                            {"sampler", "ddim", "dpm-sde"}};
  g_autoptr (GPtrArray) all = cpg_log_run_diff (a, b);
  g_assert_cmpuint (all->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < all->len; i++) {
    const CpgLogDifference *difference = all->pdata[i];
    g_assert_cmpstr (difference->name, ==, expected[i][0]);
    g_assert_cmpstr (difference->a, ==, expected[i][1]);
    g_assert_cmpstr (difference->b, ==, expected[i][2]);
  }
  g_set_str (&a->settings, "no JSON");
  g_clear_pointer (&b->settings, g_free);
  g_autoptr (GPtrArray) fewer = cpg_log_run_diff (a, b);
  g_assert_cmpuint (fewer->len, ==, 3);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-settings/round-trip", test_round_trip);
  g_test_add_func ("/log-settings/boxed", test_boxed);
  g_test_add_func ("/log-settings/apply-odd", test_apply_odd);
  g_test_add_func ("/log-settings/diff", test_diff);
  return g_test_run ();
}
