#include "core/model/convert.h"

#include "../../model-folder.h"
#include "core/file/gguf.h"
#include "core/file/safetensors.h"

#include <math.h>
#include <string.h>

static char *folder;

static char *path_of (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static gboolean convert (CosmosConversion what, const char *input, const char *output, CosmosConverted *result,
                         CosmosProgress *progress, CosmosError *err)
{
  char *in = path_of (input), *out = path_of (output);
  what.input = in;
  what.output = out;
  gboolean ok = cosmos_convert (&what, result, progress, err);
  if (!ok) {
    g_test_message ("%s", err->message);
    g_assert_false (g_file_test (out, G_FILE_TEST_EXISTS));
  }
  g_free (in);
  g_free (out);
  return ok;
}

static void check_values (const CosmosGguf *file, const CosmosSafetensors *weights, const char *ours, const char *theirs,
                          double tolerance)
{
  const CosmosTensorInfo *a = cosmos_gguf_find_tensor (file, ours), *b = cosmos_safetensors_find_tensor (weights, theirs);
  g_assert_nonnull (a);
  g_assert_nonnull (b);
  g_assert_cmpuint (a->count, ==, b->count);
  float *x = g_new (float, a->count), *y = g_new (float, a->count);
  cosmos_dtype_to_float (a->dtype, a->data, x, a->count);
  cosmos_dtype_to_float (b->dtype, b->data, y, b->count);
  for (size_t i = 0; i < a->count; i++)
    g_assert_cmpfloat (fabs (x[i] - y[i]), <=, tolerance * fabs (y[i]));
  g_free (x);
  g_free (y);
}

static void bundle (void)
{
  CosmosQuality qualities[] = {{"token_accuracy", 0.75}, {"mse", 0.5}};
  CosmosConversion what = {.dtype = COSMOS_DTYPE_BF16,
                           .name = "Tiny",
                           .license = "CC0-1.0",
                           .provenance = "random numbers",
                           .qualities = qualities,
                           .n_qualities = 2};
  CosmosConverted result;
  CosmosError err;
  g_assert_true (convert (what, "cosmos", "bundle.gguf", &result, NULL, &err));
  g_assert_cmpstr (result.architecture, ==, "cosmos");

  char *path = path_of ("bundle.gguf"), *weights_path = path_of ("cosmos/model.safetensors");
  CosmosGguf *file = cosmos_gguf_open (path, &err);
  CosmosSafetensors *weights = cosmos_safetensors_open (weights_path, &err);
  const char *text;
  double number;
  g_assert_nonnull (file);
  g_assert_cmpuint (result.n_tensors, ==, cosmos_safetensors_get_n_tensors (weights));
  g_assert_cmpuint (result.n_tensors, ==, cosmos_gguf_get_n_tensors (file));
  g_assert_true (cosmos_gguf_get_string (file, "general.name", &text, &err));
  g_assert_cmpstr (text, ==, "Tiny");
  g_assert_true (cosmos_gguf_get_string (file, "general.provenance", &text, &err));
  g_assert_cmpstr (text, ==, "random numbers");
  g_assert_false (cosmos_gguf_has (file, "general.description"));
  g_assert_true (cosmos_gguf_get_float (file, "cosmos.quality.token_accuracy", &number, &err));
  g_assert_cmpfloat (number, ==, 0.75);
  /* Matrices in the wanted format, the rest as they were. */
  g_assert_cmpint (cosmos_gguf_find_tensor (file, "denoiser.blocks.0.ffn.down.weight")->dtype, ==, COSMOS_DTYPE_BF16);
  g_assert_cmpint (cosmos_gguf_find_tensor (file, "encoder.position_embedding.weight")->dtype, ==, COSMOS_DTYPE_F32);
  check_values (file, weights, "denoiser.blocks.0.ffn.down.weight", "denoiser.blocks.0.ffn.down.weight", 1.0 / 256);
  check_values (file, weights, "compressor.latents", "compressor.latents", 0);
  check_values (file, weights, "denoiser.output_norm.weight", "denoiser.output_norm.weight", 0);
  cosmos_gguf_free (file);
  cosmos_safetensors_free (weights);
  g_free (path);
  g_free (weights_path);
}

/* Row of the file -> row of the source: import.md, section 4. */
static void check_pairs (const CosmosGguf *file, const CosmosSafetensors *weights, const char *ours, const char *theirs,
                         int64_t head)
{
  const CosmosTensorInfo *a = cosmos_gguf_find_tensor (file, ours), *b = cosmos_safetensors_find_tensor (weights, theirs);
  g_assert_cmpint (a->dtype, ==, COSMOS_DTYPE_F32);
  const float *x = a->data, *y = b->data;
  int64_t columns = a->shape[1];
  for (int64_t row = 0; row < a->shape[0]; row++) {
    int64_t h = row / head, i = row % head / 2, p = row % 2;
    g_assert_cmpmem (x + row * columns, (size_t) columns * sizeof *x, y + (h * head + p * (head / 2) + i) * columns,
                     (size_t) columns * sizeof *y);
  }
}

static void llama (gconstpointer tied)
{
  const char *input = tied ? "llama-tied" : "llama";
  CosmosConverted result;
  CosmosError err;
  g_assert_true (convert ((CosmosConversion) {.dtype = COSMOS_DTYPE_F32}, input, "llama.gguf", &result, NULL, &err));
  g_assert_cmpstr (result.architecture, ==, "llama");
  char *path = path_of ("llama.gguf"), *weights_path = g_strdup_printf ("%s/%s/model.safetensors", folder, input);
  CosmosGguf *file = cosmos_gguf_open (path, &err);
  CosmosSafetensors *weights = cosmos_safetensors_open (weights_path, &err);
  int64_t heads, kv_heads, width, value;
  const char *name;
  g_assert_nonnull (file);
  g_assert_true (cosmos_gguf_get_integer (file, "llama.attention.head_count", 1, 100, &heads, &err));
  g_assert_true (cosmos_gguf_get_integer (file, "llama.attention.head_count_kv", 1, 100, &kv_heads, &err));
  g_assert_true (cosmos_gguf_get_integer (file, "llama.embedding_length", 1, 1000, &width, &err));
  g_assert_true (cosmos_gguf_get_integer (file, "llama.context_length", 1, 1000, &value, &err));
  g_assert_cmpint (value, ==, 64);
  g_assert_true (cosmos_gguf_get_integer (file, "tokenizer.ggml.bos_token_id", 0, 1000, &value, &err));
  g_assert_cmpint (value, ==, 2);
  bool adds_begin;
  g_assert_true (cosmos_gguf_get_bool (file, "tokenizer.ggml.add_bos_token", &adds_begin, &err) && adds_begin);
  g_assert_cmpint (heads, ==, 2 * kv_heads);
  g_assert_true (cosmos_gguf_get_string (file, "general.name", &name, &err)); /* the folder's */
  g_assert_cmpstr (name, ==, input);
  check_pairs (file, weights, "blk.1.attn_q.weight", "model.layers.1.self_attn.q_proj.weight", width / heads);
  check_pairs (file, weights, "blk.0.attn_k.weight", "model.layers.0.self_attn.k_proj.weight", width / heads);
  check_values (file, weights, "blk.0.attn_v.weight", "model.layers.0.self_attn.v_proj.weight", 0);
  check_values (file, weights, "blk.1.ffn_down.weight", "model.layers.1.mlp.down_proj.weight", 0);
  check_values (file, weights, "blk.1.ffn_norm.weight", "model.layers.1.post_attention_layernorm.weight", 0);
  g_assert_cmpint (cosmos_gguf_find_tensor (file, "output.weight") == NULL, ==, tied != NULL);
  cosmos_gguf_free (file);
  cosmos_safetensors_free (weights);
  g_free (path);
  g_free (weights_path);
}

/* config.json of a LLaMA with one thing changed. */
static void check_refused (const char *from, const char *to, const char *words)
{
  char *path = path_of ("broken/config.json"), *broken = path_of ("broken"), *contents;
  CosmosConverted result;
  CosmosError err;
  model_folder_write_llama (broken, FALSE);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  char **parts = g_strsplit (contents, from, 2);
  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  char *changed = g_strjoinv (to, parts);
  g_assert_true (g_file_set_contents (path, changed, -1, NULL));
  g_assert_false (convert ((CosmosConversion) {.dtype = COSMOS_DTYPE_F32}, "broken", "broken.gguf", &result, NULL, &err));
  g_assert_nonnull (strstr (err.message, words));
  g_free (path);
  g_free (broken);
  g_free (contents);
  g_free (changed);
  g_strfreev (parts);
}

static void refused (void)
{
  check_refused ("\"num_hidden_layers\":2", "\"num_hidden_layers\":3", "model.layers.2.input_layernorm.weight is missing");
  check_refused ("\"num_hidden_layers\":2", "\"num_hidden_layers\":1", "model.layers.1");
  check_refused ("\"num_hidden_layers\":2", "\"num_hidden_layers\":0", "num_hidden_layers");
  check_refused ("\"num_hidden_layers\":2", "\"num_hidden_layers\":\"2\"", "num_hidden_layers");
  check_refused ("\"hidden_size\":32", "\"hidden_size\":16", "must be (");
  check_refused ("\"num_key_value_heads\":2", "\"num_key_value_heads\":3", "does not divide");
  check_refused ("\"head_dim\":8", "\"head_dim\":7", "odd");
  check_refused ("\"rope_theta\":10000.0", "\"rope_theta\":-1", "rope_theta");
  check_refused ("\"rope_theta\":10000.0", "\"rope_scaling\":{\"type\":\"linear\"}", "rope_scaling");
  check_refused ("\"rope_theta\":10000.0", "\"attention_bias\":true", "attention_bias");
  check_refused ("\"rope_theta\":10000.0", "\"hidden_act\":\"gelu\"", "silu");
  check_refused ("\"vocab_size\":270,", "", "vocab_size is missing");
}

static void cancelled (void)
{
  CosmosProgress progress = {.cancelled = true};
  CosmosConverted result;
  CosmosError err;
  g_assert_false (convert ((CosmosConversion) {.dtype = COSMOS_DTYPE_F32}, "cosmos", "cancelled.gguf", &result, &progress, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
}

static void bad_quality (void)
{
  CosmosQuality quality = {"Not a key", 1};
  CosmosConverted result;
  CosmosError err;
  g_assert_false (convert ((CosmosConversion) {.dtype = COSMOS_DTYPE_F32, .qualities = &quality, .n_qualities = 1}, "cosmos",
                           "quality.gguf", &result, NULL, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = model_folder_new_temporary ();
  char *cosmos = path_of ("cosmos"), *llama_folder = path_of ("llama"), *tied = path_of ("llama-tied");
  model_folder_write_cosmos (cosmos);
  model_folder_write_llama (llama_folder, FALSE);
  model_folder_write_llama (tied, TRUE);
  g_test_add_func ("/convert/bundle", bundle);
  g_test_add_data_func ("/convert/llama", NULL, llama);
  g_test_add_data_func ("/convert/llama-tied", "tied", llama);
  g_test_add_func ("/convert/refused", refused);
  g_test_add_func ("/convert/cancelled", cancelled);
  g_test_add_func ("/convert/bad-quality", bad_quality);
  int result = g_test_run ();
  g_free (cosmos);
  g_free (llama_folder);
  g_free (tied);
  model_folder_remove (folder);
  return result;
}
