/* Two to four contenders (GListModel of CpgContender) that write on one input, one after another, so that each has the machine for itself; then their
 * texts are measured.
 *
 * Properties: active (boolean: something is being written), measuring (boolean), reference (string, writable: a text to measure nearness to; "" for none).
 * Signals: "progressed": a contender has more moments, or another state. "measured": the measures are others, or there are none now.
 * Holds its contenders, but not the engine, which may go at any moment: then it stops. Main thread only.
 */
#pragma once

#include "engine/cpg-contender.h"
#include "engine/cpg-measure.h"

G_BEGIN_DECLS

enum { CPG_COMPARISON_MIN = 2, CPG_COMPARISON_MAX = 4 };

#define CPG_TYPE_COMPARISON (cpg_comparison_get_type ())
G_DECLARE_FINAL_TYPE (CpgComparison, cpg_comparison, CPG, COMPARISON, GObject)

CpgComparison *cpg_comparison_new (void);
guint cpg_comparison_get_n (CpgComparison *self);
/* (transfer none) */
CpgContender *cpg_comparison_get (CpgComparison *self, guint i);
/* As the last one; begins when it is its turn, where the others have begun. FALSE: there are as many as there can be. */
gboolean cpg_comparison_add (CpgComparison *self, CpgContender *contender);
/* Others instead of those there are, not started. n: as many as there can be. */
void cpg_comparison_replace (CpgComparison *self, CpgContender *const *contenders, guint n);
/* FALSE: there are as few as there can be. */
gboolean cpg_comparison_remove (CpgComparison *self, guint i);

/* All anew, as variations of base. */
void cpg_comparison_start (CpgComparison *self, CpgEngine *engine, CpgSettings *base);
/* The same with the settings of a run, which the first one takes over as it is. */
void cpg_comparison_start_with (CpgComparison *self, CpgEngine *engine, CpgRun *run);
/* As it was before: contenders that were restored, instead of those there are. run: what the first one takes over, or NULL. report: what was measured
 * then, and is not measured again (transfer full). */
void cpg_comparison_restore (CpgComparison *self, CpgContender *const *contenders, guint n, CpgEngine *engine, CpgSettings *base,
                             CpgRun *run, CpgReport *report);
/* Another one after every start. */
guint cpg_comparison_get_serial (CpgComparison *self);
/* What all are variations of; NULL before it is started. */
CpgSettings *cpg_comparison_get_base (CpgComparison *self);
/* What is there stays. */
void cpg_comparison_cancel (CpgComparison *self);
gboolean cpg_comparison_is_active (CpgComparison *self);
gboolean cpg_comparison_is_measuring (CpgComparison *self);
/* Whether it was ever started. */
gboolean cpg_comparison_is_started (CpgComparison *self);

/* Measures again, where the texts are there. */
void cpg_comparison_set_reference (CpgComparison *self, const char *reference);
/* NULL before it is measured. */
const CpgMeasures *cpg_comparison_get_measures (CpgComparison *self, guint i);
const char *cpg_comparison_get_judge (CpgComparison *self);
/* The judge has written this text itself. */
gboolean cpg_comparison_is_own_judge (CpgComparison *self, guint i);

G_END_DECLS
