/* BERTs of others become text encoders: random ones in both spellings, and all-MiniLM-L6-v2, against what PyTorch and the package tokenizers make of
 * texts (tools/golden/bert.py). */
#include "fetched.h"

#include "core/model/convert.h"
#include "core/model/encoder.h"
#include "core/text/tokenizer.h"

#include "../../model-folder.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* Both in f32; what differs is the order of sums. */
static const double tolerance = 1e-4;

static char *folder;

static char *golden_path (const char *name)
{
  return g_build_filename (g_getenv ("GOLDEN"), name, NULL);
}

static void copy (const char *from, const char *to)
{
  g_autofree char *contents = NULL, *target = g_build_filename (folder, to, NULL), *above = g_path_get_dirname (target),
                  *source = golden_path (from);
  gsize size;
  g_assert_cmpint (g_mkdir_with_parents (above, 0755), ==, 0);
  g_assert_true (g_file_get_contents (source, &contents, &size, NULL));
  g_assert_true (g_file_set_contents (target, contents, (gssize) size, NULL));
}

static bool convert (const char *input, CosmosDtype dtype, CosmosConverted *result, CosmosError *err)
{
  g_autofree char *in = g_path_is_absolute (input) ? g_strdup (input) : g_build_filename (folder, input, NULL),
                  *out = g_build_filename (folder, "encoder.gguf", NULL);
  CosmosConversion what = {.input = in, .output = out, .dtype = dtype};
  g_remove (out);
  bool ok = cosmos_convert (&what, result, NULL, err);
  g_assert_cmpint (g_file_test (out, G_FILE_TEST_EXISTS), ==, ok);
  return ok;
}

/* ---- the encoder that was made ---- */

typedef struct {
  CosmosGguf *file;
  CosmosConfig config;
  CosmosTokenizer *tokenizer;
  CosmosParameters *store;
  CosmosEncoder *encoder;
  CosmosPool *pool;
  CosmosGraph *graph;
} Made;

static Made open_made (void)
{
  g_autofree char *path = g_build_filename (folder, "encoder.gguf", NULL);
  CosmosError err;
  Made self = {.file = cosmos_gguf_open (path, &err)};
  if (!self.file || !cosmos_config_read_encoder (&self.config, self.file, &err)
      || !(self.tokenizer = cosmos_tokenizer_new_from_gguf (self.file, &err)))
    g_error ("%s", err.message);
  self.store = cosmos_parameters_new_from_gguf (self.file, (CosmosCompute) {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32});
  self.encoder = cosmos_encoder_new_bare (&self.config, self.store, &err);
  if (!self.encoder)
    g_error ("%s", err.message);
  self.pool = cosmos_pool_new (0);
  self.graph = cosmos_graph_new (self.pool, NULL);
  return self;
}

static void close_made (Made *self)
{
  cosmos_graph_free (self->graph);
  cosmos_pool_free (self->pool);
  cosmos_encoder_free (self->encoder);
  cosmos_parameters_free (self->store);
  cosmos_tokenizer_free (self->tokenizer);
  cosmos_gguf_free (self->file);
}

static void check_text (Made *self, GKeyFile *golden, const char *name, double allowed)
{
  CosmosError err;
  int32_t ids[256] = {cosmos_tokenizer_get_special (self->tokenizer, COSMOS_TOKEN_CLS)};
  size_t n;
  gsize n_expected, n_at;
  double error = 0, squares = 0;
  g_autofree char *text = g_key_file_get_string (golden, name, "text", NULL);
  g_autofree int *expected = g_key_file_get_integer_list (golden, name, "ids", &n_expected, NULL);
  g_autofree int *at = g_key_file_get_integer_list (golden, name, "at", &n_at, NULL);
  g_autofree double *states = g_key_file_get_double_list (golden, name, "states", &n_at, NULL);
  g_assert_true (cosmos_tokenizer_encode (self->tokenizer, text, strlen (text), ids + 1, G_N_ELEMENTS (ids) - 2, &n, &err));
  ids[n + 1] = cosmos_tokenizer_get_special (self->tokenizer, COSMOS_TOKEN_SEP);
  g_assert_cmpmem (ids, (n + 2) * sizeof *ids, expected, n_expected * sizeof *expected);
  cosmos_graph_reset (self->graph);
  CosmosTensor *h = cosmos_encoder_run (self->encoder, self->graph, ids, NULL, 1, (int64_t) n + 2);
  if (!cosmos_graph_check (self->graph, &err))
    g_error ("%s", err.message);
  int64_t count = cosmos_tensor_get_rows (h) * cosmos_tensor_get_columns (h);
  for (int64_t i = 0; i < count; i++)
    squares += (double) h->data[i] * (double) h->data[i];
  for (gsize i = 0; i < n_at; i++)
    error = fmax (error, fabs ((double) h->data[at[i]] - states[i]));
  g_test_message ("%s: %zu tokens, states within %.1e", name, n, error);
  g_assert_cmpuint (n_at, >, 0);
  g_assert_cmpfloat (error, <, allowed);
  g_assert_cmpfloat_with_epsilon (sqrt (squares / (double) count), g_key_file_get_double (golden, name, "deviation", NULL),
                                  allowed);
}

static void check_golden (const char *name, guint n_texts, double allowed)
{
  g_autofree char *path = golden_path (name);
  g_autoptr (GKeyFile) golden = g_key_file_new ();
  gsize n;
  g_assert_true (g_key_file_load_from_file (golden, path, G_KEY_FILE_NONE, NULL));
  g_auto (GStrv) texts = g_key_file_get_groups (golden, &n);
  g_assert_cmpuint (n, ==, n_texts);
  Made made = open_made ();
  g_assert_null (cosmos_gguf_find_tensor (made.file, "encoder.std"));
  for (gsize i = 0; i < n; i++)
    check_text (&made, golden, texts[i], allowed);
  close_made (&made);
}

/* ---- tests ---- */

static void small (gconstpointer spelling)
{
  g_autofree char *weights = g_strconcat ("bert/", spelling, ".safetensors", NULL);
  CosmosConverted result;
  CosmosError err;
  copy (weights, "small/model.safetensors");
  copy ("bert/config.json", "small/config.json");
  copy ("bert/vocab.txt", "small/vocab.txt");
  if (!convert ("small", COSMOS_DTYPE_F32, &result, &err))
    g_error ("%s", err.message);
  g_assert_cmpstr (result.architecture, ==, "cosmos-encoder");
  g_assert_cmpuint (result.n_tensors, ==, 28);
  g_assert_cmpint (result.guessed_heads, ==, 0);
  check_golden ("bert/states.ini", 3, tolerance);
  g_assert_true (convert ("small/model.safetensors", COSMOS_DTYPE_BF16, &result, &err));
  check_golden ("bert/states.ini", 3, .05);
}

static void without_config (void)
{
  CosmosConverted result;
  CosmosError err;
  copy ("bert/plain.safetensors", "bare/model.safetensors");
  copy ("bert/vocab.txt", "bare/vocab.txt");
  g_assert_true (convert ("bare", COSMOS_DTYPE_F32, &result, &err));
  g_assert_cmpint (result.guessed_heads, ==, 1);
  Made made = open_made ();
  g_assert_cmpstr (cosmos_tokenizer_get_kind (made.tokenizer), ==, "WordPiece (cased)");
  g_assert_cmpint (made.config.encoder.layers, ==, 2);
  g_assert_cmpint (made.config.encoder.ffn, ==, 24);
  g_assert_cmpint (made.config.encoder.positions, ==, 12);
  g_assert_cmpfloat (made.config.encoder.norm_eps, ==, 1e-12f);
  CosmosConfig whole;
  g_assert_false (cosmos_config_read (&whole, made.file, &err));
  g_assert_nonnull (strstr (err.message, "text encoder alone"));
  close_made (&made);
}

/* The tokens of a vocabulary without capitals are those of texts that were lower-cased. */
static void uncased (void)
{
  static const char vocabulary[]
      = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncat\nsat\non\nmat\n##s\na\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n";
  g_autofree char *path = g_build_filename (folder, "bare", "vocab.txt", NULL);
  CosmosConverted result;
  CosmosError err;
  int32_t ids[8];
  size_t n;
  copy ("bert/plain.safetensors", "bare/model.safetensors");
  g_assert_true (g_file_set_contents (path, vocabulary, -1, NULL));
  if (!convert ("bare", COSMOS_DTYPE_F32, &result, &err))
    g_error ("%s", err.message);
  Made made = open_made ();
  g_assert_cmpstr (cosmos_tokenizer_get_kind (made.tokenizer), ==, "WordPiece (uncased)");
  g_assert_true (cosmos_tokenizer_encode (made.tokenizer, "The CÄT sat", strlen ("The CÄT sat"), ids, 8, &n, &err));
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpint (ids[1], ==, 6);
  close_made (&made);
}

static void check_refused (const char *config, const char *words)
{
  g_autofree char *path = g_build_filename (folder, "refused", "config.json", NULL);
  CosmosConverted result;
  CosmosError err = {0};
  g_assert_true (g_file_set_contents (path, config, -1, NULL));
  g_assert_false (convert ("refused", COSMOS_DTYPE_F32, &result, &err));
  g_test_message ("%s", err.message);
  g_assert_nonnull (strstr (err.message, words));
}

static void refused (void)
{
  g_autofree char *vocabulary = g_build_filename (folder, "refused", "vocab.txt", NULL);
  copy ("bert/plain.safetensors", "refused/model.safetensors");
  copy ("bert/vocab.txt", "refused/vocab.txt");
  check_refused ("{\"model_type\":\"roberta\"}", "model_type is \"roberta\"");
  check_refused ("{\"hidden_act\":\"relu\"}", "hidden_act must be \"gelu\"");
  check_refused ("{\"position_embedding_type\":\"relative_key\"}", "position_embedding_type");
  check_refused ("{\"is_decoder\":true}", "is_decoder");
  check_refused ("{\"num_attention_heads\":3}", "no multiple of encoder.heads");
  check_refused ("{\"num_attention_heads\":-1}", "num_attention_heads");
  check_refused ("{\"layer_norm_eps\":\"small\"}", "layer_norm_eps");
  check_refused ("{\"layer_norm_eps\":5}", "norm_eps");
  check_refused ("{", "not JSON");
  g_assert_true (g_file_set_contents (vocabulary, "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\n", -1, NULL));
  check_refused ("{}", "but the tokenizer has 6");
  g_assert_cmpint (g_remove (vocabulary), ==, 0);
  check_refused ("{}", "tokenizer.json");
}

static void minilm (void)
{
  g_autofree char *path = fetched_find ("fetch-minilm.py");
  CosmosConverted result;
  CosmosError err;
  if (!path)
    return;
  if (!convert (path, COSMOS_DTYPE_F32, &result, &err))
    g_error ("%s", err.message);
  g_assert_cmpint (result.n_parameters, ==, 22564608);
  check_golden ("minilm.ini", 6, tolerance);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = model_folder_new_temporary ();
  g_test_add_data_func ("/convert-bert/plain", "plain", small);
  g_test_add_data_func ("/convert-bert/pretraining", "pretraining", small);
  g_test_add_func ("/convert-bert/without-config", without_config);
  g_test_add_func ("/convert-bert/uncased", uncased);
  g_test_add_func ("/convert-bert/refused", refused);
  g_test_add_func ("/convert-bert/minilm", minilm);
  int result = g_test_run ();
  model_folder_remove (folder);
  return result;
}
