/* What a trained file says of where it comes from. Keys of a checkpoint, after "train.":
 *
 *   recipe, recipe_sha256     the text of the recipe
 *   data.NAME                 SHA-256 of every file that was read, by its name below the data folder
 *   engine, date              the program's version; when it was written (UTC)
 *   measured.NAME             what the stage measured of itself last
 *
 * beside stage, step, seconds and loss. A bundle has the same of each of its stages, after "train.STAGE.". */
#pragma once

#include "core/file/gguf-writer.h"
#include "train/stage.h"

typedef struct {
  const char *name, *sha256;
} CosmosDataFile;

/* All borrowed; NULL where not known. */
typedef struct CosmosProvenance {
  const char *recipe, *recipe_sha256, *engine;
  const CosmosDataFile *files;
  size_t n_files;
} CosmosProvenance;

/* Either may be NULL. */
void cosmos_provenance_write (const CosmosProvenance *self, const CosmosEvaluation *measured, CosmosGgufWriter *writer);
/* What a checkpoint or a bundle says of a stage, into a bundle. */
void cosmos_provenance_copy (const CosmosGguf *file, const char *stage, CosmosGgufWriter *writer);
