/* A column of the Compare page: what writes, its text at the shown moment with what differs from the first column marked, and a sentence.
 *
 * Follows its contender and the first one, once a frame. Main thread only.
 */
#pragma once

#include "engine/cpg-comparison.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_COMPARE_COLUMN (cpg_compare_column_get_type ())
G_DECLARE_FINAL_TYPE (CpgCompareColumn, cpg_compare_column, CPG, COMPARE_COLUMN, AdwBin)

CpgCompareColumn *cpg_compare_column_new (CpgContender *contender);
/* number: counted from 1. first: of the comparison, perhaps this one. */
void cpg_compare_column_set_place (CpgCompareColumn *self, int number, CpgContender *first, gboolean can_be_removed);
void cpg_compare_column_set_marks (CpgCompareColumn *self, gboolean marks);

G_END_DECLS
