/* Twins of every kind of checkpoint that the authors published: the right names, order and shapes at the full sizes, every number 0 and so no byte on the
 * disk, since the real ones have gigabytes. Each must convert, to networks with the paper's counts of parameters. */
#include "core/model/convert.h"

#include "../file/scratch.h"
#include "../file/torch-file.h"
#include "core/model/pipeline.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { V = 28996, D = 768, F = 3072, HEAD = 64, LAYERS = 12, ALIGNMENT = 64 };

static char *folder;

/* ---- an archive with holes ---- */

typedef struct {
  int fd;
  uint64_t at;
  GByteArray *directory, *pickle;
  uint32_t n;
} Twin;

static void write_all (int fd, const void *data, size_t size, uint64_t at)
{
  g_assert_cmpint (pwrite (fd, data, size, (off_t) at), ==, (gssize) size);
}

static uint32_t sum_of_zeros (size_t size)
{
  static GHashTable *known;
  if (!known)
    known = g_hash_table_new (NULL, NULL);
  gpointer found;
  if (!g_hash_table_lookup_extended (known, GSIZE_TO_POINTER (size), NULL, &found)) {
    found = GUINT_TO_POINTER (torch_crc (0, NULL, size));
    g_hash_table_insert (known, GSIZE_TO_POINTER (size), found);
  }
  return GPOINTER_TO_UINT (found);
}

/* As PyTorch writes an entry: sum and sizes behind the data, which begins on a multiple of 64. data NULL: zeros. */
static void twin_entry (Twin *self, const char *name, const void *data, uint32_t size)
{
  uint32_t sum = data ? torch_crc (0, data, size) : sum_of_zeros (size);
  uint16_t length = (uint16_t) strlen (name), extra = (uint16_t) (ALIGNMENT - (self->at + 30 + length + 4) % ALIGNMENT);
  g_autoptr (GByteArray) header = g_byte_array_new ();
  bytes_put (header, "PK\3\4\0\0\10\10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 26);
  bytes_u16 (header, length);
  bytes_u16 (header, extra + 4);
  bytes_put (header, name, length);
  bytes_put (header, "FB", 2);
  bytes_u16 (header, extra);
  for (int i = 0; i < extra; i++)
    bytes_u8 (header, 'Z');
  bytes_put (self->directory, "PK\1\2\0\0\0\0\10\10\0\0\0\0\0\0", 16);
  bytes_u32 (self->directory, sum);
  bytes_u32 (self->directory, size);
  bytes_u32 (self->directory, size);
  bytes_u16 (self->directory, length);
  bytes_put (self->directory, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
  bytes_u32 (self->directory, (uint32_t) self->at);
  bytes_put (self->directory, name, length);
  write_all (self->fd, header->data, header->len, self->at);
  self->at += header->len;
  if (data)
    write_all (self->fd, data, size, self->at);
  self->at += size;
  g_autoptr (GByteArray) descriptor = g_byte_array_new ();
  bytes_put (descriptor, "PK\7\10", 4);
  bytes_u32 (descriptor, sum);
  bytes_u32 (descriptor, size);
  bytes_u32 (descriptor, size);
  write_all (self->fd, descriptor->data, descriptor->len, self->at);
  self->at += descriptor->len;
  self->n++;
}

static void twin_begin (Twin *self, const char *path)
{
  *self = (Twin) {g_open (path, O_CREAT | O_TRUNC | O_WRONLY, 0600), 0, g_byte_array_new (), g_byte_array_new (), 0};
  g_assert_cmpint (self->fd, >=, 0);
  pickle_begin (self->pickle);
}

/* With the records for large files that PyTorch always writes. */
static void twin_end (Twin *self)
{
  GByteArray *directory = self->directory;
  bytes_u8 (self->pickle, '.');
  twin_entry (self, "100000/data.pkl", self->pickle->data, self->pickle->len);
  twin_entry (self, "100000/byteorder", "little", 6);
  uint64_t place = self->at, size = directory->len;
  bytes_put (directory, "PK\6\6", 4);
  bytes_u64 (directory, 44);
  bytes_put (directory, "\36\3\55\0\0\0\0\0\0\0\0\0", 12);
  bytes_u64 (directory, self->n);
  bytes_u64 (directory, self->n);
  bytes_u64 (directory, size);
  bytes_u64 (directory, place);
  bytes_put (directory, "PK\6\7\0\0\0\0", 8);
  bytes_u64 (directory, place + size);
  bytes_u32 (directory, 1);
  bytes_put (directory, "PK\5\6\0\0\0\0", 8);
  bytes_u16 (directory, (uint16_t) self->n);
  bytes_u16 (directory, (uint16_t) self->n);
  bytes_u32 (directory, (uint32_t) size);
  bytes_u32 (directory, (uint32_t) place);
  bytes_u16 (directory, 0);
  write_all (self->fd, directory->data, directory->len, self->at);
  g_assert_cmpint (close (self->fd), ==, 0);
  g_byte_array_unref (directory);
  g_byte_array_unref (self->pickle);
}

/* columns 0: a vector. Deviations are 1, as 0 would be refused. */
static void twin_tensor (Twin *self, const char *name, int64_t rows, int64_t columns)
{
  const int64_t count = rows * (columns ? columns : 1);
  g_autofree char *key = g_strdup_printf ("%u", self->n), *entry = g_strdup_printf ("100000/data/%u", self->n);
  g_autofree float *ones = name && g_str_has_suffix (name, "_std") ? g_new (float, count) : NULL;
  for (int64_t i = 0; ones && i < count; i++)
    ones[i] = 1;
  PickledTensor tensor = {
    .key = key, .numbers = count, .rank = columns ? 2 : 1, .shape = {rows, columns}, .strides = {columns ? columns : 1, 1}};
  twin_entry (self, entry, ones, (uint32_t) count * 4);
  if (name)
    pickle_set_tensor (self->pickle, name, &tensor);
  else
    pickle_tensor (self->pickle, &tensor);
}

/* A member of the list that is on the stack where `listed`, else of the dictionary. */
__attribute__ ((format (printf, 5, 6))) static void add (Twin *self, bool listed, int64_t rows, int64_t columns,
                                                         const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *name = g_strdup_vprintf (format, args);
  va_end (args);
  twin_tensor (self, listed ? NULL : name, rows, columns);
  if (listed)
    bytes_u8 (self->pickle, 'a');
}

/* ---- the authors' dictionaries: import facts 1.4 ---- */

static void add_linear (Twin *self, bool listed, int64_t out, int64_t in, const char *name)
{
  add (self, listed, out, in, "%s.weight", name);
  add (self, listed, out, 0, "%s.bias", name);
}

static void add_norm (Twin *self, const char *name)
{
  add_linear (self, false, D, 0, name);
}

static void add_bert_layer (Twin *self, int i)
{
  static const struct {
    const char *name;
    int64_t out, in;
  } modules[] = {{"attention.self.query", D, D},
                 {"attention.self.key", D, D},
                 {"attention.self.value", D, D},
                 {"attention.output.dense", D, D},
                 {"attention.output.LayerNorm", D, 0},
                 {"intermediate.dense", F, D},
                 {"output.dense", D, F},
                 {"output.LayerNorm", D, 0}};
  for (guint k = 0; k < G_N_ELEMENTS (modules); k++) {
    g_autofree char *name = g_strdup_printf ("text_encoder.encoder.layer.%d.%s", i, modules[k].name);
    add_linear (self, false, modules[k].out, modules[k].in, name);
  }
}

static void add_feed_forward (Twin *self, const char *prefix)
{
  g_autofree char *norm = g_strdup_printf ("%s.ffd.0", prefix), *up = g_strdup_printf ("%s.ffd.1", prefix),
                  *down = g_strdup_printf ("%s.ffd.4", prefix);
  add_norm (self, norm);
  add_linear (self, false, F, D, up);
  add_linear (self, false, D, F, down);
}

static void add_latent_layer (Twin *self, const char *prefix, bool scaled)
{
  static const struct {
    const char *name;
    int64_t rows, columns;
  } tensors[] = {{"norm_embeddings.gamma", D, 0},    {"norm_latents.gamma", D, 0},  {"embeddings_to_KV.weight", 2 * D, D},
                 {"latents_to_KV.weight", 2 * D, D}, {"latents_to_Q.weight", D, D}, {"projector_latents.weight", D, D},
                 {"query_norm.gamma", HEAD, 0},      {"key_norm.gamma", HEAD, 0}};
  for (guint k = 0; k < G_N_ELEMENTS (tensors); k++)
    add (self, false, tensors[k].rows, tensors[k].columns, "%s.latent_attn.%s", prefix, tensors[k].name);
  for (int k = 0; scaled && k < 2; k++) {
    g_autofree char *scale = g_strdup_printf ("%s.%s_scale.scale_mlp", prefix, k ? "ffn" : "attn");
    add_linear (self, false, 1, 1, scale);
  }
  g_autofree char *ffn = g_strdup_printf ("%s.ffn_latent", prefix);
  add_feed_forward (self, ffn);
}

/* A dictionary with the state of a module begins and ends. */
static void begin_dict (Twin *self, const char *name)
{
  pickle_text (self->pickle, name);
  bytes_put (self->pickle, "ccollections\nOrderedDict\n)R", strlen ("ccollections\nOrderedDict\n)R"));
}

static void end_dict (Twin *self)
{
  bytes_put (self->pickle, "}bs", 3);
}

static void write_autoencoder (const char *path, int64_t latents, int64_t tokens)
{
  Twin twin, *self = &twin;
  twin_begin (self, path);
  begin_dict (self, "encoder");
  add (self, false, latents, D, "latents");
  add (self, false, V, D, "text_encoder.embeddings.word_embeddings.weight");
  add (self, false, 512, D, "text_encoder.embeddings.position_embeddings.weight");
  add (self, false, 2, D, "text_encoder.embeddings.token_type_embeddings.weight");
  add_norm (self, "text_encoder.embeddings.LayerNorm");
  for (int i = 0; i < LAYERS; i++)
    add_bert_layer (self, i);
  add (self, false, tokens, D, "positional_emb.emb.weight");
  add (self, false, D, 0, "latent_norm.gamma");
  add (self, false, D, 0, "output_norm.gamma");
  for (int i = 0; i < LAYERS; i++) {
    g_autofree char *prefix = g_strdup_printf ("latent_layers.%d", i);
    add_latent_layer (self, prefix, false);
  }
  end_dict (self);
  g_assert_cmpint (self->n, ==, 369);
  begin_dict (self, "decoder");
  add (self, false, tokens, D, "positional_emb.emb.weight");
  add (self, false, V, D, "embedding.weight");
  add_feed_forward (self, "embedding_ffn");
  for (int i = 0; i < LAYERS; i++) {
    g_autofree char *prefix = g_strdup_printf ("layers.%d", i);
    add_latent_layer (self, prefix, true);
  }
  add (self, false, V, D, "lm_head.weight");
  add_linear (self, false, 1, 1, "scale_embedding.scale_mlp");
  end_dict (self);
  g_assert_cmpint (self->n, ==, 369 + 227);
  twin_tensor (self, "latent_mean", latents, D);
  twin_tensor (self, "latent_std", latents, D);
  twin_tensor (self, "encodings_mean", D, 0);
  twin_tensor (self, "encodings_std", D, 0);
  twin_end (self);
}

static void add_denoiser (Twin *self, bool listed)
{
  static const struct {
    const char *name;
    int64_t rows, columns;
  } tensors[] = {{"self_attn.query.weight", D, D},  {"self_attn.key.weight", D, D}, {"self_attn.value.weight", D, D},
                 {"self_attn.o_proj.weight", D, D}, {"norm_self_attn.gamma", D, 0}, {"mlp.gate_proj.weight", F, D},
                 {"mlp.up_proj.weight", F, D},      {"mlp.down_proj.weight", D, F}, {"norm_mlp.gamma", D, 0}};
  add_linear (self, listed, 2 * D, D, "time_emb.0");
  add_linear (self, listed, D, 2 * D, "time_emb.2");
  for (int i = 0; i < LAYERS; i++)
    for (guint k = 0; k < G_N_ELEMENTS (tensors); k++)
      add (self, listed, tensors[k].rows, tensors[k].columns, "encoder.%s_blocks.%d.%s", i < LAYERS / 2 ? "input" : "output",
           i % (LAYERS / 2), tensors[k].name);
  for (int i = 0; i < LAYERS; i++) {
    g_autofree char *name = g_strdup_printf ("encoder.time_layers.%d.1", i);
    add_linear (self, listed, D, D, name);
  }
  for (int i = 0; i < LAYERS; i++) {
    g_autofree char *name = g_strdup_printf ("encoder.self_cond_layers.%d", i);
    add_linear (self, listed, D, D, name);
  }
  add (self, listed, D, 0, "encoder.output_norm.gamma");
}

/* has_names: with the raw weights, as published; without them the averages alone must do. */
static void write_diffusion (const char *path, int64_t latents, bool has_names)
{
  Twin twin, *self = &twin;
  twin_begin (self, path);
  if (has_names) {
    begin_dict (self, "score_estimator");
    add_denoiser (self, false);
    end_dict (self);
    g_assert_cmpint (self->n, ==, 161);
  }
  pickle_text (self->pickle, "ema");
  bytes_u8 (self->pickle, '}');
  pickle_text (self->pickle, "shadow_params");
  bytes_u8 (self->pickle, ']');
  add_denoiser (self, true);
  bytes_put (self->pickle, "ss", 2);
  twin_tensor (self, "latent_mean", latents, D);
  twin_tensor (self, "latent_std", latents, D);
  twin_end (self);
}

/* ---- the kinds ---- */

typedef struct {
  const char *autoencoder, *diffusion; /* folders of the published files, whose names say d */
  int latents, tokens;
  double d;
  int64_t compressor, decompressor; /* parameters: import facts 1.3 */
  bool has_names;
} Kind;

static const Kind kinds[] = {
  {"wikipedia-16", "rocstories-16-d=5-final", 16, 128, 5, 99287040, 126266162, true},
  {"wikipedia-32", "rocstories-32-d=5-final", 32, 128, 5, 99299328, 126266162, false},
  {"wikipedia-64", "rocstories-64-d=7-final", 64, 128, 7, 99323904, 126266162, true},
  {"wikipedia-128", "none-128-d=5", 128, 128, 5, 99373056, 126266162, false},
  {"openwebtext-512", "openwebtext-512-512-d=5-final-512", 512, 512, 5, 99962880, 126561074, true},
};

static void write_vocabulary (const char *path)
{
  GString *text = g_string_new ("[PAD]\n");
  for (int i = 1; i < V; i++) {
    const char *special = i == 100 ? "[UNK]" : i == 101 ? "[CLS]" : i == 102 ? "[SEP]" : i == 103 ? "[MASK]" : NULL;
    if (special)
      g_string_append_printf (text, "%s\n", special);
    else
      g_string_append_printf (text, "t%d\n", i);
  }
  g_assert_true (g_file_set_contents (path, text->str, (gssize) text->len, NULL));
  g_string_free (text, TRUE);
}

static void check_bundle (const char *path, const Kind *kind)
{
  const CosmosCompute compute = {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};
  CosmosError err = {0};
  CosmosPipeline *pipeline = cosmos_pipeline_open (path, compute, &err);
  g_assert_cmpstr (err.message, ==, "");
  const CosmosConfig *config = cosmos_pipeline_get_config (pipeline);
  const CosmosParameters *parameters = cosmos_pipeline_get_parameters (pipeline);
  CosmosConfig paper = cosmos_config_paper (kind->latents);
  paper.tokens = kind->tokens;
  paper.schedule_d = kind->d;
  g_assert_true (cosmos_config_equals (config, &paper));
  g_assert_cmpint (cosmos_parameters_count (parameters, "compressor."), ==, kind->compressor);
  g_assert_cmpint (cosmos_parameters_count (parameters, "decompressor."), ==, kind->decompressor);
  g_assert_cmpint (cosmos_parameters_count (parameters, "denoiser."), ==, 129801216);
  cosmos_pipeline_free (pipeline);
}

static void convert (gconstpointer data)
{
  const Kind *kind = data;
  CosmosError err = {0};
  CosmosConverted result;
  g_autofree char *vocabulary = g_build_filename (folder, "vocab.txt", NULL),
                  *output = g_build_filename (folder, "twin.gguf", NULL),
                  *name = g_strdup_printf ("autoencoder-%s.pth", kind->autoencoder),
                  *autoencoder = g_build_filename (folder, name, NULL),
                  *other = g_strdup_printf ("diffusion-%s.pth", kind->diffusion),
                  *diffusion = g_build_filename (folder, other, NULL);
  write_vocabulary (vocabulary);
  write_autoencoder (autoencoder, kind->latents, kind->tokens);
  write_diffusion (diffusion, kind->latents, kind->has_names);
  const CosmosConversion what = {
    .input = autoencoder, .diffusion = diffusion, .tokenizer = vocabulary, .output = output, .dtype = COSMOS_DTYPE_Q8_0};
  bool ok = cosmos_convert (&what, &result, NULL, &err);
  g_assert_cmpstr (err.message, ==, "");
  g_assert_true (ok);
  g_assert_cmpfloat (result.guessed_schedule_d, ==, 0);
  check_bundle (output, kind);
  g_remove (autoencoder);
  g_remove (diffusion);
  g_remove (output);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = scratch_new ();
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree char *path = g_strdup_printf ("/checkpoint-twins/%s", kinds[i].autoencoder);
    g_test_add_data_func (path, &kinds[i], convert);
  }
  int result = g_test_run ();
  scratch_free (folder);
  return result;
}
