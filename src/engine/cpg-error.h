/* The core's errors as GError: domain CPG_ERROR, code a CosmosStatus; "cancelled" becomes G_IO_ERROR_CANCELLED. */
#pragma once

#include "core/base/status.h"
#include <gio/gio.h>

#define CPG_ERROR (cpg_error_quark ())
GQuark cpg_error_quark (void);
void cpg_error_from_core (GError **error, const CosmosError *err);
