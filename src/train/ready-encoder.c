#include "train/ready-encoder.h"

#include "core/model/save.h"
#include "train/encoder-statistics.h"
#include "train/origin.h"
#include "train/ranks.h"

#include <inttypes.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char checksum_key[] = "train.encoder.crc64", origin_key[] = "train.encoder.from";

enum { CHECKSUM_SIZE = 17 };

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the encoder");
}

static bool is_encoder_tensor (const CosmosTensorInfo *tensor)
{
  return cosmos_origin_is_part ("encoder", tensor->name);
}

bool cosmos_ready_encoder_is_bare (const CosmosGguf *file)
{
  return cosmos_gguf_find_tensor (file, "encoder.token_embedding.weight")
         && !(cosmos_gguf_find_tensor (file, "encoder.mean") && cosmos_gguf_find_tensor (file, "encoder.std"));
}

/* Of all its numbers, to know it again. */
static void get_checksum (const CosmosGguf *file, char text[CHECKSUM_SIZE])
{
  uint64_t sum = 0;
  for (size_t i = 0; i < cosmos_gguf_get_n_tensors (file); i++) {
    const CosmosTensorInfo *tensor = cosmos_gguf_get_tensor (file, i);
    if (is_encoder_tensor (tensor))
      sum = lzma_crc64 (tensor->data, tensor->size, sum);
  }
  snprintf (text, CHECKSUM_SIZE, "%016" PRIx64, sum);
}

/* ---- the file that is made ---- */

typedef struct {
  CosmosGgufWriter *writer;
  float **values; /* of the tensors that were handed to the writer */
  size_t n_values;
} Copy;

static bool copy_tensors (Copy *self, const CosmosGguf *file, CosmosError *err)
{
  const size_t n = cosmos_gguf_get_n_tensors (file);
  if (!(self->values = calloc (n + 1, sizeof *self->values)))
    return no_memory (err);
  for (size_t i = 0; i < n; i++) {
    const CosmosTensorInfo *tensor = cosmos_gguf_get_tensor (file, i);
    if (!is_encoder_tensor (tensor))
      continue;
    float *values = self->values[self->n_values++] = malloc ((tensor->count + 1) * sizeof *values);
    if (!values)
      return no_memory (err);
    cosmos_dtype_to_float (tensor->dtype, tensor->data, values, tensor->count);
    cosmos_gguf_writer_add_tensor (self->writer, tensor->name, tensor->rank, tensor->shape,
                                   cosmos_dtype_can_write (tensor->dtype) ? tensor->dtype : COSMOS_DTYPE_F32, values);
  }
  return true;
}

static void copy_text (const CosmosGguf *file, const char *key, CosmosGgufWriter *writer)
{
  const char *value;
  if (cosmos_gguf_has (file, key) && cosmos_gguf_get_string (file, key, &value, NULL))
    cosmos_gguf_writer_set_string (writer, key, value);
}

static void write_keys (const CosmosTraining *training, const CosmosGguf *file, const CosmosConfig *config,
                        CosmosGgufWriter *writer)
{
  static const char *const kept[] = {"general.name", "general.license", "general.description", "general.provenance"};
  const char *path = cosmos_gguf_get_path (file), *slash = strrchr (path, '/');
  char checksum[CHECKSUM_SIZE];
  cosmos_tokenizer_write (training->tokenizer, writer);
  cosmos_config_write_encoder (config, writer);
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
    copy_text (file, kept[i], writer);
  get_checksum (file, checksum);
  cosmos_gguf_writer_set_string (writer, checksum_key, checksum);
  cosmos_gguf_writer_set_string (writer, origin_key, slash ? slash + 1 : path);
}

/* statistics: mean and deviation, (D) each */
static bool save (const CosmosTraining *training, const CosmosGguf *file, const CosmosConfig *config, const float *statistics,
                  const char *path, CosmosError *err)
{
  const int64_t D = config->encoder.width;
  size_t size;
  Copy copy = {.writer = cosmos_gguf_writer_new ()};
  bool ok = copy.writer || no_memory (err);
  ok = ok && copy_tensors (&copy, file, err);
  if (ok) {
    write_keys (training, file, config, copy.writer);
    cosmos_gguf_writer_add_tensor (copy.writer, "encoder.mean", 1, &D, COSMOS_DTYPE_F32, statistics);
    cosmos_gguf_writer_add_tensor (copy.writer, "encoder.std", 1, &D, COSMOS_DTYPE_F32, statistics + D);
    ok = cosmos_model_save (copy.writer, path, "cosmos-encoder", &size, err);
  }
  cosmos_gguf_writer_free (copy.writer);
  for (size_t i = 0; i < copy.n_values; i++)
    free (copy.values[i]);
  free (copy.values);
  return ok;
}

static bool measure (const CosmosTraining *training, const CosmosGguf *file, const CosmosConfig *config, float *statistics,
                     CosmosError *err)
{
  CosmosParameters *store = cosmos_parameters_new_from_gguf (file, training->compute);
  CosmosEncoder *encoder = store ? cosmos_encoder_new_bare (config, store, err) : NULL;
  bool ok = store || no_memory (err);
  ok = ok && encoder
       && cosmos_encoder_statistics_measure (training, encoder, statistics, statistics + config->encoder.width, err);
  cosmos_encoder_free (encoder);
  cosmos_parameters_free (store);
  return ok;
}

static bool make (const CosmosTraining *training, const CosmosGguf *file, const char *path, CosmosError *err)
{
  const CosmosConfig *config = &training->recipe->config;
  float *statistics = malloc (2 * (size_t) config->encoder.width * sizeof *statistics);
  bool ok = (statistics || no_memory (err)) && cosmos_origin_check (training, file, "encoder", err)
            && measure (training, file, config, statistics, err) && save (training, file, config, statistics, path, err);
  free (statistics);
  return ok;
}

/* ---- the file that is there ---- */

static bool is_of (const char *path, const CosmosGguf *file, CosmosError *err)
{
  char wanted[CHECKSUM_SIZE];
  const char *found = "";
  CosmosGguf *made = cosmos_gguf_open (path, err);
  if (!made)
    return false;
  get_checksum (file, wanted);
  bool ok = cosmos_gguf_get_string (made, checksum_key, &found, NULL) && strcmp (found, wanted) == 0;
  if (!ok)
    cosmos_error_set (
        err, COSMOS_STATUS_FORMAT,
        "%s: is not the encoder of %s, on which the autoencoder would go on; name that one in the recipe's [encoder] "
        "file, or train the autoencoder anew",
        path, cosmos_gguf_get_path (file));
  cosmos_gguf_free (made);
  return ok;
}

bool cosmos_ready_encoder_complete (const CosmosTraining *training, bool anew, CosmosError *err)
{
  const char *ready = training->recipe->encoder.stage.file;
  if (!*ready)
    return true;
  CosmosGguf *file = cosmos_gguf_open (ready, err);
  char *path = file ? cosmos_stage_get_path (training, "encoder") : NULL;
  bool ok = path || (file && no_memory (err));
  if (ok && cosmos_ready_encoder_is_bare (file)) {
    if (cosmos_ranks_is_first ())
      ok = !anew && access (path, F_OK) == 0 ? is_of (path, file, err) : make (training, file, path, err);
    if (ok)
      cosmos_ranks_wait ();
  }
  free (path);
  cosmos_gguf_free (file);
  return ok;
}
