#include "app/cpg-models-convert.h"

#include "core/model/convert.h"
#include "core/model/finding.h"
#include "store/cpg-address.h"
#include "store/cpg-fetch-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

enum { WHOLE = 1000, BETWEEN_NEWS = G_USEC_PER_SEC / 10 };

typedef struct {
  char *weights, *path;
  CosmosProgress progress;
  GFileProgressCallback tell;
  gpointer tell_data;
  gint64 told;
  gint done;   /* atomic; of WHOLE */
  GTask *task; /* borrowed: it owns this */
} Work;

static void free_work (gpointer data)
{
  Work *self = data;
  g_free (self->weights);
  g_free (self->path);
  g_free (self);
}

char *cpg_models_convert_get_path (const char *weights, const char *target)
{
  g_autofree char *stem = g_path_get_basename (weights);
  if (g_str_has_suffix (stem, ".safetensors"))
    stem[strlen (stem) - strlen (".safetensors")] = 0;
  if (g_str_equal (stem, "model")) {
    g_autofree char *folder = g_path_get_dirname (weights);
    g_free (stem);
    stem = g_path_get_basename (folder);
  }
  g_autofree char *name = g_strconcat (stem, ".gguf", NULL);
  return g_build_filename (target, name, NULL);
}

/* ---- on the thread ---- */

static gboolean on_news (gpointer data)
{
  Work *self = g_task_get_task_data (data);
  if (!g_task_get_completed (data))
    self->tell (g_atomic_int_get (&self->done), WHOLE, self->tell_data);
  return G_SOURCE_REMOVE;
}

static void on_report (double fraction, const char *what, void *data)
{
  Work *self = data;
  gint64 now = g_get_monotonic_time ();
  g_atomic_int_set (&self->done, (gint) (WHOLE * fraction));
  if (now - self->told < BETWEEN_NEWS)
    return;
  self->told = now;
  g_main_context_invoke_full (g_task_get_context (self->task), G_PRIORITY_DEFAULT, on_news, g_object_ref (self->task),
                              g_object_unref);
}

static void on_cancelled (GCancellable *cancellable, gpointer data)
{
  atomic_store (&((Work *) data)->progress.cancelled, true);
}

static gboolean make_room (const char *path, GError **error)
{
  g_autofree char *name = g_path_get_basename (path), *folder = g_path_get_dirname (path);
  if (!cpg_address_check_file_name (name, error))
    return FALSE;
  if (g_mkdir_with_parents (folder, 0755) != 0) {
    cpg_fetch_error_from_errno (error, errno, folder);
    return FALSE;
  }
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_EXISTS,
               _ ("%s: there is a file of that name already; remove or rename one of them"), path);
  return FALSE;
}

static void convert_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *self = data;
  CosmosError err = {0};
  CosmosConverted result;
  GError *error = NULL;
  CosmosFinding found = {0};
  cosmos_finding_read (&found, self->weights, NULL);
  const CosmosConversion conversion = {
    .input = self->weights, .output = self->path, .dtype = COSMOS_DTYPE_BF16, .license = found.license[0] ? found.license : NULL};
  gulong id = cancellable ? g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), self, NULL) : 0;
  gboolean ok = make_room (self->path, &error);
  if (ok && !cosmos_convert (&conversion, &result, &self->progress, &err)) {
    ok = FALSE;
    cpg_fetch_error_from_core (&error, &err);
  }
  g_cancellable_disconnect (cancellable, id);
  if (ok)
    g_task_return_pointer (task, g_strdup (self->path), g_free);
  else
    g_task_return_error (task, error);
}

/* ---- on the main thread ---- */

void cpg_models_convert_async (const char *weights, const char *target, GFileProgressCallback progress, gpointer progress_data,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Work *self = g_new0 (Work, 1);
  self->weights = g_strdup (weights);
  self->path = cpg_models_convert_get_path (weights, target);
  self->tell = progress;
  self->tell_data = progress_data;
  self->task = task;
  self->progress.report = on_report;
  self->progress.data = self;
  g_task_set_task_data (task, self, free_work);
  /* What was made although somebody cancelled in the last moment is there, and is said to be. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_run_in_thread (task, convert_in_thread);
}

char *cpg_models_convert_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
