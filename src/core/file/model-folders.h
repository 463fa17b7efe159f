/* The folders in which model files lie, and the search in them.
 *
 * $COSMOS_MODELS alone where it is set. Else, as far as they are there, each once, in this order: models/ of the source tree that the running
 * program was built in; the user's own, $XDG_DATA_HOME/cosmos-playground/models; cosmos-playground/models in each folder of $XDG_DATA_DIRS;
 * the one that the installation names. The variables are read anew at each call, from any thread.
 */
#pragma once

#include "core/base/status.h"
#include <stddef.h>

typedef struct {
  char **items; /* paths */
  size_t n;     /* 0 where there is none */
} CosmosModelFolders;

/* Fails where COSMOS_MODELS names no folder that can be read, or without memory. */
bool cosmos_model_folders_list (CosmosModelFolders *self, CosmosError *err);
void cosmos_model_folders_clear (CosmosModelFolders *self);

/* Where new models go: $COSMOS_MODELS, else the user's own folder, which need not be there yet. free () it; NULL: no memory. */
char *cosmos_model_folders_get_own (void);

/* The first file for which `fits` says true -> its path, free () it; NULL: none. Asked are the files that end in .gguf and are not hidden, a folder
 * after the other, by name: FIRST.gguf, then those that begin with `first` (NULL or "": none does), then the others; each once. */
typedef bool (*CosmosModelTest) (const char *path, void *data);
char *cosmos_model_folders_find (const CosmosModelFolders *self, const char *first, CosmosModelTest fits, void *data);
