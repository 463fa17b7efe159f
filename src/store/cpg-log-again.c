#include "store/cpg-log-again.h"

#include "core/file/model-folders.h"
#include "store/cpg-checksum.h"
#include "store/cpg-known-checksums.h"
#include <stdlib.h>

char *cpg_log_hash_model (const char *path)
{
  char *known = cpg_known_checksums_get (path);
  if (known)
    return known;
  char *hash = cpg_checksum_of_file (path, NULL, NULL, NULL);
  if (hash)
    cpg_known_checksums_set (path, hash);
  return hash;
}

typedef struct {
  const char *wanted;
  gboolean thorough;
} Search;

static bool has_hash (const char *path, void *data)
{
  const Search *search = data;
  g_autofree char *hash = search->thorough ? cpg_log_hash_model (path) : cpg_known_checksums_get (path);
  return g_strcmp0 (hash, search->wanted) == 0;
}

char *cpg_log_run_find_model (const CpgLogRun *self, gboolean thorough)
{
  CosmosModelFolders folders;
  Search search = {self->model_sha256, thorough};
  gboolean is_there = self->model_path && g_file_test (self->model_path, G_FILE_TEST_IS_REGULAR);
  gboolean has_wanted = self->model_sha256 && *self->model_sha256;
  if (is_there && (!has_wanted || has_hash (self->model_path, &search)))
    return g_strdup (self->model_path);
  char *found = NULL;
  if (has_wanted && cosmos_model_folders_list (&folders, NULL)) {
    char *path = cosmos_model_folders_find (&folders, NULL, has_hash, &search);
    found = g_strdup (path);
    free (path);
    cosmos_model_folders_clear (&folders);
  }
  return found || !is_there ? found : g_strdup (self->model_path);
}

static gboolean differs (const char *before, const char *now)
{
  return before && *before && now && *now && !g_str_equal (before, now);
}

CpgLogCause cpg_log_run_find_cause (const CpgLogRun *self, const char *model_sha256, const char *engine, const char *program)
{
  if (differs (self->model_sha256, model_sha256))
    return CPG_LOG_CAUSE_MODEL;
  if (differs (self->engine, engine))
    return CPG_LOG_CAUSE_ENGINE;
  return differs (self->program, program) ? CPG_LOG_CAUSE_PROGRAM : CPG_LOG_CAUSE_UNKNOWN;
}
