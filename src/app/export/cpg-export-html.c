/* One file that plays the run: page, style and script out of the program's resources, with the data of the JSON in them. */
#include "app/export/cpg-export-json.h"

#include "app/cpg-config.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

#define FOLDER CPG_RESOURCES "/export/"

/* What the page says. {1} and so on are filled in by its script. */
static const struct {
  const char *id, *words;
} words[] = {
  {"play", N_ ("Play")},
  {"pause", N_ ("Pause")},
  {"step", N_ ("Step")},
  {"first", N_ ("First step")},
  {"back", N_ ("A step back")},
  {"on", N_ ("A step on")},
  {"last", N_ ("Last step")},
  /* Translators: {1} is a step, {2} their number */
  {"of", N_ ("Step {1} of {2}")},
  /* Translators: {1} is a number from 0 to 1, {2} a percentage, {3} and {4} are numbers of tokens */
  {"numbers", N_ ("noise {1}, mean confidence {2}, {3} of {4} tokens changed")},
  {"text", N_ ("Text at This Step")},
  {"changed", NC_ ("mark", "changed")},
  {"unsure", NC_ ("mark", "unsure")},
  {"alternatives", N_ ("Alternatives")},
  {"choose", N_ ("Choose a token to see what else it might have been.")},
  {"chart", N_ ("Noise and change by step")},
  {"noise", N_ ("noise")},
  {"change", N_ ("change of the guess (rms)")},
  {"settings", N_ ("Settings")},
  {"model", N_ ("Model")},
  {"file", N_ ("Model file")},
  {"keys", N_ ("Space plays and pauses, the arrow keys go from step to step, Home and End to the first and the last.")},
};

static const char *translate (const char *id, const char *text)
{
  return g_str_equal (id, "changed") || g_str_equal (id, "unsure") ? g_dpgettext2 (NULL, "mark", text) : _ (text);
}

/* As text in a script: no tag can begin or end in it, and old browsers read it as JavaScript, too. */
static char *print_json (JsonNode *node)
{
  g_autofree char *json = json_to_string (node, FALSE);
  GString *safe = g_string_new (NULL);
  for (const char *c = json; *c; c++) {
    if (*c == '<' || *c == '>' || *c == '&')
      g_string_append_printf (safe, "\\u%04x", *c);
    else if (g_str_has_prefix (c, "\u2028") || g_str_has_prefix (c, "\u2029")) {
      g_string_append_printf (safe, "\\u%04x", g_utf8_get_char (c));
      c += 2;
    } else
      g_string_append_c (safe, *c);
  }
  return g_string_free_and_steal (safe);
}

static char *print_words (const CpgRecord *record)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    cpg_export_json_set_text (builder, words[i].id, translate (words[i].id, words[i].words));
  json_builder_set_member_name (builder, "facts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < record->facts->len; i++) {
    const CpgRecordFact *fact = &g_array_index (record->facts, CpgRecordFact, i);
    json_builder_begin_object (builder);
    cpg_export_json_set_text (builder, "title", fact->title);
    cpg_export_json_set_text (builder, "words", fact->words);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return print_json (root);
}

static char *load (const char *name)
{
  g_autofree char *path = g_strconcat (FOLDER, name, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

typedef struct {
  const char *name;
  char *value;
} Part;

/* {{name}} by its value, in one go, so that no value is looked at for names. */
static GBytes *fill (const char *page, const Part *parts, gsize n)
{
  GString *filled = g_string_new (NULL);
  const char *open;
  while ((open = strstr (page, "{{"))) {
    const char *close = strstr (open, "}}");
    g_string_append_len (filled, page, open - page);
    for (gsize i = 0; i < n; i++)
      if (strlen (parts[i].name) == (gsize) (close - open - 2) && g_str_has_prefix (open + 2, parts[i].name))
        g_string_append (filled, parts[i].value);
    page = close + 2;
  }
  g_string_append (filled, page);
  return g_string_free_to_bytes (filled);
}

GBytes *cpg_export_make_html (CpgExportWork *work, GError **error)
{
  const CpgRecord *record = work->record;
  g_autoptr (JsonNode) root = cpg_export_build_json (work, error);
  if (!root)
    return NULL;
  const CpgRecordFact *task = cpg_record_find_fact (record, "task");
  g_autofree char *page = load ("replay.html"),
                  *name = g_strdup_printf (_ ("%s, seed %s"), task ? task->words : record->model_name, record->seed);
  g_autofree char *valid = g_utf8_make_valid (record->steps[record->n_steps - 1].text, -1);
  Part parts[] = {
    {"language", g_markup_escape_text (record->language, -1)},
    {"direction", g_strdup (record->rtl ? "rtl" : "ltr")},
    {"title", g_markup_escape_text (name, -1)},
    {"program", g_strdup ("Cosmos Playground " CPG_VERSION)},
    {"text", g_markup_escape_text (valid, -1)},
    {"style", load ("replay.css")},
    {"script", load ("replay.js")},
    {"words", print_words (record)},
    {"run", print_json (root)},
  };
  GBytes *bytes = fill (page, parts, G_N_ELEMENTS (parts));
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    g_free (parts[i].value);
  return bytes;
}
