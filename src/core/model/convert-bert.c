/* Hugging Face's BERT to a text encoder alone. */
#include "core/model/convert-bert.h"

#include "core/model/convert-private.h"
#include "core/model/save.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { HEAD = 64, LONGEST_NAME = 128 };

/* ---- what is in a file ---- */

static const CosmosTensorInfo *find (const CosmosSafetensors *weights, const char *prefix, const char *name)
{
  char whole[LONGEST_NAME];
  snprintf (whole, sizeof whole, "%s%s", prefix, name);
  return cosmos_safetensors_find_tensor (weights, whole);
}

const char *cosmos_bert_find_prefix (const CosmosSafetensors *weights)
{
  static const char *const prefixes[] = {"", "bert."};
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
    if (find (weights, prefixes[i], "embeddings.word_embeddings.weight")
        && find (weights, prefixes[i], "encoder.layer.0.attention.self.query.weight"))
      return prefixes[i];
  return NULL;
}

/* Rows and columns of a matrix, which count as sizes only if all other shapes agree with them. */
static bool measure (const CosmosSafetensors *weights, const char *prefix, const char *name, const char *path, int *rows,
                     int *columns, CosmosError *err)
{
  const CosmosTensorInfo *tensor = find (weights, prefix, name);
  if (!tensor || tensor->rank != 2 || tensor->shape[0] > INT32_MAX || tensor->shape[1] > INT32_MAX)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s%s must be a matrix, and there", path, prefix, name);
  *rows = (int) tensor->shape[0];
  *columns = (int) tensor->shape[1];
  return true;
}

static int count_layers (const CosmosSafetensors *weights, const char *prefix)
{
  int layers = 0;
  char name[LONGEST_NAME];
  do
    snprintf (name, sizeof name, "encoder.layer.%d.attention.self.query.weight", layers);
  while (find (weights, prefix, name) && ++layers < COSMOS_MAX_LAYERS);
  return layers;
}

static bool refuse_variants (yyjson_val *root, const char *path, CosmosError *err)
{
  yyjson_val *activation = yyjson_obj_get (root, "hidden_act"), *positions = yyjson_obj_get (root, "position_embedding_type"),
             *type = yyjson_obj_get (root, "model_type");
  if (type && !yyjson_equals_str (type, "bert")) /* RoBERTa has the same names, but counts positions otherwise */
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: model_type is \"%.40s\"; of encoders only \"bert\" can be converted", path,
                             yyjson_is_str (type) ? yyjson_get_str (type) : "?");
  if (activation && !yyjson_equals_str (activation, "gelu"))
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: hidden_act must be \"gelu\"", path);
  if (positions && !yyjson_equals_str (positions, "absolute"))
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: position_embedding_type must be \"absolute\"", path);
  if (yyjson_is_true (yyjson_obj_get (root, "is_decoder")))
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: a decoder (is_decoder) cannot read a text as an encoder does",
                             path);
  return true;
}

static bool read_config (CosmosBert *self, yyjson_val *root, const char *path, CosmosError *err)
{
  yyjson_val *heads = yyjson_obj_get (root, "num_attention_heads"), *eps = yyjson_obj_get (root, "layer_norm_eps");
  if (!refuse_variants (root, path, err))
    return false;
  if (heads && (!yyjson_is_int (heads) || yyjson_get_sint (heads) < 1 || yyjson_get_sint (heads) > self->config.encoder.width))
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: num_attention_heads is no whole number from 1 to %d", path,
                             self->config.encoder.width);
  if (eps && (!yyjson_is_num (eps) || !(yyjson_get_num (eps) > 0)))
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: layer_norm_eps is no positive number", path);
  self->guessed_heads = !heads;
  if (heads)
    self->config.encoder.heads = (int) yyjson_get_sint (heads);
  if (eps)
    self->config.encoder.norm_eps = (float) yyjson_get_num (eps);
  return true;
}

bool cosmos_bert_read (CosmosBert *self, const CosmosSafetensors *weights, const char *weights_path, yyjson_val *config,
                       const char *config_path, CosmosError *err)
{
  const char *prefix = cosmos_bert_find_prefix (weights);
  CosmosBert bert = {.names = {.prefix = prefix}, .config.encoder.norm_eps = 1e-12f, .guessed_heads = true};
  CosmosEncoderSizes *sizes = &bert.config.encoder;
  int width;
  if (!prefix)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: no BERT is in it (embeddings.word_embeddings.weight)",
                             weights_path);
  bert.names.has_gamma_beta = find (weights, prefix, "embeddings.LayerNorm.gamma");
  sizes->layers = count_layers (weights, prefix);
  if (!measure (weights, prefix, "embeddings.word_embeddings.weight", weights_path, &bert.config.vocabulary, &sizes->width, err)
      || !measure (weights, prefix, "embeddings.position_embeddings.weight", weights_path, &sizes->positions, &width, err)
      || !measure (weights, prefix, "encoder.layer.0.intermediate.dense.weight", weights_path, &sizes->ffn, &width, err))
    return false;
  sizes->heads = sizes->width > HEAD ? sizes->width / HEAD : 1;
  if ((config && !read_config (&bert, config, config_path, err))
      || !cosmos_config_check_encoder (&bert.config, weights_path, err))
    return false;
  *self = bert;
  return true;
}

/* ---- conversion ---- */

static bool is_vector (const char *ours)
{
  size_t n = strlen (ours), m = strlen (".bias");
  return strcmp (ours + n - m, ".bias") == 0 || strstr (ours, "norm.");
}

/* A part as numbers. rows: that it must have, 0: any (of token types, whose first row alone counts); of a vector 1. */
static float *load_part (CosmosConverter *self, const char *name, int64_t rows, int64_t columns, bool vector, CosmosError *err)
{
  const CosmosTensorInfo *tensor = cosmos_safetensors_find_tensor (self->weights, name);
  if (!tensor) {
    cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s is missing", self->weights_path, name);
    return NULL;
  }
  bool fits = vector
                  ? tensor->rank == 1 && tensor->shape[0] == columns
                  : tensor->rank == 2 && tensor->shape[1] == columns && (rows ? tensor->shape[0] == rows : tensor->shape[0] > 0);
  if (fits)
    return cosmos_converter_load (self, tensor, err);
  if (vector)
    cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s must have %" PRId64 " numbers for the other tensors' sizes",
                      self->weights_path, name, columns);
  else
    cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s must be (%" PRId64 ", %" PRId64 ") for the other tensors' sizes",
                      self->weights_path, name, rows, columns);
  return NULL;
}

/* What a part of our tensor must be, by our name for it. */
static void get_shape (const CosmosBert *bert, const char *ours, int64_t *rows, int64_t *columns)
{
  const CosmosEncoderSizes *sizes = &bert->config.encoder;
  bool up = strstr (ours, ".ffn.up."), down = strstr (ours, ".ffn.down.");
  *rows = strstr (ours, "token_embedding")      ? bert->config.vocabulary
          : strstr (ours, "position_embedding") ? sizes->positions
          : up                                  ? sizes->ffn
                                                : sizes->width;
  *columns = down ? sizes->ffn : sizes->width;
  if (is_vector (ours)) {
    *columns = *rows; /* as many as the matrix has rows */
    *rows = 1;
  }
}

static bool make_tensor (CosmosConverter *self, const CosmosBert *bert, const CosmosBertTensor *tensor, CosmosError *err)
{
  int64_t rows, columns;
  bool vector = is_vector (tensor->ours);
  float *parts[COSMOS_BERT_MAX_PARTS] = {NULL};
  get_shape (bert, tensor->ours, &rows, &columns);
  for (int i = 0; i < tensor->n_parts; i++) {
    bool first_row_counts = tensor->making == COSMOS_BERT_SUMMED && i == 1;
    if (!(parts[i] = load_part (self, tensor->parts[i], first_row_counts ? 0 : rows, columns, vector, err)))
      return false;
  }
  int stacked = tensor->making == COSMOS_BERT_STACKED ? tensor->n_parts : 1;
  float *values = parts[0];
  if (stacked > 1) {
    if (!(values = cosmos_converter_allocate (self, (size_t) (stacked * rows * columns), err)))
      return false;
    for (int i = 0; i < stacked; i++)
      memcpy (values + i * rows * columns, parts[i], (size_t) (rows * columns) * sizeof *values);
  }
  if (tensor->making == COSMOS_BERT_SUMMED)
    for (int64_t i = 0; i < rows * columns; i++)
      values[i] += parts[1][i % columns];
  CosmosTensorInfo info = {.name = tensor->ours, .dtype = COSMOS_DTYPE_F32, .rank = vector ? 1 : 2};
  info.shape[0] = stacked * (vector ? columns : rows);
  info.shape[1] = vector ? 0 : columns;
  info.count = (size_t) (stacked * rows * columns);
  cosmos_converter_add (self, tensor->ours, &info, cosmos_model_is_matrix (&info), values);
  return true;
}

/* A tensor that nobody asks for would silently be lost: only those without use for an encoder may. Beside "bert." there are heads alone. */
static bool check_all_known (const CosmosConverter *self, const CosmosBert *bert, CosmosError *err)
{
  const size_t n = cosmos_bert_names_count (bert->config.encoder.layers), prefix = strlen (bert->names.prefix);
  for (size_t i = 0; i < cosmos_safetensors_get_n_tensors (self->weights); i++) {
    const char *name = cosmos_safetensors_get_tensor (self->weights, i)->name;
    bool known = cosmos_bert_names_has_no_use (&bert->names, name) || strncmp (name, bert->names.prefix, prefix) != 0;
    for (size_t k = 0; k < n && !known; k++) {
      CosmosBertTensor tensor;
      cosmos_bert_names_get (&bert->names, k, &tensor);
      for (int p = 0; p < tensor.n_parts && !known; p++)
        known = strcmp (name, tensor.parts[p]) == 0;
    }
    if (!known)
      return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: %s belongs to no BERT of these sizes", self->weights_path,
                               name);
  }
  return true;
}

bool cosmos_convert_bert (CosmosConverter *self, CosmosError *err)
{
  CosmosBert bert;
  if (!cosmos_bert_read (&bert, self->weights, self->weights_path, yyjson_doc_get_root (self->config), self->config_path, err)
      || !check_all_known (self, &bert, err))
    return false;
  if (cosmos_tokenizer_get_size (self->tokenizer) != bert.config.vocabulary)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: embeds %d tokens, but the tokenizer has %d", self->weights_path,
                             bert.config.vocabulary, cosmos_tokenizer_get_size (self->tokenizer));
  cosmos_config_write_encoder (&bert.config, self->writer);
  self->result.guessed_heads = bert.guessed_heads ? bert.config.encoder.heads : 0;
  const size_t n = cosmos_bert_names_count (bert.config.encoder.layers);
  for (size_t i = 0; i < n; i++) {
    CosmosBertTensor tensor;
    cosmos_bert_names_get (&bert.names, i, &tensor);
    if (!make_tensor (self, &bert, &tensor, err) || !cosmos_converter_report (self, i + 1, n, err))
      return false;
  }
  return true;
}
