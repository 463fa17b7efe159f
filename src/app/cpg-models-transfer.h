/* The downloads of all files of one model, seen as one. No widgets.
 *
 * Signal "changed": anything that can be asked is another. Main thread only.
 */
#pragma once

#include "app/cpg-library.h"

G_BEGIN_DECLS

typedef enum {
  CPG_TRANSFER_STATE_NONE,     /* nobody asked for it, it was cancelled, or it is done and gone */
  CPG_TRANSFER_STATE_WAITING,  /* others are fetched first */
  CPG_TRANSFER_STATE_RUNNING,  /* bytes come */
  CPG_TRANSFER_STATE_RETRYING, /* the line broke; it is tried again by itself, and the error says why */
  CPG_TRANSFER_STATE_CHECKING, /* checksums are computed, or the folders read */
  CPG_TRANSFER_STATE_PAUSED,
  CPG_TRANSFER_STATE_FAILED, /* the error says why; resume () tries again */
} CpgTransferState;

#define CPG_TYPE_MODELS_TRANSFER (cpg_models_transfer_get_type ())
G_DECLARE_FINAL_TYPE (CpgModelsTransfer, cpg_models_transfer, CPG, MODELS_TRANSFER, GObject)

CpgModelsTransfer *cpg_models_transfer_new (CpgLibrary *library, CpgCatalogModel *model);
CpgCatalogModel *cpg_models_transfer_get_model (CpgModelsTransfer *self);
CpgTransferState cpg_models_transfer_get_state (CpgModelsTransfer *self);
/* The whole model is installed. */
gboolean cpg_models_transfer_is_installed (CpgModelsTransfer *self);
guint64 cpg_models_transfer_get_received (CpgModelsTransfer *self);
guint64 cpg_models_transfer_get_total (CpgModelsTransfer *self); /* 0: not known yet */
double cpg_models_transfer_get_bytes_per_second (CpgModelsTransfer *self);
/* 0 to 1; of the check while it checks. */
double cpg_models_transfer_get_progress (CpgModelsTransfer *self);
/* Of the first file that has one, while it fails or is tried again; else NULL. */
const char *cpg_models_transfer_get_error (CpgModelsTransfer *self);

/* For a model without checksums the user has agreed. */
void cpg_models_transfer_start (CpgModelsTransfer *self);
void cpg_models_transfer_pause (CpgModelsTransfer *self);
void cpg_models_transfer_resume (CpgModelsTransfer *self);
void cpg_models_transfer_cancel (CpgModelsTransfer *self);

G_END_DECLS
