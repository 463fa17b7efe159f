/* Where model files are: a file that the user names, or the first in the models folders (core/file/model-folders.h) that can do what is asked. A file
 * there that cannot be read is passed over with a line on stderr.
 */
#pragma once

#include "core/base/status.h"

/* A COSMOS bundle that has the task (NULL: any); has_source: if possible one that reads a source. named: --model, or NULL. -> its path, to be freed; the error
 * says which tasks there are. */
char *cli_models_find_bundle (const char *named, const char *task, bool has_source, CosmosError *err);
/* A language model (general.architecture "llama" or "gpt2"), if possible one whose file name begins with the task. named: --baseline, or NULL. */
char *cli_models_find_language_model (const char *named, const char *task, CosmosError *err);
