/* Which models can be had: the bundled catalogue, and those that a user added, as one list of CpgCatalogModel (docs/catalog.md has the format).
 *
 * A catalogue is taken whole or refused whole; ids and places in the models folder are unique over all of them, the first one winning. Main thread;
 * reading takes well under a millisecond for the bundled one, and files over 1 MiB are refused.
 */
#pragma once

#include "store/cpg-catalog-model.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define CPG_TYPE_CATALOG (cpg_catalog_get_type ())
G_DECLARE_FINAL_TYPE (CpgCatalog, cpg_catalog, CPG, CATALOG, GObject) /* GListModel */

/* An empty one. */
CpgCatalog *cpg_catalog_new (void);
/* The bundled one and every .json in $XDG_DATA_HOME/cosmos-playground/catalogs, by name. problems (may be NULL): a message for each that was refused,
 * ended by NULL; g_strfreev () it. */
CpgCatalog *cpg_catalog_new_default (char ***problems);
/* name: for messages. */
gboolean cpg_catalog_add_data (CpgCatalog *self, const char *data, gsize size, const char *name, GError **error);
gboolean cpg_catalog_add_file (CpgCatalog *self, const char *path, GError **error);

guint cpg_catalog_get_n_models (CpgCatalog *self);
CpgCatalogModel *cpg_catalog_get_model (CpgCatalog *self, guint index); /* (transfer none) */
CpgCatalogModel *cpg_catalog_find (CpgCatalog *self, const char *id);   /* (transfer none), NULL: none */
/* The model that has a file there, as seen from a models folder, and which of its files; NULL: none. */
CpgCatalogModel *cpg_catalog_find_place (CpgCatalog *self, const char *place, guint *index);

G_END_DECLS
