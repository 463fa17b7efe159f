/* The rows of JSON lines that a recipe names: what is to be written, and what it is written from. */
#pragma once

#include "core/base/progress.h"
#include "train/recipe.h"

/* A text as it stands in the file, not ended by 0; until the callback returns. */
typedef struct {
  const char *data;
  size_t length;
} CosmosRowText;

/* source: data NULL where the recipe has none. False ends the reading, with err. */
typedef bool (*CosmosTakeRow) (CosmosRowText target, CosmosRowText source, void *data, CosmosError *err);

/* name: of the file below the folder. */
typedef bool (*CosmosTakeFile) (const char *path, const char *name, void *data, CosmosError *err);

/* Each file that the patterns find below folder, in the order of their names, up to the first false. Refuses patterns that find nothing. */
bool cosmos_rows_each_file (const char *folder, const char *patterns, CosmosTakeFile take, void *data, CosmosError *err);

/* All rows of the files that the patterns (of the recipe: train or valid) find below folder, in the order of the files' names. Refuses patterns that find
 * nothing, lines that are not JSON and fields that are not there. */
bool cosmos_rows_read (const CosmosTextsRecipe *recipe, const char *folder, const char *patterns, CosmosTakeRow take, void *data,
                       CosmosProgress *progress, CosmosError *err);
