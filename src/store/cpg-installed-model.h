/* A model that lies in one of the models folders: a file, or a folder with the files of one. Constant; what has changed since shows after a
 * refresh of the list. It may be shared by threads. */
#pragma once

#include "store/cpg-catalog.h"
#include "store/cpg-checksum.h"

G_BEGIN_DECLS

typedef enum {
  CPG_VERIFICATION_UNKNOWN,   /* no catalogue has a checksum for it */
  CPG_VERIFICATION_UNCHECKED, /* there is one, but the file was not checked since it changed */
  CPG_VERIFICATION_RIGHT,     /* it is what the catalogue promises */
  CPG_VERIFICATION_WRONG,     /* it is something else */
} CpgVerification;

#define CPG_TYPE_INSTALLED_MODEL (cpg_installed_model_get_type ())
G_DECLARE_FINAL_TYPE (CpgInstalledModel, cpg_installed_model, CPG, INSTALLED_MODEL, GObject)

/* place: as seen from the folder. removable: the folder is the user's own. NULL where it has no weights, and no catalogue has it. Any thread. */
CpgInstalledModel *cpg_installed_model_read (const char *folder, const char *place, gboolean removable, CpgCatalog *catalog);

/* Properties of the same names: name, title, path, kind, size, catalog-id, verification, complete, removable, error. */
const char *cpg_installed_model_get_name (CpgInstalledModel *self); /* of the file or folder */
const char *cpg_installed_model_get_title (
    CpgInstalledModel *self); /* what it calls itself, or the catalogue calls it; else its name */
const char *cpg_installed_model_get_path (CpgInstalledModel *self);
CpgModelKind cpg_installed_model_get_kind (CpgInstalledModel *self);
guint64 cpg_installed_model_get_size (CpgInstalledModel *self);
const char *const *cpg_installed_model_get_tasks (CpgInstalledModel *self);
const char *cpg_installed_model_get_catalog_id (CpgInstalledModel *self); /* NULL: in no catalogue */
CpgVerification cpg_installed_model_get_verification (CpgInstalledModel *self);
gboolean cpg_installed_model_is_complete (CpgInstalledModel *self); /* every file that the catalogue lists is there */
gboolean cpg_installed_model_is_removable (CpgInstalledModel *self);
const char *cpg_installed_model_get_error (CpgInstalledModel *self); /* why the core cannot read it; NULL: it can */

/* Its files, with the checksum that was computed for each (NULL: none was). */
guint cpg_installed_model_get_n_files (CpgInstalledModel *self);
const char *cpg_installed_model_get_file (CpgInstalledModel *self, guint index); /* path */
const char *cpg_installed_model_get_sha256 (CpgInstalledModel *self, guint index);

/* The checksum of every file, read anew; g_strfreev () them. tick: bytes of size. */
char **cpg_installed_model_compute (CpgInstalledModel *self, CpgChecksumTick tick, gpointer data, GError **error);
/* Compares them with the catalogue's: RIGHT, UNKNOWN, or WRONG with CPG_FETCH_ERROR_DIFFERS. */
CpgVerification cpg_installed_model_judge (CpgInstalledModel *self, const char *const *found, GError **error);

G_END_DECLS
