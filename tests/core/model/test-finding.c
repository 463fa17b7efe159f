/* What files turn out to be: each kind, and what only looks like one. */
#include "core/model/finding.h"

#include "../../model-folder.h"
#include "core/file/gguf-writer.h"
#include "core/model/convert.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder;

static char *write_bytes (const char *name, const void *data, gssize size)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autofree char *above = g_path_get_dirname (path);
  g_assert_cmpint (g_mkdir_with_parents (above, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, data, size, NULL));
  return path;
}

static char *copy (const char *golden, const char *name)
{
  g_autofree char *source = g_build_filename (g_getenv ("GOLDEN"), golden, NULL), *data = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (source, &data, &size, NULL));
  return write_bytes (name, data, (gssize) size);
}

static CosmosFinding find (const char *name, CosmosFindingKind kind, unsigned uses, unsigned missing)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  CosmosFinding finding;
  CosmosError err;
  if (!cosmos_finding_read (&finding, path, &err))
    g_error ("%s", err.message);
  g_assert_cmpstr (cosmos_finding_describe_kind (finding.kind), ==, cosmos_finding_describe_kind (kind));
  g_assert_cmpuint (finding.uses, ==, uses);
  g_assert_cmpuint (finding.missing, ==, missing);
  return finding;
}

static uint64_t convert (const char *name)
{
  g_autofree char *in = g_build_filename (folder, name, NULL), *out = g_strconcat (in, ".gguf", NULL);
  CosmosConversion what = {.input = in, .output = out, .dtype = COSMOS_DTYPE_BF16, .license = "CC0-1.0"};
  CosmosConverted result;
  CosmosError err;
  if (!cosmos_convert (&what, &result, NULL, &err))
    g_error ("%s", err.message);
  return result.size;
}

/* Weights, and the file that they become: of the size that was foreseen. */
static void check_weights (const char *name, CosmosFindingKind before, CosmosFindingKind after, unsigned uses)
{
  g_autofree char *made = g_strconcat (name, ".gguf", NULL);
  CosmosFinding weights = find (name, before, uses, 0);
  g_assert_true (weights.needs_conversion);
  g_assert_cmpstr (weights.format, ==, "safetensors");
  uint64_t size = convert (name);
  g_test_message ("%s: %" G_GUINT64_FORMAT " bytes, foreseen %" G_GUINT64_FORMAT, name, size, weights.converted_size);
  g_assert_cmpint (llabs ((long long) size - (long long) weights.converted_size), <, 12000 + (long long) size / 10);
  CosmosFinding file = find (made, after, uses, 0);
  g_assert_false (file.needs_conversion);
  g_assert_cmpstr (file.format, ==, "GGUF");
  g_assert_cmpstr (file.license, ==, "CC0-1.0");
  g_assert_cmpuint (file.size, ==, size);
}

static void cosmos (void)
{
  g_autofree char *path = g_build_filename (folder, "cosmos", NULL);
  model_folder_write_cosmos (path);
  check_weights ("cosmos", COSMOS_FINDING_COSMOS_WEIGHTS, COSMOS_FINDING_BUNDLE, COSMOS_USE_DENOISE | COSMOS_USE_ENCODER);
  CosmosFinding finding = find ("cosmos.gguf", COSMOS_FINDING_BUNDLE, COSMOS_USE_DENOISE | COSMOS_USE_ENCODER, 0);
  g_assert_cmpint (finding.config.n_tasks, ==, 2);
  g_assert_cmpstr (finding.name, ==, "cosmos");
  g_assert_cmpint (cosmos_finding_get_dtype (&finding), ==, COSMOS_DTYPE_BF16);
}

static void llama (void)
{
  g_autofree char *path = g_build_filename (folder, "llama", NULL);
  model_folder_write_llama (path, false);
  check_weights ("llama", COSMOS_FINDING_LLAMA_WEIGHTS, COSMOS_FINDING_LANGUAGE_MODEL, COSMOS_USE_BASELINE | COSMOS_USE_JUDGE);
  CosmosFinding weights = find ("llama", COSMOS_FINDING_LLAMA_WEIGHTS, COSMOS_USE_BASELINE | COSMOS_USE_JUDGE, 0),
                file = find ("llama.gguf", COSMOS_FINDING_LANGUAGE_MODEL, COSMOS_USE_BASELINE | COSMOS_USE_JUDGE, 0);
  g_assert_cmpint (file.layers, ==, weights.layers);
  g_assert_cmpint (file.width, ==, weights.width);
  g_assert_cmpint (file.context, ==, 64);
  g_assert_cmpint (file.vocabulary, ==, weights.vocabulary);
}

static void bert (void)
{
  g_free (copy ("bert/pretraining.safetensors", "bert/model.safetensors"));
  char words[128];
  CosmosFinding finding = find ("bert", COSMOS_FINDING_BERT_WEIGHTS, COSMOS_USE_ENCODER, COSMOS_MISSING_TOKENIZER);
  cosmos_finding_describe_missing (&finding, words, sizeof words);
  g_assert_cmpstr (words, ==, "tokenizer.json or vocab.txt");
  cosmos_finding_describe_uses (&finding, words, sizeof words);
  g_assert_cmpstr (words, ==, "encoder of a training");
  g_free (copy ("bert/vocab.txt", "bert/vocab.txt"));
  g_free (copy ("bert/config.json", "bert/config.json"));
  g_free (write_bytes ("bert/README.md", "---\ntags: [a]\nlicense: apache-2.0\n---\n# BERT\n", -1));
  finding = find ("bert/model.safetensors", COSMOS_FINDING_BERT_WEIGHTS, COSMOS_USE_ENCODER, 0);
  g_assert_cmpstr (finding.license, ==, "apache-2.0");
  g_assert_cmpstr (finding.architecture, ==, "BertModel");
  g_assert_cmpint (finding.config.encoder.heads, ==, 2);
  check_weights ("bert", COSMOS_FINDING_BERT_WEIGHTS, COSMOS_FINDING_ENCODER, COSMOS_USE_ENCODER);
  finding = find ("bert.gguf", COSMOS_FINDING_ENCODER, COSMOS_USE_ENCODER, 0);
  g_assert_cmpint (finding.config.encoder.layers, ==, 2);
  /* what has the same names and is another thing */
  g_free (write_bytes ("bert/config.json", "{\"model_type\": \"roberta\", \"architectures\": [\"RobertaModel\"]}", -1));
  finding = find ("bert", COSMOS_FINDING_FOREIGN_WEIGHTS, 0, 0);
  g_assert_cmpstr (finding.architecture, ==, "RobertaModel");
  g_assert_false (finding.needs_conversion);
}

static void others (void)
{
  CosmosError err;
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  g_autofree char *foreign = g_build_filename (folder, "foreign.gguf", NULL);
  cosmos_gguf_writer_set_string (writer, "general.architecture", "mamba");
  cosmos_gguf_writer_set_u32 (writer, "mamba.block_count", 7);
  g_assert_true (cosmos_gguf_writer_save (writer, foreign, &err));
  cosmos_gguf_writer_free (writer);
  CosmosFinding finding = find ("foreign.gguf", COSMOS_FINDING_FOREIGN, 0, 0);
  char words[64];
  cosmos_finding_describe_uses (&finding, words, sizeof words);
  g_assert_cmpstr (words, ==, "nothing here");
  g_assert_cmpint (finding.layers, ==, 7);
}

/* The authors' two files, whatever they are called. */
static void pytorch (void)
{
  const unsigned uses = COSMOS_USE_DENOISE | COSMOS_USE_ENCODER;
  g_free (copy ("checkpoints/autoencoder.pth", "torch/100000.bin"));
  g_free (copy ("checkpoints/diffusion-d=3.pth", "torch/d=3.final.pth"));
  CosmosFinding finding = find ("torch/100000.bin", COSMOS_FINDING_PYTORCH_AUTOENCODER, uses,
                                COSMOS_MISSING_PARTNER | COSMOS_MISSING_TOKENIZER);
  g_assert_true (finding.needs_conversion);
  g_assert_cmpuint (finding.n_parameters, >, 1000);
  g_assert_cmpstr (finding.name, ==, "100000");
  g_free (copy ("checkpoints/vocab.txt", "torch/vocab.txt"));
  find ("torch/100000.bin", COSMOS_FINDING_PYTORCH_AUTOENCODER, uses, COSMOS_MISSING_PARTNER);
  finding = find ("torch/d=3.final.pth", COSMOS_FINDING_PYTORCH_DIFFUSION, uses, COSMOS_MISSING_PARTNER);
  g_assert_cmpstr (finding.name, ==, "d=3.final");
  g_assert_cmpint (cosmos_finding_get_dtype (&finding), ==, COSMOS_DTYPE_F32);
  g_free (copy ("checkpoints/views.pth", "torch/views.pth"));
  find ("torch/views.pth", COSMOS_FINDING_PYTORCH_FOREIGN, 0, 0);
}

static void check_refused (const char *path, const char *words)
{
  CosmosFinding finding = {.size = 77};
  CosmosError err = {0};
  g_assert_false (cosmos_finding_read (&finding, path, &err));
  g_test_message ("%s", err.message);
  g_assert_nonnull (strstr (err.message, words));
  g_assert_cmpuint (finding.size, ==, 77); /* untouched */
}

static void refused (void)
{
  g_autofree char *bundle = g_build_filename (folder, "cosmos.gguf", NULL), *data = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (bundle, &data, &size, NULL));
  for (gsize length = 0; length < size; length += 1 + size / 50) {
    g_autofree char *cut = write_bytes ("cut.gguf", data, (gssize) length);
    check_refused (cut, "cut.gguf");
  }
  g_autofree char *text = write_bytes ("text.gguf", "This is a text, and no model.", -1),
                  *empty = write_bytes ("empty.gguf", "", 0),
                  *weights = write_bytes ("x/w.safetensors", "\11\0\0\0\0\0\0\0{]", 10),
                  *nothing = g_build_filename (folder, "x", NULL);
  check_refused (text, "is no model");
  check_refused (empty, "is no model");
  g_autofree char *zip = write_bytes ("zip.pth", "PK\3\4 and a letter.txt", -1),
                  *old = copy ("checkpoints/legacy.pth", "old.pth");
  check_refused (zip, "zip.pth");
  check_refused (old, "old.pth");
  check_refused (weights, "w.safetensors");
  check_refused (nothing, "is a folder without model.safetensors");
  check_refused ("/nowhere", "cannot be read");
  check_refused ("/dev/zero", "is no regular file");
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = model_folder_new_temporary ();
  g_test_add_func ("/finding/cosmos", cosmos);
  g_test_add_func ("/finding/llama", llama);
  g_test_add_func ("/finding/bert", bert);
  g_test_add_func ("/finding/others", others);
  g_test_add_func ("/finding/pytorch", pytorch);
  g_test_add_func ("/finding/refused", refused);
  int result = g_test_run ();
  model_folder_remove (folder);
  return result;
}
