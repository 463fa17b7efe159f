/* The result of a study or an evaluation: what it means, its curves, its tables, how it was made. A second one of the same kind can be laid over it.
 *
 * Actions, each with a key: study.compare, study.copy ("text", "csv", "markdown"), study.save ("png", "svg", "csv", "json").
 */
#pragma once

#include "store/cpg-study-result.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_STUDY_DIALOG (cpg_study_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CpgStudyDialog, cpg_study_dialog, CPG, STUDY_DIALOG, AdwDialog)

AdwDialog *cpg_study_dialog_new (CpgStudyResult *result);
/* A dialog of both takes the place of one that is shown; FALSE, after saying so, where the other is of another kind. */
gboolean cpg_study_dialog_compare (CpgStudyDialog *self, CpgStudyResult *other);

/* For files of results. (transfer full) */
GtkFileDialog *cpg_study_dialog_new_chooser (const char *title);

G_END_DECLS
