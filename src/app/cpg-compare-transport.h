/* The bar below the columns of the Compare page: their one position, how it is counted, and its playing.
 *
 * Property: session (CpgSession), for the speed of its player. Follows a playhead. Main thread only.
 */
#pragma once

#include "app/cpg-session.h"
#include "engine/cpg-playhead.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_COMPARE_TRANSPORT (cpg_compare_transport_get_type ())
G_DECLARE_FINAL_TYPE (CpgCompareTransport, cpg_compare_transport, CPG, COMPARE_TRANSPORT, AdwBin)

/* Once. */
void cpg_compare_transport_set_playhead (CpgCompareTransport *self, CpgPlayhead *playhead);
GtkWidget *cpg_compare_transport_get_scrubber (CpgCompareTransport *self);

G_END_DECLS
