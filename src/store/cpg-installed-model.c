#include "store/cpg-installed-model.h"

#include "store/cpg-fetch-error.h"
#include "store/cpg-known-checksums.h"
#include "store/cpg-model-file.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
  char *path;
  char *promised; /* NULL: no catalogue has a checksum */
  char *found;    /* NULL: not computed */
  guint64 size;
} File;

struct _CpgInstalledModel {
  GObject parent_instance;
  char *name, *title, *path, *catalog_id, *error;
  char **tasks;
  CpgModelKind kind;
  GArray *files; /* of File */
  gboolean complete, removable;
};

G_DEFINE_FINAL_TYPE (CpgInstalledModel, cpg_installed_model, G_TYPE_OBJECT)

enum {
  PROP_NAME = 1,
  PROP_TITLE,
  PROP_PATH,
  PROP_CATALOG_ID,
  PROP_ERROR,
  PROP_KIND,
  PROP_SIZE,
  PROP_VERIFICATION,
  PROP_COMPLETE,
  PROP_REMOVABLE
};

static File *get_file (CpgInstalledModel *self, guint index)
{
  return &g_array_index (self->files, File, index);
}

static void clear_file (gpointer data)
{
  File *file = data;
  g_free (file->path);
  g_free (file->promised);
  g_free (file->found);
}

/* ---- reading ---- */

static gboolean has_weights (const char *name)
{
  static const char *const endings[] = {".gguf", ".safetensors", ".pth"};
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (*name != '.' && g_str_has_suffix (name, endings[i]))
      return TRUE;
  return FALSE;
}

/* place: of the file. The catalogue's word for it, where it has one. */
static void add_file (CpgInstalledModel *self, const char *folder, const char *place, CpgCatalog *catalog)
{
  struct stat info;
  guint index;
  File file = {.path = g_build_filename (folder, place, NULL)};
  if (stat (file.path, &info) != 0 || !S_ISREG (info.st_mode)) {
    g_free (file.path);
    return;
  }
  CpgCatalogModel *model = cpg_catalog_find_place (catalog, place, &index);
  file.size = (guint64) info.st_size;
  file.found = cpg_known_checksums_get (file.path);
  if (model) {
    file.promised = g_strdup (cpg_catalog_model_get_file (model, index)->sha256);
    g_set_str (&self->catalog_id, cpg_catalog_model_get_id (model));
  }
  g_array_append_val (self->files, file);
}

static int compare_files (gconstpointer a, gconstpointer b)
{
  return strcmp (((const File *) a)->path, ((const File *) b)->path);
}

/* A folder is a model where one of its files has weights, or the catalogue has it: a tokenizer of several files. */
static gboolean add_folder (CpgInstalledModel *self, const char *folder, const char *place, CpgCatalog *catalog)
{
  g_autofree char *path = g_build_filename (folder, place, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  gboolean weights = FALSE;
  const char *entry;
  while (dir && (entry = g_dir_read_name (dir))) {
    if (*entry == '.' || g_str_has_suffix (entry, ".part") || g_str_has_suffix (entry, ".part-info"))
      continue;
    g_autofree char *below = g_build_filename (place, entry, NULL);
    add_file (self, folder, below, catalog);
    weights = weights || has_weights (entry);
  }
  g_array_sort (self->files, compare_files);
  return (weights || self->catalog_id) && self->files->len > 0;
}

static void ask_core (CpgInstalledModel *self)
{
  CpgModelFile file;
  g_autoptr (GError) error = NULL;
  self->kind = CPG_MODEL_CHECKPOINT;
  for (guint i = 0; i < self->files->len; i++) {
    const char *path = get_file (self, i)->path;
    if (!g_str_has_suffix (path, ".gguf") && !g_str_has_suffix (path, ".safetensors"))
      continue;
    if (!cpg_model_file_read (&file, path, path, &error)) {
      self->error = g_strdup (error->message);
      return;
    }
    self->kind = file.kind;
    self->title = g_strdup (file.name);
    self->tasks = g_steal_pointer (&file.tasks);
    cpg_model_file_clear (&file);
    return;
  }
}

static void ask_catalog (CpgInstalledModel *self, CpgCatalog *catalog)
{
  CpgCatalogModel *model = self->catalog_id ? cpg_catalog_find (catalog, self->catalog_id) : NULL;
  self->complete = !model || self->files->len >= cpg_catalog_model_get_n_files (model);
  if (!model)
    return;
  if (self->kind == CPG_MODEL_CHECKPOINT)
    self->kind = cpg_catalog_model_get_kind (model);
  if (!self->title)
    self->title = g_strdup (cpg_catalog_model_get_name (model));
}

CpgInstalledModel *cpg_installed_model_read (const char *folder, const char *place, gboolean removable, CpgCatalog *catalog)
{
  g_autoptr (CpgInstalledModel) self = g_object_new (CPG_TYPE_INSTALLED_MODEL, NULL);
  self->name = g_strdup (place);
  self->path = g_build_filename (folder, place, NULL);
  self->removable = removable;
  if (g_file_test (self->path, G_FILE_TEST_IS_DIR)) {
    if (!add_folder (self, folder, place, catalog))
      return NULL;
  } else {
    add_file (self, folder, place, catalog);
    if (!has_weights (place) && !self->catalog_id)
      return NULL;
  }
  if (self->files->len == 0)
    return NULL;
  ask_core (self);
  ask_catalog (self, catalog);
  if (!self->title)
    self->title = g_strdup (place);
  if (!self->tasks)
    self->tasks = g_new0 (char *, 1);
  return g_steal_pointer (&self);
}

/* ---- what it says ---- */

const char *cpg_installed_model_get_name (CpgInstalledModel *self)
{
  return self->name;
}

const char *cpg_installed_model_get_title (CpgInstalledModel *self)
{
  return self->title;
}

const char *cpg_installed_model_get_path (CpgInstalledModel *self)
{
  return self->path;
}

CpgModelKind cpg_installed_model_get_kind (CpgInstalledModel *self)
{
  return self->kind;
}

guint64 cpg_installed_model_get_size (CpgInstalledModel *self)
{
  guint64 sum = 0;
  for (guint i = 0; i < self->files->len; i++)
    sum += get_file (self, i)->size;
  return sum;
}

const char *const *cpg_installed_model_get_tasks (CpgInstalledModel *self)
{
  return (const char *const *) self->tasks;
}

const char *cpg_installed_model_get_catalog_id (CpgInstalledModel *self)
{
  return self->catalog_id;
}

CpgVerification cpg_installed_model_get_verification (CpgInstalledModel *self)
{
  gboolean known = FALSE, unchecked = FALSE;
  for (guint i = 0; i < self->files->len; i++) {
    File *file = get_file (self, i);
    if (!file->promised)
      continue;
    known = TRUE;
    unchecked = unchecked || !file->found;
    if (file->found && strcmp (file->found, file->promised) != 0)
      return CPG_VERIFICATION_WRONG;
  }
  if (!known)
    return CPG_VERIFICATION_UNKNOWN;
  return unchecked ? CPG_VERIFICATION_UNCHECKED : CPG_VERIFICATION_RIGHT;
}

gboolean cpg_installed_model_is_complete (CpgInstalledModel *self)
{
  return self->complete;
}

gboolean cpg_installed_model_is_removable (CpgInstalledModel *self)
{
  return self->removable;
}

const char *cpg_installed_model_get_error (CpgInstalledModel *self)
{
  return self->error;
}

guint cpg_installed_model_get_n_files (CpgInstalledModel *self)
{
  return self->files->len;
}

const char *cpg_installed_model_get_file (CpgInstalledModel *self, guint index)
{
  return get_file (self, index)->path;
}

const char *cpg_installed_model_get_sha256 (CpgInstalledModel *self, guint index)
{
  return get_file (self, index)->found;
}

/* ---- verifying ---- */

typedef struct {
  CpgChecksumTick tick;
  gpointer data;
  guint64 base; /* bytes of the files before */
} Progress;

static gboolean on_tick (guint64 done, gpointer data)
{
  Progress *progress = data;
  return !progress->tick || progress->tick (progress->base + done, progress->data);
}

char **cpg_installed_model_compute (CpgInstalledModel *self, CpgChecksumTick tick, gpointer data, GError **error)
{
  Progress progress = {tick, data, 0};
  g_auto (GStrv) found = g_new0 (char *, self->files->len + 1);
  for (guint i = 0; i < self->files->len; i++) {
    const File *file = get_file (self, i);
    found[i] = cpg_checksum_of_file (file->path, on_tick, &progress, error);
    if (!found[i])
      return NULL;
    cpg_known_checksums_set (file->path, found[i]);
    progress.base += file->size;
  }
  return g_steal_pointer (&found);
}

CpgVerification cpg_installed_model_judge (CpgInstalledModel *self, const char *const *found, GError **error)
{
  CpgVerification result = CPG_VERIFICATION_UNKNOWN;
  for (guint i = 0; i < self->files->len; i++) {
    const File *file = get_file (self, i);
    if (file->promised && strcmp (found[i], file->promised) != 0) {
      g_set_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_DIFFERS,
                   _ ("%s: is not what the catalogue promises: its SHA-256 is %s instead of %s; remove it, and get it again"),
                   file->path, found[i], file->promised);
      return CPG_VERIFICATION_WRONG;
    }
    if (file->promised)
      result = CPG_VERIFICATION_RIGHT;
  }
  return result;
}

/* ---- as an object ---- */

static void cpg_installed_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgInstalledModel *self = CPG_INSTALLED_MODEL (object);
  switch (id) {
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_TITLE:
    g_value_set_string (value, self->title);
    break;
  case PROP_PATH:
    g_value_set_string (value, self->path);
    break;
  case PROP_CATALOG_ID:
    g_value_set_string (value, self->catalog_id);
    break;
  case PROP_ERROR:
    g_value_set_string (value, self->error);
    break;
  case PROP_KIND:
    g_value_set_int (value, (int) self->kind);
    break;
  case PROP_SIZE:
    g_value_set_uint64 (value, cpg_installed_model_get_size (self));
    break;
  case PROP_VERIFICATION:
    g_value_set_int (value, (int) cpg_installed_model_get_verification (self));
    break;
  case PROP_COMPLETE:
    g_value_set_boolean (value, self->complete);
    break;
  case PROP_REMOVABLE:
    g_value_set_boolean (value, self->removable);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_installed_model_finalize (GObject *object)
{
  CpgInstalledModel *self = CPG_INSTALLED_MODEL (object);
  g_free (self->name);
  g_free (self->title);
  g_free (self->path);
  g_free (self->catalog_id);
  g_free (self->error);
  g_strfreev (self->tasks);
  g_array_unref (self->files);
  G_OBJECT_CLASS (cpg_installed_model_parent_class)->finalize (object);
}

static void cpg_installed_model_class_init (CpgInstalledModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  object_class->get_property = cpg_installed_model_get_property;
  object_class->finalize = cpg_installed_model_finalize;
  static const char *const texts[] = {"name", "title", "path", "catalog-id", "error"};
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_object_class_install_property (object_class, PROP_NAME + i, g_param_spec_string (texts[i], NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_KIND,
                                   g_param_spec_int ("kind", NULL, NULL, 0, CPG_MODEL_ENCODER, 0, flags));
  g_object_class_install_property (object_class, PROP_SIZE, g_param_spec_uint64 ("size", NULL, NULL, 0, G_MAXUINT64, 0, flags));
  g_object_class_install_property (object_class, PROP_VERIFICATION,
                                   g_param_spec_int ("verification", NULL, NULL, 0, CPG_VERIFICATION_WRONG, 0, flags));
  g_object_class_install_property (object_class, PROP_COMPLETE, g_param_spec_boolean ("complete", NULL, NULL, FALSE, flags));
  g_object_class_install_property (object_class, PROP_REMOVABLE, g_param_spec_boolean ("removable", NULL, NULL, FALSE, flags));
}

static void cpg_installed_model_init (CpgInstalledModel *self)
{
  self->files = g_array_new (FALSE, TRUE, sizeof (File));
  g_array_set_clear_func (self->files, clear_file);
}
