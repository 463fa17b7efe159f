/* Every key of the window and what it does. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_SHORTCUTS_DIALOG (cpg_shortcuts_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CpgShortcutsDialog, cpg_shortcuts_dialog, CPG, SHORTCUTS_DIALOG, AdwDialog)

AdwDialog *cpg_shortcuts_dialog_new (void);

G_END_DECLS
