#include "app/cpg-models-facts-private.h"

#include "app/cpg-models-words.h"

#include <glib/gi18n.h>
#include <string.h>

enum { LARGEST_NOTES = 1 << 16 /* bytes of the .md */ };

/* ---- the list ---- */

static void clear_fact (gpointer data)
{
  CpgFact *fact = data;
  g_free (fact->label);
  g_free (fact->value);
}

static void free_group (gpointer data)
{
  CpgFactGroup *group = data;
  g_free (group->title);
  g_free (group->text);
  g_array_unref (group->facts);
  g_free (group);
}

static CpgModelsFacts *facts_new (CpgModelKind kind, const char *title)
{
  CpgModelsFacts *self = g_new0 (CpgModelsFacts, 1);
  self->kind = kind;
  self->title = g_strdup (title);
  self->groups = g_ptr_array_new_with_free_func (free_group);
  return self;
}

void cpg_models_facts_free (CpgModelsFacts *self)
{
  g_free (self->title);
  g_ptr_array_unref (self->groups);
  g_free (self);
}

CpgFactGroup *cpg_models_facts_add_group (CpgModelsFacts *self, const char *title)
{
  CpgFactGroup *group = g_new0 (CpgFactGroup, 1);
  group->title = g_strdup (title);
  group->facts = g_array_new (FALSE, FALSE, sizeof (CpgFact));
  g_array_set_clear_func (group->facts, clear_fact);
  g_ptr_array_add (self->groups, group);
  return group;
}

void cpg_fact_group_add (CpgFactGroup *self, const char *label, const char *value)
{
  if (!value || !*value)
    return;
  CpgFact fact = {g_strdup (label), g_strdup (value)};
  g_array_append_val (self->facts, fact);
}

void cpg_fact_group_add_format (CpgFactGroup *self, const char *label, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  CpgFact fact = {g_strdup (label), g_strdup_vprintf (format, arguments)};
  va_end (arguments);
  g_array_append_val (self->facts, fact);
}

/* ---- from the catalogue ---- */

static void add_origin (CpgModelsFacts *self, CpgCatalogModel *model)
{
  CpgFactGroup *group = cpg_models_facts_add_group (self, _ ("In the Catalogue"));
  const char *license = cpg_catalog_model_get_license (model);
  cpg_fact_group_add (group, _ ("Description"), cpg_catalog_model_get_description (model));
  cpg_fact_group_add (group, _ ("License"), license ? license : _ ("None is stated"));
  cpg_fact_group_add (group, _ ("Web page"), cpg_catalog_model_get_source (model));
  group->text = g_strdup (cpg_catalog_model_get_card (model));
}

CpgModelsFacts *cpg_models_facts_new_from_catalog (CpgCatalogModel *model)
{
  CpgModelsFacts *self = facts_new (cpg_catalog_model_get_kind (model), cpg_catalog_model_get_name (model));
  CpgFactGroup *group = cpg_models_facts_add_group (self, _ ("Sizes"));
  g_autofree char *tasks = cpg_models_words_tasks (cpg_catalog_model_get_tasks (model));
  g_autofree char *parameters = cpg_models_words_parameters (cpg_catalog_model_get_n_parameters (model));
  g_autofree char *size = g_format_size_full (cpg_catalog_model_get_size (model), G_FORMAT_SIZE_LONG_FORMAT);
  cpg_fact_group_add (group, _ ("Kind"), cpg_models_words_kind (self->kind));
  cpg_fact_group_add (group, _ ("Tasks"), tasks);
  if (cpg_catalog_model_get_n_parameters (model))
    cpg_fact_group_add (group, _ ("Parameters"), parameters);
  cpg_fact_group_add (group, _ ("Download"), cpg_catalog_model_get_size (model) ? size : _ ("The size is not known"));
  add_origin (self, model);
  group = cpg_models_facts_add_group (self, _ ("Files"));
  for (guint i = 0; i < cpg_catalog_model_get_n_files (model); i++) {
    const CpgCatalogFile *file = cpg_catalog_model_get_file (model, i);
    cpg_fact_group_add_format (group, file->name, "%s\nSHA-256: %s", file->url,
                               file->sha256 ? file->sha256 : _ ("nobody has published it"));
  }
  return self;
}

/* ---- from the disk ---- */

/* A page of Markdown as plain text: paragraphs in one line each, tables as "this: that". */
static char *read_plain (const char *markdown)
{
  g_auto (GStrv) lines = g_strsplit (markdown, "\n", -1);
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean flows = FALSE; /* the next line goes on with this one */
  for (char **line = lines; *line; line++) {
    char *words = g_strstrip (*line);
    gboolean heading = *words == '#', cells = *words == '|',
             item = g_str_has_prefix (words, "- ") || g_str_has_prefix (words, "* ");
    words += strspn (words, "# ");
    if (cells && strspn (words, "|-: ") == strlen (words))
      continue;
    g_string_append (text, text->len == 0 ? "" : flows && *words && !heading && !cells && !item ? " " : "\n");
    if (cells) {
      g_auto (GStrv) columns = g_strsplit (words, "|", -1);
      for (guint i = 1; columns[i] && columns[i + 1]; i++)
        g_string_append_printf (text, "%s%s", i > 1 ? ": " : "", g_strstrip (columns[i]));
    } else
      g_string_append (text, words);
    flows = *words && !heading && !cells;
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* model.md beside model.gguf. */
static void add_notes (CpgModelsFacts *self, const char *path)
{
  const char *dot = g_str_has_suffix (path, ".gguf") ? strrchr (path, '.') : NULL;
  g_autofree char *stem = dot ? g_strndup (path, (gsize) (dot - path)) : NULL,
                  *beside = stem ? g_strconcat (stem, ".md", NULL) : NULL, *data = NULL;
  gsize size;
  if (!beside || !g_file_get_contents (beside, &data, &size, NULL) || size > LARGEST_NOTES
      || !g_utf8_validate (data, (gssize) size, NULL))
    return;
  g_auto (GStrv) pieces = g_strsplit (data, "`", -1);
  g_autofree char *words = g_strjoinv ("", pieces);
  cpg_models_facts_add_group (self, _ ("Notes"))->text = read_plain (words);
}

static void add_files (CpgModelsFacts *self, CpgInstalledModel *model)
{
  CpgFactGroup *group = cpg_models_facts_add_group (self, _ ("Files"));
  guint64 size = cpg_installed_model_get_size (model);
  g_autofree char *words = g_format_size_full (size, G_FORMAT_SIZE_LONG_FORMAT);
  cpg_fact_group_add (group, _ ("Place"), cpg_installed_model_get_path (model));
  cpg_fact_group_add (group, _ ("On the disk"), words);
  cpg_fact_group_add (group, _ ("Checksum"), cpg_models_words_verification (cpg_installed_model_get_verification (model)));
  for (guint i = 0; i < cpg_installed_model_get_n_files (model); i++) {
    g_autofree char *name = g_path_get_basename (cpg_installed_model_get_file (model, i));
    const char *sha256 = cpg_installed_model_get_sha256 (model, i);
    g_autofree char *label = g_strdup_printf (_ ("SHA-256 of %s"), name);
    cpg_fact_group_add (group, label, sha256 ? sha256 : _ ("Not computed yet; Verify does it"));
  }
}

/* The first one that the core can look into; NULL: none. */
static const char *find_file (CpgInstalledModel *model)
{
  for (guint i = 0; i < cpg_installed_model_get_n_files (model); i++) {
    const char *path = cpg_installed_model_get_file (model, i);
    if (g_str_has_suffix (path, ".gguf") || g_str_has_suffix (path, ".safetensors"))
      return path;
  }
  return NULL;
}

CpgModelsFacts *cpg_models_facts_new_from_installed (CpgInstalledModel *model, CpgCatalogModel *entry)
{
  CpgModelsFacts *self = facts_new (cpg_installed_model_get_kind (model), cpg_installed_model_get_title (model));
  const char *path = find_file (model);
  g_autoptr (GError) error = NULL;
  if (!path)
    cpg_fact_group_add (cpg_models_facts_add_group (self, _ ("Sizes")), _ ("Kind"), cpg_models_words_kind (self->kind));
  else if (!cpg_models_facts_read_file (self, path, &error))
    cpg_models_facts_add_group (self, _ ("Cannot Be Read"))->text = g_strdup (error->message);
  if (entry)
    add_origin (self, entry);
  add_files (self, model);
  add_notes (self, cpg_installed_model_get_path (model));
  return self;
}

CpgModelsFacts *cpg_models_facts_new_from_path (const char *path, GError **error)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (CpgModelsFacts) self = facts_new (CPG_MODEL_CHECKPOINT, name);
  return cpg_models_facts_read_file (self, path, error) ? g_steal_pointer (&self) : NULL;
}

/* ---- on a thread ---- */

typedef struct {
  char *path;
  CpgInstalledModel *model;
  CpgCatalogModel *entry;
} Wish;

static void free_wish (gpointer data)
{
  Wish *wish = data;
  g_free (wish->path);
  g_clear_object (&wish->model);
  g_clear_object (&wish->entry);
  g_free (wish);
}

static void read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Wish *wish = data;
  GError *error = NULL;
  CpgModelsFacts *facts = wish->model ? cpg_models_facts_new_from_installed (wish->model, wish->entry)
                                      : cpg_models_facts_new_from_path (wish->path, &error);
  if (facts)
    g_task_return_pointer (task, facts, (GDestroyNotify) cpg_models_facts_free);
  else
    g_task_return_error (task, error);
}

void cpg_models_facts_read_async (const char *path, CpgInstalledModel *model, CpgCatalogModel *entry, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Wish *wish = g_new0 (Wish, 1);
  *wish = (Wish) {g_strdup (path), model ? g_object_ref (model) : NULL, entry ? g_object_ref (entry) : NULL};
  g_task_set_task_data (task, wish, free_wish);
  g_task_run_in_thread (task, read_in_thread);
}

CpgModelsFacts *cpg_models_facts_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
