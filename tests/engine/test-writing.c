#include "engine/cpg-writing.h"

#include "core/model/language-model.h"
#include "fixture.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>

static char *baseline (void)
{
  return g_build_filename (g_getenv ("SOURCE_ROOT"), "models", "playground-baseline.gguf", NULL);
}

static CpgWriting *write_text (CpgEngine *engine, const char *model, guint64 seed, const char *source)
{
  g_autoptr (CpgSettings) settings = fixture_settings (5, seed);
  g_object_set (settings, "source", source, NULL);
  return cpg_writing_new (engine, model, settings, NAN);
}

static void finish (CpgWriting *writing)
{
  fixture_wait_until (!cpg_writing_is_active (writing));
  g_assert_cmpstr (cpg_writing_get_error (writing), ==, NULL);
  g_assert_cmpint (cpg_writing_get_state (writing), ==, CPG_RUN_DONE);
}

static void count_notice (int *count)
{
  (*count)++;
}

/* Tokens come one by one, with times that grow; a seed gives its text again. */
static void test_text (void)
{
  g_autoptr (CpgEngine) engine = cpg_engine_new (1, "auto"); /* needs no other model */
  g_autofree char *path = baseline ();
  g_autoptr (CpgWriting) writing = write_text (engine, path, 7, ""), again = write_text (engine, path, 7, ""),
                         other = write_text (engine, path, 8, "");
  int notices = 0, n;
  g_signal_connect_swapped (writing, "notify::n-tokens", G_CALLBACK (count_notice), &notices);
  g_assert_cmpint (cpg_writing_get_state (writing), ==, CPG_RUN_WAITING);
  finish (writing);
  finish (again);
  finish (other);
  const CpgToken *tokens = cpg_writing_get_tokens (writing, &n);
  g_assert_cmpint (n, >, 10);
  g_assert_cmpint (notices, ==, n);
  g_autoptr (GString) text = g_string_new (NULL);
  for (int i = 0; i < n; i++) {
    g_assert_cmpint (tokens[i].position, ==, i);
    g_assert_cmpfloat (tokens[i].guess.probability, >, 0);
    g_assert_true (i == 0 || cpg_writing_get_time (writing, i) > cpg_writing_get_time (writing, i - 1));
    g_string_append (text, tokens[i].text);
  }
  g_assert_cmpstr (g_strstrip (text->str), ==, cpg_writing_get_text (writing));
  g_assert_cmpstr (cpg_writing_get_text (again), ==, cpg_writing_get_text (writing));
  g_assert_cmpstr (cpg_writing_get_text (other), !=, cpg_writing_get_text (writing));
  g_assert_cmpfloat (cpg_writing_get_seconds (writing), ==, cpg_writing_get_time (writing, n - 1));
  g_assert_cmpstr (cpg_writing_get_model_name (writing), ==, "playground-baseline");
}

/* The bundled baseline's numbers as a model of other tasks (NULL: of none), or one that was tuned to talk (template NULL: it was not). */
static void write_as (const char *path, const CosmosLanguageModelTasks *tasks, const char *template)
{
  static const char *const marks[] = {"<|im_start|>", "<|im_end|>"};
  const size_t n_marks = template ? G_N_ELEMENTS (marks) : 0;
  CosmosError err;
  g_autofree char *from = baseline ();
  CosmosGguf *file = cosmos_gguf_open (from, &err);
  CosmosTokenizer *tokenizer = cosmos_tokenizer_new_from_gguf (file, &err);
  CosmosLanguageModel *model = cosmos_language_model_open (from, cosmos_compute_get_best (), &err);
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  cosmos_gguf_writer_set_string (writer, "general.architecture", "llama");
  if (template)
    cosmos_gguf_writer_set_string (writer, "tokenizer.chat_template", template);
  g_assert_true (cosmos_tokenizer_write_with (tokenizer, marks, n_marks, writer, &err));
  cosmos_language_model_sizes_write (cosmos_language_model_get_sizes (model), writer);
  if (tasks)
    cosmos_language_model_tasks_write (tasks, writer);
  for (size_t i = 0; i < cosmos_gguf_get_n_tensors (file); i++) {
    const CosmosTensorInfo *tensor = cosmos_gguf_get_tensor (file, i);
    const int64_t more = g_str_equal (tensor->name, "token_embd.weight") ? (int64_t) n_marks : 0;
    const int64_t shape[2] = {tensor->shape[0] + more, tensor->shape[1]};
    float *numbers = g_new0 (float, tensor->count + (size_t) (more * tensor->shape[1]));
    g_ptr_array_add (values, numbers);
    cosmos_dtype_to_float (tensor->dtype, tensor->data, numbers, tensor->count);
    cosmos_gguf_writer_add_tensor (writer, tensor->name, tensor->rank, shape, COSMOS_DTYPE_F32, numbers);
  }
  g_assert_true (cosmos_gguf_writer_save (writer, path, &err));
  cosmos_gguf_writer_free (writer);
  cosmos_language_model_free (model);
  cosmos_tokenizer_free (tokenizer);
  cosmos_gguf_free (file);
}

static void write_for_tasks (const char *path)
{
  CosmosError err;
  g_autofree char *from = baseline ();
  CosmosLanguageModel *model = cosmos_language_model_open (from, cosmos_compute_get_best (), &err);
  CosmosLanguageModelTasks tasks = *cosmos_language_model_get_tasks (model);
  g_assert_cmpint (tasks.n, ==, 4);
  strcpy (tasks.names[0], "story");
  strcpy (tasks.names[1], "detox");
  tasks.n = 2;
  write_as (path, &tasks, NULL);
  cosmos_language_model_free (model);
}

/* Of a model that only goes on: the beginning is the first token, cleaned, and takes no time. */
static void test_beginning (void)
{
  g_autoptr (CpgEngine) engine = cpg_engine_new (1, "auto");
  g_autofree char *folder = model_folder_new_temporary (), *path = g_build_filename (folder, "plain.gguf", NULL);
  write_as (path, NULL, NULL);
  g_autoptr (CpgWriting) writing = write_text (engine, path, 7, "  Anna  had lost\nher keys. ");
  int n;
  finish (writing);
  const CpgToken *tokens = cpg_writing_get_tokens (writing, &n);
  g_assert_cmpstr (tokens[0].text, ==, "Anna had lost her keys.");
  g_assert_cmpint (tokens[0].guess.id, ==, -1);
  g_assert_cmpfloat (cpg_writing_get_time (writing, 0), ==, 0);
  g_assert_true (g_str_has_prefix (cpg_writing_get_text (writing), "Anna had lost her keys."));
  model_folder_remove (g_steal_pointer (&folder));
}

/* Asked for a summary it answers; a story's opening sentence is the beginning of its answer; where the template is another, it goes on. */
static void test_talk (void)
{
  static const struct {
    const char *template, *task;
    CosmosAsking asking;
    gboolean begins;
  } cases[] = {
    {"<|im_start|>{{ role }} <|im_end|>", "summary", COSMOS_ASKING_INSTRUCTION, FALSE},
    {"<|im_start|>{{ role }} <|im_end|>", "story", COSMOS_ASKING_INSTRUCTION, TRUE},
    {"[INST]", "summary", COSMOS_ASKING_UNKNOWN, TRUE},
  };
  g_autoptr (CpgEngine) engine = cpg_engine_new (1, "auto");
  g_autofree char *folder = model_folder_new_temporary ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *name = g_strdup_printf ("talk-%d.gguf", (int) i), *path = g_build_filename (folder, name, NULL);
    g_autoptr (CpgSettings) settings = fixture_settings (5, 7);
    int n;
    write_as (path, NULL, cases[i].template);
    g_object_set (settings, "source", "Anna had lost her keys.", "task", cases[i].task, NULL);
    g_autoptr (CpgWriting) writing = cpg_writing_new (engine, path, settings, NAN);
    finish (writing);
    g_assert_cmpint (cpg_writing_get_asking (writing), ==, cases[i].asking);
    const CpgToken *tokens = cpg_writing_get_tokens (writing, &n);
    g_assert_true ((n > 0 && tokens[0].guess.id < 0) == cases[i].begins);
    g_assert_true (g_str_has_prefix (cpg_writing_get_text (writing), "Anna had lost her keys.") == cases[i].begins);
    g_remove (path);
  }
  model_folder_remove (g_steal_pointer (&folder));
}

/* The source is read, but no part of what is written, but for a story's opening sentence; the task makes the text another one; a task that it lacks is refused. */
static void test_tasks (void)
{
  static const char *const tasks[] = {"story", "detox", "summary"};
  g_autoptr (CpgEngine) engine = cpg_engine_new (1, "auto");
  g_autofree char *folder = model_folder_new_temporary (), *path = g_build_filename (folder, "tasks.gguf", NULL), *before = NULL;
  write_for_tasks (path);
  for (gsize i = 0; i < G_N_ELEMENTS (tasks); i++) {
    g_autoptr (CpgSettings) settings = fixture_settings (5, 7);
    g_object_set (settings, "source", "Anna had lost her keys.", "task", tasks[i], NULL);
    g_autoptr (CpgWriting) writing = cpg_writing_new (engine, path, settings, NAN);
    int n;
    fixture_wait_until (!cpg_writing_is_active (writing));
    if (i == 2) {
      g_assert_nonnull (strstr (cpg_writing_get_error (writing), "was not trained for the task \"summary\""));
      break;
    }
    g_assert_cmpint (cpg_writing_get_state (writing), ==, CPG_RUN_DONE);
    const CpgToken *tokens = cpg_writing_get_tokens (writing, &n);
    g_assert_true (n > 0 && (tokens[0].guess.id < 0) == (i == 0));
    g_assert_true (g_str_has_prefix (cpg_writing_get_text (writing), "Anna had lost her keys.") == (i == 0));
    g_assert_cmpstr (cpg_writing_get_text (writing), !=, before);
    g_free (before);
    before = g_strdup (cpg_writing_get_text (writing));
  }
  model_folder_remove (g_steal_pointer (&folder));
}

static void test_failures (void)
{
  static const char *const sources[] = {NULL, NULL, "\xff\xfe no UTF-8"};
  g_autoptr (CpgEngine) engine = cpg_engine_new (1, "auto");
  g_autofree char *bundle = fixture_model (), *path = baseline ();
  const char *const paths[] = {"/no/such/model.gguf", bundle, path};
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (CpgWriting) writing = write_text (engine, paths[i], 1, sources[i]);
    fixture_wait_until (!cpg_writing_is_active (writing));
    g_assert_cmpint (cpg_writing_get_state (writing), ==, CPG_RUN_FAILED);
    g_assert_nonnull (cpg_writing_get_error (writing));
    g_assert_cmpint (cpg_writing_get_n_tokens (writing), ==, 0);
  }
  /* A beginning that fills a model that only goes on. */
  g_autofree char *folder = model_folder_new_temporary (), *plain = g_build_filename (folder, "plain.gguf", NULL);
  write_as (plain, NULL, NULL);
  g_autofree char *words = g_strnfill (4000, 'a'), *spaced = g_strjoin (" ", words, words, NULL);
  g_autoptr (CpgWriting) writing = write_text (engine, plain, 1, spaced);
  fixture_wait_until (!cpg_writing_is_active (writing));
  g_assert_cmpint (cpg_writing_get_state (writing), ==, CPG_RUN_FAILED);
  model_folder_remove (g_steal_pointer (&folder));
}

static void test_cancel (void)
{
  g_autoptr (CpgEngine) engine = cpg_engine_new (1, "auto");
  g_autofree char *path = baseline ();
  g_autoptr (CpgWriting) writing = write_text (engine, path, 7, ""), next = write_text (engine, path, 7, "");
  fixture_wait_until (cpg_writing_get_n_tokens (writing) > 0);
  cpg_writing_cancel (writing);
  int n = cpg_writing_get_n_tokens (writing);
  g_assert_cmpint (cpg_writing_get_state (writing), ==, CPG_RUN_CANCELLED);
  finish (next);
  g_assert_cmpint (cpg_writing_get_n_tokens (writing), ==, n); /* nothing came after */
  g_assert_cmpint (cpg_writing_get_state (writing), ==, CPG_RUN_CANCELLED);
}

/* The engine goes first. */
static void test_engine_goes (void)
{
  CpgEngine *engine = cpg_engine_new (1, "auto");
  g_autofree char *path = baseline ();
  g_autoptr (CpgWriting) writing = write_text (engine, path, 7, "");
  g_object_unref (engine);
  fixture_wait_until (!cpg_writing_is_active (writing));
  g_assert_cmpint (cpg_writing_get_state (writing), ==, CPG_RUN_CANCELLED);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/writing/text", test_text);
  g_test_add_func ("/writing/beginning", test_beginning);
  g_test_add_func ("/writing/talk", test_talk);
  g_test_add_func ("/writing/tasks", test_tasks);
  g_test_add_func ("/writing/failures", test_failures);
  g_test_add_func ("/writing/cancel", test_cancel);
  g_test_add_func ("/writing/engine-goes", test_engine_goes);
  return g_test_run ();
}
