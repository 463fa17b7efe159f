#include "store/cpg-fetch-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

G_DEFINE_QUARK (cpg - fetch - error - quark, cpg_fetch_error)

void cpg_fetch_error_from_errno (GError **error, int number, const char *path)
{
  if (number == ENOSPC || number == EFBIG || number == EDQUOT)
    g_set_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_NO_SPACE,
                 _ ("%s: there is no room for it on the disk; make some, then go on: what is there is kept"), path);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "%s: %s", path, g_strerror (number));
}

void cpg_fetch_error_from_core (GError **error, const CosmosError *err)
{
  if (err->code == COSMOS_STATUS_CANCELLED)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, err->message);
  else
    g_set_error_literal (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_MODEL, err->message);
}
