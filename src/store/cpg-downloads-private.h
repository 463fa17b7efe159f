/* Downloads with other patience than the usual, for tests. */
#pragma once

#include "store/cpg-downloads.h"
#include "store/cpg-transfer.h"

CpgDownloads *cpg_downloads_new_with_limits (const char *folder, const CpgTransferLimits *limits);
