/* Asks what of a run is to be written, how and where, and writes it. Closing it ends what it does.
 *
 * When a file is written, the toast overlay around the widget that it was presented on tells, and leads to the folder. The folder that was used last is
 * proposed until the program ends.
 */
#pragma once

#include "engine/cpg-run.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_EXPORT_DIALOG (cpg_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CpgExportDialog, cpg_export_dialog, CPG, EXPORT_DIALOG, AdwDialog)

/* The run must have a step. */
void cpg_export_dialog_show (CpgRun *run, GtkWidget *parent);

G_END_DECLS
