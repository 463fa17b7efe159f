/* run.json of an archive: runs as JSON, and back from bytes that may come from anywhere. docs/cosmosrun.md has the schema. Private to the store. */
#pragma once

#include "store/cpg-log-run.h"

G_BEGIN_DECLS

/* NULL with CPG_ARCHIVE_ERROR where it is too large. Latents stand in files of their own, named by cpg_archive_json_latents_name () in the order of
 * runs and latents. */
GBytes *cpg_archive_json_write (GPtrArray *runs, GError **error);
char *cpg_archive_json_latents_name (guint index);

/* CpgLogRun (transfer full); NULL with CPG_ARCHIVE_ERROR. Latents are without their bytes, which are the next thing to read. */
GPtrArray *cpg_archive_json_read (const char *text, gsize size, GError **error);

G_END_DECLS
