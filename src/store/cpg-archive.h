/* .cosmosrun: one or more runs in a file that can be given away: a zip of run.json and the pinned latents (docs/cosmosrun.md). Where the model
 * lies on this machine is not in it.
 *
 * Bytes to read may come from anywhere: nothing of them is written to a disk, and sizes, counts, names, numbers and texts are checked before use.
 * Pure functions of what they are given; any thread.
 */
#pragma once

#include "store/cpg-log-run.h"

G_BEGIN_DECLS

typedef enum {
  CPG_ARCHIVE_ERROR_NO_ARCHIVE, /* something else, or cut off */
  CPG_ARCHIVE_ERROR_NEWER,      /* of a newer program */
  CPG_ARCHIVE_ERROR_TOO_LARGE,  /* or it claims to be */
  CPG_ARCHIVE_ERROR_INVALID     /* something in it is not as it must be */
} CpgArchiveError;

#define CPG_ARCHIVE_ERROR (cpg_archive_error_quark ())
GQuark cpg_archive_error_quark (void);

enum {
  CPG_ARCHIVE_MAX_SIZE = 128 << 20, /* bytes of the file */
  CPG_ARCHIVE_MAX_RUNS = 1000
};

/* runs: CpgLogRun with steps, and latents where they are to go along. */
GBytes *cpg_archive_write (GPtrArray *runs, GError **error);
/* CpgLogRun, (transfer full). */
GPtrArray *cpg_archive_read (GBytes *bytes, GError **error);

G_END_DECLS
