/* The network's thread: all transfers on one libcurl multi handle, so many at a time, and one more thread that checks what came.
 *
 * Made, used and freed on one thread (the main one). Private to the store.
 */
#pragma once

#include "store/cpg-transfer.h"

G_BEGIN_DECLS

typedef struct _CpgTransferLoop CpgTransferLoop;

/* news: something of a status has changed. On the context that is the default of the thread that makes the loop, and never after free (). */
CpgTransferLoop *cpg_transfer_loop_new (guint n_active, GSourceFunc news, gpointer data);
/* Waits for the threads; what is under way stays as it is, to be gone on with another time. */
void cpg_transfer_loop_free (CpgTransferLoop *self);
void cpg_transfer_loop_add (CpgTransferLoop *self, CpgTransfer *transfer);
void cpg_transfer_loop_remove (CpgTransferLoop *self, CpgTransfer *transfer);
/* After a wish has changed. */
void cpg_transfer_loop_wake (CpgTransferLoop *self);
void cpg_transfer_loop_set_n_active (CpgTransferLoop *self, guint n_active);

G_END_DECLS
