#include "train/bundle.h"

#include "core/model/save.h"
#include "train/origin.h"
#include "train/provenance.h"
#include "train/task-tokens.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_STAGES = 3, LONGEST_PROVENANCE = 1024 };

typedef struct {
  const CosmosRecipe *recipe;
  const char *folder;
  const CosmosBundleRequest *request;
  CosmosGgufWriter *writer;
  CosmosGguf *files[MAX_STAGES];
  float **values; /* of the tensors that were handed to the writer */
  size_t n_values;
  char provenance[LONGEST_PROVENANCE];
  CosmosBundleResult result;
} Bundle;

/* ---- what goes in ---- */

static bool add_tensor (Bundle *self, const CosmosTensorInfo *tensor, CosmosError *err)
{
  float *values = malloc (tensor->count * sizeof *values);
  if (!values)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the bundle");
  self->values[self->n_values++] = values;
  cosmos_dtype_to_float (tensor->dtype, tensor->data, values, tensor->count);
  cosmos_gguf_writer_add_tensor (self->writer, tensor->name, tensor->rank, tensor->shape,
                                 cosmos_model_is_matrix (tensor) ? self->request->dtype : COSMOS_DTYPE_F32, values);
  self->result.n_tensors++;
  self->result.n_parameters += (int64_t) tensor->count;
  return true;
}

/* "denoiser: 1200 steps in 3.1 hours" for the provenance; "encoder from story.gguf" where it was not trained here. */
static bool note_stage (Bundle *self, const CosmosGguf *file, const char *stage, CosmosError *err)
{
  int64_t step;
  double seconds;
  size_t length = strlen (self->provenance);
  if (!cosmos_gguf_has (file, "train.step")) {
    const char *path = cosmos_gguf_get_path (file), *slash;
    if (cosmos_gguf_has (file, "train.encoder.from")) /* completed here, but of another file */
      cosmos_gguf_get_string (file, "train.encoder.from", &path, NULL);
    slash = strrchr (path, '/');
    snprintf (self->provenance + length, sizeof self->provenance - length, "%s%s from %s", length ? "; " : "", stage,
              slash ? slash + 1 : path);
    return true;
  }
  if (!cosmos_gguf_get_integer (file, "train.step", 0, UINT32_MAX, &step, err)
      || !cosmos_gguf_get_float (file, "train.seconds", &seconds, err))
    return false;
  snprintf (self->provenance + length, sizeof self->provenance - length, "%s%s: %" PRId64 " steps in %.1f hours",
            length ? "; " : "", stage, step, seconds / 3600);
  return true;
}

static bool add_stage (Bundle *self, int index, const char *stage, CosmosError *err)
{
  char *path = cosmos_origin_find (self->recipe, self->folder, stage, err);
  CosmosGguf *file = self->files[index] = path ? cosmos_gguf_open (path, err) : NULL;
  free (path);
  if (!file)
    return false;
  size_t n = cosmos_gguf_get_n_tensors (file);
  float **values = realloc (self->values, (self->n_values + n + 1) * sizeof *values);
  if (!values)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory");
  self->values = values;
  for (size_t i = 0; i < n; i++) {
    const CosmosTensorInfo *tensor = cosmos_gguf_get_tensor (file, i);
    if (cosmos_origin_is_part (stage, tensor->name) && !add_tensor (self, tensor, err))
      return false;
  }
  cosmos_provenance_copy (file, stage, self->writer);
  return note_stage (self, file, stage, err);
}

static bool add_stages (Bundle *self, CosmosError *err)
{
  if (self->request->baseline)
    return add_stage (self, 0, "baseline", err);
  return add_stage (self, 0, "encoder", err) && add_stage (self, 1, "autoencoder", err) && add_stage (self, 2, "denoiser", err);
}

/* ---- keys ---- */

static void set_text (Bundle *self, const char *key, const char *value)
{
  if (value && *value)
    cosmos_gguf_writer_set_string (self->writer, key, value);
}

static bool write_keys (Bundle *self, CosmosError *err)
{
  const CosmosRecipe *recipe = self->recipe;
  CosmosTokenizer *tokenizer = cosmos_tokenizer_new_from_gguf (self->files[0], err);
  if (!tokenizer)
    return false;
  CosmosLanguageModelTasks tasks = {0};
  CosmosLanguageModelSizes sizes = recipe->baseline.sizes;
  if (self->request->baseline)
    sizes.vocabulary = cosmos_task_tokens_find (recipe, tokenizer, &tasks);
  bool ok = cosmos_task_tokens_write (tokenizer, &tasks, self->writer, err);
  cosmos_tokenizer_free (tokenizer);
  if (!ok)
    return false;
  if (self->request->baseline) {
    cosmos_language_model_tasks_write (&tasks, self->writer);
    cosmos_language_model_sampling_write (&recipe->baseline.sampling, self->writer);
    cosmos_gguf_writer_set_string (self->writer, "general.architecture", "llama");
    cosmos_language_model_sizes_write (&sizes, self->writer);
    cosmos_gguf_writer_set_bool (self->writer, "tokenizer.ggml.add_bos_token", true);
  } else
    cosmos_config_write (&recipe->config, self->writer);
  char name[COSMOS_RECIPE_NAME + 16];
  snprintf (name, sizeof name, "%s%s", recipe->name, self->request->baseline ? "-baseline" : "");
  set_text (self, "general.type", "model");
  set_text (self, "general.name", name);
  set_text (self, "general.license", recipe->license);
  set_text (self, "general.description", self->request->baseline ? recipe->baseline.description : recipe->description);
  set_text (self, "general.provenance", self->request->provenance ? self->request->provenance : self->provenance);
  return true;
}

bool cosmos_bundle_write (const CosmosRecipe *recipe, const char *folder, const CosmosBundleRequest *request,
                          CosmosBundleResult *result, CosmosError *err)
{
  Bundle self = {.recipe = recipe, .folder = folder, .request = request, .writer = cosmos_gguf_writer_new ()};
  bool ok = self.writer || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory");
  ok = ok && add_stages (&self, err) && write_keys (&self, err)
       && cosmos_model_save (self.writer, request->output, request->baseline ? "llama" : "cosmos", &self.result.size, err);
  if (ok && result)
    *result = self.result;
  cosmos_gguf_writer_free (self.writer);
  for (size_t i = 0; i < self.n_values; i++)
    free (self.values[i]);
  free (self.values);
  for (int i = 0; i < MAX_STAGES; i++)
    cosmos_gguf_free (self.files[i]);
  return ok;
}
