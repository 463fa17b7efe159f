/* The controls that move through a run: play and step buttons, speed, loop, bookmarks, branch, the scrubber with the strip of changes below it.
 *
 * Property: session (CpgSession). The buttons are the window's actions; nothing is decided here.
 */
#pragma once

#include "app/cpg-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_TRANSPORT (cpg_transport_get_type ())
G_DECLARE_FINAL_TYPE (CpgTransport, cpg_transport, CPG, TRANSPORT, AdwBin)

/* Where keys go first. */
GtkWidget *cpg_transport_get_scrubber (CpgTransport *self);

G_END_DECLS
