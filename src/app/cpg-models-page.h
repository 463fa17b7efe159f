/* The page of models: what is installed, what is under way, and what can be had.
 *
 * It asks the session for the library when it is first shown, not before. Property: session (CpgSession, writable). Of the actions of pages it knows
 * none; its own are "models.import-file", "models.import-folder", "models.import" (a path), "models.remove" (a path), "models.open-folder".
 */
#pragma once

#include "app/cpg-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_MODELS_PAGE (cpg_models_page_get_type ())
G_DECLARE_FINAL_TYPE (CpgModelsPage, cpg_models_page, CPG, MODELS_PAGE, AdwBin)

G_END_DECLS
