#include "store/cpg-model-file.h"

#include "core/file/safetensors.h"
#include "core/model/config.h"
#include "store/cpg-fetch-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean read_gguf (CpgModelFile *self, const CosmosGguf *file, CosmosError *err)
{
  const char *architecture, *name = NULL;
  CosmosConfig config = {0};
  if (!cosmos_gguf_get_string (file, "general.architecture", &architecture, err))
    return FALSE;
  gboolean bundle = strcmp (architecture, "cosmos") == 0, ready = strcmp (architecture, "cosmos-encoder") == 0;
  if (ready && !cosmos_config_read_encoder (&config, file, err))
    return FALSE;
  if (bundle && !cosmos_config_read (&config, file, err))
    return FALSE;
  if (cosmos_gguf_has (file, "general.name"))
    cosmos_gguf_get_string (file, "general.name", &name, NULL);
  /* BERT and its like have a vocabulary, too, but nothing that predicts the next token. */
  gboolean encoder = g_str_has_suffix (architecture, "bert");
  *self = (CpgModelFile) {bundle    ? CPG_MODEL_BUNDLE
                          : ready   ? CPG_MODEL_ENCODER
                          : encoder ? CPG_MODEL_CHECKPOINT
                                    : CPG_MODEL_LANGUAGE_MODEL};
  self->name = g_strdup (name);
  self->tasks = g_new0 (char *, (gsize) config.n_tasks + 1);
  for (int i = 0; i < config.n_tasks; i++)
    self->tasks[i] = g_strdup (config.tasks[i]);
  return TRUE;
}

gboolean cpg_model_file_read (CpgModelFile *self, const char *path, const char *name, GError **error)
{
  CosmosError err = {0};
  gboolean ok = FALSE;
  if (g_str_has_suffix (name, ".gguf")) {
    CosmosGguf *file = cosmos_gguf_open (path, &err);
    ok = file && read_gguf (self, file, &err);
    cosmos_gguf_free (file);
  } else if (g_str_has_suffix (name, ".safetensors")) {
    CosmosSafetensors *file = cosmos_safetensors_open (path, &err);
    ok = file != NULL;
    if (ok)
      *self = (CpgModelFile) {.kind = CPG_MODEL_CHECKPOINT, .tasks = g_new0 (char *, 1)};
    cosmos_safetensors_free (file);
  } else {
    cosmos_error_set (&err, COSMOS_STATUS_UNSUPPORTED, "%s: is neither .gguf nor .safetensors", path);
  }
  if (!ok)
    cpg_fetch_error_from_core (error, &err);
  return ok;
}

void cpg_model_file_clear (CpgModelFile *self)
{
  g_free (self->name);
  g_strfreev (self->tasks);
  *self = (CpgModelFile) {0};
}
