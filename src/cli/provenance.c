#include "cli/provenance.h"

#include "cli/progress.h"
#include "store/cpg-checksum.h"

#include <string.h>

struct CliProvenance {
  char *text, *sha256;
  GArray *files; /* CosmosDataFile, which own their strings */
  CosmosProvenance provenance;
};

static gboolean on_tick (guint64 done, gpointer data)
{
  (void) done;
  cli_progress_show (0, data);
  return !cli_progress_is_cancelled ();
}

static void clear_file (gpointer data)
{
  CosmosDataFile *file = data;
  g_free ((char *) file->name);
  g_free ((char *) file->sha256);
}

static bool fail (GError *error, CosmosError *err)
{
  CosmosStatus code = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? COSMOS_STATUS_CANCELLED : COSMOS_STATUS_IO;
  cosmos_error_set (err, code, "%s", error->message);
  g_error_free (error);
  return false;
}

static bool add_file (const char *path, const char *name, void *data, CosmosError *err)
{
  CliProvenance *self = data;
  GError *error = NULL;
  for (guint i = 0; i < self->files->len; i++)
    if (strcmp (g_array_index (self->files, CosmosDataFile, i).name, name) == 0)
      return true;
  CosmosDataFile file = {.sha256 = cpg_checksum_of_file (path, on_tick, (gpointer) "noting what is read", &error)};
  if (!file.sha256)
    return fail (error, err);
  file.name = g_strdup (name);
  g_array_append_val (self->files, file);
  return true;
}

/* Bundles that networks are taken from. */
static bool add_bundles (CliProvenance *self, const CosmosRecipe *recipe, CosmosError *err)
{
  bool ok = true;
  const char *paths[8] = {recipe->from};
  for (int i = 0; cosmos_stage_get (i); i++)
    paths[i + 1] = cosmos_stage_get (i)->get_recipe (recipe)->file;
  for (int i = 0; ok && paths[i]; i++) {
    g_autofree char *name = g_path_get_basename (paths[i]);
    ok = !*paths[i] || add_file (paths[i], name, self, err);
  }
  return ok;
}

CliProvenance *cli_provenance_new (const char *text, const CosmosRecipe *recipe, const char *data, CosmosError *err)
{
  CliProvenance *self = g_new0 (CliProvenance, 1);
  self->files = g_array_new (FALSE, FALSE, sizeof (CosmosDataFile));
  g_array_set_clear_func (self->files, clear_file);
  self->text = g_strdup (text);
  bool ok = cosmos_corpus_each_file (recipe, data, add_file, self, err) && add_bundles (self, recipe, err);
  cli_progress_clear ();
  if (!ok) {
    cli_provenance_free (self);
    return NULL;
  }
  self->sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, self->text, -1);
  self->provenance = (CosmosProvenance) {.recipe = self->text,
                                         .recipe_sha256 = self->sha256,
                                         .engine = COSMOS_VERSION,
                                         .files = (const CosmosDataFile *) self->files->data,
                                         .n_files = self->files->len};
  return self;
}

void cli_provenance_free (CliProvenance *self)
{
  if (!self)
    return;
  g_free (self->text);
  g_free (self->sha256);
  g_array_unref (self->files);
  g_free (self);
}

const CosmosProvenance *cli_provenance_get (const CliProvenance *self)
{
  return &self->provenance;
}
