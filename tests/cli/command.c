#include "command.h"

#include "../model-folder.h"

#include <stdarg.h>
#include <string.h>

static char *folder;

static GPtrArray *collect (va_list args)
{
  GPtrArray *words = g_ptr_array_new ();
  g_ptr_array_add (words, (char *) g_getenv ("COSMOS"));
  for (const char *word; (word = va_arg (args, const char *));)
    g_ptr_array_add (words, (char *) word);
  g_ptr_array_add (words, NULL);
  return words;
}

static char *get_text (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  return size ? g_strndup (data, size) : g_strdup ("");
}

static Result run (GBytes *input, GPtrArray *words)
{
  GError *error = NULL;
  GSubprocessFlags flags = G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE
                           | (input ? G_SUBPROCESS_FLAGS_STDIN_PIPE : 0);
  GSubprocess *process = g_subprocess_newv ((const char *const *) words->pdata, flags, &error);
  g_assert_no_error (error);
  GBytes *out, *err;
  g_subprocess_communicate (process, input, NULL, &out, &err, &error);
  g_clear_error (&error); /* a command that does not read its input to the end */
  g_assert_true (g_subprocess_get_if_exited (process));
  Result result = {g_subprocess_get_exit_status (process), get_text (out), get_text (err)};
  g_bytes_unref (out);
  g_bytes_unref (err);
  g_object_unref (process);
  g_ptr_array_unref (words);
  return result;
}

Result command_run (const char *input, ...)
{
  va_list args;
  va_start (args, input);
  GPtrArray *words = collect (args);
  va_end (args);
  GBytes *bytes = input ? g_bytes_new (input, strlen (input)) : NULL;
  Result result = run (bytes, words);
  g_clear_pointer (&bytes, g_bytes_unref);
  return result;
}

Result command_run_words (GBytes *input, const char *const *words)
{
  GPtrArray *all = g_ptr_array_new ();
  g_ptr_array_add (all, (char *) g_getenv ("COSMOS"));
  for (; *words; words++)
    g_ptr_array_add (all, (char *) *words);
  g_ptr_array_add (all, NULL);
  return run (input, all);
}

void result_clear (Result *self)
{
  g_free (self->out);
  g_free (self->err);
}

char *command_out (int code, ...)
{
  va_list args;
  va_start (args, code);
  Result result = run (NULL, collect (args));
  va_end (args);
  if (result.code != code)
    g_test_message ("%s", result.err);
  g_assert_cmpint (result.code, ==, code);
  g_assert_true (code == 0 || strlen (result.err) > 10);
  g_free (result.err);
  return result.out;
}

void command_fails (int code, const char *words, ...)
{
  va_list args;
  va_start (args, words);
  Result result = run (NULL, collect (args));
  va_end (args);
  g_test_message ("%s", result.err);
  g_assert_cmpint (result.code, ==, code);
  g_assert_cmpstr (result.out, ==, "");
  g_assert_nonnull (strstr (result.err, words));
  result_clear (&result);
}

JsonObject *command_json (const char *verb, ...)
{
  va_list args;
  va_start (args, verb);
  Result result = run (NULL, collect (args));
  va_end (args);
  if (result.code != 0)
    g_test_message ("%s", result.err);
  g_assert_cmpint (result.code, ==, 0);
  char **lines = g_strsplit (g_strchomp (result.out), "\n", -1);
  JsonObject *last = NULL;
  for (int i = 0; lines[i]; i++) {
    JsonParser *parser = json_parser_new ();
    GError *error = NULL;
    json_parser_load_from_data (parser, lines[i], -1, &error);
    g_assert_no_error (error);
    g_assert_true (JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)));
    g_clear_pointer (&last, json_object_unref);
    last = json_object_ref (json_node_get_object (json_parser_get_root (parser)));
    g_assert_cmpstr (json_object_get_string_member (last, "verb"), ==, verb);
    g_object_unref (parser);
  }
  g_assert_nonnull (last);
  g_strfreev (lines);
  result_clear (&result);
  return last;
}

char *command_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

const char *command_get_folder (void)
{
  return folder;
}

void command_start (void)
{
  folder = model_folder_new_temporary ();
  g_setenv ("COSMOS_MODELS", folder, TRUE);
  g_unsetenv ("NO_COLOR");
  char *cosmos = command_path ("weights-cosmos"), *llama = command_path ("weights-llama"),
       *bundle = command_path ("story-first.gguf"), *baseline = command_path ("story-baseline.gguf");
  model_folder_write_cosmos (cosmos);
  model_folder_write_llama (llama, TRUE);
  g_free (command_out (0, "convert", cosmos, "-o", bundle, "--name", "tiny", "--license", "CC0-1.0", "--quality",
                       "token_accuracy=0.5", NULL));
  g_free (command_out (0, "convert", llama, "--output", baseline, NULL));
  g_free (cosmos);
  g_free (llama);
  g_free (bundle);
  g_free (baseline);
}

void command_finish (void)
{
  model_folder_remove (folder);
}
