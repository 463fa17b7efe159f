#include "engine/cpg-error.h"

G_DEFINE_QUARK (cpg - error - quark, cpg_error)

void cpg_error_from_core (GError **error, const CosmosError *err)
{
  if (err->code == COSMOS_STATUS_CANCELLED)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, err->message);
  else
    g_set_error_literal (error, CPG_ERROR, (int) err->code, err->message);
}
