/* Runs out of the session log into a .cosmosrun file and back. */
#pragma once

#include "store/cpg-archive.h"
#include "store/cpg-session-log.h"

G_BEGIN_DECLS

/* ids as for cpg_session_log_load_async (); with their pinned latents. The file is written whole or not at all. */
void cpg_session_log_export_async (CpgSessionLog *self, const char *const *ids, GFile *file, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer data);
gboolean cpg_session_log_export_finish (CpgSessionLog *self, GAsyncResult *result, GError **error);

/* Answers the runs that the file holds, those too that were here before (and stay as they are); *n_new (may be NULL): how many came. (transfer full) */
void cpg_session_log_import_async (CpgSessionLog *self, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer data);
GPtrArray *cpg_session_log_import_finish (CpgSessionLog *self, GAsyncResult *result, int *n_new, GError **error);

G_END_DECLS
