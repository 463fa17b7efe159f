#include "core/model/pipeline.h"

#include "core/math/elementwise.h"
#include "core/text/text.h"
#include <stdlib.h>
#include <string.h>

struct CosmosPipeline {
  CosmosGguf *file; /* NULL where random, or made of parts */
  CosmosParameters *parameters;
  CosmosTokenizer *tokenizer;
  bool owns_parts; /* parameters and tokenizer */
  CosmosCompute compute;
  CosmosConfig config;
  const char *name;
  CosmosEncoder *encoder;
  CosmosCompressor *compressor;
  CosmosDecompressor *decompressor;
  CosmosDenoiser *denoiser;
  const CosmosTensor *mean, *std;       /* (N, Z) of raw latents */
  CosmosTensor minus_mean, inverse_std; /* the same as what is added and multiplied; own their numbers */
};

/* ---- opening ---- */

static bool init_statistics (CosmosPipeline *self, CosmosError *err)
{
  const int64_t shape[] = {self->config.latents, self->config.latent_width}, count = shape[0] * shape[1];
  self->mean = cosmos_parameters_constant (self->parameters, shape[0], shape[1], "latent.mean");
  self->std = cosmos_parameters_constant (self->parameters, shape[0], shape[1], "latent.std");
  if (!cosmos_parameters_check (self->parameters, err))
    return false;
  float *values = malloc (2 * (size_t) count * sizeof *values);
  if (!values)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the latents' statistics");
  self->minus_mean = cosmos_tensor (values, 2, shape);
  self->inverse_std = cosmos_tensor (values + count, 2, shape);
  for (int64_t i = 0; i < count; i++) {
    if (!(self->std->data[i] > 0))
      return cosmos_error_set (err, COSMOS_STATUS_CORRUPT, "%s: latent.std must be positive, but holds %g",
                               cosmos_parameters_get_origin (self->parameters), self->std->data[i]);
    self->minus_mean.data[i] = -self->mean->data[i];
    self->inverse_std.data[i] = 1 / self->std->data[i];
  }
  return true;
}

static bool init_networks (CosmosPipeline *self, CosmosParameters *encoder, CosmosParameters *autoencoder, CosmosError *err)
{
  return (self->encoder = cosmos_encoder_new (&self->config, encoder, err))
         && (self->compressor = cosmos_compressor_new (&self->config, autoencoder, err))
         && (self->decompressor = cosmos_decompressor_new (&self->config, autoencoder, err))
         && (self->denoiser = cosmos_denoiser_new (&self->config, self->parameters, err)) && init_statistics (self, err);
}

static bool init_tokenizer (CosmosPipeline *self, CosmosError *err)
{
  static const CosmosSpecialToken needed[] = {COSMOS_TOKEN_PAD, COSMOS_TOKEN_CLS, COSMOS_TOKEN_SEP};
  static const char *const names[] = {"padding", "begin ([CLS])", "end ([SEP])"};
  const char *path = cosmos_gguf_get_path (self->file);
  self->tokenizer = cosmos_tokenizer_new_from_gguf (self->file, err);
  if (!self->tokenizer)
    return false;
  if (cosmos_tokenizer_get_size (self->tokenizer) != self->config.vocabulary)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: the tokenizer has %d tokens, but cosmos.vocabulary is %d", path,
                             cosmos_tokenizer_get_size (self->tokenizer), self->config.vocabulary);
  for (int i = 0; i < 3; i++)
    if (cosmos_tokenizer_get_special (self->tokenizer, needed[i]) < 0)
      return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: the tokenizer has no %s token", path, names[i]);
  return true;
}

/* What comes after the last slash. */
static const char *file_name (const char *path)
{
  const char *slash = strrchr (path, '/');
  return slash ? slash + 1 : path;
}

static bool init_file (CosmosPipeline *self, const char *path, CosmosError *err)
{
  self->file = cosmos_gguf_open (path, err);
  if (!self->file || !cosmos_config_read (&self->config, self->file, err) || !init_tokenizer (self, err))
    return false;
  self->name = file_name (cosmos_gguf_get_path (self->file));
  if (cosmos_gguf_has (self->file, "general.name") && !cosmos_gguf_get_string (self->file, "general.name", &self->name, err))
    return false;
  self->parameters = cosmos_parameters_new_from_gguf (self->file, self->compute);
  if (!self->parameters)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: not enough memory to open it", path);
  return init_networks (self, self->parameters, self->parameters, err);
}

static CosmosPipeline *new_pipeline (CosmosCompute compute, CosmosError *err)
{
  CosmosPipeline *self = calloc (1, sizeof *self);
  if (!self)
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for a model");
  else {
    self->compute = compute;
    self->owns_parts = true;
  }
  return self;
}

CosmosPipeline *cosmos_pipeline_open (const char *path, CosmosCompute compute, CosmosError *err)
{
  CosmosPipeline *self = new_pipeline (compute, err);
  if (!self || init_file (self, path, err))
    return self;
  cosmos_pipeline_free (self);
  return NULL;
}

CosmosPipeline *cosmos_pipeline_new_random (const CosmosConfig *config, uint64_t seed, CosmosCompute compute, CosmosError *err)
{
  if (!cosmos_config_check (config, "random parameters", err))
    return NULL;
  CosmosPipeline *self = new_pipeline (compute, err);
  if (!self)
    return NULL;
  self->config = *config;
  self->name = "random";
  self->parameters = cosmos_parameters_new_random (seed, compute);
  if (!self->parameters)
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for a model");
  else if (init_networks (self, self->parameters, self->parameters, err))
    return self;
  cosmos_pipeline_free (self);
  return NULL;
}

CosmosPipeline *cosmos_pipeline_new_from_parts (const CosmosConfig *config, const CosmosPipelineParts *parts,
                                                CosmosCompute compute, CosmosError *err)
{
  CosmosPipeline *self = new_pipeline (compute, err);
  if (!self)
    return NULL;
  self->config = *config;
  self->name = "training";
  self->owns_parts = false;
  self->parameters = parts->denoiser;
  self->tokenizer = (CosmosTokenizer *) parts->tokenizer; /* only read, as the accessor's type says */
  if (init_networks (self, parts->encoder, parts->autoencoder, err))
    return self;
  cosmos_pipeline_free (self);
  return NULL;
}

void cosmos_pipeline_free (CosmosPipeline *self)
{
  if (!self)
    return;
  cosmos_encoder_free (self->encoder);
  cosmos_compressor_free (self->compressor);
  cosmos_decompressor_free (self->decompressor);
  cosmos_denoiser_free (self->denoiser);
  free (self->minus_mean.data);
  if (self->owns_parts)
    cosmos_parameters_free (self->parameters);
  if (self->owns_parts && self->tokenizer)
    cosmos_tokenizer_free (self->tokenizer);
  if (self->file)
    cosmos_gguf_free (self->file);
  free (self);
}

/* ---- parts ---- */

const CosmosConfig *cosmos_pipeline_get_config (const CosmosPipeline *self)
{
  return &self->config;
}

const CosmosTokenizer *cosmos_pipeline_get_tokenizer (const CosmosPipeline *self)
{
  return self->tokenizer;
}

const CosmosEncoder *cosmos_pipeline_get_encoder (const CosmosPipeline *self)
{
  return self->encoder;
}

const CosmosCompressor *cosmos_pipeline_get_compressor (const CosmosPipeline *self)
{
  return self->compressor;
}

const CosmosDecompressor *cosmos_pipeline_get_decompressor (const CosmosPipeline *self)
{
  return self->decompressor;
}

const CosmosDenoiser *cosmos_pipeline_get_denoiser (const CosmosPipeline *self)
{
  return self->denoiser;
}

CosmosCompute cosmos_pipeline_get_compute (const CosmosPipeline *self)
{
  return self->compute;
}

const CosmosParameters *cosmos_pipeline_get_parameters (const CosmosPipeline *self)
{
  return self->parameters;
}

const char *cosmos_pipeline_get_name (const CosmosPipeline *self)
{
  return self->name;
}

const char *cosmos_pipeline_get_path (const CosmosPipeline *self)
{
  return cosmos_parameters_get_origin (self->parameters);
}

/* ---- texts and latents ---- */

bool cosmos_pipeline_frame (const CosmosPipeline *self, const char *text, size_t size, int64_t length, int32_t *ids, bool *keep,
                            int64_t *n, bool *cut, CosmosError *err)
{
  if (!self->tokenizer)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: has no tokenizer to read a text with",
                             cosmos_pipeline_get_path (self));
  if (length < 2)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "A text needs room for 2 tokens at least, not %d", (int) length);
  char *clean = cosmos_text_clean (text, size, err);
  int32_t *found = malloc ((size_t) length * sizeof *found);
  size_t n_found = 0, room = (size_t) length - 2;
  bool ok = clean && found && cosmos_tokenizer_encode (self->tokenizer, clean, strlen (clean), found, room, &n_found, err);
  if (clean && !found)
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for a text of %d tokens", (int) length);
  if (ok) {
    size_t inner = n_found < room ? n_found : room;
    ids[0] = cosmos_tokenizer_get_special (self->tokenizer, COSMOS_TOKEN_CLS);
    memcpy (ids + 1, found, inner * sizeof *ids);
    ids[inner + 1] = cosmos_tokenizer_get_special (self->tokenizer, COSMOS_TOKEN_SEP);
    for (size_t i = inner + 2; i < (size_t) length; i++)
      ids[i] = cosmos_tokenizer_get_special (self->tokenizer, COSMOS_TOKEN_PAD);
    for (size_t i = 0; i < (size_t) length; i++)
      keep[i] = i < inner + 2;
    if (n)
      *n = (int64_t) inner + 2;
    if (cut)
      *cut = inner < n_found;
  }
  free (found);
  free (clean);
  return ok;
}

CosmosTensor *cosmos_pipeline_read (const CosmosPipeline *self, CosmosGraph *graph, const int32_t *ids, const bool *keep,
                                    int64_t batch, int64_t length)
{
  return cosmos_encoder_normalise (self->encoder, graph, cosmos_encoder_run (self->encoder, graph, ids, keep, batch, length));
}

CosmosTensor *cosmos_pipeline_compress (const CosmosPipeline *self, CosmosGraph *graph, const CosmosTensor *h, const bool *keep)
{
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  CosmosTensor *z = cosmos_compressor_run (self->compressor, graph, h, keep);                /* (B, N, Z) */
  z = cosmos_multiply (graph, cosmos_add (graph, z, &self->minus_mean), &self->inverse_std); /* (z - mean) / std */
  return cosmos_graph_end (graph, scope, z);
}

CosmosTensor *cosmos_pipeline_encode (const CosmosPipeline *self, CosmosGraph *graph, const int32_t *ids, const bool *keep,
                                      int64_t batch, int64_t length)
{
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  CosmosTensor *h = cosmos_pipeline_read (self, graph, ids, keep, batch, length); /* (B, L, D) */
  return cosmos_graph_end (graph, scope, cosmos_pipeline_compress (self, graph, h, keep));
}

CosmosTensor *cosmos_pipeline_decode (const CosmosPipeline *self, CosmosGraph *graph, const CosmosTensor *latents)
{
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  CosmosTensor *z = cosmos_add (graph, cosmos_multiply (graph, latents, self->std), self->mean); /* (B, N, Z) */
  return cosmos_graph_end (graph, scope, cosmos_decompressor_run (self->decompressor, graph, z));
}

CosmosTensor *cosmos_pipeline_predict (const CosmosPipeline *self, CosmosGraph *graph, const CosmosTensor *hidden)
{
  return cosmos_decompressor_predict (self->decompressor, graph, hidden);
}

/* Latents of framed texts; one that is too long for the autoencoder loses what comes before its [SEP]. */
static CosmosTensor *compress_source (const CosmosPipeline *self, CosmosGraph *graph, const int32_t *ids, const bool *keep,
                                      int64_t batch, int64_t S)
{
  const int64_t L = self->config.tokens;
  if (S <= L)
    return cosmos_pipeline_encode (self, graph, ids, keep, batch, S);
  int32_t *cut_ids = cosmos_graph_alloc (graph, (size_t) (batch * L) * sizeof *cut_ids);
  bool *cut_keep = cosmos_graph_alloc (graph, (size_t) (batch * L) * sizeof *cut_keep);
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  for (int64_t b = 0; b < batch; b++) {
    int64_t n = 0;
    while (n < S && (!keep || keep[b * S + n]))
      n++;
    for (int64_t i = 0; i < L; i++) {
      cut_ids[b * L + i] = ids[b * S + i];
      cut_keep[b * L + i] = i < n;
    }
    if (n > L)
      cut_ids[b * L + L - 1] = ids[b * S + n - 1];
  }
  return cosmos_pipeline_encode (self, graph, cut_ids, cut_keep, batch, L);
}

CosmosSource cosmos_pipeline_encode_source (const CosmosPipeline *self, CosmosGraph *graph, const int32_t *ids, const bool *keep,
                                            int64_t batch, int64_t length)
{
  if (!cosmos_denoiser_has_source (self->denoiser))
    return (CosmosSource) {
      cosmos_graph_fail (graph, COSMOS_STATUS_UNSUPPORTED, "%s: this model takes no source text", self->name), NULL, NULL};
  CosmosSource source = {.keep = keep};
  if (cosmos_denoiser_has_source_latents (self->denoiser))
    source.latents = compress_source (self, graph, ids, keep, batch, length);
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  CosmosTensor *h = cosmos_pipeline_read (self, graph, ids, keep, batch, length); /* (B, S, D) */
  source.x = cosmos_graph_end (graph, scope, cosmos_denoiser_encode_source (self->denoiser, graph, h, keep));
  return source;
}
