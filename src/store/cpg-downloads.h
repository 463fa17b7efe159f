/* All downloads of the program as a list of CpgDownload, in the order they were asked for. Some run at once, the others wait their turn.
 *
 * Main thread; the network has a thread of its own (cpg-transfer-loop.h). When this object goes away, what is under way stops and stays on the disk:
 * adding the same model again, in this process or another, goes on from there.
 */
#pragma once

#include "store/cpg-catalog.h"
#include "store/cpg-download.h"

G_BEGIN_DECLS

#define CPG_TYPE_DOWNLOADS (cpg_downloads_get_type ())
G_DECLARE_FINAL_TYPE (CpgDownloads, cpg_downloads, CPG, DOWNLOADS, GObject) /* GListModel */

/* folder: where models go; NULL: the user's own models folder (core/file/model-folders.h). */
CpgDownloads *cpg_downloads_new (const char *folder);
const char *cpg_downloads_get_folder (CpgDownloads *self);
/* How many run at once; 3 at first. */
void cpg_downloads_set_limit (CpgDownloads *self, guint limit);

/* All files of the model. Those that are in the list already go on if they rested. Without a checksum for every file it fails with
 * CPG_FETCH_ERROR_UNVERIFIED unless accept_unverified, to which the user must have agreed. */
gboolean cpg_downloads_add (CpgDownloads *self, CpgCatalogModel *model, gboolean accept_unverified, GError **error);
/* What was left half done by an earlier process, of models that the catalogue has: each file as a paused download. */
void cpg_downloads_add_left (CpgDownloads *self, CpgCatalog *catalog);
/* Takes those out of the list that are done, have failed or were cancelled. */
void cpg_downloads_clear_finished (CpgDownloads *self);

/* Is any of them active? */
gboolean cpg_downloads_is_active (CpgDownloads *self);
void cpg_downloads_pause_all (CpgDownloads *self);

G_END_DECLS
