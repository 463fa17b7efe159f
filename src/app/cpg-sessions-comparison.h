/* Comparisons as the session log keeps them, and contenders back from that. Functions of what they are given; main thread. */
#pragma once

#include "engine/cpg-comparison.h"
#include "store/cpg-log-run.h"

G_BEGIN_DECLS

/* One that was started, with a new id. (transfer full) */
CpgLogRun *cpg_sessions_comparison_new (CpgComparison *comparison);
/* How it stands: state, texts, columns with their measurements. ids: of what the contenders have written, in their order; NULL for none. */
void cpg_sessions_comparison_take (CpgLogRun *self, CpgComparison *comparison, const char *const *ids);
/* What an autoregressive contender has written: a step is a token. (transfer full) */
CpgLogRun *cpg_sessions_comparison_new_writing (CpgContender *contender);

/* The contender of a column, ready to be as it was. record: what it shows; NULL: that is not there any more. (transfer full) */
CpgContender *cpg_sessions_comparison_restore_contender (const CpgLogColumn *column, const CpgLogRun *record, CpgSettings *base);
/* (transfer full) */
CpgReport *cpg_sessions_comparison_restore_report (const CpgLogRun *comparison);
/* What the moments of a record took, until its text could be read. column: of it, or NULL. (transfer full): doubles. */
GArray *cpg_sessions_comparison_get_times (const CpgLogRun *record, const CpgLogColumn *column);

G_END_DECLS
