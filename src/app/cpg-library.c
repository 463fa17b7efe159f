#include "app/cpg-library.h"

struct _CpgLibrary {
  GObject parent_instance;
  CpgCatalog *catalog;
  CpgDownloads *downloads;
  CpgInstalledModels *installed;
  char **refused;
  char *problem;
  GCancellable *cancellable; /* of the reading */
  gboolean refreshing, again;
};

enum { PROP_REFRESHING = 1, PROP_PROBLEM, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgLibrary, cpg_library, G_TYPE_OBJECT)

CpgCatalog *cpg_library_get_catalog (CpgLibrary *self)
{
  return self->catalog;
}

CpgDownloads *cpg_library_get_downloads (CpgLibrary *self)
{
  return self->downloads;
}

CpgInstalledModels *cpg_library_get_installed (CpgLibrary *self)
{
  return self->installed;
}

const char *cpg_library_get_folder (CpgLibrary *self)
{
  return cpg_downloads_get_folder (self->downloads);
}

const char *const *cpg_library_get_refused (CpgLibrary *self)
{
  return (const char *const *) self->refused;
}

gboolean cpg_library_is_refreshing (CpgLibrary *self)
{
  return self->refreshing;
}

CpgInstalledModel *cpg_library_find_installed (CpgLibrary *self, const char *catalog_id)
{
  for (guint i = 0; i < cpg_installed_models_get_n_models (self->installed); i++) {
    CpgInstalledModel *model = cpg_installed_models_get_model (self->installed, i);
    if (g_strcmp0 (cpg_installed_model_get_catalog_id (model), catalog_id) == 0 && cpg_installed_model_is_complete (model))
      return model;
  }
  return NULL;
}

/* ---- reading the folders ---- */

static void cpg_library_set_refreshing (CpgLibrary *self, gboolean refreshing)
{
  self->refreshing = refreshing;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REFRESHING]);
}

static void cpg_library_begin_refresh (CpgLibrary *self);

static void cpg_library_on_refreshed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgLibrary) self = data;
  g_autoptr (GError) error = NULL;
  if (!cpg_installed_models_refresh_finish (CPG_INSTALLED_MODELS (source), result, &error)
      && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (g_set_str (&self->problem, error ? error->message : NULL))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
  if (self->again)
    cpg_library_begin_refresh (self);
  else
    cpg_library_set_refreshing (self, FALSE);
}

static void cpg_library_begin_refresh (CpgLibrary *self)
{
  self->again = FALSE;
  cpg_installed_models_refresh_async (self->installed, self->cancellable, cpg_library_on_refreshed, g_object_ref (self));
}

void cpg_library_refresh (CpgLibrary *self)
{
  self->again = self->refreshing;
  if (self->refreshing)
    return;
  cpg_library_set_refreshing (self, TRUE);
  cpg_library_begin_refresh (self);
}

/* ---- downloads ---- */

/* Whether a file of the model is still under way. */
static gboolean cpg_library_is_fetching (CpgLibrary *self, const char *model_id)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->downloads)); i++) {
    g_autoptr (CpgDownload) download = g_list_model_get_item (G_LIST_MODEL (self->downloads), i);
    if (g_str_equal (cpg_download_get_model_id (download), model_id) && cpg_download_is_active (download))
      return TRUE;
  }
  return FALSE;
}

static void cpg_library_on_state (CpgLibrary *self, GParamSpec *pspec, CpgDownload *download)
{
  if (cpg_download_get_state (download) == CPG_DOWNLOAD_DONE
      && !cpg_library_is_fetching (self, cpg_download_get_model_id (download)))
    cpg_library_refresh (self);
}

static void cpg_library_on_downloads (CpgLibrary *self, guint position, guint removed, guint added)
{
  for (guint i = position; i < position + added; i++) {
    g_autoptr (CpgDownload) download = g_list_model_get_item (G_LIST_MODEL (self->downloads), i);
    g_signal_connect_object (download, "notify::state", G_CALLBACK (cpg_library_on_state), self, G_CONNECT_SWAPPED);
  }
}

/* ---- the object ---- */

static void cpg_library_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgLibrary *self = CPG_LIBRARY (object);
  switch (id) {
  case PROP_REFRESHING:
    g_value_set_boolean (value, self->refreshing);
    break;
  case PROP_PROBLEM:
    g_value_set_string (value, self->problem);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_library_dispose (GObject *object)
{
  CpgLibrary *self = CPG_LIBRARY (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->downloads);
  G_OBJECT_CLASS (cpg_library_parent_class)->dispose (object);
}

static void cpg_library_finalize (GObject *object)
{
  CpgLibrary *self = CPG_LIBRARY (object);
  g_object_unref (self->installed);
  g_object_unref (self->catalog);
  g_object_unref (self->cancellable);
  g_strfreev (self->refused);
  g_free (self->problem);
  G_OBJECT_CLASS (cpg_library_parent_class)->finalize (object);
}

static void cpg_library_class_init (CpgLibraryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = cpg_library_get_property;
  object_class->dispose = cpg_library_dispose;
  object_class->finalize = cpg_library_finalize;
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  properties[PROP_REFRESHING] = g_param_spec_boolean ("refreshing", NULL, NULL, FALSE, flags);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void cpg_library_init (CpgLibrary *self)
{
  self->cancellable = g_cancellable_new ();
  self->catalog = cpg_catalog_new_default (&self->refused);
  self->installed = cpg_installed_models_new (self->catalog);
  self->downloads = cpg_downloads_new (NULL);
  g_signal_connect_object (self->downloads, "items-changed", G_CALLBACK (cpg_library_on_downloads), self, G_CONNECT_SWAPPED);
  cpg_downloads_add_left (self->downloads, self->catalog);
  cpg_library_refresh (self);
}

CpgLibrary *cpg_library_new (void)
{
  return g_object_new (CPG_TYPE_LIBRARY, NULL);
}
