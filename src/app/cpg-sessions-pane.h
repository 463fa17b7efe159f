/* The side bar with the session log: search, runs by day, and what can be done with each (actions "sessions.*", in cpg-sessions-pane-actions.c).
 *
 * Properties: session (CpgSession), collapsed (boolean: the pane covers the window and needs a way back of its own), search (string: what is
 * looked for).
 * Signals: "said" (string): a short word for whoever sits before the window. "deleted" (string): of this run, what it is called, which can be undone by
 * cpg_sessions_pane_undo (). "opened": a run is shown now. "compared" (string): a comparison, by its id, is to be opened.
 */
#pragma once

#include "app/cpg-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_SESSIONS_PANE (cpg_sessions_pane_get_type ())
G_DECLARE_FINAL_TYPE (CpgSessionsPane, cpg_sessions_pane, CPG, SESSIONS_PANE, AdwBin)

void cpg_sessions_pane_focus_search (CpgSessionsPane *self);
/* The runs of a .cosmosrun file. */
void cpg_sessions_pane_import (CpgSessionsPane *self, GFile *file);
/* Brings the runs back that were deleted last. */
void cpg_sessions_pane_undo (CpgSessionsPane *self);

G_END_DECLS
