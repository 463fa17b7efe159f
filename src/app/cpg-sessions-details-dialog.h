/* What somebody writes on a run of the session log: title, tags, note. */
#pragma once

#include "app/cpg-recorder.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_SESSIONS_DETAILS_DIALOG (cpg_sessions_details_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CpgSessionsDetailsDialog, cpg_sessions_details_dialog, CPG, SESSIONS_DETAILS_DIALOG, AdwDialog)

AdwDialog *cpg_sessions_details_dialog_new (CpgRecorder *recorder, const CpgLogRun *record);

G_END_DECLS
