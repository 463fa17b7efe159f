/* A table of a study's result, and the same one of a second result below it: rows that can be sorted by any column, read out cell by cell. */
#pragma once

#include "store/cpg-study-result.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* results: CpgStudyResult, one or two, held; index: of the first one's table. */
GtkWidget *cpg_study_table_new (GPtrArray *results, guint index);

G_END_DECLS
