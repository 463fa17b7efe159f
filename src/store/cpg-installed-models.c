#include "store/cpg-installed-models.h"

#include "core/file/model-folders.h"
#include "store/cpg-fetch-error.h"
#include "store/cpg-model-import.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

struct _CpgInstalledModels {
  GObject parent_instance;
  CpgCatalog *catalog;
  GPtrArray *models;
};

static void cpg_installed_models_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CpgInstalledModels, cpg_installed_models, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, cpg_installed_models_list_model_init))

CpgInstalledModels *cpg_installed_models_new (CpgCatalog *catalog)
{
  CpgInstalledModels *self = g_object_new (CPG_TYPE_INSTALLED_MODELS, NULL);
  self->catalog = g_object_ref (catalog);
  return self;
}

guint cpg_installed_models_get_n_models (CpgInstalledModels *self)
{
  return self->models->len;
}

CpgInstalledModel *cpg_installed_models_get_model (CpgInstalledModels *self, guint index)
{
  return self->models->pdata[index];
}

CpgInstalledModel *cpg_installed_models_find (CpgInstalledModels *self, const char *name)
{
  g_autofree char *longer = g_strconcat (name, ".gguf", NULL);
  for (guint i = 0; i < self->models->len; i++) {
    CpgInstalledModel *model = self->models->pdata[i];
    const char *own = cpg_installed_model_get_name (model);
    if (strcmp (own, name) == 0 || strcmp (own, longer) == 0 || g_strcmp0 (cpg_installed_model_get_catalog_id (model), name) == 0)
      return model;
  }
  return NULL;
}

/* ---- reading the folders ---- */

static int compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void read_folder (const char *folder, gboolean removable, CpgCatalog *catalog, GPtrArray *models)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *entry;
  while (dir && (entry = g_dir_read_name (dir)))
    if (*entry != '.')
      g_ptr_array_add (names, g_strdup (entry));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    CpgInstalledModel *model = cpg_installed_model_read (folder, names->pdata[i], removable, catalog);
    if (model)
      g_ptr_array_add (models, model);
  }
}

static GPtrArray *read_all (CpgCatalog *catalog, GError **error)
{
  CosmosModelFolders folders;
  CosmosError err;
  if (!cosmos_model_folders_list (&folders, &err)) {
    cpg_fetch_error_from_core (error, &err);
    return NULL;
  }
  GPtrArray *models = g_ptr_array_new_with_free_func (g_object_unref);
  char *own = cosmos_model_folders_get_own ();
  for (size_t i = 0; i < folders.n; i++)
    read_folder (folders.items[i], g_strcmp0 (folders.items[i], own) == 0, catalog, models);
  free (own);
  cosmos_model_folders_clear (&folders);
  return models;
}

static void take (CpgInstalledModels *self, GPtrArray *models)
{
  guint before = self->models->len;
  g_ptr_array_unref (self->models);
  self->models = models;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, models->len);
}

gboolean cpg_installed_models_refresh (CpgInstalledModels *self, GError **error)
{
  GPtrArray *models = read_all (self->catalog, error);
  if (models)
    take (self, models);
  return models != NULL;
}

static void refresh_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  (void) source;
  (void) cancellable;
  GPtrArray *models = read_all (data, &error);
  if (models)
    g_task_return_pointer (task, models, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void cpg_installed_models_refresh_async (CpgInstalledModels *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                         gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, cpg_installed_models_refresh_async);
  g_task_set_task_data (task, g_object_ref (self->catalog), g_object_unref);
  g_task_run_in_thread (task, refresh_in_thread);
}

gboolean cpg_installed_models_refresh_finish (CpgInstalledModels *self, GAsyncResult *result, GError **error)
{
  GPtrArray *models = g_task_propagate_pointer (G_TASK (result), error);
  if (models)
    take (self, models);
  return models != NULL;
}

/* ---- long work with progress ---- */

typedef struct {
  CpgInstalledModel *model; /* to verify, else NULL */
  char *path, *folder;      /* to import */
  GFileProgressCallback progress;
  gpointer progress_data;
  guint64 total;
  gint64 told;
  GTask *task; /* borrowed: it owns this */
} Work;

static void free_work (gpointer data)
{
  Work *self = data;
  g_clear_object (&self->model);
  g_free (self->path);
  g_free (self->folder);
  g_free (self);
}

typedef struct {
  GTask *task;
  guint64 done;
} News;

static gboolean on_news (gpointer data)
{
  News *news = data;
  Work *work = g_task_get_task_data (news->task);
  if (!g_task_get_completed (news->task))
    work->progress ((goffset) news->done, (goffset) work->total, work->progress_data);
  return G_SOURCE_REMOVE;
}

static void free_news (gpointer data)
{
  g_object_unref (((News *) data)->task);
  g_free (data);
}

static gboolean on_tick (guint64 done, gpointer data)
{
  Work *self = data;
  gint64 now = g_get_monotonic_time ();
  if (self->progress && now - self->told > G_USEC_PER_SEC / 10) {
    News *news = g_new (News, 1);
    *news = (News) {g_object_ref (self->task), done};
    g_main_context_invoke_full (g_task_get_context (self->task), G_PRIORITY_DEFAULT, on_news, news, free_news);
    self->told = now;
  }
  return !g_cancellable_is_cancelled (g_task_get_cancellable (self->task));
}

static void verify_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *self = data;
  GError *error = NULL;
  (void) source;
  (void) cancellable;
  g_auto (GStrv) found = cpg_installed_model_compute (self->model, on_tick, self, &error);
  if (found && cpg_installed_model_judge (self->model, (const char *const *) found, &error) != CPG_VERIFICATION_WRONG)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void import_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *self = data;
  GError *error = NULL;
  (void) source;
  (void) cancellable;
  char *path = cpg_model_import (self->path, self->folder, on_tick, self, &error);
  if (path)
    g_task_return_pointer (task, path, g_free);
  else
    g_task_return_error (task, error);
}

/* Takes work. */
static void start (GTask *task, Work *work, GTaskThreadFunc func)
{
  work->task = task;
  g_task_set_task_data (task, work, free_work);
  g_task_run_in_thread (task, func);
  g_object_unref (task);
}

void cpg_installed_models_verify_async (CpgInstalledModels *self, CpgInstalledModel *model, GFileProgressCallback progress,
                                        gpointer progress_data, GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer data)
{
  Work *work = g_new0 (Work, 1);
  *work = (Work) {.model = g_object_ref (model), .progress = progress, .progress_data = progress_data};
  work->total = cpg_installed_model_get_size (model);
  start (g_task_new (self, cancellable, callback, data), work, verify_in_thread);
}

gboolean cpg_installed_models_verify_finish (CpgInstalledModels *self, GAsyncResult *result, GError **error)
{
  (void) self;
  return g_task_propagate_boolean (G_TASK (result), error);
}

void cpg_installed_models_import_async (CpgInstalledModels *self, const char *path, GFileProgressCallback progress,
                                        gpointer progress_data, GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer data)
{
  Work *work = g_new0 (Work, 1);
  char *own = cosmos_model_folders_get_own ();
  GStatBuf info;
  *work = (Work) {.path = g_strdup (path), .folder = g_strdup (own), .progress = progress, .progress_data = progress_data};
  work->total = g_stat (path, &info) == 0 ? 2 * (guint64) info.st_size : 0; /* the copy, and its check */
  free (own);
  start (g_task_new (self, cancellable, callback, data), work, import_in_thread);
}

char *cpg_installed_models_import_finish (CpgInstalledModels *self, GAsyncResult *result, GError **error)
{
  (void) self;
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- removing ---- */

gboolean cpg_installed_models_remove (CpgInstalledModels *self, CpgInstalledModel *model, GError **error)
{
  (void) self;
  const char *path = cpg_installed_model_get_path (model);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) why = NULL;
  if (!cpg_installed_model_is_removable (model)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                 _ ("%s: lies in a folder of the system or of the program, not in your own, and is not removed"), path);
    return FALSE;
  }
  if (g_file_trash (file, NULL, &why))
    return TRUE;
  g_set_error (error, G_IO_ERROR, why->code, _ ("%s: cannot be put into the trash (%s); delete it yourself if you are sure"),
               path, why->message);
  return FALSE;
}

/* ---- as a list ---- */

static GType cpg_installed_models_get_item_type (GListModel *list)
{
  (void) list;
  return CPG_TYPE_INSTALLED_MODEL;
}

static guint cpg_installed_models_get_n_items (GListModel *list)
{
  return CPG_INSTALLED_MODELS (list)->models->len;
}

static gpointer cpg_installed_models_get_item (GListModel *list, guint index)
{
  CpgInstalledModels *self = CPG_INSTALLED_MODELS (list);
  return index < self->models->len ? g_object_ref (self->models->pdata[index]) : NULL;
}

static void cpg_installed_models_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = cpg_installed_models_get_item_type;
  iface->get_n_items = cpg_installed_models_get_n_items;
  iface->get_item = cpg_installed_models_get_item;
}

static void cpg_installed_models_finalize (GObject *object)
{
  CpgInstalledModels *self = CPG_INSTALLED_MODELS (object);
  g_object_unref (self->catalog);
  g_ptr_array_unref (self->models);
  G_OBJECT_CLASS (cpg_installed_models_parent_class)->finalize (object);
}

static void cpg_installed_models_class_init (CpgInstalledModelsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cpg_installed_models_finalize;
}

static void cpg_installed_models_init (CpgInstalledModels *self)
{
  self->models = g_ptr_array_new_with_free_func (g_object_unref);
}
