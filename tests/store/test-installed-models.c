#include "core/model/convert.h"
#include "store/cpg-downloads.h"
#include "store/cpg-fetch-error.h"
#include "store/cpg-installed-models.h"

#include "../model-folder.h"

#include <glib/gstdio.h>
#include <string.h>

enum { SECONDS = 60 };

/* A home of its own: data/cosmos-playground/models is the user's folder, system/cosmos-playground/models one of the system. */
typedef struct {
  char *home, *own, *system, *tiny;
  CpgCatalog *catalog;
  CpgInstalledModels *models;
} Fixture;

static void add (const char *folder, const char *name, const char *data, gsize size)
{
  g_autofree char *path = g_build_filename (folder, name, NULL), *above = g_path_get_dirname (path);
  g_assert_cmpint (g_mkdir_with_parents (above, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, data, (gssize) size, NULL));
}

static void add_to_catalog (CpgCatalog *catalog, const char *id, const char *name, const char *sha256)
{
  g_autofree char *text = g_strdup_printf (
      "{\"version\":1,\"models\":[{\"id\":\"%s\",\"name\":\"From the catalogue\",\"kind\":\"tokenizer\","
      "\"files\":[{\"name\":\"%s\",\"url\":\"https://example.org/x\",\"sha256\":\"%s\"}]}]}",
      id, name, sha256);
  g_autoptr (GError) error = NULL;
  cpg_catalog_add_data (catalog, text, strlen (text), "test", &error);
  g_assert_no_error (error);
}

static void set_up (Fixture *self, gconstpointer data)
{
  (void) data;
  self->home = model_folder_new_temporary ();
  g_autofree char *user = g_build_filename (self->home, "data", NULL), *dirs = g_build_filename (self->home, "system", NULL);
  g_autofree char *cache = g_build_filename (self->home, "cache", NULL),
                  *weights = g_build_filename (self->home, "weights", NULL);
  self->own = g_build_filename (user, "cosmos-playground", "models", NULL);
  self->system = g_build_filename (dirs, "cosmos-playground", "models", NULL);
  self->tiny = g_build_filename (self->home, "tiny.gguf", NULL);
  g_setenv ("HOME", self->home, TRUE);
  g_setenv ("XDG_DATA_HOME", user, TRUE);
  g_setenv ("XDG_DATA_DIRS", dirs, TRUE);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_unsetenv ("COSMOS_MODELS");
  g_mkdir_with_parents (self->own, 0700);
  g_mkdir_with_parents (self->system, 0700);
  CosmosConverted result;
  CosmosError err;
  g_mkdir (weights, 0700);
  model_folder_write_cosmos (weights);
  CosmosConversion what = {.input = weights, .output = self->tiny, .dtype = COSMOS_DTYPE_F32, .name = "tiny"};
  if (!cosmos_convert (&what, &result, NULL, &err))
    g_error ("%s", err.message);
  self->catalog = cpg_catalog_new ();
  self->models = cpg_installed_models_new (self->catalog);
}

static void tear_down (Fixture *self, gconstpointer data)
{
  (void) data;
  g_object_unref (self->models);
  g_object_unref (self->catalog);
  model_folder_remove (self->home);
  g_free (self->own);
  g_free (self->system);
  g_free (self->tiny);
}

static CpgInstalledModel *find (Fixture *self, const char *name)
{
  g_autoptr (GError) error = NULL;
  cpg_installed_models_refresh (self->models, &error);
  g_assert_no_error (error);
  return cpg_installed_models_find (self->models, name);
}

/* ---- waiting ---- */

static gboolean on_late (gpointer data)
{
  (void) data;
  g_error ("waited for %d seconds in vain", SECONDS);
  return G_SOURCE_REMOVE;
}

static void on_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  (void) source;
  *(GAsyncResult **) data = g_object_ref (result);
}

static void wait_for (GAsyncResult **result)
{
  guint late = g_timeout_add_seconds (SECONDS, on_late, NULL);
  while (!*result)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (late);
}

/* ---- tests ---- */

static void test_list (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autofree char *bytes = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (self->tiny, &bytes, &size, NULL));
  add (self->own, "tiny.gguf", bytes, size);
  add (self->own, "broken.gguf", "GGUF", 4);
  add (self->own, "half.gguf.part", "GGUF", 4);
  add (self->own, ".hidden.gguf", bytes, size);
  add (self->own, "notes.txt", "hello", 5);
  add (self->own, "weights/model.safetensors", "\2\0\0\0\0\0\0\0{}", 10);
  add (self->own, "weights/config.json", "{}", 2);
  add (self->own, "not-a-model/readme.txt", "hello", 5);
  add (self->system, "other.gguf", bytes, size);
  CpgInstalledModel *tiny = find (self, "tiny"), *broken = cpg_installed_models_find (self->models, "broken.gguf");
  CpgInstalledModel *weights = cpg_installed_models_find (self->models, "weights");
  CpgInstalledModel *other = cpg_installed_models_find (self->models, "other");
  g_assert_true (tiny && broken && weights && other);
  g_assert_null (cpg_installed_models_find (self->models, "notes.txt"));
  g_assert_null (cpg_installed_models_find (self->models, "not-a-model"));
  g_assert_null (cpg_installed_models_find (self->models, ".hidden"));
  g_assert_cmpint (cpg_installed_model_get_kind (tiny), ==, CPG_MODEL_BUNDLE);
  g_assert_cmpstr (cpg_installed_model_get_title (tiny), ==, "tiny");
  g_assert_cmpstr (cpg_installed_model_get_tasks (tiny)[0], ==, "story");
  g_assert_cmpuint (cpg_installed_model_get_size (tiny), ==, size);
  g_assert_null (cpg_installed_model_get_error (tiny));
  g_assert_cmpint (cpg_installed_model_get_verification (tiny), ==, CPG_VERIFICATION_UNKNOWN);
  g_assert_nonnull (cpg_installed_model_get_error (broken));
  g_assert_true (cpg_installed_model_is_removable (tiny) && !cpg_installed_model_is_removable (other));
  g_assert_cmpint (cpg_installed_model_get_kind (weights), ==, CPG_MODEL_CHECKPOINT);
  g_assert_cmpuint (cpg_installed_model_get_n_files (weights), ==, 2);
  g_assert_cmpuint (cpg_installed_model_get_size (weights), ==, 12);
}

static void test_verify (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autofree char *bytes = NULL, *path = g_build_filename (self->own, "tiny.gguf", NULL);
  g_autoptr (GAsyncResult) first = NULL, second = NULL, third = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (self->tiny, &bytes, &size, NULL));
  g_autofree char *sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, size);
  add (self->own, "tiny.gguf", bytes, size);
  add_to_catalog (self->catalog, "the-tiny", "tiny.gguf", sha256);
  CpgInstalledModel *model = find (self, "the-tiny");
  g_assert_cmpint (cpg_installed_model_get_verification (model), ==, CPG_VERIFICATION_UNCHECKED);
  cpg_installed_models_verify_async (self->models, model, NULL, NULL, NULL, on_ready, &first);
  wait_for (&first);
  cpg_installed_models_verify_finish (self->models, first, &error);
  g_assert_no_error (error);
  model = find (self, "the-tiny");
  g_assert_cmpint (cpg_installed_model_get_verification (model), ==, CPG_VERIFICATION_RIGHT);
  g_assert_cmpstr (cpg_installed_model_get_sha256 (model, 0), ==, sha256);

  bytes[size - 1] ^= 1;
  add (self->own, "tiny.gguf", bytes, size);
  model = find (self, "the-tiny");
  g_assert_cmpint (cpg_installed_model_get_verification (model), ==, CPG_VERIFICATION_UNCHECKED);
  cpg_installed_models_verify_async (self->models, model, NULL, NULL, NULL, on_ready, &second);
  wait_for (&second);
  g_assert_false (cpg_installed_models_verify_finish (self->models, second, &error));
  g_assert_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_DIFFERS);
  g_clear_error (&error);
  model = find (self, "the-tiny");
  g_assert_cmpint (cpg_installed_model_get_verification (model), ==, CPG_VERIFICATION_WRONG);

  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_cancellable_cancel (cancellable);
  cpg_installed_models_verify_async (self->models, model, NULL, NULL, cancellable, on_ready, &third);
  wait_for (&third);
  g_assert_false (cpg_installed_models_verify_finish (self->models, third, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static char *import (Fixture *self, const char *path, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  cpg_installed_models_import_async (self->models, path, NULL, NULL, NULL, on_ready, &result);
  wait_for (&result);
  return cpg_installed_models_import_finish (self->models, result, error);
}

static void test_import (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = import (self, self->tiny, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR) && g_file_test (self->tiny, G_FILE_TEST_IS_REGULAR));
  g_assert_nonnull (find (self, "tiny"));
  g_assert_null (import (self, self->tiny, &error));
  g_assert_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_EXISTS);
  g_clear_error (&error);

  static const char *const names[] = {"cut.gguf", "weights.pth", "none.gguf"};
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *bad = g_build_filename (self->home, names[i], NULL), *target = g_build_filename (self->own, names[i], NULL);
    g_autofree char *part = g_strconcat (target, ".part", NULL);
    if (i < 2)
      add (self->home, names[i], "GGUF\3\0\0\0", 8);
    g_assert_null (import (self, bad, &error));
    g_assert_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_MODEL);
    g_test_message ("%s", error->message);
    g_assert_false (g_file_test (target, G_FILE_TEST_EXISTS) || g_file_test (part, G_FILE_TEST_EXISTS));
    g_clear_error (&error);
  }
}

static void test_remove (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  g_autofree char *trash = g_build_filename (self->home, "data", "Trash", "files", "mine.gguf", NULL);
  add (self->own, "mine.gguf", "GGUF", 4);
  add (self->system, "theirs.gguf", "GGUF", 4);
  CpgInstalledModel *theirs = find (self, "theirs");
  g_assert_false (cpg_installed_models_remove (self->models, theirs, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_clear_error (&error);
  if (!cpg_installed_models_remove (self->models, cpg_installed_models_find (self->models, "mine"), &error)) {
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
    g_test_skip ("there is no trash here");
    return;
  }
  g_assert_null (find (self, "mine"));
  g_assert_nonnull (find (self, "theirs"));
  g_assert_true (g_file_test (trash, G_FILE_TEST_EXISTS));
}

static void test_refresh (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GAsyncResult) first = NULL, second = NULL;
  g_autoptr (GError) error = NULL;
  add (self->own, "a.gguf", "GGUF", 4);
  cpg_installed_models_refresh_async (self->models, NULL, on_ready, &first);
  wait_for (&first);
  g_assert_true (cpg_installed_models_refresh_finish (self->models, first, &error));
  g_assert_nonnull (cpg_installed_models_find (self->models, "a"));
  g_setenv ("COSMOS_MODELS", "/no/such/folder", TRUE);
  cpg_installed_models_refresh_async (self->models, NULL, on_ready, &second);
  wait_for (&second);
  g_assert_false (cpg_installed_models_refresh_finish (self->models, second, &error));
  g_assert_nonnull (strstr (error->message, "COSMOS_MODELS"));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/installed-models/list", Fixture, NULL, set_up, test_list, tear_down);
  g_test_add ("/installed-models/verify", Fixture, NULL, set_up, test_verify, tear_down);
  g_test_add ("/installed-models/import", Fixture, NULL, set_up, test_import, tear_down);
  g_test_add ("/installed-models/remove", Fixture, NULL, set_up, test_remove, tear_down);
  g_test_add ("/installed-models/refresh", Fixture, NULL, set_up, test_refresh, tear_down);
  return g_test_run ();
}
