#include "core/model/save.h"

#include "core/model/language-model.h"
#include "core/model/pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool ends_with (const char *text, const char *end)
{
  size_t n = strlen (text), m = strlen (end);
  return n >= m && strcmp (text + n - m, end) == 0;
}

bool cosmos_model_is_matrix (const CosmosTensorInfo *tensor)
{
  return tensor->rank == 2 && ends_with (tensor->name, ".weight") && !ends_with (tensor->name, "position_embedding.weight")
         && !ends_with (tensor->name, "task_embedding.weight");
}

static bool proves_to_load (const char *path, const char *architecture, CosmosError *err)
{
  const CosmosCompute compute = {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};
  if (cosmos_language_architecture_from_name (architecture, NULL)) {
    CosmosLanguageModel *model = cosmos_language_model_open (path, compute, err);
    cosmos_language_model_free (model);
    return model;
  }
  CosmosPipeline *pipeline = cosmos_pipeline_open (path, compute, err);
  cosmos_pipeline_free (pipeline);
  return pipeline;
}

bool cosmos_model_save (CosmosGgufWriter *writer, const char *path, const char *architecture, size_t *size, CosmosError *err)
{
  char *unproven;
  struct stat info;
  if (stat (path, &info) == 0 && S_ISDIR (info.st_mode))
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: is a folder; name a file in it", path);
  if (asprintf (&unproven, "%s.%ld.new", path, (long) getpid ()) < 0)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", path);
  bool ok = cosmos_gguf_writer_save (writer, unproven, err) && proves_to_load (unproven, architecture, err);
  if (ok && (stat (unproven, &info) != 0 || rename (unproven, path) != 0))
    ok = cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be written: %s", path, strerror (errno));
  if (ok)
    *size = (size_t) info.st_size;
  else
    unlink (unproven);
  free (unproven);
  return ok;
}
