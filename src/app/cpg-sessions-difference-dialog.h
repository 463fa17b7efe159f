/* In what two runs of the session log were made differently. */
#pragma once

#include "store/cpg-log-run.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_SESSIONS_DIFFERENCE_DIALOG (cpg_sessions_difference_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CpgSessionsDifferenceDialog, cpg_sessions_difference_dialog, CPG, SESSIONS_DIFFERENCE_DIALOG, AdwDialog)

AdwDialog *cpg_sessions_difference_dialog_new (const CpgLogRun *chosen, const CpgLogRun *shown);

G_END_DECLS
