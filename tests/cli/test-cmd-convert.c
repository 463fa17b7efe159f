#include "command.h"

#include "../model-folder.h"

#include <glib/gstdio.h>
#include <string.h>

/* What stands in the folder of the tests under names that begin with prefix: a failed conversion leaves nothing. */
static int count_files (const char *prefix)
{
  GDir *folder = g_dir_open (command_get_folder (), 0, NULL);
  const char *name;
  int n = 0;
  while ((name = g_dir_read_name (folder)))
    n += g_str_has_prefix (name, prefix);
  g_dir_close (folder);
  return n;
}

static void formats (void)
{
  const char *dtypes[] = {"F32", "BF16", "F16", "Q8_0"};
  char *input = command_path ("weights-cosmos"), *output = command_path ("format.gguf");
  for (guint i = 0; i < G_N_ELEMENTS (dtypes); i++) {
    JsonObject *object = command_json ("convert", "convert", input, "-o", output, "--dtype", dtypes[i], "--json", NULL);
    g_assert_cmpstr (json_object_get_string_member (object, "architecture"), ==, "cosmos");
    g_assert_cmpint (json_object_get_int_member (object, "n_tensors"), >, 50);
    json_object_unref (object);
    char *text = command_out (0, "story", "--model", output, "--steps", "2", NULL);
    g_free (text);
  }
  g_assert_cmpint (count_files ("format"), ==, 1);
  g_free (input);
  g_free (output);
}

/* The file of weights may be named instead of the folder. */
static void file_instead_of_folder (void)
{
  char *input = command_path ("weights-cosmos/model.safetensors"), *output = command_path ("file.gguf");
  char *text = command_out (0, "convert", input, "-o", output, NULL);
  g_assert_nonnull (strstr (text, "it loads"));
  g_free (text);
  g_free (input);
  g_free (output);
}

/* The authors' two files, with the vocabulary beside them or named; and what is said where one is missing. */
static void checkpoints (void)
{
  char *autoencoder = g_build_filename (g_getenv ("GOLDEN"), "checkpoints", "autoencoder.pth", NULL),
       *diffusion = g_build_filename (g_getenv ("GOLDEN"), "checkpoints", "diffusion-d=3.pth", NULL),
       *vocabulary = g_build_filename (g_getenv ("GOLDEN"), "checkpoints", "vocab.txt", NULL),
       *output = command_path ("checkpoint.gguf"), *renamed = command_path ("renamed.pth"), *bytes;
  gsize size;
  JsonObject *object = command_json ("convert", "convert", autoencoder, diffusion, "-o", output, "--json", NULL);
  g_assert_cmpstr (json_object_get_string_member (object, "architecture"), ==, "cosmos");
  g_assert_false (json_object_has_member (object, "guessed_schedule_d"));
  json_object_unref (object);
  g_free (command_out (0, "story", "--model", output, "--steps", "2", NULL));

  g_assert_true (g_file_get_contents (diffusion, &bytes, &size, NULL)
                 && g_file_set_contents (renamed, bytes, (gssize) size, NULL));
  char *text = command_out (0, "convert", renamed, autoencoder, "-o", output, "--vocabulary", vocabulary, NULL);
  g_assert_nonnull (strstr (text, "d is taken to be 5"));
  g_free (text);
  g_free (command_out (0, "convert", renamed, autoencoder, "-o", output, "--vocabulary", vocabulary, "--schedule-d", "7", NULL));

  g_assert_cmpint (g_remove (output), ==, 0);
  command_fails (1, "name both", "convert", autoencoder, "-o", output, NULL);
  command_fails (1, "tokenizer.json", "convert", renamed, autoencoder, "-o", output, NULL);
  command_fails (1, "only PyTorch checkpoints", "convert", vocabulary, autoencoder, "-o", output, NULL);
  g_assert_cmpint (count_files ("checkpoint"), ==, 0);
  g_free (bytes);
  g_free (autoencoder);
  g_free (diffusion);
  g_free (vocabulary);
  g_free (output);
  g_free (renamed);
}

/* A BERT without config.json: what had to be guessed is said. */
static void bert (void)
{
  char *folder = command_path ("weights-bert"), *output = command_path ("bert.gguf"), *data, *text;
  const char *names[][2] = {{"plain.safetensors", "model.safetensors"}, {"vocab.txt", "vocab.txt"}};
  g_mkdir (folder, 0777);
  for (int i = 0; i < 2; i++) {
    char *from = g_build_filename (g_getenv ("GOLDEN"), "bert", names[i][0], NULL),
         *to = g_build_filename (folder, names[i][1], NULL);
    gsize size;
    g_assert_true (g_file_get_contents (from, &data, &size, NULL));
    g_assert_true (g_file_set_contents (to, data, (gssize) size, NULL));
    g_free (data);
    g_free (from);
    g_free (to);
  }
  char *card = g_build_filename (folder, "README.md", NULL);
  g_assert_true (g_file_set_contents (card, "---\nlicense: apache-2.0\n---\n", -1, NULL));
  g_free (card);
  text = command_out (0, "convert", folder, "-o", output, NULL);
  g_assert_nonnull (strstr (text, "cosmos-encoder, 28 tensors"));
  g_assert_nonnull (strstr (text, "1 attention heads are taken for granted"));
  g_free (text);
  JsonObject *object = command_json ("convert", "convert", folder, "-o", output, "--json", NULL);
  g_assert_cmpint (json_object_get_int_member (object, "guessed_heads"), ==, 1);
  json_object_unref (object);
  text = command_out (0, "inspect", output, NULL);
  g_assert_nonnull (strstr (text, "kind         text encoder"));
  g_assert_nonnull (strstr (text, "licence      apache-2.0"));
  g_assert_nonnull (strstr (text, "encoder.heads"));
  g_free (text);
  command_fails (1, "architecture \"cosmos-encoder\"", "story", "--model", output, NULL);
  g_free (folder);
  g_free (output);
}

static void refused (void)
{
  char *input = command_path ("weights-cosmos"), *output = command_path ("refused.gguf"), *broken = command_path ("broken"),
       *config = command_path ("broken/config.json"), *weights = command_path ("broken/model.safetensors"),
       *tokenizer = command_path ("broken/tokenizer.json"), *contents;
  gsize size;
  command_fails (2, "needs --output", "convert", input, NULL);
  command_fails (2, "possible: BF16, F16, F32, Q8_0", "convert", input, "-o", output, "--dtype", "Q3", NULL);
  command_fails (2, "--quality cannot be", "convert", input, "-o", output, "--quality", "accuracy", NULL);
  command_fails (1, "config.json", "convert", "/nowhere", "-o", output, NULL);
  command_fails (1, "folder", "convert", input, "-o", "/nowhere/x.gguf", NULL);
  command_fails (1, "is a folder", "convert", input, "-o", input, NULL);

  model_folder_write_cosmos (broken);
  g_assert_true (g_file_get_contents (weights, &contents, &size, NULL));
  g_assert_true (g_file_set_contents (weights, contents, (gssize) size / 2, NULL));
  command_fails (1, "model.safetensors", "convert", broken, "-o", output, NULL);
  memset (contents + size - 4, 0xff, 4); /* NaN */
  g_assert_true (g_file_set_contents (weights, contents, (gssize) size, NULL));
  command_fails (1, "not finite", "convert", broken, "-o", output, NULL);
  g_free (contents);

  model_folder_write_cosmos (broken);
  g_assert_true (g_file_set_contents (config, "{\"architectures\":[\"GPT2LMHeadModel\"]}", -1, NULL));
  command_fails (1, "GPT2LMHeadModel", "convert", broken, "-o", output, NULL);
  g_assert_true (g_file_set_contents (config, "{", -1, NULL));
  command_fails (1, "not JSON", "convert", broken, "-o", output, NULL);
  model_folder_write_cosmos (broken);
  g_assert_cmpint (g_remove (tokenizer), ==, 0);
  command_fails (1, "tokenizer.json", "convert", broken, "-o", output, NULL);
  g_assert_cmpint (count_files ("refused"), ==, 0);
  g_free (input);
  g_free (output);
  g_free (broken);
  g_free (config);
  g_free (weights);
  g_free (tokenizer);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_start ();
  g_test_add_func ("/cmd-convert/formats", formats);
  g_test_add_func ("/cmd-convert/file-instead-of-folder", file_instead_of_folder);
  g_test_add_func ("/cmd-convert/checkpoints", checkpoints);
  g_test_add_func ("/cmd-convert/bert", bert);
  g_test_add_func ("/cmd-convert/refused", refused);
  int result = g_test_run ();
  command_finish ();
  return result;
}
