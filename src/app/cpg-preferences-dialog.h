/* Choices that concern the computer and the look, not a run. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_PREFERENCES_DIALOG (cpg_preferences_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CpgPreferencesDialog, cpg_preferences_dialog, CPG, PREFERENCES_DIALOG, AdwPreferencesDialog)

AdwDialog *cpg_preferences_dialog_new (GSettings *preferences);

G_END_DECLS
