#include "store/cpg-log-settings.h"

#include <stdlib.h>
#include <yyjson.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (yyjson_doc, yyjson_doc_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (yyjson_mut_doc, yyjson_mut_doc_free)

static yyjson_doc *parse (const char *json)
{
  yyjson_doc *doc = json ? yyjson_read (json, strlen (json), 0) : NULL;
  if (doc && yyjson_is_obj (yyjson_doc_get_root (doc)))
    return doc;
  yyjson_doc_free (doc);
  return NULL;
}

/* ---- of an object, to an object ---- */

static int compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(GParamSpec *const *) a)->name, (*(GParamSpec *const *) b)->name);
}

/* NULL: there is none, or it is of a type that does not become a string and come back. */
static yyjson_mut_val *boxed_to_json (yyjson_mut_doc *doc, const GValue *value)
{
  g_auto (GValue) text = G_VALUE_INIT;
  g_value_init (&text, G_TYPE_STRING);
  if (!g_value_get_boxed (value) || !g_value_type_transformable (G_TYPE_STRING, G_VALUE_TYPE (value))
      || !g_value_transform (value, &text))
    return NULL;
  return yyjson_mut_strcpy (doc, g_value_get_string (&text));
}

/* NULL: of a kind that JSON does not have. */
static yyjson_mut_val *value_to_json (yyjson_mut_doc *doc, const GValue *value)
{
  char digits[32];
  GType type = G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value));
  switch (type) {
  case G_TYPE_BOOLEAN:
    return yyjson_mut_bool (doc, g_value_get_boolean (value));
  case G_TYPE_INT:
    return yyjson_mut_sint (doc, g_value_get_int (value));
  case G_TYPE_UINT:
    return yyjson_mut_uint (doc, g_value_get_uint (value));
  case G_TYPE_UINT64:
    g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, g_value_get_uint64 (value));
    return yyjson_mut_strcpy (doc, digits);
  case G_TYPE_DOUBLE:
    return yyjson_mut_real (doc, g_value_get_double (value));
  case G_TYPE_STRING:
    return yyjson_mut_strcpy (doc, g_value_get_string (value) ? g_value_get_string (value) : "");
  case G_TYPE_ENUM: {
    g_autoptr (GTypeClass) class = g_type_class_ref (G_VALUE_TYPE (value));
    GEnumValue *item = g_enum_get_value (G_ENUM_CLASS (class), g_value_get_enum (value));
    return item ? yyjson_mut_strcpy (doc, item->value_nick) : NULL;
  }
  case G_TYPE_BOXED:
    return boxed_to_json (doc, value);
  default:
    return NULL;
  }
}

char *cpg_log_settings_new (GObject *object, const char *const *without)
{
  guint n;
  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n);
  g_autoptr (yyjson_mut_doc) doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *root = yyjson_mut_obj (doc);
  yyjson_mut_doc_set_root (doc, root);
  qsort (specs, n, sizeof *specs, compare_names);
  for (guint i = 0; i < n; i++) {
    g_auto (GValue) value = G_VALUE_INIT;
    if ((specs[i]->flags & G_PARAM_READWRITE) != G_PARAM_READWRITE || (without && g_strv_contains (without, specs[i]->name)))
      continue;
    g_object_get_property (object, specs[i]->name, &value);
    yyjson_mut_val *json = value_to_json (doc, &value);
    if (json)
      yyjson_mut_obj_add (root, yyjson_mut_strcpy (doc, specs[i]->name), json);
  }
  char *text = yyjson_mut_write (doc, 0, NULL), *copy = g_strdup (text);
  free (text);
  return copy;
}

/* FALSE: another kind than the property's. */
static gboolean value_from_json (yyjson_val *json, GValue *value)
{
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value))) {
  case G_TYPE_BOOLEAN:
    g_value_set_boolean (value, yyjson_get_bool (json));
    return yyjson_is_bool (json);
  case G_TYPE_INT:
    g_value_set_int (value, (int) CLAMP (yyjson_get_num (json), G_MININT, G_MAXINT));
    return yyjson_is_int (json);
  case G_TYPE_UINT:
    g_value_set_uint (value, (guint) CLAMP (yyjson_get_num (json), 0, G_MAXUINT));
    return yyjson_is_int (json);
  case G_TYPE_UINT64: {
    guint64 number = 0;
    if (!yyjson_is_str (json) || !g_ascii_string_to_unsigned (yyjson_get_str (json), 10, 0, G_MAXUINT64, &number, NULL))
      return FALSE;
    g_value_set_uint64 (value, number);
    return TRUE;
  }
  case G_TYPE_DOUBLE:
    g_value_set_double (value, yyjson_get_num (json));
    return yyjson_is_num (json);
  case G_TYPE_STRING:
    g_value_set_string (value, yyjson_get_str (json));
    return yyjson_is_str (json);
  case G_TYPE_ENUM: {
    g_autoptr (GTypeClass) class = g_type_class_ref (G_VALUE_TYPE (value));
    GEnumValue *item = yyjson_is_str (json) ? g_enum_get_value_by_nick (G_ENUM_CLASS (class), yyjson_get_str (json)) : NULL;
    if (item)
      g_value_set_enum (value, item->value);
    return item != NULL;
  }
  case G_TYPE_BOXED: {
    g_auto (GValue) text = G_VALUE_INIT;
    g_value_init (&text, G_TYPE_STRING);
    g_value_set_string (&text, yyjson_get_str (json));
    return yyjson_is_str (json) && g_value_transform (&text, value);
  }
  default:
    return FALSE;
  }
}

gboolean cpg_log_settings_apply (const char *json, GObject *object)
{
  g_autoptr (yyjson_doc) doc = parse (json);
  yyjson_obj_iter iter;
  yyjson_val *key;
  if (!doc)
    return FALSE;
  g_object_freeze_notify (object);
  yyjson_obj_iter_init (yyjson_doc_get_root (doc), &iter);
  while ((key = yyjson_obj_iter_next (&iter))) {
    g_auto (GValue) value = G_VALUE_INIT;
    GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (object), yyjson_get_str (key));
    if (!spec || (spec->flags & G_PARAM_READWRITE) != G_PARAM_READWRITE)
      continue;
    g_value_init (&value, spec->value_type);
    if (!value_from_json (yyjson_obj_iter_get_val (key), &value))
      continue;
    g_param_value_validate (spec, &value);
    g_object_set_property (object, spec->name, &value);
  }
  g_object_thaw_notify (object);
  return TRUE;
}

/* ---- what differs ---- */

static void free_difference (gpointer data)
{
  CpgLogDifference *self = data;
  g_free (self->name);
  g_free (self->a);
  g_free (self->b);
  g_free (self);
}

static void add (GPtrArray *all, const char *name, char *a, char *b)
{
  CpgLogDifference *self = g_new (CpgLogDifference, 1);
  *self = (CpgLogDifference) {g_strdup (name), a, b};
  g_ptr_array_add (all, self);
}

static void compare_texts (GPtrArray *all, const char *name, const char *a, const char *b)
{
  a = a ? a : "";
  b = b ? b : "";
  if (!g_str_equal (a, b))
    add (all, name, g_strdup (a), g_strdup (b));
}

/* 1 and 1.0 are the same number. */
static gboolean equal (yyjson_val *a, yyjson_val *b)
{
  return a && b && (yyjson_is_num (a) && yyjson_is_num (b) ? yyjson_get_num (a) == yyjson_get_num (b) : yyjson_equals (a, b));
}

static char *to_text (yyjson_val *value)
{
  if (!value || yyjson_is_str (value))
    return g_strdup (yyjson_get_str (value));
  if (yyjson_is_num (value))
    return g_strdup_printf ("%.10g", yyjson_get_num (value));
  char *text = yyjson_val_write (value, 0, NULL), *copy = g_strdup (text);
  free (text);
  return copy;
}

static void take_keys (GPtrArray *keys, yyjson_val *object)
{
  yyjson_obj_iter iter;
  yyjson_val *key;
  yyjson_obj_iter_init (object, &iter);
  while ((key = yyjson_obj_iter_next (&iter)))
    g_ptr_array_add (keys, (gpointer) yyjson_get_str (key));
}

static int compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void compare_settings (GPtrArray *all, const char *a, const char *b)
{
  g_autoptr (yyjson_doc) first = parse (a), second = parse (b);
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  yyjson_val *left = yyjson_doc_get_root (first), *right = yyjson_doc_get_root (second);
  take_keys (keys, left);
  take_keys (keys, right);
  g_ptr_array_sort (keys, compare_keys);
  for (guint i = 0; i < keys->len; i++) {
    const char *key = keys->pdata[i];
    yyjson_val *x = yyjson_obj_get (left, key), *y = yyjson_obj_get (right, key);
    if ((i == 0 || strcmp (key, keys->pdata[i - 1]) != 0) && !equal (x, y))
      add (all, key, to_text (x), to_text (y));
  }
}

GPtrArray *cpg_log_run_diff (const CpgLogRun *a, const CpgLogRun *b)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (free_difference);
  compare_texts (all, "task", a->task, b->task);
  compare_texts (all, "source", a->source, b->source);
  if (a->seed != b->seed)
    add (all, "seed", g_strdup_printf ("%" G_GUINT64_FORMAT, a->seed), g_strdup_printf ("%" G_GUINT64_FORMAT, b->seed));
  compare_texts (all, "model", a->model_name, b->model_name);
  if (g_strcmp0 (a->model_sha256, b->model_sha256) != 0)
    compare_texts (all, "model-sha256", a->model_sha256, b->model_sha256);
  compare_texts (all, "engine", a->engine, b->engine);
  compare_settings (all, a->settings, b->settings);
  return all;
}
