/* Choices that concern the computer and the look, not a run. */
#pragma once

#include "app/cpg-recorder.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_PREFERENCES_DIALOG (cpg_preferences_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CpgPreferencesDialog, cpg_preferences_dialog, CPG, PREFERENCES_DIALOG, AdwPreferencesDialog)

/* recorder: of the session log that is kept, or NULL. */
AdwDialog *cpg_preferences_dialog_new (GSettings *preferences, CpgRecorder *recorder);

G_END_DECLS
