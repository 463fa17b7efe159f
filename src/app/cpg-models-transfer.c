#include "app/cpg-models-transfer.h"

struct _CpgModelsTransfer {
  GObject parent_instance;
  CpgLibrary *library;
  CpgCatalogModel *model;
  GPtrArray *downloads; /* of CpgDownload, of this model alone */
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CpgModelsTransfer, cpg_models_transfer, G_TYPE_OBJECT)

CpgCatalogModel *cpg_models_transfer_get_model (CpgModelsTransfer *self)
{
  return self->model;
}

gboolean cpg_models_transfer_is_installed (CpgModelsTransfer *self)
{
  return cpg_library_find_installed (self->library, cpg_catalog_model_get_id (self->model)) != NULL;
}

static guint count (CpgModelsTransfer *self, CpgDownloadState state)
{
  guint n = 0;
  for (guint i = 0; i < self->downloads->len; i++)
    n += cpg_download_get_state (self->downloads->pdata[i]) == state;
  return n;
}

/* What the user cares for first, first. */
CpgTransferState cpg_models_transfer_get_state (CpgModelsTransfer *self)
{
  static const struct {
    CpgDownloadState of_one;
    CpgTransferState of_all;
  } order[] = {
    {CPG_DOWNLOAD_RUNNING, CPG_TRANSFER_STATE_RUNNING},   {CPG_DOWNLOAD_RETRYING, CPG_TRANSFER_STATE_RETRYING},
    {CPG_DOWNLOAD_CHECKING, CPG_TRANSFER_STATE_CHECKING}, {CPG_DOWNLOAD_FAILED, CPG_TRANSFER_STATE_FAILED},
    {CPG_DOWNLOAD_PAUSED, CPG_TRANSFER_STATE_PAUSED},     {CPG_DOWNLOAD_QUEUED, CPG_TRANSFER_STATE_WAITING},
  };
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if (count (self, order[i].of_one) > 0)
      return order[i].of_all;
  return count (self, CPG_DOWNLOAD_DONE) > 0 && cpg_library_is_refreshing (self->library) ? CPG_TRANSFER_STATE_CHECKING
                                                                                          : CPG_TRANSFER_STATE_NONE;
}

guint64 cpg_models_transfer_get_received (CpgModelsTransfer *self)
{
  guint64 sum = 0;
  for (guint i = 0; i < self->downloads->len; i++)
    sum += cpg_download_get_received (self->downloads->pdata[i]);
  return sum;
}

guint64 cpg_models_transfer_get_total (CpgModelsTransfer *self)
{
  guint64 sum = cpg_catalog_model_get_size (self->model);
  if (sum > 0)
    return sum;
  for (guint i = 0; i < self->downloads->len; i++) {
    guint64 total = cpg_download_get_total (self->downloads->pdata[i]);
    if (total == 0)
      return 0;
    sum += total;
  }
  return sum;
}

double cpg_models_transfer_get_bytes_per_second (CpgModelsTransfer *self)
{
  double sum = 0;
  for (guint i = 0; i < self->downloads->len; i++)
    sum += cpg_download_get_bytes_per_second (self->downloads->pdata[i]);
  return sum;
}

double cpg_models_transfer_get_progress (CpgModelsTransfer *self)
{
  double sum = 0;
  if (cpg_models_transfer_get_state (self) == CPG_TRANSFER_STATE_CHECKING) {
    for (guint i = 0; i < self->downloads->len; i++) {
      CpgDownload *download = self->downloads->pdata[i];
      sum += cpg_download_get_state (download) == CPG_DOWNLOAD_DONE ? 1 : cpg_download_get_progress (download);
    }
    return sum / self->downloads->len;
  }
  guint64 total = cpg_models_transfer_get_total (self);
  return total ? MIN ((double) cpg_models_transfer_get_received (self) / (double) total, 1) : 0;
}

const char *cpg_models_transfer_get_error (CpgModelsTransfer *self)
{
  CpgTransferState state = cpg_models_transfer_get_state (self);
  if (state != CPG_TRANSFER_STATE_FAILED && state != CPG_TRANSFER_STATE_RETRYING)
    return NULL;
  for (guint i = 0; i < self->downloads->len; i++) {
    const GError *error = cpg_download_get_error (self->downloads->pdata[i]);
    if (error)
      return error->message;
  }
  return NULL;
}

/* ---- what can be done ---- */

void cpg_models_transfer_start (CpgModelsTransfer *self)
{
  cpg_downloads_add (cpg_library_get_downloads (self->library), self->model, TRUE, NULL);
}

static void for_each (CpgModelsTransfer *self, void (*func) (CpgDownload *download))
{
  /* Each may change the list. */
  g_autoptr (GPtrArray) downloads = g_ptr_array_copy (self->downloads, (GCopyFunc) (void (*) (void)) g_object_ref, NULL);
  g_ptr_array_set_free_func (downloads, g_object_unref);
  for (guint i = 0; i < downloads->len; i++)
    func (downloads->pdata[i]);
}

void cpg_models_transfer_pause (CpgModelsTransfer *self)
{
  for_each (self, cpg_download_pause);
}

void cpg_models_transfer_resume (CpgModelsTransfer *self)
{
  for_each (self, cpg_download_resume);
}

void cpg_models_transfer_cancel (CpgModelsTransfer *self)
{
  for_each (self, cpg_download_cancel);
}

/* ---- following ---- */

static void cpg_models_transfer_changed (CpgModelsTransfer *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void cpg_models_transfer_forget (CpgModelsTransfer *self)
{
  for (guint i = 0; i < self->downloads->len; i++)
    g_signal_handlers_disconnect_by_data (self->downloads->pdata[i], self);
  g_ptr_array_set_size (self->downloads, 0);
}

static void cpg_models_transfer_collect (CpgModelsTransfer *self)
{
  GListModel *list = G_LIST_MODEL (cpg_library_get_downloads (self->library));
  cpg_models_transfer_forget (self);
  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (CpgDownload) download = g_list_model_get_item (list, i);
    if (!g_str_equal (cpg_download_get_model_id (download), cpg_catalog_model_get_id (self->model)))
      continue;
    g_signal_connect_swapped (download, "notify", G_CALLBACK (cpg_models_transfer_changed), self);
    g_ptr_array_add (self->downloads, g_object_ref (download));
  }
  cpg_models_transfer_changed (self);
}

/* ---- the object ---- */

static void cpg_models_transfer_dispose (GObject *object)
{
  CpgModelsTransfer *self = CPG_MODELS_TRANSFER (object);
  cpg_models_transfer_forget (self);
  g_clear_object (&self->library);
  G_OBJECT_CLASS (cpg_models_transfer_parent_class)->dispose (object);
}

static void cpg_models_transfer_finalize (GObject *object)
{
  CpgModelsTransfer *self = CPG_MODELS_TRANSFER (object);
  g_object_unref (self->model);
  g_ptr_array_unref (self->downloads);
  G_OBJECT_CLASS (cpg_models_transfer_parent_class)->finalize (object);
}

static void cpg_models_transfer_class_init (CpgModelsTransferClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cpg_models_transfer_dispose;
  G_OBJECT_CLASS (klass)->finalize = cpg_models_transfer_finalize;
  signals[CHANGED] = g_signal_new ("changed", CPG_TYPE_MODELS_TRANSFER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void cpg_models_transfer_init (CpgModelsTransfer *self)
{
  self->downloads = g_ptr_array_new_with_free_func (g_object_unref);
}

CpgModelsTransfer *cpg_models_transfer_new (CpgLibrary *library, CpgCatalogModel *model)
{
  CpgModelsTransfer *self = g_object_new (CPG_TYPE_MODELS_TRANSFER, NULL);
  self->library = g_object_ref (library);
  self->model = g_object_ref (model);
  g_signal_connect_object (cpg_library_get_downloads (library), "items-changed", G_CALLBACK (cpg_models_transfer_collect), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (library, "notify::refreshing", G_CALLBACK (cpg_models_transfer_changed), self, G_CONNECT_SWAPPED);
  cpg_models_transfer_collect (self);
  return self;
}
