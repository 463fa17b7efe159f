/* One file that is being fetched, for the main thread: its properties change there, and say so.
 *
 * State, how far it is, how fast it comes, and the error. A download belongs to a CpgDownloads, which goes on with it until it is paused, cancelled,
 * done, or has failed for good; the bytes that are there stay for the next time unless it was cancelled. The file has its name only when it is done.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  CPG_DOWNLOAD_QUEUED,    /* waits for a place among those that are fetched at once */
  CPG_DOWNLOAD_RUNNING,   /* bytes come, or are asked for */
  CPG_DOWNLOAD_RETRYING,  /* waits for its next try; error says why */
  CPG_DOWNLOAD_PAUSED,    /* by the user */
  CPG_DOWNLOAD_CHECKING,  /* all is there; its checksum is computed */
  CPG_DOWNLOAD_DONE,      /* the file is in its place */
  CPG_DOWNLOAD_FAILED,    /* error says why; resume () tries again */
  CPG_DOWNLOAD_CANCELLED, /* nothing is left of it */
} CpgDownloadState;

#define CPG_TYPE_DOWNLOAD (cpg_download_get_type ())
G_DECLARE_FINAL_TYPE (CpgDownload, cpg_download, CPG, DOWNLOAD, GObject)

/* Properties: model-id, name, path (constant); state (int), received, total, bytes-per-second, progress (0 to 1; of the check while it checks), error
 * (the message), sha256 (when it is done). */
const char *cpg_download_get_model_id (CpgDownload *self);
const char *cpg_download_get_name (CpgDownload *self); /* of the file */
const char *cpg_download_get_path (CpgDownload *self); /* where it will be */
CpgDownloadState cpg_download_get_state (CpgDownload *self);
guint64 cpg_download_get_received (CpgDownload *self);
guint64 cpg_download_get_total (CpgDownload *self); /* 0: not known yet */
double cpg_download_get_bytes_per_second (CpgDownload *self);
double cpg_download_get_progress (CpgDownload *self);
const GError *cpg_download_get_error (CpgDownload *self);
const char *cpg_download_get_sha256 (CpgDownload *self);

/* Something is going on, or will by itself. */
gboolean cpg_download_is_active (CpgDownload *self);
/* Each is obeyed soon, which the state shows. Where it makes no sense it does nothing. */
void cpg_download_pause (CpgDownload *self);
void cpg_download_resume (CpgDownload *self);
void cpg_download_cancel (CpgDownload *self);

G_END_DECLS
