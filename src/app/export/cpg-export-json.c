#include "app/export/cpg-export-json.h"

#include "app/cpg-config.h"

#include <math.h>

enum { VERSION = 1 };

void cpg_export_json_set_text (JsonBuilder *builder, const char *name, const char *text)
{
  g_autofree char *valid = text ? g_utf8_make_valid (text, -1) : NULL;
  json_builder_set_member_name (builder, name);
  if (valid)
    json_builder_add_string_value (builder, valid);
  else
    json_builder_add_null_value (builder);
}

static void set_integer (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

/* JSON has no infinity. */
static void add_number (JsonBuilder *builder, double value)
{
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void set_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  add_number (builder, value);
}

/* ---- what it was made from ---- */

static void add_model (const CpgExportWork *work, JsonBuilder *builder)
{
  const CpgRecord *record = work->record;
  g_autofree char *file = record->model_path ? g_path_get_basename (record->model_path) : NULL;
  json_builder_set_member_name (builder, "model");
  json_builder_begin_object (builder);
  cpg_export_json_set_text (builder, "name", record->model_name);
  cpg_export_json_set_text (builder, "file", file);
  cpg_export_json_set_text (builder, "sha256", work->hash);
  json_builder_end_object (builder);
}

/* Seeds are larger than what readers of JSON hold in a number: in words. */
static void add_fact (const CpgRecordFact *fact, JsonBuilder *builder)
{
  if (!fact->value)
    cpg_export_json_set_text (builder, fact->id, NULL);
  else if (g_variant_is_of_type (fact->value, G_VARIANT_TYPE_STRING))
    cpg_export_json_set_text (builder, fact->id, g_variant_get_string (fact->value, NULL));
  else if (g_variant_is_of_type (fact->value, G_VARIANT_TYPE_UINT64))
    cpg_export_json_set_text (builder, fact->id, fact->words);
  else if (g_variant_is_of_type (fact->value, G_VARIANT_TYPE_INT32))
    set_integer (builder, fact->id, g_variant_get_int32 (fact->value));
  else if (g_variant_is_of_type (fact->value, G_VARIANT_TYPE_BOOLEAN)) {
    json_builder_set_member_name (builder, fact->id);
    json_builder_add_boolean_value (builder, g_variant_get_boolean (fact->value));
  } else
    set_number (builder, fact->id, g_variant_get_double (fact->value));
}

static void add_settings (const CpgRecord *record, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "settings");
  json_builder_begin_object (builder);
  for (guint i = 0; i < record->facts->len; i++)
    add_fact (&g_array_index (record->facts, CpgRecordFact, i), builder);
  json_builder_end_object (builder);
}

/* ---- steps ---- */

static void add_alternatives (const CpgToken *token, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "alternatives");
  json_builder_begin_array (builder);
  for (int i = 0; i < COSMOS_TOP_K && token->guess.top[i] >= 0; i++) {
    json_builder_begin_object (builder);
    set_integer (builder, "id", token->guess.top[i]);
    cpg_export_json_set_text (builder, "text", token->top_text[i]);
    set_number (builder, "probability", (double) token->guess.top_probability[i]);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void add_token (const CpgToken *token, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  set_integer (builder, "position", token->position);
  set_integer (builder, "id", token->guess.id);
  cpg_export_json_set_text (builder, "text", token->text);
  set_number (builder, "probability", (double) token->guess.probability);
  set_number (builder, "entropy", (double) token->guess.entropy);
  cpg_export_json_set_text (builder, "mark", cpg_record_name_mark (token->mark));
  add_alternatives (token, builder);
  json_builder_end_object (builder);
}

static void add_step (const CpgRecordStep *step, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  set_integer (builder, "step", step->index + 1);
  set_number (builder, "t", step->t);
  set_number (builder, "alpha", step->alpha);
  set_number (builder, "sigma", step->sigma);
  set_number (builder, "change", step->index > 0 ? step->change : NAN);
  set_number (builder, "seconds", step->seconds);
  set_number (builder, "confidence", step->confidence);
  set_number (builder, "entropy", step->entropy);
  set_integer (builder, "changed", step->n_changed);
  set_integer (builder, "settled", step->n_settled);
  cpg_export_json_set_text (builder, "text", step->text);
  json_builder_set_member_name (builder, "tokens");
  json_builder_begin_array (builder);
  for (int i = 0; i < step->n_tokens; i++)
    add_token (&step->tokens[i], builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/* ---- the whole ---- */

static gboolean add_steps (CpgExportWork *work, JsonBuilder *builder, GError **error)
{
  const CpgRecord *record = work->record;
  json_builder_set_member_name (builder, work->whole_run ? "steps" : "step");
  if (!work->whole_run) {
    add_step (&record->steps[record->current], builder);
    return TRUE;
  }
  json_builder_begin_array (builder);
  for (int i = 0; i < record->n_steps; i++) {
    if (!cpg_export_work_go_on (work, .7 * i / record->n_steps, error))
      return FALSE;
    add_step (&record->steps[i], builder);
  }
  json_builder_end_array (builder);
  return TRUE;
}

JsonNode *cpg_export_build_json (CpgExportWork *work, GError **error)
{
  const CpgRecord *record = work->record;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  cpg_export_json_set_text (builder, "format", work->whole_run ? "cosmos-run" : "cosmos-step");
  set_integer (builder, "version", VERSION);
  cpg_export_json_set_text (builder, "program", "Cosmos Playground " CPG_VERSION);
  add_model (work, builder);
  add_settings (record, builder);
  cpg_export_json_set_text (builder, "state", record->state);
  cpg_export_json_set_text (builder, "shown", record->show == COSMOS_SHOW_X0 ? "x0" : "x_t");
  set_number (builder, "seconds", record->seconds);
  set_integer (builder, "steps-planned", record->n_planned);
  cpg_export_json_set_text (builder, "result", record->result);
  if (!add_steps (work, builder, error))
    return NULL;
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

GBytes *cpg_export_make_json (CpgExportWork *work, GError **error)
{
  g_autoptr (JsonNode) root = cpg_export_build_json (work, error);
  if (!root)
    return NULL;
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  json_generator_set_indent (generator, 1);
  GString *text = json_generator_to_gstring (generator, g_string_new (NULL));
  g_string_append_c (text, '\n');
  return g_string_free_to_bytes (text);
}
