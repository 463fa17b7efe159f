/* A bundle: one GGUF of general.architecture "cosmos" with tokenizer, encoder, compressor, decompressor, denoiser and the latents' statistics.
 *
 * Constant after opening and shared by threads; every run brings a graph of its own. Opening maps the file and checks it; matrices are
 * packed at their first use. Latents outside are normalised ones, z~ = (z - mean) / std (spec 1.7).
 */
#pragma once

#include "core/model/compressor.h"
#include "core/model/decompressor.h"
#include "core/model/denoiser.h"
#include "core/model/encoder.h"
#include "core/text/tokenizer.h"

typedef struct CosmosPipeline CosmosPipeline;

CosmosPipeline *cosmos_pipeline_open (const char *path, CosmosCompute compute, CosmosError *err);
/* Random networks of these sizes without a tokenizer, latents' mean 0 and deviation 1: benchmarks, tests. */
CosmosPipeline *cosmos_pipeline_new_random (const CosmosConfig *config, uint64_t seed, CosmosCompute compute, CosmosError *err);
/* Over networks' parameters that somebody else has, and goes on changing between runs: a training. latent.mean and latent.std are the denoiser's. All
 * is borrowed. */
typedef struct {
  CosmosParameters *encoder, *autoencoder, *denoiser;
  const CosmosTokenizer *tokenizer;
} CosmosPipelineParts;
CosmosPipeline *cosmos_pipeline_new_from_parts (const CosmosConfig *config, const CosmosPipelineParts *parts,
                                                CosmosCompute compute, CosmosError *err);
void cosmos_pipeline_free (CosmosPipeline *self);

const CosmosConfig *cosmos_pipeline_get_config (const CosmosPipeline *self);
const CosmosTokenizer *cosmos_pipeline_get_tokenizer (const CosmosPipeline *self); /* NULL where it is random */
const CosmosEncoder *cosmos_pipeline_get_encoder (const CosmosPipeline *self);
const CosmosCompressor *cosmos_pipeline_get_compressor (const CosmosPipeline *self);
const CosmosDecompressor *cosmos_pipeline_get_decompressor (const CosmosPipeline *self);
const CosmosDenoiser *cosmos_pipeline_get_denoiser (const CosmosPipeline *self);
CosmosCompute cosmos_pipeline_get_compute (const CosmosPipeline *self);
const CosmosParameters *cosmos_pipeline_get_parameters (const CosmosPipeline *self);
const char *cosmos_pipeline_get_name (const CosmosPipeline *self); /* general.name or the file's */
const char *cosmos_pipeline_get_path (const CosmosPipeline *self); /* "random parameters" where it is random */

/* A text as a row of `length` tokens: [CLS] text [SEP] [PAD] ...; what is too long is cut, which *cut tells. The text is cleaned first
 * (text.h). ids and keep: length entries, keep being false at [PAD]. *n: real tokens. n and cut may be NULL. */
bool cosmos_pipeline_frame (const CosmosPipeline *self, const char *text, size_t size, int64_t length, int32_t *ids, bool *keep,
                            int64_t *n, bool *cut, CosmosError *err);

/* ids, keep: B x L -> encoder states in units of their own statistics (B, L, D): the compressor's input and the decompressor's target. */
CosmosTensor *cosmos_pipeline_read (const CosmosPipeline *self, CosmosGraph *graph, const int32_t *ids, const bool *keep,
                                    int64_t batch, int64_t length);
/* Such states -> normalised latents (B, N, Z). */
CosmosTensor *cosmos_pipeline_compress (const CosmosPipeline *self, CosmosGraph *graph, const CosmosTensor *h, const bool *keep);
/* Both: ids, keep: B x L -> normalised latents (B, N, Z). */
CosmosTensor *cosmos_pipeline_encode (const CosmosPipeline *self, CosmosGraph *graph, const int32_t *ids, const bool *keep,
                                      int64_t batch, int64_t length);
/* Normalised latents (B, N, Z) -> hidden states (B, L, D); predict gives logits (B, L, V). */
CosmosTensor *cosmos_pipeline_decode (const CosmosPipeline *self, CosmosGraph *graph, const CosmosTensor *latents);
CosmosTensor *cosmos_pipeline_predict (const CosmosPipeline *self, CosmosGraph *graph, const CosmosTensor *hidden);
/* Source texts as the denoiser wants them: ids, keep: B x S, framed (see above). Where it wants their latents, those are of as much of a text as
 * the autoencoder reads. */
CosmosSource cosmos_pipeline_encode_source (const CosmosPipeline *self, CosmosGraph *graph, const int32_t *ids, const bool *keep,
                                            int64_t batch, int64_t length);
