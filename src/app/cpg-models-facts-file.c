#include "app/cpg-models-facts-private.h"

#include "app/cpg-models-words.h"
#include "core/file/gguf.h"
#include "store/cpg-fetch-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* ---- what was found ---- */

static void add_sum (CpgFactGroup *group, const CosmosFinding *found)
{
  if (found->n_tensors == 0)
    return;
  g_autofree char *parameters = cpg_models_words_parameters (found->n_parameters);
  cpg_fact_group_add (group, _ ("Parameters"), parameters);
  cpg_fact_group_add_format (group, _ ("Numbers"), _ ("mostly %s"), cosmos_dtype_get_name (cosmos_finding_get_dtype (found)));
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

static void add_encoder (CpgFactGroup *group, const CosmosConfig *config)
{
  cpg_fact_group_add_format (group, _ ("Text"),
                             ngettext ("up to %d token", "up to %d tokens", (gulong) config->encoder.positions),
                             config->encoder.positions);
  add_layers (group, _ ("Encoder"), config->encoder.layers, config->encoder.width);
  add_count (group, _ ("Vocabulary"), _ ("%s tokens"), config->vocabulary);
}

static void add_language_model (CpgFactGroup *group, const CosmosFinding *found)
{
  if (found->context)
    add_count (group, _ ("Text"), _ ("up to %s tokens"), found->context);
  if (found->layers && found->width)
    add_layers (group, _ ("Network"), (int) found->layers, (int) found->width);
  if (found->vocabulary)
    add_count (group, _ ("Vocabulary"), _ ("%s tokens"), found->vocabulary);
}

static void add_finding (CpgFactGroup *group, const CosmosFinding *found)
{
  const char *license = g_str_equal (found->license, "other") ? _ ("None of the usual ones; see where it comes from")
                                                              : found->license;
  g_autofree char *uses = cpg_models_words_uses (found->uses), *missing = cpg_models_words_missing (found->missing),
                  *size = g_format_size (found->size);
  cpg_fact_group_add (group, _ ("Kind"), cpg_models_words_finding (found->kind));
  cpg_fact_group_add (group, _ ("Good for"), uses);
  cpg_fact_group_add (group, _ ("Missing"), missing);
  /* Translators: "90.9 MB, safetensors" */
  cpg_fact_group_add_format (group, _ ("File"), _ ("%s, %s"), size, found->format);
  cpg_fact_group_add (group, _ ("License"), license);
  if (found->architecture[0] && !g_str_has_prefix (found->architecture, "cosmos"))
    cpg_fact_group_add (group, _ ("Architecture"), found->architecture);
  if (found->config.tokens)
    add_config (group, &found->config);
  else if (found->config.vocabulary)
    add_encoder (group, &found->config);
  else
    add_language_model (group, found);
  add_sum (group, found);
}

/* ---- what a GGUF says of itself ---- */

static const char *get_string (const CosmosGguf *file, const char *key)
{
  const char *value = NULL;
  return cosmos_gguf_has (file, key) && cosmos_gguf_get_string (file, key, &value, NULL) ? value : NULL;
}

static void add_about (CpgModelsFacts *self, const CosmosGguf *file)
{
  static const struct {
    const char *key, *label;
  } lines[] = {{"general.description", N_ ("Description")}, {"general.provenance", N_ ("Where it comes from")}};
  CpgFactGroup *group = cpg_models_facts_add_group (self, _ ("In the File"));
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    cpg_fact_group_add (group, _ (lines[i].label), get_string (file, lines[i].key));
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

static CpgModelKind get_kind (const CosmosFinding *found)
{
  switch (found->kind) {
  case COSMOS_FINDING_BUNDLE:
    return CPG_MODEL_BUNDLE;
  case COSMOS_FINDING_ENCODER:
    return CPG_MODEL_ENCODER;
  case COSMOS_FINDING_LANGUAGE_MODEL:
    return CPG_MODEL_LANGUAGE_MODEL;
  default:
    return CPG_MODEL_CHECKPOINT;
  }
}

gboolean cpg_models_facts_read_file (CpgModelsFacts *self, const char *path, GError **error)
{
  CpgFactGroup *group = cpg_models_facts_add_group (self, _ ("Sizes"));
  CosmosError err = {0};
  if (!cosmos_finding_read (&self->finding, path, &err)) {
    cpg_fetch_error_from_core (error, &err);
    return FALSE;
  }
  self->kind = get_kind (&self->finding);
  if (self->finding.name[0])
    g_set_str (&self->title, self->finding.name);
  add_finding (group, &self->finding);
  CosmosGguf *file = g_str_equal (self->finding.format, "GGUF") ? cosmos_gguf_open (path, NULL) : NULL;
  if (file) {
    add_about (self, file);
    add_quality (self, file);
  }
  cosmos_gguf_free (file);
  return TRUE;
}
