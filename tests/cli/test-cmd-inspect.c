#include "command.h"

#include <string.h>

static void bundle (void)
{
  char *path = command_path ("story-first.gguf"), *text = command_out (0, "inspect", path, "--keys", "--tensors", NULL);
  const char *lines[] = {"architecture cosmos",
                         "kind         diffusion model",
                         "use          denoise, encoder of a training",
                         "licence      CC0-1.0",
                         "tokenizer    byte-level BPE, ",
                         "cosmos.quality.token_accuracy",
                         "denoiser.blocks.1.ffn.gate_up.weight",
                         "96 x 32",
                         "BF16",
                         "  denoiser "};
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_assert_nonnull (strstr (text, lines[i]));
  g_free (text);

  JsonObject *object = command_json ("inspect", "inspect", path, "--tensors", "--json", NULL);
  g_assert_cmpstr (json_object_get_string_member (object, "format"), ==, "gguf");
  g_assert_cmpstr (json_object_get_string_member (object, "kind"), ==, "diffusion model");
  g_assert_cmpstr (json_object_get_string_member (object, "missing"), ==, "");
  g_assert_false (json_object_get_boolean_member (object, "needs_conversion"));
  g_assert_cmpint (json_array_get_length (json_object_get_array_member (object, "tensors")), ==,
                   json_object_get_int_member (object, "n_tensors"));
  JsonObject *keys = json_object_get_object_member (object, "keys");
  g_assert_cmpstr (json_object_get_string_member (keys, "general.name"), ==, "tiny");
  gint64 sum = 0;
  JsonArray *groups = json_object_get_array_member (object, "groups");
  for (guint i = 0; i < json_array_get_length (groups); i++)
    sum += json_object_get_int_member (json_array_get_object_element (groups, i), "n_parameters");
  g_assert_cmpint (sum, ==, json_object_get_int_member (object, "n_parameters"));
  json_object_unref (object);
  g_free (path);
}

static void weights (void)
{
  char *path = command_path ("weights-llama"), *text = command_out (0, "inspect", path, NULL);
  g_assert_nonnull (strstr (text, "weights-llama/model.safetensors"));
  g_assert_nonnull (strstr (text, "tensors"));
  g_assert_nonnull (strstr (text, "kind         weights of a language model"));
  g_assert_nonnull (strstr (text, "use          baseline, judge"));
  g_assert_nonnull (strstr (text, "conversion   needed, to about"));
  g_free (text);
  g_free (path);
}

static void bad_files (void)
{
  char *empty = command_path ("empty.bin"), *cut = command_path ("cut.gguf"), *bundle_path = command_path ("story-first.gguf"),
       *contents;
  gsize size;
  command_fails (1, "/nowhere", "inspect", "/nowhere", NULL);
  command_fails (1, "without model.safetensors", "inspect", command_get_folder (), NULL);
  command_fails (1, "no regular file", "inspect", "/dev/null", NULL);
  command_fails (2, "needs FILE", "inspect", NULL);
  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  command_fails (1, "empty.bin", "inspect", empty, NULL);
  g_assert_true (g_file_get_contents (bundle_path, &contents, &size, NULL));
  g_assert_true (g_file_set_contents (cut, contents, (gssize) size / 3, NULL));
  command_fails (1, "cut.gguf", "inspect", cut, NULL);
  g_free (contents);
  g_free (empty);
  g_free (cut);
  g_free (bundle_path);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_start ();
  g_test_add_func ("/cmd-inspect/bundle", bundle);
  g_test_add_func ("/cmd-inspect/weights", weights);
  g_test_add_func ("/cmd-inspect/bad-files", bad_files);
  int result = g_test_run ();
  command_finish ();
  return result;
}
