/* One worker thread that owns the model, the pool and all runs' trajectories, and takes jobs from a queue. Everything public is for the main
 * thread and never blocks; results come back as immutable steps through the main context.
 *
 * Order of work: the decoding of the shown step, the next step of the active run, decodings every k-th, the rest when idle.
 */
#pragma once

#include "engine/cpg-run.h"

G_BEGIN_DECLS

#define CPG_TYPE_ENGINE (cpg_engine_get_type ())
G_DECLARE_FINAL_TYPE (CpgEngine, cpg_engine, CPG, ENGINE, GObject)

/* threads 0: one a core. compute: "auto", "f32", "bf16", "int8", "openblas". */
CpgEngine *cpg_engine_new (int threads, const char *compute);

/* Opens a bundle; runs that are started later use it. */
void cpg_engine_load_async (CpgEngine *self, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean cpg_engine_load_finish (CpgEngine *self, GAsyncResult *result, GError **error);
gboolean cpg_engine_has_model (CpgEngine *self);             /* property "has-model" */
const CosmosConfig *cpg_engine_get_config (CpgEngine *self); /* NULL before */
const char *cpg_engine_get_model_name (CpgEngine *self);     /* property "model-name" */
const char *cpg_engine_get_compute_name (CpgEngine *self);

/* Starts a run with a copy of the settings. (transfer full) It reports by its properties; errors too. */
CpgRun *cpg_engine_start_run (CpgEngine *self, CpgSettings *settings);
/* Goes on from step k (1 <= k <= done) of a run under other settings. (transfer full), NULL with error where that cannot be. */
CpgRun *cpg_engine_branch_run (CpgEngine *self, CpgRun *run, int k, CpgSettings *settings, GError **error);

/* Where models lie: $COSMOS_MODELS, beside the program's tree, XDG data folders. First bundle with the task, or NULL. (transfer full) */
char *cpg_engine_find_model (const char *task);

G_END_DECLS
