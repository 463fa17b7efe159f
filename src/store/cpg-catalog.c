#include "store/cpg-catalog.h"

#include "store/cpg-catalog-reader.h"
#include "store/cpg-catalog-resource.h"
#include "store/cpg-fetch-error.h"
#include "store/cpg-user-files.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _CpgCatalog {
  GObject parent_instance;
  GPtrArray *models;
};

static void cpg_catalog_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CpgCatalog, cpg_catalog, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, cpg_catalog_list_model_init))

/* ---- looking up ---- */

guint cpg_catalog_get_n_models (CpgCatalog *self)
{
  return self->models->len;
}

CpgCatalogModel *cpg_catalog_get_model (CpgCatalog *self, guint index)
{
  return g_ptr_array_index (self->models, index);
}

CpgCatalogModel *cpg_catalog_find (CpgCatalog *self, const char *id)
{
  for (guint i = 0; i < self->models->len; i++)
    if (strcmp (cpg_catalog_model_get_id (cpg_catalog_get_model (self, i)), id) == 0)
      return cpg_catalog_get_model (self, i);
  return NULL;
}

CpgCatalogModel *cpg_catalog_find_place (CpgCatalog *self, const char *place, guint *index)
{
  for (guint i = 0; i < self->models->len; i++) {
    CpgCatalogModel *model = cpg_catalog_get_model (self, i);
    for (guint k = 0; k < cpg_catalog_model_get_n_files (model); k++) {
      g_autofree char *other = cpg_catalog_model_get_place (model, k);
      if (strcmp (place, other) == 0) {
        *index = k;
        return model;
      }
    }
  }
  return NULL;
}

/* ---- filling ---- */

/* What a model takes in a models folder: a file's name, or a folder named after it. */
static const char *get_first_part (CpgCatalogModel *model)
{
  return cpg_catalog_model_get_n_files (model) == 1 ? cpg_catalog_model_get_file (model, 0)->name
                                                    : cpg_catalog_model_get_id (model);
}

static gboolean check_unique (GPtrArray *models, CpgCatalogModel *model, const char *name, GError **error)
{
  for (guint i = 0; i < models->len; i++) {
    CpgCatalogModel *other = g_ptr_array_index (models, i);
    if (other == model)
      continue;
    const char *id = cpg_catalog_model_get_id (model);
    gboolean same_id = strcmp (id, cpg_catalog_model_get_id (other)) == 0;
    if (same_id || g_ascii_strcasecmp (get_first_part (model), get_first_part (other)) == 0) {
      g_set_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_CATALOG,
                   same_id ? _ ("%s: the model “%s” is in a catalogue already")
                           : _ ("%s: the model “%s” would take the name of another one in the models folder"),
                   name, id);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean cpg_catalog_add_data (CpgCatalog *self, const char *data, gsize size, const char *name, GError **error)
{
  g_autoptr (GPtrArray) models = cpg_catalog_read (data, size, name, error);
  if (!models)
    return FALSE;
  for (guint i = 0; i < models->len; i++)
    if (!check_unique (self->models, models->pdata[i], name, error) || !check_unique (models, models->pdata[i], name, error))
      return FALSE;
  guint before = self->models->len;
  for (guint i = 0; i < models->len; i++)
    g_ptr_array_add (self->models, g_object_ref (models->pdata[i]));
  g_list_model_items_changed (G_LIST_MODEL (self), before, 0, models->len);
  return TRUE;
}

gboolean cpg_catalog_add_file (CpgCatalog *self, const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autofree char *name = g_path_get_basename (path), *data = g_malloc (CPG_CATALOG_LARGEST + 1);
  gsize size;
  /* One byte more than may be there: enough to see that it is too large, whatever the file really is. */
  return stream && g_input_stream_read_all (G_INPUT_STREAM (stream), data, CPG_CATALOG_LARGEST + 1, &size, NULL, error)
         && cpg_catalog_add_data (self, data, size, name, error);
}

static void add_users (CpgCatalog *self, GStrvBuilder *problems)
{
  g_auto (GStrv) paths = cpg_user_files_find ("catalogs");
  for (char **path = paths; *path; path++) {
    g_autoptr (GError) error = NULL;
    if (!cpg_catalog_add_file (self, *path, &error))
      g_strv_builder_add (problems, error->message);
  }
}

CpgCatalog *cpg_catalog_new (void)
{
  return g_object_new (CPG_TYPE_CATALOG, NULL);
}

CpgCatalog *cpg_catalog_new_default (char ***problems)
{
  CpgCatalog *self = cpg_catalog_new ();
  g_autoptr (GStrvBuilder) messages = g_strv_builder_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bundled = g_resource_lookup_data (
      cpg_catalog_get_resource (), "/io/github/cosmos_playground/store/catalog.json", G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  gsize size;
  const char *data = bundled ? g_bytes_get_data (bundled, &size) : NULL;
  if (!data || !cpg_catalog_add_data (self, data, size, "catalog.json", &error))
    g_strv_builder_add (messages, error->message);
  add_users (self, messages);
  if (problems)
    *problems = g_strv_builder_end (messages);
  return self;
}

/* ---- as a list ---- */

static GType cpg_catalog_get_item_type (GListModel *list)
{
  (void) list;
  return CPG_TYPE_CATALOG_MODEL;
}

static guint cpg_catalog_get_n_items (GListModel *list)
{
  return CPG_CATALOG (list)->models->len;
}

static gpointer cpg_catalog_get_item (GListModel *list, guint index)
{
  CpgCatalog *self = CPG_CATALOG (list);
  return index < self->models->len ? g_object_ref (self->models->pdata[index]) : NULL;
}

static void cpg_catalog_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = cpg_catalog_get_item_type;
  iface->get_n_items = cpg_catalog_get_n_items;
  iface->get_item = cpg_catalog_get_item;
}

static void cpg_catalog_finalize (GObject *object)
{
  g_ptr_array_unref (CPG_CATALOG (object)->models);
  G_OBJECT_CLASS (cpg_catalog_parent_class)->finalize (object);
}

static void cpg_catalog_class_init (CpgCatalogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cpg_catalog_finalize;
}

static void cpg_catalog_init (CpgCatalog *self)
{
  self->models = g_ptr_array_new_with_free_func (g_object_unref);
}
