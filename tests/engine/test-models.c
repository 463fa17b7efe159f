#include "core/file/gguf-writer.h"
#include "engine/cpg-model.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* A folder of links to the bundled models: which is found? */
static void add (const char *folder, const char *model, const char *name)
{
  g_autofree char *target = g_build_filename (g_getenv ("SOURCE_ROOT"), model, NULL),
                  *link = g_build_filename (folder, name, NULL);
  g_assert_cmpint (symlink (target, link), ==, 0);
}

static void assert_found (const char *task, const char *name)
{
  g_autofree char *path = cpg_models_find_language (task), *found = path ? g_path_get_basename (path) : NULL;
  g_assert_cmpstr (found, ==, name);
}

/* One that was tuned to talk. */
static void add_talker (const char *folder, const char *name)
{
  CosmosError err;
  g_autofree char *path = g_build_filename (folder, name, NULL);
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  cosmos_gguf_writer_set_string (writer, "general.architecture", "llama");
  cosmos_gguf_writer_set_string (writer, "tokenizer.chat_template", "<|im_start|>");
  g_assert_true (cosmos_gguf_writer_save (writer, path, &err));
  cosmos_gguf_writer_free (writer);
}

/* Only goes on with texts. */
static void add_plain (const char *folder, const char *name)
{
  CosmosError err;
  g_autofree char *path = g_build_filename (folder, name, NULL);
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  cosmos_gguf_writer_set_string (writer, "general.architecture", "llama");
  g_assert_true (cosmos_gguf_writer_save (writer, path, &err));
  cosmos_gguf_writer_free (writer);
}

static void test_language (void)
{
  g_autofree char *folder = g_dir_make_tmp ("cosmos-XXXXXX", NULL);
  static const char *const names[] = {"a-baseline.gguf",     "aaa.gguf",   "detox-words.gguf", "no-baseline.gguf", "story.gguf",
                                      "story-baseline.gguf", "talker.gguf"};
  g_setenv ("COSMOS_MODELS", folder, TRUE);
  assert_found ("story", NULL);
  add (folder, "models/story-first.gguf", names[0]); /* a bundle, whatever its name */
  add (folder, "README.md", names[3]);
  assert_found (NULL, NULL);
  add_plain (folder, names[1]);
  add_plain (folder, names[2]);
  assert_found ("story", "aaa.gguf");
  assert_found ("detox", NULL); /* they only go on with texts */
  add_talker (folder, names[6]);
  assert_found ("detox", names[6]);
  assert_found ("", "aaa.gguf");
  add_plain (folder, names[4]);
  assert_found ("story", "story.gguf");
  add_plain (folder, names[5]);
  assert_found ("story", "story-baseline.gguf");
  assert_found ("detox", names[6]);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *link = g_build_filename (folder, names[i], NULL);
    g_unlink (link);
  }
  g_rmdir (folder);
}

static void add_for_task (const char *folder, const char *name, const char *task)
{
  CosmosError err;
  g_autofree char *path = g_build_filename (folder, name, NULL);
  const CosmosGgufString names[] = {{task, strlen (task)}};
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  cosmos_gguf_writer_set_string (writer, "general.architecture", "llama");
  cosmos_gguf_writer_set_strings (writer, "cosmos.tasks", names, 1);
  g_assert_true (cosmos_gguf_writer_save (writer, path, &err));
  cosmos_gguf_writer_free (writer);
}

/* One that was trained for the task goes before any name, and one that was trained for others does not count. */
static void test_language_of_task (void)
{
  g_autofree char *folder = g_dir_make_tmp ("cosmos-XXXXXX", NULL);
  static const char *const names[] = {"a-baseline.gguf", "story-baseline.gguf", "words.gguf"};
  g_setenv ("COSMOS_MODELS", folder, TRUE);
  add_for_task (folder, names[0], "detox");
  assert_found ("story", NULL);
  add_plain (folder, names[1]);
  assert_found ("story", names[1]);
  assert_found ("detox", names[0]);
  add_for_task (folder, names[2], "summary");
  assert_found ("summary", names[2]);
  assert_found ("question", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);
    g_unlink (path);
  }
  g_rmdir (folder);
}

static void test_kind (void)
{
  g_autofree char *bundle = g_build_filename (g_getenv ("SOURCE_ROOT"), "models", "story-first.gguf", NULL),
                  *language = g_build_filename (g_getenv ("SOURCE_ROOT"), "models", "playground-baseline.gguf", NULL);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (cpg_models_get_kind (bundle, NULL), ==, CPG_MODEL_BUNDLE);
  g_assert_cmpint (cpg_models_get_kind (language, NULL), ==, CPG_MODEL_LANGUAGE);
  g_assert_cmpint (cpg_models_get_kind ("/no/such/model.gguf", &error), ==, CPG_MODEL_OTHER);
  g_assert_nonnull (error);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/models/language", test_language);
  g_test_add_func ("/models/language-of-task", test_language_of_task);
  g_test_add_func ("/models/kind", test_kind);
  return g_test_run ();
}
