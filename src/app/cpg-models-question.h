/* The question that comes before an import: what was found in a file, what would be done with it, and whether to do that. */
#pragma once

#include "app/cpg-models-facts.h"
#include <adwaita.h>

G_BEGIN_DECLS

/* path: of the file or folder; target: the models folder. Where nothing can be done with it, it says why and only closes. */
AdwAlertDialog *cpg_models_question_new (const CpgModelsFacts *facts, const char *path, const char *target);
/* Of a response: whether to do it, and whether that is to convert, not to copy. */
gboolean cpg_models_question_is_yes (const char *response);
gboolean cpg_models_question_is_conversion (const char *response);

G_END_DECLS
