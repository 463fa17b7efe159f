/* A run in the side bar: what it is called, when it was, and a menu of what can be done with it ("sessions.*" of the pane that it is in, with the run's id).
 * Property: item (CpgSessionsItem). */
#pragma once

#include "app/cpg-sessions-item.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_SESSIONS_ROW (cpg_sessions_row_get_type ())
G_DECLARE_FINAL_TYPE (CpgSessionsRow, cpg_sessions_row, CPG, SESSIONS_ROW, AdwBin)

G_END_DECLS
