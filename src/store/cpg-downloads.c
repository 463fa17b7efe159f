#include "store/cpg-downloads-private.h"

#include "core/file/model-folders.h"
#include "store/cpg-download-private.h"
#include "store/cpg-fetch-error.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

struct _CpgDownloads {
  GObject parent_instance;
  char *folder;
  CpgTransferLimits limits;
  CpgTransferLoop *loop; /* NULL before the first download */
  GPtrArray *downloads;
};

static void cpg_downloads_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CpgDownloads, cpg_downloads, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, cpg_downloads_list_model_init))

CpgDownloads *cpg_downloads_new_with_limits (const char *folder, const CpgTransferLimits *limits)
{
  CpgDownloads *self = g_object_new (CPG_TYPE_DOWNLOADS, NULL);
  self->limits = *limits;
  char *own = folder ? NULL : cosmos_model_folders_get_own ();
  self->folder = g_strdup (folder ? folder : own);
  free (own);
  return self;
}

CpgDownloads *cpg_downloads_new (const char *folder)
{
  CpgTransferLimits limits = cpg_transfer_limits_default ();
  return cpg_downloads_new_with_limits (folder, &limits);
}

const char *cpg_downloads_get_folder (CpgDownloads *self)
{
  return self->folder;
}

void cpg_downloads_set_limit (CpgDownloads *self, guint limit)
{
  self->limits.n_active = MAX (limit, 1);
  if (self->loop)
    cpg_transfer_loop_set_n_active (self->loop, self->limits.n_active);
}

/* ---- adding ---- */

static gboolean on_news (gpointer data)
{
  CpgDownloads *self = data;
  g_autoptr (GPtrArray) downloads = g_ptr_array_copy (self->downloads, (GCopyFunc) (void (*) (void)) g_object_ref, NULL);
  g_ptr_array_set_free_func (downloads, g_object_unref);
  for (guint i = 0; i < downloads->len; i++)
    cpg_download_update (downloads->pdata[i]);
  return G_SOURCE_REMOVE;
}

static CpgDownload *find (CpgDownloads *self, const char *path)
{
  for (guint i = 0; i < self->downloads->len; i++)
    if (strcmp (cpg_download_get_path (self->downloads->pdata[i]), path) == 0)
      return self->downloads->pdata[i];
  return NULL;
}

static void take_out (CpgDownloads *self, guint index)
{
  CpgDownload *download = self->downloads->pdata[index];
  cpg_transfer_loop_remove (self->loop, cpg_download_get_transfer (download));
  cpg_download_detach (download);
  g_ptr_array_remove_index (self->downloads, index);
  g_list_model_items_changed (G_LIST_MODEL (self), index, 1, 0);
}

static void add_file (CpgDownloads *self, CpgCatalogModel *model, guint index, CpgTransferWish wish)
{
  const CpgCatalogFile *file = cpg_catalog_model_get_file (model, index);
  g_autofree char *place = cpg_catalog_model_get_place (model, index), *path = g_build_filename (self->folder, place, NULL);
  CpgDownload *present = find (self, path);
  CpgDownloadState state = present ? cpg_download_get_state (present) : CPG_DOWNLOAD_CANCELLED;
  guint at;
  if (present && (state == CPG_DOWNLOAD_CANCELLED || state == CPG_DOWNLOAD_DONE)
      && g_ptr_array_find (self->downloads, present, &at))
    take_out (self, at); /* what is done may have been removed meanwhile */
  else if (present) {
    if (wish == CPG_TRANSFER_RUN)
      cpg_download_resume (present);
    return;
  }
  if (!self->loop)
    self->loop = cpg_transfer_loop_new (self->limits.n_active, on_news, self);
  CpgTransfer *transfer = cpg_transfer_new (file->url, path, file->sha256, file->size, &self->limits);
  cpg_transfer_want (transfer, wish);
  g_ptr_array_add (self->downloads, cpg_download_new (cpg_catalog_model_get_id (model), path, transfer, self->loop));
  g_list_model_items_changed (G_LIST_MODEL (self), self->downloads->len - 1, 0, 1);
  cpg_transfer_loop_add (self->loop, transfer);
  cpg_transfer_unref (transfer);
}

gboolean cpg_downloads_add (CpgDownloads *self, CpgCatalogModel *model, gboolean accept_unverified, GError **error)
{
  if (!accept_unverified && !cpg_catalog_model_is_verified (model)) {
    g_set_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_UNVERIFIED,
                 _ ("%s: nobody has published a checksum for it, so what comes cannot be told from something else"),
                 cpg_catalog_model_get_id (model));
    return FALSE;
  }
  for (guint i = 0; i < cpg_catalog_model_get_n_files (model); i++)
    add_file (self, model, i, CPG_TRANSFER_RUN);
  return TRUE;
}

void cpg_downloads_add_left (CpgDownloads *self, CpgCatalog *catalog)
{
  for (guint i = 0; i < cpg_catalog_get_n_models (catalog); i++) {
    CpgCatalogModel *model = cpg_catalog_get_model (catalog, i);
    for (guint k = 0; k < cpg_catalog_model_get_n_files (model); k++) {
      g_autofree char *place = cpg_catalog_model_get_place (model, k), *path = g_build_filename (self->folder, place, NULL);
      g_autofree char *part = g_strconcat (path, ".part", NULL);
      if (g_file_test (part, G_FILE_TEST_IS_REGULAR))
        add_file (self, model, k, CPG_TRANSFER_PAUSE);
    }
  }
}

void cpg_downloads_clear_finished (CpgDownloads *self)
{
  for (guint i = self->downloads->len; i-- > 0;)
    if (cpg_download_get_state (self->downloads->pdata[i]) >= CPG_DOWNLOAD_DONE)
      take_out (self, i);
}

gboolean cpg_downloads_is_active (CpgDownloads *self)
{
  for (guint i = 0; i < self->downloads->len; i++)
    if (cpg_download_is_active (self->downloads->pdata[i]))
      return TRUE;
  return FALSE;
}

void cpg_downloads_pause_all (CpgDownloads *self)
{
  for (guint i = 0; i < self->downloads->len; i++)
    cpg_download_pause (self->downloads->pdata[i]);
}

/* ---- as a list ---- */

static GType cpg_downloads_get_item_type (GListModel *list)
{
  (void) list;
  return CPG_TYPE_DOWNLOAD;
}

static guint cpg_downloads_get_n_items (GListModel *list)
{
  return CPG_DOWNLOADS (list)->downloads->len;
}

static gpointer cpg_downloads_get_item (GListModel *list, guint index)
{
  CpgDownloads *self = CPG_DOWNLOADS (list);
  return index < self->downloads->len ? g_object_ref (self->downloads->pdata[index]) : NULL;
}

static void cpg_downloads_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = cpg_downloads_get_item_type;
  iface->get_n_items = cpg_downloads_get_n_items;
  iface->get_item = cpg_downloads_get_item;
}

static void cpg_downloads_finalize (GObject *object)
{
  CpgDownloads *self = CPG_DOWNLOADS (object);
  g_clear_pointer (&self->loop, cpg_transfer_loop_free);
  for (guint i = 0; i < self->downloads->len; i++)
    cpg_download_detach (self->downloads->pdata[i]);
  g_ptr_array_unref (self->downloads);
  g_free (self->folder);
  G_OBJECT_CLASS (cpg_downloads_parent_class)->finalize (object);
}

static void cpg_downloads_class_init (CpgDownloadsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cpg_downloads_finalize;
}

static void cpg_downloads_init (CpgDownloads *self)
{
  self->downloads = g_ptr_array_new_with_free_func (g_object_unref);
}
