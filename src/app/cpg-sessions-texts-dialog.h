/* A run of the session log as its texts alone, which need no model: what each step said. */
#pragma once

#include "store/cpg-log-run.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_SESSIONS_TEXTS_DIALOG (cpg_sessions_texts_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CpgSessionsTextsDialog, cpg_sessions_texts_dialog, CPG, SESSIONS_TEXTS_DIALOG, AdwDialog)

/* record: with its steps. reason: why the run itself cannot be shown, or NULL. */
AdwDialog *cpg_sessions_texts_dialog_new (const CpgLogRun *record, const char *reason);

G_END_DECLS
