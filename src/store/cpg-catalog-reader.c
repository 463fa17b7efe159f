#include "store/cpg-catalog-reader.h"

#include "store/cpg-address.h"
#include "store/cpg-fetch-error.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

enum {
  VERSION = 1,
  MOST_MODELS = 1000,
  MOST_FILES = 64,
  MOST_TASKS = 16,
  CARD_LENGTH = 20000,
  TEXT_LENGTH = 2000,
  NAME_LENGTH = 200
};
static const gint64 LARGEST_FILE = (gint64) 1 << 40, MOST_PARAMETERS = (gint64) 1 << 50;

/* Where in the file the reader is: "models[2].files[0]". */
typedef struct {
  const char *name;
  GString *place;
} Reader;

G_GNUC_PRINTF (4, 5)
static gboolean refuse (const Reader *reader, const char *member, GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *why = g_strdup_vprintf (format, args);
  va_end (args);
  g_autoptr (GString) text = g_string_new (reader->name);
  if (*reader->place->str || *member)
    g_string_append_printf (text, ": %s%s%s", reader->place->str, *reader->place->str && *member ? "." : "", member);
  g_set_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_CATALOG, "%s: %s", text->str, why);
  return FALSE;
}

/* Text with line breaks only where they may be, nothing else that steers a terminal. */
static gboolean is_plain (const char *text, gboolean lines)
{
  for (; *text; text = g_utf8_next_char (text))
    if (!g_unichar_isprint (g_utf8_get_char (text)) && !(lines && *text == '\n'))
      return FALSE;
  return TRUE;
}

/* The parser's words "<data>:LINE:COLUMN: ...", with a piece of the file in them, as a short line of text. */
static char *tidy (const char *words)
{
  g_autofree char *valid = g_utf8_make_valid (g_str_has_prefix (words, "<data>:") ? words + 7 : words, -1);
  char *text = g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), 200));
  for (char *at = text; *at; at++)
    if ((guchar) *at < ' ' || *at == 0x7f)
      *at = '?';
  return text;
}

/* ---- members ---- */

static gboolean read_text (const Reader *reader, JsonObject *object, const char *member, gboolean needed, gsize longest,
                           char **text, GError **error)
{
  JsonNode *node = json_object_get_member (object, member);
  if (!node)
    return !needed || refuse (reader, member, error, _ ("is missing"));
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return refuse (reader, member, error, _ ("must be a text"));
  const char *value = json_node_get_string (node);
  if (!*value || strlen (value) > longest)
    return refuse (reader, member, error, _ ("must have 1 to %zu bytes"), longest);
  if (!is_plain (value, longest > NAME_LENGTH))
    return refuse (reader, member, error, _ ("has characters that cannot be seen"));
  *text = g_strdup (value);
  return TRUE;
}

static gboolean read_number (const Reader *reader, JsonObject *object, const char *member, gint64 most, guint64 *number,
                             GError **error)
{
  JsonNode *node = json_object_get_member (object, member);
  if (!node)
    return TRUE;
  gint64 value = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : 0;
  if (value < 1 || value > most)
    return refuse (reader, member, error, _ ("must be a whole number from 1 to %lld"), (long long) most);
  *number = (guint64) value;
  return TRUE;
}

static gboolean read_array (const Reader *reader, JsonObject *object, const char *member, guint most, JsonArray **array,
                            GError **error)
{
  JsonNode *node = json_object_get_member (object, member);
  if (!node || !JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) == 0
      || json_array_get_length (json_node_get_array (node)) > most)
    return refuse (reader, member, error, _ ("must be a list of 1 to %u"), most);
  *array = json_node_get_array (node);
  return TRUE;
}

/* A member that is misspelt must not be passed over: "sha265" would make a verified model one that is not. */
static gboolean check_members (const Reader *reader, JsonObject *object, const char *const *known, GError **error)
{
  g_autoptr (GList) members = json_object_get_members (object);
  for (GList *at = members; at; at = at->next)
    if (!g_strv_contains (known, at->data)) {
      g_autofree char *shown = g_strndup (at->data, 60), *valid = g_utf8_make_valid (shown, -1);
      return refuse (reader, is_plain (valid, FALSE) ? valid : "?", error, _ ("is not known here"));
    }
  return TRUE;
}

static JsonObject *get_object (const Reader *reader, JsonArray *array, guint index, GError **error)
{
  JsonNode *node = json_array_get_element (array, index);
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  refuse (reader, "", error, _ ("must be an object"));
  return NULL;
}

/* ---- files ---- */

static gboolean read_sha256 (const Reader *reader, JsonObject *object, CpgCatalogFile *file, GError **error)
{
  if (!read_text (reader, object, "sha256", FALSE, NAME_LENGTH, &file->sha256, error))
    return FALSE;
  if (file->sha256 && (strlen (file->sha256) != 64 || strspn (file->sha256, "0123456789abcdef") != 64))
    return refuse (reader, "sha256", error, _ ("must be 64 digits of 0-9 and a-f"));
  return TRUE;
}

static gboolean read_file (const Reader *reader, JsonObject *object, CpgCatalogFile *file, GError **error)
{
  static const char *const known[] = {"name", "url", "size", "sha256", NULL};
  g_autoptr (GError) why = NULL;
  if (!check_members (reader, object, known, error) || !read_text (reader, object, "name", TRUE, NAME_LENGTH, &file->name, error)
      || !read_text (reader, object, "url", TRUE, TEXT_LENGTH, &file->url, error)
      || !read_number (reader, object, "size", LARGEST_FILE, &file->size, error) || !read_sha256 (reader, object, file, error))
    return FALSE;
  if (!cpg_address_check_file_name (file->name, &why))
    return refuse (reader, "name", error, "%s", why->message);
  if (!cpg_address_check (file->url, &why))
    return refuse (reader, "url", error, "%s", why->message);
  return TRUE;
}

static gboolean read_files (Reader *reader, JsonObject *object, CpgCatalogFields *fields, GError **error)
{
  JsonArray *array;
  if (!read_array (reader, object, "files", MOST_FILES, &array, error))
    return FALSE;
  gsize base = reader->place->len;
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  fields->files = cpg_catalog_files_new ();
  for (guint i = 0; i < json_array_get_length (array); i++) {
    g_string_append_printf (reader->place, ".files[%u]", i);
    JsonObject *entry = get_object (reader, array, i, error);
    g_array_set_size (fields->files, i + 1);
    CpgCatalogFile *file = &g_array_index (fields->files, CpgCatalogFile, i);
    if (!entry || !read_file (reader, entry, file, error))
      return FALSE;
    if (!g_hash_table_add (names, g_utf8_casefold (file->name, -1)))
      return refuse (reader, "name", error, _ ("is there twice"));
    g_string_truncate (reader->place, base);
  }
  return TRUE;
}

/* ---- models ---- */

static gboolean check_id (const Reader *reader, const char *id, GError **error)
{
  gsize length = strlen (id);
  if (length > 64 || strspn (id, "abcdefghijklmnopqrstuvwxyz0123456789-._") != length || !g_ascii_isalnum (*id)
      || g_str_has_suffix (id, ".gguf") || !cpg_address_check_file_name (id, NULL))
    return refuse (reader, "id", error,
                   _ ("must have at most 64 characters of a-z 0-9 - . _, begin with a letter or digit, and not end like a file"));
  return TRUE;
}

static gboolean read_tasks (const Reader *reader, JsonObject *object, CpgCatalogFields *fields, GError **error)
{
  JsonArray *array;
  if (!json_object_has_member (object, "tasks"))
    return TRUE;
  if (!read_array (reader, object, "tasks", MOST_TASKS, &array, error))
    return FALSE;
  guint n = json_array_get_length (array);
  fields->tasks = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (array, i);
    const char *task = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
                           ? json_node_get_string (node)
                           : "";
    gsize length = strlen (task);
    if (length < 1 || length > 31 || strspn (task, "abcdefghijklmnopqrstuvwxyz0123456789-_") != length)
      return refuse (reader, "tasks", error, _ ("a task’s name has 1 to 31 characters of a-z 0-9 - _"));
    fields->tasks[i] = g_strdup (task);
  }
  return TRUE;
}

static gboolean read_model (Reader *reader, JsonObject *object, CpgCatalogFields *fields, GError **error)
{
  static const char *const known[] = {"id",      "name",   "kind", "description", "tasks", "parameters",
                                      "license", "source", "card", "files",       NULL};
  g_autofree char *kind = NULL;
  g_autoptr (GError) why = NULL;
  if (!check_members (reader, object, known, error) || !read_text (reader, object, "id", TRUE, NAME_LENGTH, &fields->id, error)
      || !check_id (reader, fields->id, error) || !read_text (reader, object, "name", TRUE, NAME_LENGTH, &fields->name, error)
      || !read_text (reader, object, "kind", TRUE, NAME_LENGTH, &kind, error)
      || !read_text (reader, object, "description", FALSE, TEXT_LENGTH, &fields->description, error)
      || !read_text (reader, object, "license", FALSE, NAME_LENGTH, &fields->license, error)
      || !read_text (reader, object, "source", FALSE, TEXT_LENGTH, &fields->source, error)
      || !read_text (reader, object, "card", FALSE, CARD_LENGTH, &fields->card, error)
      || !read_number (reader, object, "parameters", MOST_PARAMETERS, &fields->n_parameters, error)
      || !read_tasks (reader, object, fields, error))
    return FALSE;
  if (!cpg_model_kind_from_name (kind, &fields->kind))
    return refuse (reader, "kind", error, _ ("must be bundle, checkpoint, language-model or tokenizer"));
  if (fields->source && !cpg_address_check (fields->source, &why))
    return refuse (reader, "source", error, "%s", why->message);
  return read_files (reader, object, fields, error);
}

static GPtrArray *read_models (Reader *reader, JsonArray *array, GError **error)
{
  g_autoptr (GPtrArray) models = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    CpgCatalogFields fields = {0};
    g_string_printf (reader->place, "models[%u]", i);
    JsonObject *object = get_object (reader, array, i, error);
    if (!object || !read_model (reader, object, &fields, error)) {
      cpg_catalog_fields_clear (&fields);
      return NULL;
    }
    g_ptr_array_add (models, cpg_catalog_model_new (&fields));
  }
  return g_steal_pointer (&models);
}

static GPtrArray *read_root (Reader *reader, JsonNode *root, GError **error)
{
  static const char *const known[] = {"version", "models", NULL};
  JsonObject *object = root && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  guint64 version = 0;
  JsonArray *array;
  if (!object) {
    refuse (reader, "", error, _ ("is no catalogue: it must be an object"));
    return NULL;
  }
  if (!read_number (reader, object, "version", G_MAXINT64 - 1, &version, error))
    return NULL;
  if (version != VERSION) { /* said before anything that a newer one may have */
    refuse (reader, "version", error, _ ("must be %d; a newer catalogue needs a newer program"), VERSION);
    return NULL;
  }
  if (!check_members (reader, object, known, error) || !read_array (reader, object, "models", MOST_MODELS, &array, error))
    return NULL;
  return read_models (reader, array, error);
}

GPtrArray *cpg_catalog_read (const char *data, gsize size, const char *name, GError **error)
{
  g_autoptr (GString) place = g_string_new (NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) why = NULL;
  Reader reader = {name, place};
  if (size > CPG_CATALOG_LARGEST)
    refuse (&reader, "", error, _ ("is too large for a catalogue (%d bytes at most)"), CPG_CATALOG_LARGEST);
  else if (!g_utf8_validate (data, (gssize) size, NULL))
    refuse (&reader, "", error, _ ("is no catalogue: not UTF-8"));
  else if (g_strstr_len (data, (gssize) size, "\\u0000")) /* the parser would cut a text there */
    refuse (&reader, "", error, _ ("is no catalogue: it has a zero in a text"));
  else {
    json_parser_set_strict (parser, TRUE);
    if (json_parser_load_from_data (parser, data, (gssize) size, &why))
      return read_root (&reader, json_parser_get_root (parser), error);
    g_autofree char *words = tidy (why->message);
    refuse (&reader, "", error, "%s", words);
  }
  return NULL;
}
