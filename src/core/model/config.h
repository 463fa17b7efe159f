/* The sizes of a bundle's networks, and the values that sampling needs. In a GGUF they are the cosmos.* keys; in a folder of weights config.json. */
#pragma once

#include "core/base/status.h"
#include "core/file/gguf-writer.h"
#include "core/file/gguf.h"

enum {
  COSMOS_CONFIG_VERSION = 1, /* of the cosmos.* keys; a bundle with another one is refused */
  COSMOS_MAX_TASKS = 16,
  COSMOS_MAX_TASK_NAME = 32,
  COSMOS_MAX_LAYERS = 256, /* of any network */
};

/* BERT (post-LN, GELU): width = heads * head. */
typedef struct {
  int layers, width, heads, ffn, positions;
  float norm_eps;
} CosmosEncoderSizes;

/* Compressor and decompressor: layers of latent attention with heads of `head` numbers. */
typedef struct {
  int layers, width, head, ffn;
} CosmosResamplerSizes;

typedef struct {
  int layers, width, head, ffn;
  double max_period, rope_theta;
  int tasks;            /* rows of the task embedding; 0: none */
  int source_layers;    /* blocks of the source encoder; -1: no source, no cross-attention */
  int source_positions; /* learned positions added to the encoded source (the paper's 512); 0: none */
  bool source_input;    /* a projection before the source encoder; always there where encoder and denoiser differ in width */
  bool cross_norm;      /* RMSNorm before the cross-attention's query (the paper has none) */
  bool positions;       /* learned positions added to the latents (the paper has none) */
  bool source_latents;  /* the latents of the source itself join those to be denoised, place by place (the paper has none) */
} CosmosDenoiserSizes;

typedef struct {
  int vocabulary, tokens /* L */, latents /* N */, latent_width /* Z */;
  int source_tokens; /* the longest source in tokens, [CLS] and [SEP] included */
  CosmosEncoderSizes encoder;
  CosmosResamplerSizes compressor, decompressor;
  /* The paper's decompressor makes its first hidden state from the [MASK] embedding and shares one position table; the folded one holds the
   * result as `queries` and `latent_positions` (spec 1.3). */
  bool folded;
  CosmosDenoiserSizes denoiser;
  double schedule_d, t_start, t_end;
  double noise_scale, guidance; /* with which it writes best; 1 where a file says nothing */
  int n_tasks;
  char tasks[COSMOS_MAX_TASKS][COSMOS_MAX_TASK_NAME];
} CosmosConfig;

/* Every size is checked: positive, capped, heads divide widths. Messages name file and key; *self is untouched on failure.
 * A file of another general.architecture, or of a newer version, is refused as such. */
bool cosmos_config_read (CosmosConfig *self, const CosmosGguf *file, CosmosError *err);
/* vocabulary and encoder alone, the rest being 0: of a bundle, or of a text encoder that comes without the other networks (general.architecture
 * "cosmos-encoder"). */
bool cosmos_config_read_encoder (CosmosConfig *self, const CosmosGguf *file, CosmosError *err);
/* config.json: the same keys as nested objects ("encoder": {"layers": 4 ...}), those of parts that a network may lack being optional; or the
 * flat one that the GPU trainer writes (format 2). */
bool cosmos_config_read_json (CosmosConfig *self, const char *path, CosmosError *err);
/* Sets general.architecture and the cosmos.* keys. */
void cosmos_config_write (const CosmosConfig *self, CosmosGgufWriter *writer);
/* The same of an encoder alone: architecture "cosmos-encoder", vocabulary and the encoder's sizes. */
void cosmos_config_write_encoder (const CosmosConfig *self, CosmosGgufWriter *writer);
/* As a file can say them. */
bool cosmos_config_equals (const CosmosConfig *a, const CosmosConfig *b);
/* What read() checks. where: a file's name for the message. */
bool cosmos_config_check (const CosmosConfig *self, const char *where, CosmosError *err);
/* The same of vocabulary and encoder alone. */
bool cosmos_config_check_encoder (const CosmosConfig *self, const char *where, CosmosError *err);
/* The paper's sizes (spec 1.2 - 1.9): BERT-base, 12 layers everywhere, width 768, L = 128, unconditional. */
CosmosConfig cosmos_config_paper (int latents);
/* Index of a task, or -1. */
int cosmos_config_find_task (const CosmosConfig *self, const char *name);
