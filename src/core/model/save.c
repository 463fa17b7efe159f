#include "core/model/save.h"

#include "core/model/language-model.h"
#include "core/model/pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool ends_with (const char *text, const char *end)
{
  size_t n = strlen (text), m = strlen (end);
  return n >= m && strcmp (text + n - m, end) == 0;
}

bool cosmos_model_is_matrix (const CosmosTensorInfo *tensor)
{
  return tensor->rank == 2 && ends_with (tensor->name, ".weight") && !ends_with (tensor->name, "position_embedding.weight")
         && !ends_with (tensor->name, "task_embedding.weight");
}

/* An encoder of its sizes, and a tokenizer that can frame and mask texts for it. */
static bool check_encoder (const CosmosGguf *file, CosmosParameters *store, CosmosError *err)
{
  CosmosConfig config;
  if (!cosmos_config_read_encoder (&config, file, err))
    return false;
  CosmosEncoder *encoder = cosmos_encoder_new_bare (&config, store, err);
  CosmosTokenizer *tokenizer = encoder ? cosmos_tokenizer_new_from_gguf (file, err) : NULL;
  bool ok = tokenizer;
  if (ok && cosmos_tokenizer_get_size (tokenizer) != config.vocabulary)
    ok = cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: the tokenizer has %d tokens, but the encoder %d",
                           cosmos_gguf_get_path (file), cosmos_tokenizer_get_size (tokenizer), config.vocabulary);
  for (int which = 0; ok && which < COSMOS_N_SPECIAL_TOKENS; which++)
    if (cosmos_tokenizer_get_special (tokenizer, (CosmosSpecialToken) which) < 0)
      ok = cosmos_error_set (err, COSMOS_STATUS_FORMAT,
                             "%s: the tokenizer must have [PAD], [UNK], [CLS], [SEP] and [MASK], but lacks one of them",
                             cosmos_gguf_get_path (file));
  cosmos_tokenizer_free (tokenizer);
  cosmos_encoder_free (encoder);
  return ok;
}

static bool encoder_proves_to_load (const char *path, CosmosCompute compute, CosmosError *err)
{
  CosmosGguf *file = cosmos_gguf_open (path, err);
  CosmosParameters *store = file ? cosmos_parameters_new_from_gguf (file, compute) : NULL;
  bool ok = store || (file && cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", path));
  ok = ok && check_encoder (file, store, err);
  cosmos_parameters_free (store);
  cosmos_gguf_free (file);
  return ok;
}

static bool proves_to_load (const char *path, const char *architecture, CosmosError *err)
{
  const CosmosCompute compute = {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};
  if (cosmos_language_architecture_from_name (architecture, NULL)) {
    CosmosLanguageModel *model = cosmos_language_model_open (path, compute, err);
    cosmos_language_model_free (model);
    return model;
  }
  if (strcmp (architecture, "cosmos-encoder") == 0)
    return encoder_proves_to_load (path, compute, err);
  CosmosPipeline *pipeline = cosmos_pipeline_open (path, compute, err);
  cosmos_pipeline_free (pipeline);
  return pipeline;
}

bool cosmos_model_save (CosmosGgufWriter *writer, const char *path, const char *architecture, size_t *size, CosmosError *err)
{
  char *unproven;
  struct stat info;
  if (stat (path, &info) == 0 && S_ISDIR (info.st_mode))
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: is a folder; name a file in it", path);
  if (asprintf (&unproven, "%s.%ld.new", path, (long) getpid ()) < 0)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", path);
  bool ok = cosmos_gguf_writer_save (writer, unproven, err) && proves_to_load (unproven, architecture, err);
  if (ok && (stat (unproven, &info) != 0 || rename (unproven, path) != 0))
    ok = cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be written: %s", path, strerror (errno));
  if (ok)
    *size = (size_t) info.st_size;
  else
    unlink (unproven);
  free (unproven);
  return ok;
}
