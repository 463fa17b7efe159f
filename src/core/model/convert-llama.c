/* Hugging Face's LLaMA names to GGUF's (llama.cpp's names and keys). */
#include "core/model/convert-private.h"
#include "core/model/language-model.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  int64_t vocabulary, width, ffn, layers, heads, kv_heads, head, context;
  double norm_eps, rope_theta;
  bool tied;
} Sizes;

/* A tensor of every layer: its two names, and its shape as members of Sizes. */
typedef enum { KEEP, QUERY, KEY } Order;
typedef struct {
  const char *theirs, *ours;
  enum { WIDTH, QUERIES, KEYS, FFN } out, in; /* in is not looked at for vectors */
  bool matrix;
  Order order;
} LayerTensor;

static const LayerTensor layer_tensors[] = {
  {"input_layernorm", "attn_norm", WIDTH, WIDTH, false, KEEP},
  {"self_attn.q_proj", "attn_q", QUERIES, WIDTH, true, QUERY},
  {"self_attn.k_proj", "attn_k", KEYS, WIDTH, true, KEY},
  {"self_attn.v_proj", "attn_v", KEYS, WIDTH, true, KEEP},
  {"self_attn.o_proj", "attn_output", WIDTH, QUERIES, true, KEEP},
  {"post_attention_layernorm", "ffn_norm", WIDTH, WIDTH, false, KEEP},
  {"mlp.gate_proj", "ffn_gate", FFN, WIDTH, true, KEEP},
  {"mlp.up_proj", "ffn_up", FFN, WIDTH, true, KEEP},
  {"mlp.down_proj", "ffn_down", WIDTH, FFN, true, KEEP},
};
enum { N_LAYER_TENSORS = sizeof layer_tensors / sizeof layer_tensors[0] };

static int64_t get_size (const Sizes *sizes, int which)
{
  switch (which) {
  case QUERIES:
    return sizes->heads * sizes->head;
  case KEYS:
    return sizes->kv_heads * sizes->head;
  case FFN:
    return sizes->ffn;
  default:
    return sizes->width;
  }
}

/* ---- config.json ---- */

/* fallback 0: the key must be there. */
static bool read_integer (const CosmosConverter *self, const char *key, int64_t max, int64_t fallback, int64_t *value,
                          CosmosError *err)
{
  yyjson_val *found = yyjson_obj_get (yyjson_doc_get_root (self->config), key);
  if (fallback && (!found || yyjson_is_null (found))) {
    *value = fallback;
    return true;
  }
  if (!found)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s is missing", self->config_path, key);
  *value = yyjson_is_int (found) ? yyjson_get_sint (found) : 0;
  return (*value > 0 && *value <= max)
         || cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: %s is no whole number from 1 to %" PRId64, self->config_path, key,
                              max);
}

static bool read_number (const CosmosConverter *self, yyjson_val *object, const char *key, double fallback, double *value,
                         CosmosError *err)
{
  yyjson_val *found = yyjson_obj_get (object, key);
  *value = found && !yyjson_is_null (found) ? yyjson_get_num (found) : fallback;
  return (isfinite (*value) && *value > 0)
         || cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: %s is no positive number", self->config_path, key);
}

/* Variants of LLaMA that other formulas than ours would need. */
static bool refuse_variants (const CosmosConverter *self, CosmosError *err)
{
  yyjson_val *root = yyjson_doc_get_root (self->config), *scaling = yyjson_obj_get (root, "rope_scaling"),
             *activation = yyjson_obj_get (root, "hidden_act");
  const char *flags[] = {"attention_bias", "mlp_bias"};
  if (yyjson_is_obj (scaling))
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: rope_scaling cannot be converted", self->config_path);
  if (activation && !yyjson_equals_str (activation, "silu"))
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: hidden_act must be \"silu\"", self->config_path);
  for (int i = 0; i < 2; i++) {
    if (yyjson_is_true (yyjson_obj_get (root, flags[i])))
      return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: %s cannot be converted", self->config_path, flags[i]);
  }
  return true;
}

static bool read_sizes (const CosmosConverter *self, Sizes *sizes, CosmosError *err)
{
  enum { MOST = 1 << 20 };
  yyjson_val *root = yyjson_doc_get_root (self->config), *rope = yyjson_obj_get (root, "rope_parameters");
  if (!refuse_variants (self, err) || !read_integer (self, "vocab_size", 1 << 24, 0, &sizes->vocabulary, err)
      || !read_integer (self, "hidden_size", MOST, 0, &sizes->width, err)
      || !read_integer (self, "intermediate_size", MOST, 0, &sizes->ffn, err)
      || !read_integer (self, "num_hidden_layers", 1024, 0, &sizes->layers, err)
      || !read_integer (self, "num_attention_heads", 4096, 0, &sizes->heads, err)
      || !read_integer (self, "num_key_value_heads", 4096, sizes->heads, &sizes->kv_heads, err)
      || !read_integer (self, "max_position_embeddings", 1 << 24, 0, &sizes->context, err))
    return false;
  if (sizes->heads % sizes->kv_heads != 0)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: num_key_value_heads does not divide num_attention_heads",
                             self->config_path);
  int64_t head = sizes->width % sizes->heads == 0 ? sizes->width / sizes->heads : 0;
  if (!read_integer (self, "head_dim", 4096, head, &sizes->head, err)
      || !read_number (self, root, "rms_norm_eps", 1e-6, &sizes->norm_eps, err)
      || !read_number (self, rope ? rope : root, "rope_theta", 10000, &sizes->rope_theta, err))
    return false;
  if (sizes->head % 2 != 0)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: head_dim is odd", self->config_path);
  sizes->tied = yyjson_is_true (yyjson_obj_get (root, "tie_word_embeddings"));
  return true;
}

static void write_keys (CosmosConverter *self, const Sizes *sizes)
{
  const CosmosLanguageModelSizes written = {.vocabulary = (int) sizes->vocabulary,
                                            .layers = (int) sizes->layers,
                                            .width = (int) sizes->width,
                                            .heads = (int) sizes->heads,
                                            .kv_heads = (int) sizes->kv_heads,
                                            .head = (int) sizes->head,
                                            .ffn = (int) sizes->ffn,
                                            .context = (int) sizes->context,
                                            .norm_eps = (float) sizes->norm_eps,
                                            .rope_theta = sizes->rope_theta};
  cosmos_language_model_sizes_write (&written, self->writer);
}

/* The ends of a sequence, where the tokenizer has no [CLS] and [SEP] to be them. */
static void write_ends (CosmosConverter *self, const Sizes *sizes)
{
  static const struct {
    const char *theirs, *ours;
    CosmosSpecialToken special;
  } ends[] = {
    {"bos_token_id", "tokenizer.ggml.bos_token_id", COSMOS_TOKEN_CLS},
    {"eos_token_id", "tokenizer.ggml.eos_token_id", COSMOS_TOKEN_SEP},
  };
  for (int i = 0; i < 2; i++) {
    yyjson_val *id = yyjson_obj_get (yyjson_doc_get_root (self->config), ends[i].theirs);
    if (cosmos_tokenizer_get_special (self->tokenizer, ends[i].special) < 0 && yyjson_is_uint (id)
        && yyjson_get_uint (id) < (uint64_t) sizes->vocabulary)
      cosmos_gguf_writer_set_u32 (self->writer, ends[i].ours, (uint32_t) yyjson_get_uint (id));
  }
}

/* ---- tensors ---- */

/* Their pairs are i and i + head / 2, GGUF's are neighbours: row h head + 2 i + p becomes what is row h head + p head / 2 + i there. */
static void pair_rows (const float *source, float *target, int64_t heads, int64_t head, int64_t columns)
{
  for (int64_t h = 0; h < heads; h++) {
    for (int64_t i = 0; i < head / 2; i++) {
      for (int64_t p = 0; p < 2; p++)
        memcpy (target + (h * head + 2 * i + p) * columns, source + (h * head + p * (head / 2) + i) * columns,
                (size_t) columns * sizeof *target);
    }
  }
}

/* columns 0: a vector. */
static bool copy_tensor (CosmosConverter *self, const char *theirs, const char *ours, int64_t rows, int64_t columns,
                         int64_t heads, int64_t head, CosmosError *err)
{
  const CosmosTensorInfo *tensor = cosmos_safetensors_find_tensor (self->weights, theirs);
  if (!tensor)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s is missing", self->weights_path, theirs);
  if (tensor->rank != (columns ? 2 : 1) || tensor->shape[0] != rows || (columns && tensor->shape[1] != columns))
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s must be (%" PRId64 ", %" PRId64 ") for the sizes in config.json",
                             self->weights_path, theirs, rows, columns ? columns : 1);
  float *values = cosmos_converter_load (self, tensor, err), *paired = values;
  if (!values)
    return false;
  if (heads) {
    paired = cosmos_converter_load (self, tensor, err);
    if (!paired)
      return false;
    pair_rows (values, paired, heads, head, columns);
  }
  cosmos_converter_add (self, ours, tensor, columns > 0, paired);
  return true;
}

static bool copy_layer (CosmosConverter *self, const Sizes *sizes, int64_t layer, CosmosError *err)
{
  for (int i = 0; i < N_LAYER_TENSORS; i++) {
    const LayerTensor *tensor = &layer_tensors[i];
    char theirs[96], ours[64];
    snprintf (theirs, sizeof theirs, "model.layers.%" PRId64 ".%s.weight", layer, tensor->theirs);
    snprintf (ours, sizeof ours, "blk.%" PRId64 ".%s.weight", layer, tensor->ours);
    int64_t heads = tensor->order == QUERY ? sizes->heads : tensor->order == KEY ? sizes->kv_heads : 0;
    if (!copy_tensor (self, theirs, ours, get_size (sizes, tensor->out), tensor->matrix ? get_size (sizes, tensor->in) : 0, heads,
                      sizes->head, err))
      return false;
  }
  return cosmos_converter_report (self, (size_t) layer + 1, (size_t) sizes->layers, err);
}

static bool is_layer_tensor (const char *name, int64_t layers)
{
  int layer, prefix = 0;
  if (sscanf (name, "model.layers.%4d.%n", &layer, &prefix) != 1 || prefix == 0 || layer < 0 || layer >= layers)
    return false;
  for (int i = 0; i < N_LAYER_TENSORS; i++) {
    size_t length = strlen (layer_tensors[i].theirs);
    if (strncmp (name + prefix, layer_tensors[i].theirs, length) == 0 && strcmp (name + prefix + length, ".weight") == 0)
      return true;
  }
  return false;
}

/* A tensor that nobody asks for would silently be lost: only buffers that follow from the sizes may. */
static bool check_all_known (const CosmosConverter *self, const Sizes *sizes, CosmosError *err)
{
  static const char *const known[] = {"model.embed_tokens.weight", "model.norm.weight", "lm_head.weight"};
  for (size_t i = 0; i < cosmos_safetensors_get_n_tensors (self->weights); i++) {
    const char *name = cosmos_safetensors_get_tensor (self->weights, i)->name;
    bool found = strstr (name, "rotary_emb.inv_freq") || is_layer_tensor (name, sizes->layers);
    for (int k = 0; k < 3 && !found; k++)
      found = strcmp (name, known[k]) == 0;
    if (!found)
      return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: %s belongs to no LLaMA of these sizes", self->weights_path,
                               name);
  }
  return true;
}

bool cosmos_convert_llama (CosmosConverter *self, CosmosError *err)
{
  Sizes sizes;
  if (!read_sizes (self, &sizes, err) || !check_all_known (self, &sizes, err))
    return false;
  if (cosmos_tokenizer_get_size (self->tokenizer) != sizes.vocabulary)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: vocab_size is %" PRId64 ", but the tokenizer has %d tokens",
                             self->config_path, sizes.vocabulary, cosmos_tokenizer_get_size (self->tokenizer));
  write_keys (self, &sizes);
  write_ends (self, &sizes);
  if (!copy_tensor (self, "model.embed_tokens.weight", "token_embd.weight", sizes.vocabulary, sizes.width, 0, 0, err)
      || !copy_tensor (self, "model.norm.weight", "output_norm.weight", sizes.width, 0, 0, 0, err))
    return false;
  if (!sizes.tied && !copy_tensor (self, "lm_head.weight", "output.weight", sizes.vocabulary, sizes.width, 0, 0, err))
    return false;
  for (int64_t layer = 0; layer < sizes.layers; layer++) {
    if (!copy_layer (self, &sizes, layer, err))
      return false;
  }
  return true;
}
