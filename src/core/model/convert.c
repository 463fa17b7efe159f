#include "core/model/convert-private.h"

#include "core/model/config.h"
#include "core/model/convert-bert.h"
#include "core/model/save.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the conversion");
}

/* ---- what both kinds share ---- */

float *cosmos_converter_allocate (CosmosConverter *self, size_t count, CosmosError *err)
{
  if (self->n_values == self->values_capacity) {
    size_t larger = self->values_capacity ? 2 * self->values_capacity : 64;
    float **moved = realloc (self->values, larger * sizeof *moved);
    if (!moved) {
      no_memory (err);
      return NULL;
    }
    self->values = moved;
    self->values_capacity = larger;
  }
  float *values = malloc ((count + 1) * sizeof *values); /* the file is not shorter than half of that */
  if (values)
    self->values[self->n_values++] = values;
  else
    no_memory (err);
  return values;
}

float *cosmos_converter_load (CosmosConverter *self, const CosmosTensorInfo *tensor, CosmosError *err)
{
  float *values = cosmos_converter_allocate (self, tensor->count, err);
  if (!values)
    return NULL;
  cosmos_dtype_to_float (tensor->dtype, tensor->data, values, tensor->count);
  for (size_t i = 0; i < tensor->count; i++) {
    if (!isfinite (values[i])) {
      cosmos_error_set (err, COSMOS_STATUS_CORRUPT, "%s: %s: number %zu is not finite", self->weights_path, tensor->name, i);
      return NULL;
    }
  }
  return values;
}

void cosmos_converter_add (CosmosConverter *self, const char *name, const CosmosTensorInfo *tensor, bool matrix,
                           const float *values)
{
  /* A number alone is a vector of one: GGUF has no rank 0. */
  int64_t one = 1;
  cosmos_gguf_writer_add_tensor (self->writer, name, tensor->rank ? tensor->rank : 1, tensor->rank ? tensor->shape : &one,
                                 matrix ? self->what->dtype : COSMOS_DTYPE_F32, values);
  self->result.n_tensors++;
  self->result.n_parameters += (int64_t) tensor->count;
}

bool cosmos_converter_report (CosmosConverter *self, size_t done, size_t all, CosmosError *err)
{
  cosmos_progress_report (self->progress, 0.9 * (double) done / (double) (all ? all : 1), "reading weights");
  return !cosmos_progress_is_cancelled (self->progress) || cosmos_error_set (err, COSMOS_STATUS_CANCELLED, "cancelled");
}

/* ---- a COSMOS folder ---- */

static bool ends_with (const char *text, const char *end)
{
  size_t n = strlen (text), m = strlen (end);
  return n >= m && strcmp (text + n - m, end) == 0;
}

static bool convert_cosmos (CosmosConverter *self, CosmosError *err)
{
  CosmosConfig config;
  if (!cosmos_config_read_json (&config, self->config_path, err))
    return false;
  if (cosmos_tokenizer_get_size (self->tokenizer) != config.vocabulary)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: vocabulary is %d, but the tokenizer has %d tokens",
                             self->config_path, config.vocabulary, cosmos_tokenizer_get_size (self->tokenizer));
  cosmos_config_write (&config, self->writer);
  size_t n = cosmos_safetensors_get_n_tensors (self->weights);
  for (size_t i = 0; i < n; i++) {
    const CosmosTensorInfo *tensor = cosmos_safetensors_get_tensor (self->weights, i);
    const float *values = cosmos_converter_load (self, tensor, err);
    if (!values || !cosmos_converter_report (self, i + 1, n, err))
      return false;
    cosmos_converter_add (self, tensor->name, tensor, cosmos_model_is_matrix (tensor), values);
  }
  return true;
}

/* ---- the folder ---- */

static bool is_folder (const char *path)
{
  struct stat info;
  return stat (path, &info) == 0 && S_ISDIR (info.st_mode);
}

static char *join (const char *folder, const char *name)
{
  char *path;
  return asprintf (&path, "%s%s", folder, name) < 0 ? NULL : path;
}

static bool find_paths (CosmosConverter *self, CosmosError *err)
{
  const char *input = self->what->input, *slash = strrchr (input, '/');
  if (is_folder (input)) {
    self->folder = join (input, ends_with (input, "/") ? "" : "/");
    self->weights_path = self->folder ? join (self->folder, "model.safetensors") : NULL;
  } else {
    self->folder = strndup (input, slash ? (size_t) (slash - input) + 1 : 0);
    self->weights_path = strdup (input);
  }
  self->config_path = self->folder ? join (self->folder, "config.json") : NULL;
  return (self->weights_path && self->config_path) || no_memory (err);
}

static bool open_config (CosmosConverter *self, CosmosError *err)
{
  yyjson_read_err why;
  self->config = yyjson_read_file (self->config_path, 0, NULL, &why);
  if (!self->config && why.code == YYJSON_READ_ERROR_FILE_OPEN)
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be read: %s; it must stand beside the weights", self->config_path,
                             strerror (errno));
  if (!self->config)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: is not JSON: %s at byte %zu", self->config_path, why.msg, why.pos);
  return true;
}

/* A BERT may come without a config.json: shapes say nearly all. */
static bool open_safetensors (CosmosConverter *self, CosmosError *err)
{
  CosmosError why = {0};
  if (open_config (self, &why))
    return (self->weights = cosmos_safetensors_open (self->weights_path, err));
  if (why.code == COSMOS_STATUS_IO && (self->weights = cosmos_safetensors_open (self->weights_path, NULL))
      && cosmos_bert_find_prefix (self->weights))
    return true;
  return cosmos_error_set (err, why.code, "%s", why.message);
}

/* A vocabulary without a capital letter has no use for texts that have some. */
static bool is_uncased (const CosmosTokenizer *tokenizer)
{
  for (int id = 0; id < cosmos_tokenizer_get_size (tokenizer); id++) {
    char token[64];
    cosmos_tokenizer_describe (tokenizer, id, token, sizeof token);
    if (!cosmos_tokenizer_is_special (tokenizer, id) && *token != '[' && strpbrk (token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
      return false;
  }
  return true;
}

static CosmosTokenizer *read_vocabulary (const CosmosConverter *self, const char *path, CosmosError *err)
{
  CosmosTokenizer *tokenizer = cosmos_tokenizer_new_from_vocabulary (path, self->what->lower_case, err);
  if (!tokenizer || self->what->lower_case || !self->weights || !cosmos_bert_find_prefix (self->weights)
      || !is_uncased (tokenizer))
    return tokenizer;
  cosmos_tokenizer_free (tokenizer);
  return cosmos_tokenizer_new_from_vocabulary (path, true, err);
}

static bool open_tokenizer (CosmosConverter *self, CosmosError *err)
{
  const char *chosen = self->what->tokenizer;
  char *json = chosen ? NULL : join (self->folder, "tokenizer.json"), *lines = chosen ? NULL : join (self->folder, "vocab.txt");
  bool ok = chosen || (json && lines) || no_memory (err);
  if (ok && !chosen)
    chosen = access (json, F_OK) == 0 || access (lines, F_OK) != 0 ? json : lines;
  if (ok)
    self->tokenizer = ends_with (chosen, ".txt") ? read_vocabulary (self, chosen, err)
                                                 : cosmos_tokenizer_new_from_json (chosen, err);
  free (json);
  free (lines);
  return self->tokenizer;
}

static bool is_llama (yyjson_val *root)
{
  yyjson_val *architecture = yyjson_arr_get_first (yyjson_obj_get (root, "architectures"));
  return yyjson_equals_str (architecture, "LlamaForCausalLM");
}

static bool is_checkpoint (const char *path)
{
  return ends_with (path, ".pth") || ends_with (path, ".pt");
}

static bool open_weights (CosmosConverter *self, CosmosError *err)
{
  if (is_checkpoint (self->weights_path)) /* opened by its conversion */
    return true;
  if (self->what->diffusion)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: only PyTorch checkpoints (.pth, .pt) are converted two at a time; name one folder",
                             self->weights_path);
  return open_safetensors (self, err);
}

static bool convert_input (CosmosConverter *self, CosmosError *err)
{
  if (is_checkpoint (self->weights_path)) {
    self->result.architecture = "cosmos";
    return cosmos_convert_checkpoint (self, err);
  }
  yyjson_val *root = yyjson_doc_get_root (self->config), *architectures = yyjson_obj_get (root, "architectures");
  if (cosmos_bert_find_prefix (self->weights)) {
    self->result.architecture = "cosmos-encoder";
    return cosmos_convert_bert (self, err);
  }
  if (is_llama (root)) {
    self->result.architecture = "llama";
    return cosmos_convert_llama (self, err);
  }
  if (architectures)
    return cosmos_error_set (
        err, COSMOS_STATUS_UNSUPPORTED, "%s: architectures names \"%.60s\"; only LlamaForCausalLM and BERT can be converted",
        self->config_path,
        yyjson_is_str (yyjson_arr_get_first (architectures)) ? yyjson_get_str (yyjson_arr_get_first (architectures)) : "?");
  self->result.architecture = "cosmos";
  return convert_cosmos (self, err);
}

/* ---- the file ---- */

static uint32_t get_file_type (CosmosDtype dtype)
{
  switch (dtype) {
  case COSMOS_DTYPE_F16:
    return 1;
  case COSMOS_DTYPE_Q8_0:
    return 7;
  case COSMOS_DTYPE_BF16:
    return 32;
  default:
    return 0;
  }
}

static bool is_quality_key (const char *key)
{
  return *key && strspn (key, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen (key) && strlen (key) <= 64;
}

static void set_text (CosmosConverter *self, const char *key, const char *value)
{
  if (value)
    cosmos_gguf_writer_set_string (self->writer, key, value);
}

/* The folder's own name, for a model that was given none; "model" where there is none to see. */
static char *get_folder_name (const CosmosConverter *self)
{
  char *path = realpath (*self->folder ? self->folder : ".", NULL), *slash = path ? strrchr (path, '/') : NULL;
  char *name = strdup (slash && slash[1] ? slash + 1 : "model");
  free (path);
  return name;
}

static bool write_general_keys (CosmosConverter *self, CosmosError *err)
{
  char *name = self->what->name ? strdup (self->what->name) : get_folder_name (self);
  if (!name)
    return no_memory (err);
  set_text (self, "general.architecture", self->result.architecture);
  set_text (self, "general.type", "model");
  set_text (self, "general.name", name);
  free (name);
  set_text (self, "general.license", self->what->license);
  set_text (self, "general.description", self->what->description);
  set_text (self, "general.provenance", self->what->provenance);
  cosmos_gguf_writer_set_u32 (self->writer, "general.file_type", get_file_type (self->what->dtype));
  if (self->what->dtype == COSMOS_DTYPE_Q8_0)
    cosmos_gguf_writer_set_u32 (self->writer, "general.quantization_version", 2);
  for (size_t i = 0; i < self->what->n_qualities; i++) {
    char key[96];
    if (!is_quality_key (self->what->qualities[i].key))
      return cosmos_error_set (err, COSMOS_STATUS_RANGE, "\"%.40s\" is no name of a measured value: a-z, 0-9 and _, at most 64",
                               self->what->qualities[i].key);
    snprintf (key, sizeof key, "cosmos.quality.%s", self->what->qualities[i].key);
    cosmos_gguf_writer_set_f32 (self->writer, key, (float) self->what->qualities[i].value);
  }
  return true;
}

static bool save (CosmosConverter *self, CosmosError *err)
{
  cosmos_progress_report (self->progress, 0.9, "writing");
  if (cosmos_progress_is_cancelled (self->progress))
    return cosmos_error_set (err, COSMOS_STATUS_CANCELLED, "cancelled");
  return cosmos_model_save (self->writer, self->what->output, self->result.architecture, &self->result.size, err);
}

static void converter_clear (CosmosConverter *self)
{
  cosmos_gguf_writer_free (self->writer);
  for (size_t i = 0; i < self->n_values; i++)
    free (self->values[i]);
  free (self->values);
  cosmos_tokenizer_free (self->tokenizer);
  cosmos_safetensors_free (self->weights);
  yyjson_doc_free (self->config);
  free (self->folder);
  free (self->config_path);
  free (self->weights_path);
}

bool cosmos_convert (const CosmosConversion *what, CosmosConverted *result, CosmosProgress *progress, CosmosError *err)
{
  CosmosConverter self = {.what = what, .progress = progress};
  bool ok = find_paths (&self, err) && open_weights (&self, err) && open_tokenizer (&self, err)
            && ((self.writer = cosmos_gguf_writer_new ()) || no_memory (err));
  if (ok) {
    cosmos_tokenizer_write (self.tokenizer, self.writer);
    ok = convert_input (&self, err) && write_general_keys (&self, err) && save (&self, err);
  }
  if (ok)
    *result = self.result;
  converter_clear (&self);
  return ok;
}
