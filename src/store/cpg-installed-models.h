/* What lies in the models folders (core/file/model-folders.h), as a list of CpgInstalledModel in the order of the folders, by name within each.
 *
 * Main thread; reading, checking and copying happen on a thread of GIO's, and answer here. The list does not follow the folders by itself:
 * refresh it when a download is done, when something was removed or imported, or when a window comes to the front.
 */
#pragma once

#include "store/cpg-installed-model.h"

G_BEGIN_DECLS

#define CPG_TYPE_INSTALLED_MODELS (cpg_installed_models_get_type ())
G_DECLARE_FINAL_TYPE (CpgInstalledModels, cpg_installed_models, CPG, INSTALLED_MODELS, GObject) /* GListModel */

/* Empty before the first refresh. The catalogue must not grow while a refresh is under way. */
CpgInstalledModels *cpg_installed_models_new (CpgCatalog *catalog);
guint cpg_installed_models_get_n_models (CpgInstalledModels *self);
CpgInstalledModel *cpg_installed_models_get_model (CpgInstalledModels *self, guint index); /* (transfer none) */
/* By name, name without .gguf, or id in the catalogue; (transfer none), NULL: none. */
CpgInstalledModel *cpg_installed_models_find (CpgInstalledModels *self, const char *name);

/* Fails where COSMOS_MODELS names no folder. The one that blocks is for programs without a window. */
gboolean cpg_installed_models_refresh (CpgInstalledModels *self, GError **error);
void cpg_installed_models_refresh_async (CpgInstalledModels *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                         gpointer data);
gboolean cpg_installed_models_refresh_finish (CpgInstalledModels *self, GAsyncResult *result, GError **error);

/* progress (may be NULL): on the main thread, at most ten times a second. All but these blocks; the list changes with the next refresh. */
void cpg_installed_models_verify_async (CpgInstalledModels *self, CpgInstalledModel *model, GFileProgressCallback progress,
                                        gpointer progress_data, GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer data);
gboolean cpg_installed_models_verify_finish (CpgInstalledModels *self, GAsyncResult *result, GError **error);
/* Copies a file into the user's own folder -> its new path. */
void cpg_installed_models_import_async (CpgInstalledModels *self, const char *path, GFileProgressCallback progress,
                                        gpointer progress_data, GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer data);
char *cpg_installed_models_import_finish (CpgInstalledModels *self, GAsyncResult *result, GError **error);

/* Into the trash, from where the user can take it back. Only from the user's own folder; where there is no trash it fails with
 * G_IO_ERROR_NOT_SUPPORTED, and nothing happens. */
gboolean cpg_installed_models_remove (CpgInstalledModels *self, CpgInstalledModel *model, GError **error);

G_END_DECLS
