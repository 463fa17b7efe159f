/* A model that can be had: what it is, its download, and what came of it. */
#pragma once

#include "app/cpg-library.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_MODELS_CATALOG_ROW (cpg_models_catalog_row_get_type ())
G_DECLARE_FINAL_TYPE (CpgModelsCatalogRow, cpg_models_catalog_row, CPG, MODELS_CATALOG_ROW, AdwPreferencesRow)

CpgModelsCatalogRow *cpg_models_catalog_row_new (CpgLibrary *library, CpgCatalogModel *model);
gboolean cpg_models_catalog_row_matches (CpgModelsCatalogRow *self, const char *words);

G_END_DECLS
