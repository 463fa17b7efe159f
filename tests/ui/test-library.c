/* What the Models page rests on, without a window: the library, downloads of a model as one, facts of files, and the making of a GGUF. */
#include "../faulty-server.h"
#include "../model-folder.h"
#include "app/cpg-library.h"
#include "app/cpg-models-convert.h"
#include "app/cpg-models-facts.h"
#include "app/cpg-models-transfer.h"
#include "app/cpg-models-words.h"
#include "store/cpg-fetch-error.h"

#include <glib/gstdio.h>
#include <locale.h>

static char *home; /* below it: catalogs and models of this program alone */

static void wait_for (gboolean *done)
{
  while (!*done)
    g_main_context_iteration (NULL, TRUE);
}

/* ---- words ---- */

static void check (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void test_words (void)
{
  const char *const tasks[] = {"story", "unheard-of", NULL};
  check (cpg_models_words_tasks (tasks), "Story, unheard-of");
  check (cpg_models_words_tasks (NULL), "");
  check (cpg_models_words_parameters (512), "512");
  check (cpg_models_words_parameters (24200000), "24.2 million");
  check (cpg_models_words_parameters (1500000000), "1.5 billion");
  check (cpg_models_words_amount (5200000, 19100000), "5.2\u00a0MB of 19.1\u00a0MB");
  check (cpg_models_words_amount (5200000, 0), "5.2\u00a0MB");
  check (cpg_models_words_progress (0, 1000000, 0), "0 bytes of 1.0\u00a0MB");
  check (cpg_models_words_progress (0, 1000000, 1000000), "0 bytes of 1.0\u00a0MB, 1.0\u00a0MB/s, 1 second left");
  check (cpg_models_words_progress (0, 1000000, 10000), "0 bytes of 1.0\u00a0MB, 10.0\u00a0kB/s, 2 minutes left");
  check (cpg_models_words_progress (0, 1000000000, 100000), "0 bytes of 1.0\u00a0GB, 100.0\u00a0kB/s, 3 hours left");
  check (cpg_models_words_progress (500, 0, 1000), "500 bytes, 1.0\u00a0kB/s");
}

/* ---- facts ---- */

static const char *find (const CpgModelsFacts *facts, const char *title, const char *label)
{
  for (guint i = 0; i < facts->groups->len; i++) {
    const CpgFactGroup *group = facts->groups->pdata[i];
    for (guint k = 0; g_str_equal (group->title, title) && k < group->facts->len; k++)
      if (g_str_equal (g_array_index (group->facts, CpgFact, k).label, label))
        return g_array_index (group->facts, CpgFact, k).value;
  }
  return NULL;
}

static void test_facts (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("SOURCE_ROOT"), "models", NULL);
  g_autoptr (CpgCatalog) catalog = cpg_catalog_new ();
  g_autoptr (CpgInstalledModel) story = cpg_installed_model_read (folder, "story-first.gguf", FALSE, catalog),
                                baseline = cpg_installed_model_read (folder, "playground-baseline.gguf", FALSE, catalog);
  g_autoptr (CpgModelsFacts) first = cpg_models_facts_new_from_installed (story, NULL),
                             second = cpg_models_facts_new_from_installed (baseline, NULL);
  g_assert_cmpstr (first->title, ==, "story-first");
  g_assert_cmpint (first->kind, ==, CPG_MODEL_BUNDLE);
  g_assert_cmpstr (find (first, "Sizes", "Text"), ==, "up to 64 tokens");
  g_assert_cmpstr (find (first, "Sizes", "Latents"), ==, "16 vectors of 64 numbers");
  g_assert_cmpstr (find (first, "Sizes", "Denoiser"), ==, "8 layers of width 256");
  g_assert_cmpstr (find (first, "Sizes", "Numbers"), ==, "mostly Q8_0");
  g_assert_cmpstr (find (first, "Sizes", "Good for"), ==, "writing texts by denoising\nreading texts in a training");
  g_assert_null (find (first, "Sizes", "Missing"));
  g_assert_cmpstr (find (first, "Measured Quality", "Tokens that come back from the latents"), ==, "94.8 %");
  g_assert_nonnull (find (first, "Files", "Place"));
  const CpgFactGroup *notes = first->groups->pdata[first->groups->len - 1];
  g_assert_true (g_str_has_prefix (notes->text, "story-first\n\nA small COSMOS"));
  g_assert_nonnull (strstr (notes->text, "\ntask: story\n"));
  g_assert_null (strchr (notes->text, '|'));
  g_assert_cmpint (second->kind, ==, CPG_MODEL_LANGUAGE_MODEL);
  g_assert_cmpstr (find (second, "Sizes", "Network"), ==, "6 layers of width 256");
  g_assert_cmpstr (find (second, "Sizes", "Architecture"), ==, "llama");
}

static void test_facts_of_bad_files (void)
{
  g_autofree char *bad = g_build_filename (home, "bad.gguf", NULL), *text = g_build_filename (home, "text.txt", NULL),
                  *empty = g_build_filename (home, "empty", NULL);
  const char *const paths[] = {bad, text, empty, "/nowhere/at-all.gguf"};
  g_assert_true (g_file_set_contents (bad, "GGUFnonsense", -1, NULL));
  g_assert_true (g_file_set_contents (text, "text", -1, NULL));
  g_mkdir (empty, 0700);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (cpg_models_facts_new_from_path (paths[i], &error));
    g_assert_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_MODEL);
    g_assert_nonnull (strstr (error->message, paths[i]));
  }
}

/* ---- making a GGUF ---- */

typedef struct {
  gboolean done;
  char *path;
  GError *error;
} Made;

static void on_made (GObject *source, GAsyncResult *result, gpointer data)
{
  Made *made = data;
  made->path = cpg_models_convert_finish (result, &made->error);
  made->done = TRUE;
}

static void on_progress (goffset done, goffset total, gpointer data)
{
  g_assert_cmpint (done, <=, total);
}

static void make (const char *folder, GCancellable *cancellable, Made *made)
{
  g_autofree char *target = g_build_filename (home, "made", NULL);
  *made = (Made) {0};
  cpg_models_convert_async (folder, target, on_progress, NULL, cancellable, on_made, made);
  wait_for (&made->done);
}

static void test_convert (void)
{
  g_autofree char *folder = g_build_filename (home, "weights", NULL), *empty = g_build_filename (home, "no-weights", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Made made;
  g_mkdir (folder, 0700);
  g_mkdir (empty, 0700);
  model_folder_write_cosmos (folder);
  g_autoptr (CpgModelsFacts) before = cpg_models_facts_new_from_path (folder, NULL);
  g_assert_cmpint (before->kind, ==, CPG_MODEL_CHECKPOINT);
  g_assert_cmpstr (find (before, "Sizes", "Kind"), ==, "Weights of a diffusion model");
  g_assert_true (before->finding.needs_conversion);
  g_assert_cmpstr (find (before, "Sizes", "Tasks"), ==, "Story, Detox");

  g_cancellable_cancel (cancellable);
  make (folder, cancellable, &made);
  g_assert_error (made.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&made.error);

  make (folder, NULL, &made);
  g_assert_no_error (made.error);
  g_autofree char *path = made.path;
  g_autoptr (CpgModelsFacts) after = cpg_models_facts_new_from_path (path, NULL);
  g_assert_cmpint (after->kind, ==, CPG_MODEL_BUNDLE);

  make (folder, NULL, &made); /* never over another file */
  g_assert_error (made.error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_EXISTS);
  g_clear_error (&made.error);
  make (empty, NULL, &made);
  g_assert_error (made.error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_MODEL);
  g_clear_error (&made.error);
}

/* ---- the library and its downloads ---- */

static void write_catalog (void)
{
  g_autofree char *folder = g_build_filename (home, "cosmos-playground", "catalogs", NULL),
                  *path = g_build_filename (folder, "mine.json", NULL), *bad = g_build_filename (folder, "bad.json", NULL),
                  *first = faulty_server_get_url ("good"), *second = faulty_server_get_url ("drip"),
                  *wrong = faulty_server_get_url ("other"), *sha256 = faulty_server_get_sha256 ("content.bin");
  g_autofree char *text = g_strdup_printf (
      "{\"version\":1,\"models\":["
      "{\"id\":\"two\",\"name\":\"Two\",\"kind\":\"tokenizer\",\"files\":["
      "{\"name\":\"a\",\"url\":\"%s\",\"size\":300000,\"sha256\":\"%s\"},{\"name\":\"b\",\"url\":\"%s\",\"size\":300000,\"sha256\":\"%s\"}]},"
      "{\"id\":\"wrong\",\"name\":\"Wrong\",\"kind\":\"tokenizer\",\"files\":[{\"name\":\"w\",\"url\":\"%s\",\"sha256\":\"%s\"}]}]}",
      first, sha256, second, sha256, wrong, sha256);
  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_true (g_file_set_contents (bad, "{}", -1, NULL));
}

static void wait_for_state (CpgModelsTransfer *transfer, CpgTransferState state)
{
  while (cpg_models_transfer_get_state (transfer) != state)
    g_main_context_iteration (NULL, TRUE);
}

static void test_downloads (void)
{
  write_catalog ();
  g_autoptr (CpgLibrary) library = cpg_library_new ();
  CpgCatalog *catalog = cpg_library_get_catalog (library);
  g_assert_cmpuint (g_strv_length ((char **) cpg_library_get_refused (library)), ==, 1);
  g_autoptr (CpgModelsTransfer) two = cpg_models_transfer_new (library, cpg_catalog_find (catalog, "two")),
                                wrong = cpg_models_transfer_new (library, cpg_catalog_find (catalog, "wrong"));
  g_assert_cmpint (cpg_models_transfer_get_state (two), ==, CPG_TRANSFER_STATE_NONE);

  /* Paused in the middle, given up, and begun anew */
  cpg_models_transfer_start (two);
  while (cpg_models_transfer_get_received (two) < 320000)
    g_main_context_iteration (NULL, TRUE);
  cpg_models_transfer_pause (two);
  wait_for_state (two, CPG_TRANSFER_STATE_PAUSED);
  g_assert_cmpuint (cpg_models_transfer_get_total (two), ==, 600000);
  g_assert_cmpfloat (cpg_models_transfer_get_progress (two), >, 0.5);
  g_assert_false (cpg_models_transfer_is_installed (two));
  cpg_models_transfer_cancel (two);
  while (cpg_models_transfer_get_state (two) != CPG_TRANSFER_STATE_NONE)
    g_main_context_iteration (NULL, TRUE);
  cpg_models_transfer_start (two);
  while (!cpg_models_transfer_is_installed (two))
    g_main_context_iteration (NULL, TRUE);
  wait_for_state (two, CPG_TRANSFER_STATE_NONE);
  g_assert_nonnull (cpg_library_find_installed (library, "two"));

  cpg_models_transfer_start (wrong);
  wait_for_state (wrong, CPG_TRANSFER_STATE_FAILED);
  g_assert_nonnull (strstr (cpg_models_transfer_get_error (wrong), "SHA-256"));
  g_assert_false (cpg_models_transfer_is_installed (wrong));
}

/* What was left half done waits for the next library, paused. */
static void test_left (void)
{
  g_autoptr (CpgLibrary) library = cpg_library_new ();
  g_autoptr (CpgModelsTransfer) two = cpg_models_transfer_new (library,
                                                               cpg_catalog_find (cpg_library_get_catalog (library), "two"));
  g_autofree char *path = g_build_filename (cpg_library_get_folder (library), "two", "b", NULL);
  g_assert_cmpint (g_remove (path), ==, 0);
  cpg_models_transfer_start (two);
  while (cpg_models_transfer_get_received (two) < 320000)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&two);
  g_object_run_dispose (G_OBJECT (library));
  g_clear_object (&library);

  library = cpg_library_new ();
  two = cpg_models_transfer_new (library, cpg_catalog_find (cpg_library_get_catalog (library), "two"));
  wait_for_state (two, CPG_TRANSFER_STATE_PAUSED);
  cpg_models_transfer_resume (two);
  while (!cpg_models_transfer_is_installed (two))
    g_main_context_iteration (NULL, TRUE);
  wait_for_state (two, CPG_TRANSFER_STATE_NONE); /* its checksum is written down, too */
}

int main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  home = model_folder_new_temporary ();
  g_autofree char *models = g_build_filename (home, "models", NULL), *cache = g_build_filename (home, "cache", NULL);
  g_mkdir (models, 0700);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_setenv ("COSMOS_MODELS", models, TRUE);
  faulty_server_start ();
  g_test_add_func ("/ui/library/words", test_words);
  g_test_add_func ("/ui/library/facts", test_facts);
  g_test_add_func ("/ui/library/facts-of-bad-files", test_facts_of_bad_files);
  g_test_add_func ("/ui/library/convert", test_convert);
  g_test_add_func ("/ui/library/downloads", test_downloads);
  g_test_add_func ("/ui/library/left", test_left);
  int result = g_test_run ();
  faulty_server_stop ();
  model_folder_remove (home);
  return result;
}
