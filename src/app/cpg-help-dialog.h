/* Help: what a page shows and how to read it, what the words mean, the keys. A topic a page; a topic has the name of the window's page it is about. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_HELP_DIALOG (cpg_help_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CpgHelpDialog, cpg_help_dialog, CPG, HELP_DIALOG, AdwDialog)

/* Opens at that topic: "denoise", "compare", "explore", "words", "keys". Where there is none of that name, or NULL: at the list of all. */
AdwDialog *cpg_help_dialog_new (const char *topic);

G_END_DECLS
