#include "model-folder.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

enum {
  WIDTH = 32,
  HEAD = 16,
  FFN = 48,
  LATENTS = 4,
  LATENT_WIDTH = 16,
  TOKENS = 24,
  SOURCE_TOKENS = 24,
  LAYERS = 2,
  HEADS = 4,
  KV_HEADS = 2,
};

/* ---- safetensors ---- */

typedef struct {
  GString *header;
  GByteArray *data;
  GRand *random;
} Tensors;

typedef enum { ZEROS, ONES, RANDOM } Fill;

static void add (Tensors *self, const char *name, int rows, int columns, Fill fill)
{
  int n = (rows ? rows : 1) * columns;
  guint begin = self->data->len;
  for (int i = 0; i < n; i++) {
    /* Uniform with variance 1 / in. */
    float value = fill == RANDOM ? (float) (g_rand_double_range (self->random, -1, 1) * sqrt (3.0 / columns)) : fill == ONES;
    g_byte_array_append (self->data, (const guint8 *) &value, sizeof value);
  }
  g_string_append_printf (self->header, "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[", self->header->len > 1 ? "," : "", name);
  if (rows)
    g_string_append_printf (self->header, "%d,", rows);
  g_string_append_printf (self->header, "%d],\"data_offsets\":[%u,%u]}", columns, begin, self->data->len);
}

/* "prefix.name" */
static void add_in (Tensors *self, const char *prefix, const char *name, int rows, int columns, Fill fill)
{
  char *whole = g_strdup_printf ("%s.%s", prefix, name);
  add (self, whole, rows, columns, fill);
  g_free (whole);
}

static void tensors_init (Tensors *self)
{
  self->header = g_string_new ("{");
  self->data = g_byte_array_new ();
  self->random = g_rand_new_with_seed (1);
}

static void write_file (const char *folder, const char *name, const char *data, gssize size)
{
  GError *error = NULL;
  char *path = g_build_filename (folder, name, NULL);
  g_file_set_contents (path, data, size, &error);
  g_assert_no_error (error);
  g_free (path);
}

static void tensors_save (Tensors *self, const char *folder)
{
  g_string_append_c (self->header, '}');
  while (self->header->len % 8)
    g_string_append_c (self->header, ' ');
  guint64 length = self->header->len;
  GByteArray *file = g_byte_array_new ();
  g_byte_array_append (file, (const guint8 *) &length, sizeof length);
  g_byte_array_append (file, (const guint8 *) self->header->str, (guint) length);
  g_byte_array_append (file, self->data->data, self->data->len);
  write_file (folder, "model.safetensors", (const char *) file->data, file->len);
  g_byte_array_unref (file);
  g_byte_array_unref (self->data);
  g_string_free (self->header, TRUE);
  g_rand_free (self->random);
}

/* ---- the tokenizer: byte-level BPE of all bytes and a few words ---- */

/* The character that stands for a byte, as GPT-2 has it: itself where it is printable, else the next one from U+0100 on. */
static gunichar character_of (int byte)
{
  int next = 0;
  for (int b = 0; b < 256; b++) {
    gboolean plain = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
    if (b == byte)
      return plain ? (gunichar) b : (gunichar) (256 + next);
    next += !plain;
  }
  return 0;
}

/* Pairs, in order; \u0120 is the space. */
static const char *const merges[][2] = {
  {"\u0120", "t"}, {"h", "e"}, {"\u0120t", "he"}, {"\u0120", "a"}, {"\u0120", "s"},
  {"e", "r"},      {"i", "n"}, {"o", "n"},        {"\u0120", "w"},
};
static const char *const specials[] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};

static int get_vocabulary (void)
{
  return (int) (G_N_ELEMENTS (specials) + 256 + G_N_ELEMENTS (merges));
}

static void write_tokenizer (const char *folder)
{
  GString *json = g_string_new ("{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[");
  for (guint i = 0; i < G_N_ELEMENTS (specials); i++)
    g_string_append_printf (json,
                            "%s{\"id\":%u,\"content\":\"%s\",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,"
                            "\"normalized\":false,\"special\":true}",
                            i ? "," : "", i, specials[i]);
  g_string_append (
      json, "],\"normalizer\":null,\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,"
            "\"use_regex\":true},\"post_processor\":null,\"decoder\":{\"type\":\"ByteLevel\",\"add_prefix_space\":true,"
            "\"trim_offsets\":true,\"use_regex\":true},\"model\":{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":null,"
            "\"continuing_subword_prefix\":null,\"end_of_word_suffix\":null,\"fuse_unk\":false,\"byte_fallback\":false,"
            "\"ignore_merges\":false,\"vocab\":{");
  int id = 0;
  for (guint i = 0; i < G_N_ELEMENTS (specials); i++)
    g_string_append_printf (json, "%s\"%s\":%d", i ? "," : "", specials[i], id++);
  for (int byte = 0; byte < 256; byte++) {
    gunichar point = character_of (byte);
    g_string_append (json, ",\"");
    if (point == '"' || point == '\\')
      g_string_append_c (json, '\\');
    g_string_append_unichar (json, point);
    g_string_append_printf (json, "\":%d", id++);
  }
  for (guint i = 0; i < G_N_ELEMENTS (merges); i++)
    g_string_append_printf (json, ",\"%s%s\":%d", merges[i][0], merges[i][1], id++);
  g_string_append (json, "},\"merges\":[");
  for (guint i = 0; i < G_N_ELEMENTS (merges); i++)
    g_string_append_printf (json, "%s[\"%s\",\"%s\"]", i ? "," : "", merges[i][0], merges[i][1]);
  g_string_append (json, "]}}");
  write_file (folder, "tokenizer.json", json->str, (gssize) json->len);
  g_string_free (json, TRUE);
}

/* ---- COSMOS ---- */

static void add_linear (Tensors *self, const char *prefix, const char *name, int out, int in)
{
  char *whole = g_strdup_printf ("%s.%s", prefix, name);
  add_in (self, whole, "weight", out, in, RANDOM);
  add_in (self, whole, "bias", 0, out, ZEROS);
  g_free (whole);
}

static void add_norm (Tensors *self, const char *prefix, const char *name, int n, gboolean bias)
{
  char *whole = g_strdup_printf ("%s.%s", prefix, name);
  add_in (self, whole, "weight", 0, n, ONES);
  if (bias)
    add_in (self, whole, "bias", 0, n, ZEROS);
  g_free (whole);
}

static void add_encoder (Tensors *self)
{
  add (self, "encoder.token_embedding.weight", get_vocabulary (), WIDTH, RANDOM);
  add (self, "encoder.position_embedding.weight", TOKENS, WIDTH, RANDOM);
  add_norm (self, "encoder", "embedding_norm", WIDTH, TRUE);
  add (self, "encoder.mean", 0, WIDTH, ZEROS);
  add (self, "encoder.std", 0, WIDTH, ONES);
  for (int i = 0; i < LAYERS; i++) {
    char *prefix = g_strdup_printf ("encoder.layers.%d", i);
    add_linear (self, prefix, "attention.qkv", 3 * WIDTH, WIDTH);
    add_linear (self, prefix, "attention.output", WIDTH, WIDTH);
    add_norm (self, prefix, "attention_norm", WIDTH, TRUE);
    add_linear (self, prefix, "ffn.up", FFN, WIDTH);
    add_linear (self, prefix, "ffn.down", WIDTH, FFN);
    add_norm (self, prefix, "ffn_norm", WIDTH, TRUE);
    g_free (prefix);
  }
}

static void add_resampler_layers (Tensors *self, const char *network, int context_width)
{
  for (int i = 0; i < LAYERS; i++) {
    char *prefix = g_strdup_printf ("%s.layers.%d", network, i);
    add_norm (self, prefix, "attention.norm_context", context_width, FALSE);
    add_norm (self, prefix, "attention.norm_query", WIDTH, FALSE);
    add_norm (self, prefix, "attention.head_norm_query", HEAD, FALSE);
    add_norm (self, prefix, "attention.head_norm_key", HEAD, FALSE);
    add_in (self, prefix, "attention.query.weight", WIDTH, WIDTH, RANDOM);
    add_in (self, prefix, "attention.kv_query.weight", 2 * WIDTH, WIDTH, RANDOM);
    add_in (self, prefix, "attention.kv_context.weight", 2 * WIDTH, context_width, RANDOM);
    add_in (self, prefix, "attention.output.weight", WIDTH, WIDTH, RANDOM);
    add_norm (self, prefix, "ffn.norm", WIDTH, TRUE);
    add_linear (self, prefix, "ffn.up", FFN, WIDTH);
    add_linear (self, prefix, "ffn.down", WIDTH, FFN);
    g_free (prefix);
  }
}

static void add_block (Tensors *self, const char *prefix)
{
  add_norm (self, prefix, "attention_norm", WIDTH, FALSE);
  add_norm (self, prefix, "ffn_norm", WIDTH, FALSE);
  add_in (self, prefix, "attention.qkv.weight", 3 * WIDTH, WIDTH, RANDOM);
  add_in (self, prefix, "attention.output.weight", WIDTH, WIDTH, RANDOM);
  add_in (self, prefix, "ffn.gate_up.weight", 2 * FFN, WIDTH, RANDOM);
  add_in (self, prefix, "ffn.down.weight", WIDTH, FFN, RANDOM);
}

/* The source encoder, and what reads it in every block. */
static void add_source (Tensors *self)
{
  add_block (self, "denoiser.source_blocks.0");
  add_norm (self, "denoiser", "source_norm", WIDTH, FALSE);
  add (self, "denoiser.source_positions", SOURCE_TOKENS, WIDTH, RANDOM);
  add (self, "denoiser.task_embedding.weight", 4, WIDTH, RANDOM);
  for (int i = 0; i < LAYERS; i++) {
    char *prefix = g_strdup_printf ("denoiser.blocks.%d", i);
    add_norm (self, prefix, "cross_norm", WIDTH, FALSE);
    add_in (self, prefix, "cross.query.weight", WIDTH, WIDTH, RANDOM);
    add_in (self, prefix, "cross.kv.weight", 2 * WIDTH, WIDTH, RANDOM);
    add_in (self, prefix, "cross.output.weight", WIDTH, WIDTH, RANDOM);
    g_free (prefix);
  }
}

static void add_denoiser (Tensors *self)
{
  add_linear (self, "denoiser", "input", WIDTH, LATENT_WIDTH);
  add_linear (self, "denoiser", "self_condition_input", WIDTH, LATENT_WIDTH);
  add_linear (self, "denoiser", "output", LATENT_WIDTH, WIDTH);
  add_norm (self, "denoiser", "output_norm", WIDTH, FALSE);
  add_linear (self, "denoiser", "time_in", 2 * WIDTH, WIDTH);
  add_linear (self, "denoiser", "time_out", WIDTH, 2 * WIDTH);
  for (int i = 0; i < LAYERS; i++) {
    char *prefix = g_strdup_printf ("denoiser.blocks.%d", i), *index = g_strdup_printf ("%d", i);
    add_linear (self, "denoiser.time_layers", index, WIDTH, WIDTH);
    add_linear (self, "denoiser.self_condition_layers", index, WIDTH, WIDTH);
    add_block (self, prefix);
    g_free (prefix);
    g_free (index);
  }
}

static void write_cosmos (const char *folder, gboolean sources)
{
  Tensors tensors;
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  tensors_init (&tensors);
  add_encoder (&tensors);
  add (&tensors, "compressor.latents", LATENTS, WIDTH, RANDOM);
  add (&tensors, "compressor.positions", TOKENS, WIDTH, RANDOM);
  add_norm (&tensors, "compressor", "input_norm", WIDTH, FALSE);
  add_resampler_layers (&tensors, "compressor", WIDTH);
  add (&tensors, "compressor.projection.weight", LATENT_WIDTH, WIDTH, RANDOM);
  add_norm (&tensors, "compressor", "output_norm", LATENT_WIDTH, FALSE);
  add (&tensors, "decompressor.queries", TOKENS, WIDTH, RANDOM);
  add (&tensors, "decompressor.latent_positions", LATENTS, LATENT_WIDTH, RANDOM);
  add_resampler_layers (&tensors, "decompressor", LATENT_WIDTH);
  add (&tensors, "decompressor.head.weight", get_vocabulary (), WIDTH, RANDOM);
  add_denoiser (&tensors);
  if (sources)
    add_source (&tensors);
  add (&tensors, "latent.mean", LATENTS, LATENT_WIDTH, ZEROS);
  add (&tensors, "latent.std", LATENTS, LATENT_WIDTH, ONES);
  tensors_save (&tensors, folder);
  const char *tasks = sources ? "\"story\",\"summary\",\"question\",\"detox\"" : "\"story\",\"detox\"";
  char *source = sources ? g_strdup_printf (",\"tasks\":4,\"source_layers\":1,\"source_positions\":%d,\"cross_norm\":true",
                                            SOURCE_TOKENS)
                         : g_strdup ("");
  char *config = g_strdup_printf (
      "{\"format\":1,\"tasks\":[%s],\"vocabulary\":%d,\"special\":{\"pad\":0,\"unk\":1,\"cls\":2,\"sep\":3,\"mask\":4},"
      "\"tokens\":%d,\"source_tokens\":%d,\"latents\":%d,\"latent_width\":%d,"
      "\"encoder\":{\"kind\":\"bert\",\"layers\":%d,\"width\":%d,\"heads\":%d,\"ffn\":%d,\"positions\":%d,\"norm_eps\":1e-05},"
      "\"compressor\":{\"layers\":%d,\"width\":%d,\"head\":%d,\"ffn\":%d},\"decompressor\":{\"layers\":%d,\"width\":%d,\"head\":%d,\"ffn\":%d},"
      "\"denoiser\":{\"layers\":%d,\"width\":%d,\"head\":%d,\"ffn\":%d,\"max_period\":10.0,\"rope_theta\":10000.0%s},"
      "\"schedule\":{\"kind\":\"tan\",\"d\":2.0,\"t_start\":0.999,\"t_end\":0.05}}",
      tasks, get_vocabulary (), TOKENS, SOURCE_TOKENS, LATENTS, LATENT_WIDTH, LAYERS, WIDTH, WIDTH / HEAD, FFN, TOKENS, LAYERS,
      WIDTH, HEAD, FFN, LAYERS, WIDTH, HEAD, FFN, LAYERS, WIDTH, HEAD, FFN, source);
  write_file (folder, "config.json", config, -1);
  g_free (config);
  g_free (source);
  write_tokenizer (folder);
}

void model_folder_write_cosmos (const char *folder)
{
  write_cosmos (folder, FALSE);
}

void model_folder_write_cosmos_with_sources (const char *folder)
{
  write_cosmos (folder, TRUE);
}

/* ---- LLaMA ---- */

void model_folder_write_llama (const char *folder, gboolean tied)
{
  Tensors tensors;
  int head = WIDTH / HEADS;
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  tensors_init (&tensors);
  add (&tensors, "model.embed_tokens.weight", get_vocabulary (), WIDTH, RANDOM);
  for (int i = 0; i < LAYERS; i++) {
    char *prefix = g_strdup_printf ("model.layers.%d", i);
    add_norm (&tensors, prefix, "input_layernorm", WIDTH, FALSE);
    add_norm (&tensors, prefix, "post_attention_layernorm", WIDTH, FALSE);
    add_in (&tensors, prefix, "self_attn.q_proj.weight", HEADS * head, WIDTH, RANDOM);
    add_in (&tensors, prefix, "self_attn.k_proj.weight", KV_HEADS * head, WIDTH, RANDOM);
    add_in (&tensors, prefix, "self_attn.v_proj.weight", KV_HEADS * head, WIDTH, RANDOM);
    add_in (&tensors, prefix, "self_attn.o_proj.weight", WIDTH, HEADS * head, RANDOM);
    add_in (&tensors, prefix, "mlp.gate_proj.weight", FFN, WIDTH, RANDOM);
    add_in (&tensors, prefix, "mlp.up_proj.weight", FFN, WIDTH, RANDOM);
    add_in (&tensors, prefix, "mlp.down_proj.weight", WIDTH, FFN, RANDOM);
    g_free (prefix);
  }
  add_norm (&tensors, "model", "norm", WIDTH, FALSE);
  if (!tied)
    add (&tensors, "lm_head.weight", get_vocabulary (), WIDTH, RANDOM);
  tensors_save (&tensors, folder);
  char *config = g_strdup_printf (
      "{\"architectures\":[\"LlamaForCausalLM\"],\"model_type\":\"llama\",\"hidden_size\":%d,"
      "\"intermediate_size\":%d,\"num_hidden_layers\":%d,\"num_attention_heads\":%d,\"num_key_value_heads\":%d,"
      "\"head_dim\":%d,\"vocab_size\":%d,\"rms_norm_eps\":1e-05,\"rope_theta\":10000.0,"
      "\"max_position_embeddings\":64,\"tie_word_embeddings\":%s,\"bos_token_id\":2,\"eos_token_id\":3}",
      WIDTH, FFN, LAYERS, HEADS, KV_HEADS, head, get_vocabulary (), tied ? "true" : "false");
  write_file (folder, "config.json", config, -1);
  g_free (config);
  write_tokenizer (folder);
}

/* ---- folders ---- */

char *model_folder_new_temporary (void)
{
  GError *error = NULL;
  char *folder = g_dir_make_tmp ("cosmos-test-XXXXXX", &error);
  g_assert_no_error (error);
  return folder;
}

static void remove_all (const char *path)
{
  GDir *folder = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;
  while (folder && (name = g_dir_read_name (folder))) {
    char *inside = g_build_filename (path, name, NULL);
    remove_all (inside);
    g_free (inside);
  }
  if (folder)
    g_dir_close (folder);
  g_remove (path);
}

void model_folder_remove (char *folder)
{
  remove_all (folder);
  g_free (folder);
}
