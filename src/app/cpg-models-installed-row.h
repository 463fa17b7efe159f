/* A model on this computer: what it is, and what can be done with it ("model.use", "model.verify", "model.details" ...).
 *
 * Whoever holds the row must know the actions "models.remove" and "models.import", each with a path: both change more than this row.
 */
#pragma once

#include "app/cpg-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_MODELS_INSTALLED_ROW (cpg_models_installed_row_get_type ())
G_DECLARE_FINAL_TYPE (CpgModelsInstalledRow, cpg_models_installed_row, CPG, MODELS_INSTALLED_ROW, AdwPreferencesRow)

/* Signal "said" (string): a short word for whoever sits before the window. */
CpgModelsInstalledRow *cpg_models_installed_row_new (CpgSession *session, CpgInstalledModel *model);
CpgInstalledModel *cpg_models_installed_row_get_model (CpgModelsInstalledRow *self);
/* What the list says of the same path after it was read anew. */
void cpg_models_installed_row_set_model (CpgModelsInstalledRow *self, CpgInstalledModel *model);
gboolean cpg_models_installed_row_matches (CpgModelsInstalledRow *self, const char *words);

G_END_DECLS
