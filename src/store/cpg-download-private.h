/* Between CpgDownload and CpgDownloads. */
#pragma once

#include "store/cpg-transfer-loop.h"

/* The loop (borrowed) is let go of by detach (), after which nothing changes any more. */
CpgDownload *cpg_download_new (const char *model_id, const char *path, CpgTransfer *transfer, CpgTransferLoop *loop);
CpgTransfer *cpg_download_get_transfer (CpgDownload *self);
/* Takes over what the transfer says now. */
void cpg_download_update (CpgDownload *self);
void cpg_download_detach (CpgDownload *self);
