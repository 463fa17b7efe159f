/* Texts of several seeds side by side, as they are written, and which one the others agree with most; one of them can be chosen.
 *
 * Signal: "chosen" (uint64 seed); then it closes. Closing stops what is still being written.
 */
#pragma once

#include "engine/cpg-candidates.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_CANDIDATES_DIALOG (cpg_candidates_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CpgCandidatesDialog, cpg_candidates_dialog, CPG, CANDIDATES_DIALOG, AdwDialog)

CpgCandidatesDialog *cpg_candidates_dialog_new (CpgCandidates *candidates);

G_END_DECLS
