/* The COSMOS authors' PyTorch checkpoints to a bundle: what they call the tensors of the paper's networks, and what ours are called. */
#include "core/model/config.h"
#include "core/model/convert-bert-names.h"
#include "core/model/convert-private.h"
#include "core/model/convert-state.h"
#include "core/model/save.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NAME = 192, MAX_PARTS = 3 };

typedef struct {
  CosmosConverter *converter;
  CosmosTorchArchive *autoencoder, *diffusion; /* NULL: there is none */
  const char *autoencoder_path, *diffusion_path;
  CosmosState encoder, decoder, denoiser;
  CosmosConfig config;
  size_t n_read, n_all; /* of their tensors */
} Checkpoint;

/* ---- from tensors of theirs to one of ours ---- */

static float *allocate (Checkpoint *self, int64_t rows, int64_t columns, CosmosError *err)
{
  return cosmos_converter_allocate (self->converter, (size_t) rows * (size_t) (columns ? columns : 1), err);
}

static bool read (Checkpoint *self, const CosmosState *state, const char *theirs, int64_t rows, int64_t columns, float *values,
                  CosmosError *err)
{
  return cosmos_state_read (state, theirs, rows, columns, values, err)
         && cosmos_converter_report (self->converter, ++self->n_read, self->n_all, err);
}

static void add (Checkpoint *self, const char *ours, int64_t rows, int64_t columns, const float *values)
{
  CosmosTensorInfo info = {.name = ours, .rank = columns ? 2 : 1, .shape = {rows, columns}};
  cosmos_tensor_info_measure (&info);
  cosmos_converter_add (self->converter, ours, &info, cosmos_model_is_matrix (&info), values);
}

/* A tensor of ours, behind a prefix: n of theirs, behind another one, stacked, of (rows, columns) each; columns 0: vectors. */
typedef struct {
  const char *ours;
  int n;
  const char *theirs[MAX_PARTS];
  int64_t rows, columns;
} Row;

static bool convert_row (Checkpoint *self, const CosmosState *state, const char *ours, const char *theirs, const Row *row,
                         CosmosError *err)
{
  char name[MAX_NAME];
  size_t each = (size_t) row->rows * (size_t) (row->columns ? row->columns : 1);
  float *values = allocate (self, row->n * row->rows, row->columns, err);
  for (int i = 0; values && i < row->n; i++) {
    snprintf (name, sizeof name, "%s%s", theirs, row->theirs[i]);
    if (!read (self, state, name, row->rows, row->columns, values + (size_t) i * each, err))
      return false;
  }
  if (!values)
    return false;
  snprintf (name, sizeof name, "%s%s", ours, row->ours);
  add (self, name, row->n * row->rows, row->columns, values);
  return true;
}

static bool convert_rows (Checkpoint *self, const CosmosState *state, const char *ours, const char *theirs, size_t n,
                          const Row *rows, CosmosError *err)
{
  for (size_t i = 0; i < n; i++)
    if (!convert_row (self, state, ours, theirs, &rows[i], err))
      return false;
  return true;
}

#define CONVERT_ROWS(state, ours, theirs, rows) \
  convert_rows (self, &self->state, ours, theirs, sizeof (rows) / sizeof *(rows), rows, err)

/* ---- encoder ---- */

/* Positions and the embedding of token type 0, which every token has. */
static bool convert_positions (Checkpoint *self, const CosmosBertTensor *tensor, CosmosError *err)
{
  const int64_t P = self->config.encoder.positions, D = self->config.encoder.width;
  const int64_t types = cosmos_state_get_rows (&self->encoder, tensor->parts[1]);
  float *values = allocate (self, P + types, D, err), *type = values ? values + P * D : NULL;
  if (!values || !read (self, &self->encoder, tensor->parts[0], P, D, values, err)
      || !read (self, &self->encoder, tensor->parts[1], types, D, type, err))
    return false;
  for (int64_t i = 0; i < P * D; i++)
    values[i] += type[i % D];
  add (self, tensor->ours, P, D, values);
  return true;
}

/* What the shapes of our encoder's parts are, by our name of the whole. */
static void get_shape (const CosmosConfig *config, const char *ours, int64_t *rows, int64_t *columns)
{
  const int64_t D = config->encoder.width, F = config->encoder.ffn;
  bool is_vector = strstr (ours, "norm.") || strstr (ours, ".bias");
  *rows = strstr (ours, "token_embedding") ? config->vocabulary : strstr (ours, ".ffn.up.") ? F : D;
  *columns = is_vector ? 0 : strstr (ours, ".ffn.down.") ? F : D;
}

static bool convert_encoder (Checkpoint *self, CosmosError *err)
{
  static const CosmosBertNames names = {"text_encoder.", false};
  for (size_t i = 0; i < cosmos_bert_names_count (self->config.encoder.layers); i++) {
    CosmosBertTensor tensor;
    cosmos_bert_names_get (&names, i, &tensor);
    Row row = {tensor.ours, tensor.n_parts, {tensor.parts[0], tensor.parts[1], tensor.parts[2]}, 0, 0};
    get_shape (&self->config, tensor.ours, &row.rows, &row.columns);
    if (!(tensor.making == COSMOS_BERT_SUMMED ? convert_positions (self, &tensor, err)
                                              : convert_row (self, &self->encoder, "", "", &row, err)))
      return false;
  }
  return true;
}

/* ---- compressor and decompressor ---- */

/* Of both: what a layer's context is, and what its queries are, they call embeddings and latents. */
static bool convert_latent_layer (Checkpoint *self, const CosmosState *state, const CosmosResamplerSizes *sizes, const char *ours,
                                  const char *theirs, CosmosError *err)
{
  const int64_t D = sizes->width, F = sizes->ffn, H = sizes->head;
  const Row rows[] = {
    {"attention.norm_context.weight", 1, {"latent_attn.norm_embeddings.gamma"}, D, 0},
    {"attention.norm_query.weight", 1, {"latent_attn.norm_latents.gamma"}, D, 0},
    {"attention.query.weight", 1, {"latent_attn.latents_to_Q.weight"}, D, D},
    {"attention.kv_context.weight", 1, {"latent_attn.embeddings_to_KV.weight"}, 2 * D, D},
    {"attention.kv_query.weight", 1, {"latent_attn.latents_to_KV.weight"}, 2 * D, D},
    {"attention.output.weight", 1, {"latent_attn.projector_latents.weight"}, D, D},
    {"attention.head_norm_query.weight", 1, {"latent_attn.query_norm.gamma"}, H, 0},
    {"attention.head_norm_key.weight", 1, {"latent_attn.key_norm.gamma"}, H, 0},
    {"ffn.norm.weight", 1, {"ffn_latent.ffd.0.weight"}, D, 0},
    {"ffn.norm.bias", 1, {"ffn_latent.ffd.0.bias"}, D, 0},
    {"ffn.up.weight", 1, {"ffn_latent.ffd.1.weight"}, F, D},
    {"ffn.up.bias", 1, {"ffn_latent.ffd.1.bias"}, F, 0},
    {"ffn.down.weight", 1, {"ffn_latent.ffd.4.weight"}, D, F},
    {"ffn.down.bias", 1, {"ffn_latent.ffd.4.bias"}, D, 0},
  };
  return convert_rows (self, state, ours, theirs, sizeof rows / sizeof *rows, rows, err);
}

static bool convert_compressor (Checkpoint *self, CosmosError *err)
{
  const int64_t D = self->config.compressor.width, L = self->config.tokens, N = self->config.latents;
  const Row rows[] = {
    {"latents", 1, {"latents"}, N, D},
    {"input_norm.weight", 1, {"latent_norm.gamma"}, D, 0},
    {"output_norm.weight", 1, {"output_norm.gamma"}, D, 0},
  };
  float *positions = allocate (self, L, D, err);
  if (!positions || !read (self, &self->encoder, "positional_emb.emb.weight", L, D, positions, err))
    return false;
  for (int64_t i = 0; i < L * D; i++) /* theirs are scaled at every use */
    positions[i] /= sqrtf ((float) D);
  add (self, "compressor.positions", L, D, positions);
  for (int i = 0; i < self->config.compressor.layers; i++) {
    char ours[MAX_NAME], theirs[MAX_NAME];
    snprintf (ours, sizeof ours, "compressor.layers.%d.", i);
    snprintf (theirs, sizeof theirs, "latent_layers.%d.", i);
    if (!convert_latent_layer (self, &self->encoder, &self->config.compressor, ours, theirs, err))
      return false;
  }
  return CONVERT_ROWS (encoder, "compressor.", "", rows);
}

/* Of the word embeddings that they keep once more only the row of [MASK] is used. */
static bool convert_mask (Checkpoint *self, CosmosError *err)
{
  const int64_t D = self->config.decompressor.width, V = self->config.vocabulary;
  const int mask = cosmos_tokenizer_get_special (self->converter->tokenizer, COSMOS_TOKEN_MASK);
  if (mask < 0)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT,
                             "The tokenizer has no [MASK]; the checkpoint goes with bert-base-cased's vocab.txt");
  float *row = allocate (self, 1, D, err), *table = malloc ((size_t) (V * D) * sizeof *table);
  bool ok = row && (table || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the conversion"))
            && read (self, &self->decoder, "embedding.weight", V, D, table, err);
  if (ok) {
    memcpy (row, table + mask * D, (size_t) D * sizeof *row);
    add (self, "decompressor.mask_embedding", D, 0, row);
  }
  free (table);
  return ok;
}

static bool convert_decompressor (Checkpoint *self, CosmosError *err)
{
  const CosmosConfig *config = &self->config;
  const int64_t D = config->decompressor.width, F = config->decompressor.ffn, V = config->vocabulary, P = config->tokens;
  const Row rows[] = {
    {"positions", 1, {"positional_emb.emb.weight"}, P, D},
    {"embedding_ffn.norm.weight", 1, {"embedding_ffn.ffd.0.weight"}, D, 0},
    {"embedding_ffn.norm.bias", 1, {"embedding_ffn.ffd.0.bias"}, D, 0},
    {"embedding_ffn.up.weight", 1, {"embedding_ffn.ffd.1.weight"}, F, D},
    {"embedding_ffn.up.bias", 1, {"embedding_ffn.ffd.1.bias"}, F, 0},
    {"embedding_ffn.down.weight", 1, {"embedding_ffn.ffd.4.weight"}, D, F},
    {"embedding_ffn.down.bias", 1, {"embedding_ffn.ffd.4.bias"}, D, 0},
    {"embedding_scale.weight", 1, {"scale_embedding.scale_mlp.weight"}, 1, 0},
    {"embedding_scale.bias", 1, {"scale_embedding.scale_mlp.bias"}, 1, 0},
    {"head.weight", 1, {"lm_head.weight"}, V, D},
  };
  static const Row scales[] = {
    {"attention_scale.weight", 1, {"attn_scale.scale_mlp.weight"}, 1, 0},
    {"attention_scale.bias", 1, {"attn_scale.scale_mlp.bias"}, 1, 0},
    {"ffn_scale.weight", 1, {"ffn_scale.scale_mlp.weight"}, 1, 0},
    {"ffn_scale.bias", 1, {"ffn_scale.scale_mlp.bias"}, 1, 0},
  };
  for (int i = 0; i < config->decompressor.layers; i++) {
    char ours[MAX_NAME], theirs[MAX_NAME];
    snprintf (ours, sizeof ours, "decompressor.layers.%d.", i);
    snprintf (theirs, sizeof theirs, "layers.%d.", i);
    if (!convert_latent_layer (self, &self->decoder, &config->decompressor, ours, theirs, err)
        || !CONVERT_ROWS (decoder, ours, theirs, scales))
      return false;
  }
  return convert_mask (self, err) && CONVERT_ROWS (decoder, "decompressor.", "", rows);
}

/* ---- denoiser ---- */

static bool convert_denoiser_layer (Checkpoint *self, int layer, CosmosError *err)
{
  const CosmosDenoiserSizes *sizes = &self->config.denoiser;
  const int64_t W = sizes->width, F = sizes->ffn;
  const int half = sizes->layers / 2;
  const Row block[] = {
    {"attention_norm.weight", 1, {"norm_self_attn.gamma"}, W, 0},
    {"attention.qkv.weight", 3, {"self_attn.query.weight", "self_attn.key.weight", "self_attn.value.weight"}, W, W},
    {"attention.output.weight", 1, {"self_attn.o_proj.weight"}, W, W},
    {"ffn_norm.weight", 1, {"norm_mlp.gamma"}, W, 0},
    {"ffn.gate_up.weight", 2, {"mlp.gate_proj.weight", "mlp.up_proj.weight"}, F, W},
    {"ffn.down.weight", 1, {"mlp.down_proj.weight"}, W, F},
  };
  const Row linear[] = {{"weight", 1, {"weight"}, W, W}, {"bias", 1, {"bias"}, W, 0}};
  char ours[MAX_NAME], theirs[MAX_NAME];
  snprintf (ours, sizeof ours, "denoiser.blocks.%d.", layer);
  snprintf (theirs, sizeof theirs, "encoder.%s_blocks.%d.", layer < half ? "input" : "output", layer % half);
  if (!CONVERT_ROWS (denoiser, ours, theirs, block))
    return false;
  snprintf (ours, sizeof ours, "denoiser.time_layers.%d.", layer);
  snprintf (theirs, sizeof theirs, "encoder.time_layers.%d.1.", layer); /* 0 is the SiLU */
  if (!CONVERT_ROWS (denoiser, ours, theirs, linear))
    return false;
  snprintf (ours, sizeof ours, "denoiser.self_condition_layers.%d.", layer);
  snprintf (theirs, sizeof theirs, "encoder.self_cond_layers.%d.", layer);
  return CONVERT_ROWS (denoiser, ours, theirs, linear);
}

static bool convert_denoiser (Checkpoint *self, CosmosError *err)
{
  const int64_t W = self->config.denoiser.width;
  const Row rows[] = {
    {"time_in.weight", 1, {"time_emb.0.weight"}, 2 * W, W},         {"time_in.bias", 1, {"time_emb.0.bias"}, 2 * W, 0},
    {"time_out.weight", 1, {"time_emb.2.weight"}, W, 2 * W},        {"time_out.bias", 1, {"time_emb.2.bias"}, W, 0},
    {"output_norm.weight", 1, {"encoder.output_norm.gamma"}, W, 0},
  };
  for (int i = 0; i < self->config.denoiser.layers; i++)
    if (!convert_denoiser_layer (self, i, err))
      return false;
  return CONVERT_ROWS (denoiser, "denoiser.", "", rows);
}

/* ---- statistics ---- */

/* A tensor at the top of a file. */
static bool convert_statistic (Checkpoint *self, const CosmosTorchArchive *file, const char *path, const char *theirs,
                               const char *ours, int64_t rows, int64_t columns, CosmosError *err)
{
  const CosmosTensorInfo *tensor = cosmos_torch_archive_find_tensor (file, theirs);
  if (!tensor)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s is missing: it is no checkpoint of COSMOS, or not all of one",
                             path, theirs);
  if (tensor->rank != (columns ? 2 : 1) || tensor->shape[0] != rows || (columns && tensor->shape[1] != columns))
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT,
                             "%s: %s must be (%" PRId64 ", %" PRId64 "); do the two checkpoints belong together?", path, theirs,
                             rows, columns ? columns : 1);
  float *values = allocate (self, rows, columns, err);
  if (!values || !cosmos_torch_archive_read (file, tensor, values, err))
    return false;
  for (size_t i = 0; i < tensor->count; i++)
    if (!isfinite (values[i]) || (strstr (theirs, "std") && !(values[i] > 0)))
      return cosmos_error_set (err, COSMOS_STATUS_CORRUPT, "%s: %s: number %zu is %g", path, theirs, i, (double) values[i]);
  add (self, ours, rows, columns, values);
  return true;
}

/* The latents' are those of the texts that the denoiser learned from, where it says them. */
static bool convert_statistics (Checkpoint *self, CosmosError *err)
{
  const int64_t D = self->config.encoder.width, N = self->config.latents;
  bool has_own = self->diffusion && cosmos_torch_archive_find_tensor (self->diffusion, "latent_mean");
  const CosmosTorchArchive *latents = has_own ? self->diffusion : self->autoencoder;
  const char *path = has_own ? self->diffusion_path : self->autoencoder_path;
  return convert_statistic (self, self->autoencoder, self->autoencoder_path, "encodings_mean", "encoder.mean", D, 0, err)
         && convert_statistic (self, self->autoencoder, self->autoencoder_path, "encodings_std", "encoder.std", D, 0, err)
         && convert_statistic (self, latents, path, "latent_mean", "latent.mean", N, D, err)
         && convert_statistic (self, latents, path, "latent_std", "latent.std", N, D, err);
}

/* ---- sizes ---- */

/* The number after "d=" in a path ("diffusion-rocstories-16-d=5-final/180000.pth"), or 0. */
static double find_schedule (const char *path)
{
  for (const char *at = path; (at = strstr (at, "d=")); at += 2)
    if (at == path || strchr ("-_/ ", at[-1])) {
      double d = strtod (at + 2, NULL);
      return d > 0 && d < 1000 ? d : 0;
    }
  return 0;
}

/* Spec 1.8: what the authors used for their published N. */
static double choose_schedule (Checkpoint *self)
{
  const CosmosConversion *what = self->converter->what;
  double d = what->schedule_d > 0 ? what->schedule_d : find_schedule (self->diffusion_path);
  if (d > 0)
    return d;
  return self->converter->result.guessed_schedule_d = self->config.latents == 64 ? 7 : 5;
}

static CosmosResamplerSizes measure_resampler (const CosmosState *state, const char *layers, int width)
{
  char query[96], norm[96], up[96];
  snprintf (query, sizeof query, "%s.%%d.latent_attn.latents_to_Q.weight", layers);
  snprintf (norm, sizeof norm, "%s.0.latent_attn.query_norm.gamma", layers);
  snprintf (up, sizeof up, "%s.0.ffn_latent.ffd.1.weight", layers);
  return (CosmosResamplerSizes) {cosmos_state_count (state, query), width, cosmos_state_get_rows (state, norm),
                                 cosmos_state_get_rows (state, up)};
}

static bool measure (Checkpoint *self, CosmosError *err)
{
  const CosmosStateMember *latents = cosmos_state_find (&self->encoder, "latents");
  CosmosConfig *config = &self->config;
  if (!latents || latents->tensor->rank != 2 || latents->tensor->shape[0] > INT32_MAX || latents->tensor->shape[1] > INT32_MAX)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT,
                             "%s: is no autoencoder of COSMOS: encoder.latents is missing or no matrix", self->autoencoder_path);
  *config = cosmos_config_paper ((int) latents->tensor->shape[0]);
  const int D = (int) latents->tensor->shape[1];
  config->latent_width = D;
  config->vocabulary = cosmos_state_get_rows (&self->decoder, "lm_head.weight");
  config->tokens = cosmos_state_get_rows (&self->encoder, "positional_emb.emb.weight");
  config->compressor = measure_resampler (&self->encoder, "latent_layers", D);
  config->decompressor = measure_resampler (&self->decoder, "layers", D);
  const int head = config->compressor.head;
  config->encoder = (CosmosEncoderSizes) {
    .layers = cosmos_state_count (&self->encoder, "text_encoder.encoder.layer.%d.attention.self.query.weight"),
    .width = D,
    .heads = head > 0 ? D / head : 0,
    .ffn = cosmos_state_get_rows (&self->encoder, "text_encoder.encoder.layer.0.intermediate.dense.weight"),
    .positions = cosmos_state_get_rows (&self->encoder, "text_encoder.embeddings.position_embeddings.weight"),
    .norm_eps = config->encoder.norm_eps,
  };
  config->source_tokens = config->encoder.positions;
  config->denoiser.layers = 2 * cosmos_state_count (&self->denoiser, "encoder.input_blocks.%d.self_attn.query.weight");
  config->denoiser.width = D;
  config->denoiser.head = head;
  config->denoiser.ffn = cosmos_state_get_rows (&self->denoiser, "encoder.input_blocks.0.mlp.gate_proj.weight");
  config->schedule_d = choose_schedule (self);
  return cosmos_config_check (config, self->autoencoder_path, err);
}

static bool check_tokenizer (const Checkpoint *self, CosmosError *err)
{
  int tokens = cosmos_tokenizer_get_size (self->converter->tokenizer);
  return tokens == self->config.vocabulary
         || cosmos_error_set (
             err, COSMOS_STATUS_FORMAT,
             "%s: has %d tokens, but the tokenizer has %d; the authors' checkpoints go with bert-base-cased's vocab.txt",
             self->autoencoder_path, self->config.vocabulary, tokens);
}

/* ---- the files ---- */

static bool has_member (const CosmosTorchArchive *file, const char *prefix)
{
  for (size_t i = 0; i < cosmos_torch_archive_get_n_tensors (file); i++)
    if (strncmp (cosmos_torch_archive_get_tensor (file, i)->name, prefix, strlen (prefix)) == 0)
      return true;
  return false;
}

static bool is_diffusion (const CosmosTorchArchive *file)
{
  return has_member (file, "score_estimator.") || has_member (file, "ema.shadow_params.");
}

/* In whichever order they are named. */
static bool open_files (Checkpoint *self, CosmosError *err)
{
  const CosmosConversion *what = self->converter->what;
  self->autoencoder_path = what->input;
  self->diffusion_path = what->diffusion;
  if (!what->diffusion)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: a model is made of two checkpoints, the autoencoder's and the diffusion's; name both",
                             what->input);
  self->autoencoder = cosmos_torch_archive_open (self->autoencoder_path, err);
  self->diffusion = self->autoencoder ? cosmos_torch_archive_open (self->diffusion_path, err) : NULL;
  if (!self->diffusion)
    return false;
  if (is_diffusion (self->autoencoder)) {
    CosmosTorchArchive *file = self->autoencoder;
    self->autoencoder = self->diffusion;
    self->diffusion = file;
    self->autoencoder_path = what->diffusion;
    self->diffusion_path = what->input;
  }
  if (!is_diffusion (self->diffusion))
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: has neither score_estimator nor ema: it is no diffusion of COSMOS",
                             self->diffusion_path);
  return cosmos_state_init (&self->encoder, self->autoencoder, self->autoencoder_path, "encoder", err)
         && cosmos_state_init (&self->decoder, self->autoencoder, self->autoencoder_path, "decoder", err)
         && cosmos_state_init_averages (&self->denoiser, self->diffusion, self->diffusion_path, err);
}

/* What the files say of themselves; a provenance that the caller has takes its place. */
static void write_provenance (const Checkpoint *self)
{
  char text[200];
  int64_t steps[2] = {0};
  cosmos_torch_archive_get_integer (self->autoencoder, "step", &steps[0]);
  cosmos_torch_archive_get_integer (self->diffusion, "step", &steps[1]);
  snprintf (text, sizeof text,
            "converted from PyTorch checkpoints of COSMOS: autoencoder after %" PRId64 " steps, diffusion after %" PRId64 "%s",
            steps[0], steps[1], has_member (self->diffusion, "ema.") ? " (averaged weights)" : "");
  cosmos_gguf_writer_set_string (self->converter->writer, "general.provenance", text);
}

bool cosmos_convert_checkpoint (CosmosConverter *converter, CosmosError *err)
{
  Checkpoint self = {.converter = converter};
  bool ok = open_files (&self, err) && measure (&self, err) && check_tokenizer (&self, err);
  if (ok) {
    self.n_all = self.encoder.n + self.decoder.n + self.denoiser.n;
    cosmos_config_write (&self.config, converter->writer);
    write_provenance (&self);
    ok = convert_encoder (&self, err) && convert_compressor (&self, err) && convert_decompressor (&self, err)
         && convert_denoiser (&self, err) && convert_statistics (&self, err) && cosmos_state_check_used (&self.encoder, err)
         && cosmos_state_check_used (&self.decoder, err) && cosmos_state_check_used (&self.denoiser, err);
  }
  cosmos_state_clear (&self.encoder);
  cosmos_state_clear (&self.decoder);
  cosmos_state_clear (&self.denoiser);
  cosmos_torch_archive_free (self.autoencoder);
  cosmos_torch_archive_free (self.diffusion);
  return ok;
}
