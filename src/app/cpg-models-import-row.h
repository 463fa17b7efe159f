/* An import that goes on: a file that is copied, or weights that become a GGUF. Begins at once; stays with its error until it is sent away.
 *
 * Signals: "done" (string: the new path; NULL: cancelled or sent away). Whoever holds the row then takes it out.
 */
#pragma once

#include "app/cpg-library.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_MODELS_IMPORT_ROW (cpg_models_import_row_get_type ())
G_DECLARE_FINAL_TYPE (CpgModelsImportRow, cpg_models_import_row, CPG, MODELS_IMPORT_ROW, AdwPreferencesRow)

/* convert: the path is of weights (cpg-models-convert.h), not of a .gguf. */
CpgModelsImportRow *cpg_models_import_row_new (CpgLibrary *library, const char *path, gboolean convert);

G_END_DECLS
