/* Where model files are: a file that the user names, or the first in the models folders that can do what is asked.
 *
 * The folders, the first that is there: $COSMOS_MODELS alone if it is set; else models/ at the top of the source tree that the program was
 * built in; else the installed one.
 */
#pragma once

#include "core/base/status.h"

/* A COSMOS bundle that has the task (NULL: any). named: --model, or NULL. -> its path, to be freed; the error says which tasks there are. */
char *cli_models_find_bundle (const char *named, const char *task, CosmosError *err);
/* A language model (general.architecture "llama"), if possible one whose file name begins with the task. named: --baseline, or NULL. */
char *cli_models_find_language_model (const char *named, const char *task, CosmosError *err);
