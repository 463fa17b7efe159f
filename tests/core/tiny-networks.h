/* Random networks that are small enough for tests, with every part that a bundle can have. Include after glib.h. */
#pragma once

#include "core/base/random.h"
#include "core/model/language-model.h"
#include "core/model/pipeline.h"

#include <string.h>

enum { TINY_VOCABULARY = 300, TINY_TOKENS = 12, TINY_SOURCE_TOKENS = 10 };

static const CosmosCompute tiny_compute = {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};

static inline CosmosConfig tiny_config (void)
{
  CosmosConfig self = {
    .vocabulary = TINY_VOCABULARY,
    .tokens = TINY_TOKENS,
    .latents = 40,
    .latent_width = 64, /* more numbers than one thread draws at a time */
    .source_tokens = TINY_SOURCE_TOKENS,
    .encoder = {.layers = 2, .width = 32, .heads = 2, .ffn = 48, .positions = 16, .norm_eps = 1e-12f},
    .compressor = {.layers = 2, .width = 32, .head = 16, .ffn = 48},
    .decompressor = {.layers = 2, .width = 32, .head = 16, .ffn = 48},
    .folded = true,
    .denoiser = {.layers = 4,
                 .width = 32,
                 .head = 16,
                 .ffn = 48,
                 .max_period = 10,
                 .rope_theta = 10000,
                 .tasks = 2,
                 .source_layers = 1,
                 .source_positions = TINY_SOURCE_TOKENS,
                 .cross_norm = true,
                 .source_latents = true},
    .schedule_d = 5,
    .noise_scale = 1,
    .guidance = 1,
    .t_start = 1,
    .t_end = 0.05,
    .n_tasks = 2,
    .tasks = {"story", "summary"},
  };
  return self;
}

static inline CosmosPipeline *tiny_pipeline (const CosmosConfig *config)
{
  CosmosError err;
  CosmosPipeline *self = cosmos_pipeline_new_random (config, 11, tiny_compute, &err);
  if (!self)
    g_error ("%s", err.message);
  return self;
}

static inline CosmosLanguageModelSizes tiny_language_model_sizes (void)
{
  CosmosLanguageModelSizes self = {
    .vocabulary = TINY_VOCABULARY,
    .layers = 2,
    .width = 32,
    .heads = 4,
    .kv_heads = 2,
    .head = 8,
    .ffn = 48,
    .context = 100,
    .norm_eps = 1e-5f,
    .rope_theta = 10000,
    .tied = false,
  };
  return self;
}

/* What the file of a language model says of its begin token. */
typedef enum { TINY_BEGIN_CLS, TINY_BEGIN_NOT_ADDED, TINY_BEGIN_ADDED, TINY_BEGIN_NONE } TinyBegin;

enum { TINY_PAD, TINY_UNK, TINY_CLS, TINY_SEP, TINY_MASK, TINY_TOM, TINY_RAN, TINY_HOME, TINY_DOT, TINY_WORDS };

/* Random matrices and a WordPiece tokenizer of TINY_WORDS tokens, fewer than the vocabulary has rows; context 24. */
static inline void tiny_language_model_save (const char *path, TinyBegin begin)
{
  static const char words[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nTom\nran\nhome\n.\n";
  static const char headless[] = "[PAD]\n[UNK]\n[BOS]\n[SEP]\n[MASK]\nTom\nran\nhome\n.\n";
  static const struct {
    const char *name;
    int64_t rows, columns; /* rows 0: a vector */
  } tensors[] = {
    {"token_embd", 16, 16},    {"output", 16, 16},         {"output_norm", 0, 16},   {"blk.0.attn_norm", 0, 16},
    {"blk.0.attn_q", 16, 16},  {"blk.0.attn_k", 16, 16},   {"blk.0.attn_v", 16, 16}, {"blk.0.attn_output", 16, 16},
    {"blk.0.ffn_norm", 0, 16}, {"blk.0.ffn_gate", 24, 16}, {"blk.0.ffn_up", 24, 16}, {"blk.0.ffn_down", 16, 24},
  };
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  const char *text = begin == TINY_BEGIN_CLS ? words : headless;
  CosmosTokenizer *tokenizer = cosmos_tokenizer_new_from_vocabulary_bytes (text, strlen (text), false, "words", NULL);
  CosmosError err;
  float values[G_N_ELEMENTS (tensors)][24 * 16];
  g_assert_nonnull (tokenizer);
  cosmos_gguf_writer_set_string (writer, "general.architecture", "llama");
  cosmos_gguf_writer_set_u32 (writer, "llama.block_count", 1);
  cosmos_gguf_writer_set_u32 (writer, "llama.embedding_length", 16);
  cosmos_gguf_writer_set_u32 (writer, "llama.feed_forward_length", 24);
  cosmos_gguf_writer_set_u32 (writer, "llama.context_length", 24);
  cosmos_gguf_writer_set_u32 (writer, "llama.attention.head_count", 2);
  cosmos_gguf_writer_set_f32 (writer, "llama.attention.layer_norm_rms_epsilon", 1e-5f);
  cosmos_tokenizer_write (tokenizer, writer);
  if (begin == TINY_BEGIN_ADDED || begin == TINY_BEGIN_NOT_ADDED) {
    cosmos_gguf_writer_set_u32 (writer, "tokenizer.ggml.bos_token_id", TINY_CLS);
    cosmos_gguf_writer_set_bool (writer, "tokenizer.ggml.add_bos_token", begin == TINY_BEGIN_ADDED);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (tensors); i++) {
    g_autofree char *name = g_strconcat (tensors[i].name, ".weight", NULL);
    int rank = tensors[i].rows > 0 ? 2 : 1;
    cosmos_random_normal (9, (uint32_t) i, 0, values[i], G_N_ELEMENTS (values[i]));
    cosmos_gguf_writer_add_tensor (writer, name, rank,
                                   rank == 2 ? (int64_t[]) {tensors[i].rows, tensors[i].columns} : &tensors[i].columns,
                                   COSMOS_DTYPE_F32, values[i]);
  }
  if (!cosmos_gguf_writer_save (writer, path, &err))
    g_error ("%s", err.message);
  cosmos_tokenizer_free (tokenizer);
  cosmos_gguf_writer_free (writer);
}

static inline CosmosLanguageModel *tiny_language_model_open (const char *folder, TinyBegin begin)
{
  g_autofree char *path = g_build_filename (folder, "tiny.gguf", NULL);
  CosmosError err;
  tiny_language_model_save (path, begin);
  CosmosLanguageModel *self = cosmos_language_model_open (path, tiny_compute, &err);
  if (!self)
    g_error ("%s", err.message);
  return self;
}
