/* What can go wrong with catalogues, downloads and model files. Messages are whole sentences for people: what failed, on what, what to do. What was
 * cancelled is G_IO_ERROR_CANCELLED; what the system says of files is a G_IO_ERROR, too. */
#pragma once

#include "core/base/status.h"
#include <gio/gio.h>

#define CPG_FETCH_ERROR (cpg_fetch_error_quark ())
GQuark cpg_fetch_error_quark (void);

typedef enum {
  CPG_FETCH_ERROR_CATALOG,     /* a catalogue that is refused */
  CPG_FETCH_ERROR_ADDRESS,     /* neither https nor this machine, or a redirect to such a place */
  CPG_FETCH_ERROR_NETWORK,     /* not reached, broken off, stalled: trying later may help */
  CPG_FETCH_ERROR_CERTIFICATE, /* the server does not prove who it is */
  CPG_FETCH_ERROR_SERVER,      /* it answers, but not with the file */
  CPG_FETCH_ERROR_DIFFERS,     /* other bytes than the catalogue promises */
  CPG_FETCH_ERROR_NO_SPACE,
  CPG_FETCH_ERROR_BUSY,       /* another program is at it */
  CPG_FETCH_ERROR_EXISTS,     /* something else has the name */
  CPG_FETCH_ERROR_UNVERIFIED, /* no checksum is known, and nobody has agreed to that */
  CPG_FETCH_ERROR_MODEL,      /* the core cannot read it as a model */
} CpgFetchError;

/* "doing PATH: why" of errno. */
void cpg_fetch_error_from_errno (GError **error, int number, const char *path);
/* code CPG_FETCH_ERROR_MODEL, or cancelled. */
void cpg_fetch_error_from_core (GError **error, const CosmosError *err);
