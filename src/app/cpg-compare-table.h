/* The measurements of a comparison: a row for each, a column for each contender, the best of a row with a star.
 *
 * Property: narrow (boolean): titles stand above their numbers. Follows its comparison, once a frame. Every number is also said with its row and column. Main thread only.
 */
#pragma once

#include "engine/cpg-comparison.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_COMPARE_TABLE (cpg_compare_table_get_type ())
G_DECLARE_FINAL_TYPE (CpgCompareTable, cpg_compare_table, CPG, COMPARE_TABLE, AdwBin)

/* Once. */
void cpg_compare_table_set_comparison (CpgCompareTable *self, CpgComparison *comparison);

G_END_DECLS
