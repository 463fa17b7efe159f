#include "app/cpg-models-facts-private.h"

#include "app/cpg-models-words.h"
#include "core/file/safetensors.h"
#include "core/model/config.h"
#include "store/cpg-fetch-error.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

enum { VALUE_SIZE = 512 };

/* ---- what both kinds of files have ---- */

typedef struct {
  guint64 n_parameters, bytes[COSMOS_N_DTYPES];
} Sum;

static void add_tensor (Sum *sum, const CosmosTensorInfo *tensor)
{
  sum->n_parameters += tensor->count;
  sum->bytes[tensor->dtype] += tensor->size;
}

static void add_sum (CpgFactGroup *group, const Sum *sum)
{
  int most = 0;
  for (int i = 1; i < COSMOS_N_DTYPES; i++)
    if (sum->bytes[i] > sum->bytes[most])
      most = i;
  g_autofree char *parameters = cpg_models_words_parameters (sum->n_parameters);
  cpg_fact_group_add (group, _ ("Parameters"), parameters);
  cpg_fact_group_add_format (group, _ ("Numbers"), _ ("mostly %s"), cosmos_dtype_get_name ((CosmosDtype) most));
}

static void add_count (CpgFactGroup *group, const char *label, const char *format, gint64 n)
{
  g_autofree char *number = g_strdup_printf ("%'" G_GINT64_FORMAT, n), *value = g_strdup_printf (format, number);
  cpg_fact_group_add (group, label, value);
}

static void add_layers (CpgFactGroup *group, const char *label, int layers, int width)
{
  cpg_fact_group_add_format (group, label, ngettext ("%d layer of width %d", "%d layers of width %d", (gulong) layers), layers,
                             width);
}

static void add_config (CpgFactGroup *group, const CosmosConfig *config)
{
  const char *tasks[COSMOS_MAX_TASKS + 1] = {NULL};
  for (int i = 0; i < config->n_tasks; i++)
    tasks[i] = config->tasks[i];
  g_autofree char *words = cpg_models_words_tasks (tasks);
  cpg_fact_group_add (group, _ ("Tasks"), words);
  cpg_fact_group_add_format (group, _ ("Text"), ngettext ("up to %d token", "up to %d tokens", (gulong) config->tokens),
                             config->tokens);
  if (config->denoiser.source_layers >= 0)
    cpg_fact_group_add_format (group, _ ("Source text"),
                               ngettext ("up to %d token", "up to %d tokens", (gulong) config->source_tokens),
                               config->source_tokens);
  /* Translators: "16 vectors of 64 numbers" */
  cpg_fact_group_add_format (group, _ ("Latents"), _ ("%d vectors of %d numbers"), config->latents, config->latent_width);
  add_layers (group, _ ("Encoder"), config->encoder.layers, config->encoder.width);
  add_layers (group, _ ("Compressor"), config->compressor.layers, config->compressor.width);
  add_layers (group, _ ("Decompressor"), config->decompressor.layers, config->decompressor.width);
  add_layers (group, _ ("Denoiser"), config->denoiser.layers, config->denoiser.width);
  add_count (group, _ ("Vocabulary"), _ ("%s tokens"), config->vocabulary);
}

/* ---- GGUF ---- */

static gint64 get_integer (const CosmosGguf *file, const char *architecture, const char *name)
{
  g_autofree char *key = g_strconcat (architecture, ".", name, NULL);
  int64_t value = 0;
  return cosmos_gguf_has (file, key) && cosmos_gguf_get_integer (file, key, 0, INT32_MAX, &value, NULL) ? value : 0;
}

static void add_language_model (CpgFactGroup *group, const CosmosGguf *file, const char *architecture)
{
  gint64 layers = get_integer (file, architecture, "block_count"), width = get_integer (file, architecture, "embedding_length"),
         context = get_integer (file, architecture, "context_length");
  size_t vocabulary;
  cpg_fact_group_add (group, _ ("Architecture"), architecture);
  if (context)
    add_count (group, _ ("Text"), _ ("up to %s tokens"), context);
  if (layers && width)
    add_layers (group, _ ("Network"), (int) layers, (int) width);
  if (cosmos_gguf_has (file, "tokenizer.ggml.tokens")
      && cosmos_gguf_get_array_length (file, "tokenizer.ggml.tokens", &vocabulary, NULL))
    add_count (group, _ ("Vocabulary"), _ ("%s tokens"), (gint64) vocabulary);
}

static const char *get_string (const CosmosGguf *file, const char *key)
{
  const char *value = NULL;
  return cosmos_gguf_has (file, key) && cosmos_gguf_get_string (file, key, &value, NULL) ? value : NULL;
}

static void add_about (CpgModelsFacts *self, const CosmosGguf *file)
{
  static const struct {
    const char *key, *label;
  } lines[] = {{"general.description", N_ ("Description")},
               {"general.license", N_ ("License")},
               {"general.provenance", N_ ("Where it comes from")}};
  CpgFactGroup *group = cpg_models_facts_add_group (self, _ ("In the File"));
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    const char *value = get_string (file, lines[i].key);
    gboolean other = g_str_equal (lines[i].key, "general.license") && g_strcmp0 (value, "other") == 0;
    cpg_fact_group_add (group, _ (lines[i].label), other ? _ ("None of the usual ones; see where it comes from") : value);
  }
}

/* cosmos.quality.NAME, as whoever made the file has measured it. */
static void add_quality (CpgModelsFacts *self, const CosmosGguf *file)
{
  static const char prefix[] = "cosmos.quality.";
  static const struct {
    const char *name, *label;
    gboolean share;
  } known[] = {
    {"token_accuracy", N_ ("Tokens that come back from the latents"), TRUE},
    {"exact_share", N_ ("Texts that come back exactly"), TRUE},
    {"mse", N_ ("Squared error of what comes back"), FALSE},
    {"judge_perplexity", N_ ("Perplexity under another model"), FALSE},
    {"valid_perplexity", N_ ("Perplexity on texts it has not seen"), FALSE},
    {"diversity_4", N_ ("Share of four-word pieces that are distinct"), FALSE},
  };
  CpgFactGroup *group = cpg_models_facts_add_group (self, _ ("Measured Quality"));
  for (size_t i = 0; i < cosmos_gguf_get_n_keys (file); i++) {
    const char *key = cosmos_gguf_get_key (file, i);
    double value;
    if (!g_str_has_prefix (key, prefix) || !cosmos_gguf_get_float (file, key, &value, NULL))
      continue;
    guint k = 0;
    while (k < G_N_ELEMENTS (known) && !g_str_equal (key + strlen (prefix), known[k].name))
      k++;
    g_autofree char *name = g_strdelimit (g_strdup (key + strlen (prefix)), "_", ' ');
    const char *label = k < G_N_ELEMENTS (known) ? _ (known[k].label) : name;
    if (k < G_N_ELEMENTS (known) && known[k].share)
      cpg_fact_group_add_format (group, label, _ ("%.1f %%"), 100 * value);
    else
      cpg_fact_group_add_format (group, label, "%.4g", value);
  }
}

static gboolean add_gguf (CpgModelsFacts *self, CpgFactGroup *group, const CosmosGguf *file, CosmosError *err)
{
  const char *architecture;
  CosmosConfig config = {0};
  Sum sum = {0};
  if (!cosmos_gguf_get_string (file, "general.architecture", &architecture, err))
    return FALSE;
  gboolean bundle = g_str_equal (architecture, "cosmos");
  if (bundle && !cosmos_config_read (&config, file, err))
    return FALSE;
  self->kind = bundle                                    ? CPG_MODEL_BUNDLE
               : g_str_has_suffix (architecture, "bert") ? CPG_MODEL_CHECKPOINT
                                                         : CPG_MODEL_LANGUAGE_MODEL;
  if (get_string (file, "general.name"))
    g_set_str (&self->title, get_string (file, "general.name"));
  cpg_fact_group_add (group, _ ("Kind"), cpg_models_words_kind (self->kind));
  if (bundle)
    add_config (group, &config);
  else
    add_language_model (group, file, architecture);
  for (size_t i = 0; i < cosmos_gguf_get_n_tensors (file); i++)
    add_tensor (&sum, cosmos_gguf_get_tensor (file, i));
  add_sum (group, &sum);
  add_about (self, file);
  add_quality (self, file);
  return TRUE;
}

/* ---- weights of a trainer ---- */

/* "LlamaForCausalLM", of config.json beside the weights. */
static char *read_architecture (const char *path)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  if (!json_parser_load_from_mapped_file (parser, path, NULL))
    return NULL;
  JsonNode *root = json_parser_get_root (parser);
  JsonObject *object = root && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  JsonNode *node = object ? json_object_get_member (object, "architectures") : NULL;
  JsonArray *array = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  node = array && json_array_get_length (array) > 0 ? json_array_get_element (array, 0) : NULL;
  return node && JSON_NODE_HOLDS_VALUE (node) ? json_node_dup_string (node) : NULL;
}

static gboolean add_safetensors (CpgModelsFacts *self, CpgFactGroup *group, const char *path, CosmosError *err)
{
  g_autofree char *folder = g_path_get_dirname (path), *config_path = g_build_filename (folder, "config.json", NULL);
  CosmosSafetensors *file = cosmos_safetensors_open (path, err);
  CosmosConfig config = {0};
  Sum sum = {0};
  if (!file)
    return FALSE;
  self->kind = CPG_MODEL_CHECKPOINT;
  cpg_fact_group_add (group, _ ("Kind"), cpg_models_words_kind (self->kind));
  if (cosmos_config_read_json (&config, config_path, NULL))
    add_config (group, &config);
  else {
    g_autofree char *architecture = read_architecture (config_path);
    cpg_fact_group_add (group, _ ("Architecture"), architecture);
  }
  for (size_t i = 0; i < cosmos_safetensors_get_n_tensors (file); i++)
    add_tensor (&sum, cosmos_safetensors_get_tensor (file, i));
  add_sum (group, &sum);
  cosmos_safetensors_free (file);
  return TRUE;
}

gboolean cpg_models_facts_read_file (CpgModelsFacts *self, const char *path, GError **error)
{
  CpgFactGroup *group = cpg_models_facts_add_group (self, _ ("Sizes"));
  g_autofree char *inside = g_build_filename (path, "model.safetensors", NULL);
  CosmosError err = {0};
  gboolean ok;
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    ok = add_safetensors (self, group, inside, &err);
  else if (g_str_has_suffix (path, ".safetensors"))
    ok = add_safetensors (self, group, path, &err);
  else if (g_str_has_suffix (path, ".gguf")) {
    CosmosGguf *file = cosmos_gguf_open (path, &err);
    ok = file && add_gguf (self, group, file, &err);
    cosmos_gguf_free (file);
  } else {
    ok = FALSE;
    cosmos_error_set (&err, COSMOS_STATUS_UNSUPPORTED, _ ("%s: is neither a .gguf nor a .safetensors file"), path);
  }
  if (!ok)
    cpg_fetch_error_from_core (error, &err);
  return ok;
}
