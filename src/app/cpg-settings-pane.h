/* The side bar with the settings of the next run, each with what it does in plain words. Property: session (CpgSession). */
#pragma once

#include "app/cpg-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_SETTINGS_PANE (cpg_settings_pane_get_type ())
G_DECLARE_FINAL_TYPE (CpgSettingsPane, cpg_settings_pane, CPG, SETTINGS_PANE, AdwBin)

G_END_DECLS
