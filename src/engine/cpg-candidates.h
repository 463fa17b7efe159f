/* Several texts with the same settings but for their seeds, each as a run alone writes it, one after another; then how much they agree, and which one the
 * others agree with most (core/study/consensus.h).
 *
 * Properties, read-only: n-written (int: texts there are), active (boolean), best (int: the number of that one, -1 before all are there), error (string or NULL).
 * Main thread only. Its work goes on until it is done or cancelled, whoever holds it, and is no run: the log knows nothing of it. It holds no engine.
 */
#pragma once

#include "core/sample/settings.h"
#include "engine/cpg-engine.h"

G_BEGIN_DECLS

#define CPG_TYPE_CANDIDATES (cpg_candidates_get_type ())
G_DECLARE_FINAL_TYPE (CpgCandidates, cpg_candidates, CPG, CANDIDATES, GObject)

/* n texts (2 .. COSMOS_MAX_BATCH) with the seeds of the settings and the n - 1 that follow, by the open model. (transfer full) */
CpgCandidates *cpg_candidates_new (CpgEngine *engine, CpgSettings *settings, int n);
/* What is there stays. */
void cpg_candidates_cancel (CpgCandidates *self);

int cpg_candidates_get_n (CpgCandidates *self);
int cpg_candidates_get_n_written (CpgCandidates *self);
gboolean cpg_candidates_is_active (CpgCandidates *self);
guint64 cpg_candidates_get_seed (CpgCandidates *self, int i);
/* i < n_written. */
const char *cpg_candidates_get_text (CpgCandidates *self, int i);
/* 0 .. 1, NAN before all are there. */
double cpg_candidates_get_agreement (CpgCandidates *self, int i);
int cpg_candidates_get_best (CpgCandidates *self);
const char *cpg_candidates_get_error (CpgCandidates *self);

G_END_DECLS
