/* Models on this computer and those that can be had: the catalogue, the downloads and the installed models, as one object that windows share.
 *
 * Making it reads the catalogue, picks up half-done downloads as paused ones and begins to read the models folders on another thread, so it is made
 * when somebody first wants to see models. The list of installed models is read anew after a download, an import or a removal. When the object goes
 * away, downloads stop, and go on from there the next time.
 *
 * Properties: refreshing (boolean: the folders are being read), problem (string or NULL: why they cannot be read). Main thread only.
 */
#pragma once

#include "store/cpg-downloads.h"
#include "store/cpg-installed-models.h"

G_BEGIN_DECLS

#define CPG_TYPE_LIBRARY (cpg_library_get_type ())
G_DECLARE_FINAL_TYPE (CpgLibrary, cpg_library, CPG, LIBRARY, GObject)

CpgLibrary *cpg_library_new (void);
CpgCatalog *cpg_library_get_catalog (CpgLibrary *self);
CpgDownloads *cpg_library_get_downloads (CpgLibrary *self);
CpgInstalledModels *cpg_library_get_installed (CpgLibrary *self);
/* Where new models go; it need not be there yet. */
const char *cpg_library_get_folder (CpgLibrary *self);
/* A message for each catalogue that was refused, ended by NULL. */
const char *const *cpg_library_get_refused (CpgLibrary *self);

/* Reads the models folders anew, once more if it is at it. */
void cpg_library_refresh (CpgLibrary *self);
gboolean cpg_library_is_refreshing (CpgLibrary *self);
/* The complete installed model that the catalogue has under this id; (transfer none), NULL: none. */
CpgInstalledModel *cpg_library_find_installed (CpgLibrary *self, const char *catalog_id);

G_END_DECLS
