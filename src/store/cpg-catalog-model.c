#include "store/cpg-catalog-model.h"

struct _CpgCatalogModel {
  GObject parent_instance;
  CpgCatalogFields fields;
};

G_DEFINE_FINAL_TYPE (CpgCatalogModel, cpg_catalog_model, G_TYPE_OBJECT)

enum {
  PROP_ID = 1,
  PROP_NAME,
  PROP_DESCRIPTION,
  PROP_LICENSE,
  PROP_SOURCE,
  PROP_CARD,
  PROP_KIND,
  PROP_PARAMETERS,
  PROP_SIZE,
  PROP_VERIFIED
};

/* ---- kinds ---- */

static const char *const kinds[] = {"bundle", "checkpoint", "language-model", "tokenizer", "encoder"};

const char *cpg_model_kind_get_name (CpgModelKind kind)
{
  return kinds[kind];
}

gboolean cpg_model_kind_from_name (const char *name, CpgModelKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i], name) == 0) {
      *kind = (CpgModelKind) i;
      return TRUE;
    }
  return FALSE;
}

/* ---- what it holds ---- */

static void clear_file (gpointer data)
{
  CpgCatalogFile *file = data;
  g_free (file->name);
  g_free (file->url);
  g_free (file->sha256);
}

GArray *cpg_catalog_files_new (void)
{
  GArray *files = g_array_new (FALSE, TRUE, sizeof (CpgCatalogFile));
  g_array_set_clear_func (files, clear_file);
  return files;
}

void cpg_catalog_fields_clear (CpgCatalogFields *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self->description);
  g_free (self->license);
  g_free (self->source);
  g_free (self->card);
  g_strfreev (self->tasks);
  g_clear_pointer (&self->files, g_array_unref);
  *self = (CpgCatalogFields) {0};
}

CpgCatalogModel *cpg_catalog_model_new (CpgCatalogFields *fields)
{
  CpgCatalogModel *self = g_object_new (CPG_TYPE_CATALOG_MODEL, NULL);
  self->fields = *fields;
  *fields = (CpgCatalogFields) {0};
  if (!self->fields.tasks)
    self->fields.tasks = g_new0 (char *, 1);
  return self;
}

const char *cpg_catalog_model_get_id (CpgCatalogModel *self)
{
  return self->fields.id;
}

const char *cpg_catalog_model_get_name (CpgCatalogModel *self)
{
  return self->fields.name;
}

const char *cpg_catalog_model_get_description (CpgCatalogModel *self)
{
  return self->fields.description;
}

const char *cpg_catalog_model_get_license (CpgCatalogModel *self)
{
  return self->fields.license;
}

const char *cpg_catalog_model_get_source (CpgCatalogModel *self)
{
  return self->fields.source;
}

const char *cpg_catalog_model_get_card (CpgCatalogModel *self)
{
  return self->fields.card;
}

const char *const *cpg_catalog_model_get_tasks (CpgCatalogModel *self)
{
  return (const char *const *) self->fields.tasks;
}

CpgModelKind cpg_catalog_model_get_kind (CpgCatalogModel *self)
{
  return self->fields.kind;
}

guint64 cpg_catalog_model_get_n_parameters (CpgCatalogModel *self)
{
  return self->fields.n_parameters;
}

guint64 cpg_catalog_model_get_size (CpgCatalogModel *self)
{
  guint64 sum = 0;
  for (guint i = 0; i < self->fields.files->len; i++) {
    guint64 size = cpg_catalog_model_get_file (self, i)->size;
    if (size == 0)
      return 0;
    sum += size;
  }
  return sum;
}

gboolean cpg_catalog_model_is_verified (CpgCatalogModel *self)
{
  for (guint i = 0; i < self->fields.files->len; i++)
    if (!cpg_catalog_model_get_file (self, i)->sha256)
      return FALSE;
  return TRUE;
}

guint cpg_catalog_model_get_n_files (CpgCatalogModel *self)
{
  return self->fields.files->len;
}

const CpgCatalogFile *cpg_catalog_model_get_file (CpgCatalogModel *self, guint index)
{
  return &g_array_index (self->fields.files, CpgCatalogFile, index);
}

char *cpg_catalog_model_get_place (CpgCatalogModel *self, guint index)
{
  const char *name = cpg_catalog_model_get_file (self, index)->name;
  return self->fields.files->len == 1 ? g_strdup (name) : g_build_filename (self->fields.id, name, NULL);
}

/* ---- as an object ---- */

static void cpg_catalog_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgCatalogModel *self = CPG_CATALOG_MODEL (object);
  switch (id) {
  case PROP_ID:
    g_value_set_string (value, self->fields.id);
    break;
  case PROP_NAME:
    g_value_set_string (value, self->fields.name);
    break;
  case PROP_DESCRIPTION:
    g_value_set_string (value, self->fields.description);
    break;
  case PROP_LICENSE:
    g_value_set_string (value, self->fields.license);
    break;
  case PROP_SOURCE:
    g_value_set_string (value, self->fields.source);
    break;
  case PROP_CARD:
    g_value_set_string (value, self->fields.card);
    break;
  case PROP_KIND:
    g_value_set_int (value, (int) self->fields.kind);
    break;
  case PROP_PARAMETERS:
    g_value_set_uint64 (value, self->fields.n_parameters);
    break;
  case PROP_SIZE:
    g_value_set_uint64 (value, cpg_catalog_model_get_size (self));
    break;
  case PROP_VERIFIED:
    g_value_set_boolean (value, cpg_catalog_model_is_verified (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_catalog_model_finalize (GObject *object)
{
  cpg_catalog_fields_clear (&CPG_CATALOG_MODEL (object)->fields);
  G_OBJECT_CLASS (cpg_catalog_model_parent_class)->finalize (object);
}

static void cpg_catalog_model_class_init (CpgCatalogModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  object_class->get_property = cpg_catalog_model_get_property;
  object_class->finalize = cpg_catalog_model_finalize;
  static const char *const texts[] = {"id", "name", "description", "license", "source", "card"};
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_object_class_install_property (object_class, PROP_ID + i, g_param_spec_string (texts[i], NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_KIND,
                                   g_param_spec_int ("kind", NULL, NULL, 0, CPG_MODEL_ENCODER, 0, flags));
  g_object_class_install_property (object_class, PROP_PARAMETERS,
                                   g_param_spec_uint64 ("parameters", NULL, NULL, 0, G_MAXUINT64, 0, flags));
  g_object_class_install_property (object_class, PROP_SIZE, g_param_spec_uint64 ("size", NULL, NULL, 0, G_MAXUINT64, 0, flags));
  g_object_class_install_property (object_class, PROP_VERIFIED, g_param_spec_boolean ("verified", NULL, NULL, FALSE, flags));
}

static void cpg_catalog_model_init (CpgCatalogModel *self)
{
  (void) self;
}
