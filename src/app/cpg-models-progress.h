/* How far a piece of work is: a bar, words, and buttons to pause and cancel it.
 *
 * Properties: can-pause, paused (booleans, writable). Signals: "pause" (pause, or go on where it is paused), "cancel".
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CPG_TYPE_MODELS_PROGRESS (cpg_models_progress_get_type ())
G_DECLARE_FINAL_TYPE (CpgModelsProgress, cpg_models_progress, CPG, MODELS_PROGRESS, GtkBox)

/* What the work is about: names bar and buttons for those who hear them. */
void cpg_models_progress_set_subject (CpgModelsProgress *self, const char *subject);
/* fraction: 0 to 1, or below 0 where nobody knows. */
void cpg_models_progress_show (CpgModelsProgress *self, double fraction, const char *words);
void cpg_models_progress_set_paused (CpgModelsProgress *self, gboolean paused);
void cpg_models_progress_set_can_pause (CpgModelsProgress *self, gboolean can_pause);

G_END_DECLS
