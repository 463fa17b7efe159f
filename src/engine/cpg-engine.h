/* One worker thread that owns the model, the pool and all runs' trajectories, and takes jobs from a queue. Everything public is for the main
 * thread and never blocks; results come back as immutable steps through the main context in which the engine was made.
 *
 * Order of work: opening models, the decoding of the shown step, every k-th step's and the result's when made, the next step of the first run in the
 * queue that is not paused, the rest of the decodings when idle.
 * Engine and runs may be let go in any order at any moment; runs of an engine that is gone end as cancelled. Letting the engine go waits for the layer
 * that is being computed (milliseconds). A program must let it go before it ends: the back ends' libraries do not bear being torn down under a run.
 * Properties: has-model (boolean), model-name (string or NULL), loading (boolean).
 * Signal: "run-started" (CpgRun run, CpgRun parent or NULL, int k): of every run, before anything of it is done; k: the steps that it shares.
 */
#pragma once

#include "engine/cpg-run.h"
#include "engine/cpg-task.h"

G_BEGIN_DECLS

#define CPG_TYPE_ENGINE (cpg_engine_get_type ())
G_DECLARE_FINAL_TYPE (CpgEngine, cpg_engine, CPG, ENGINE, GObject)

/* threads 0: one a core. compute: "auto", "f32", "bf16", "int8", "blocks", "openblas"; one that is not to be had here makes loading fail. */
CpgEngine *cpg_engine_new (int threads, const char *compute);

/* Opens a bundle; runs that are started later use it, also those that are started while it is being opened. */
void cpg_engine_load_async (CpgEngine *self, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer data);
gboolean cpg_engine_load_finish (CpgEngine *self, GAsyncResult *result, GError **error);
gboolean cpg_engine_has_model (CpgEngine *self);
gboolean cpg_engine_is_loading (CpgEngine *self);
const CosmosConfig *cpg_engine_get_config (CpgEngine *self); /* NULL before; until model-name is notified */
const char *cpg_engine_get_model_name (CpgEngine *self);
const char *cpg_engine_get_model_path (CpgEngine *self);
const char *cpg_engine_get_compute_name (CpgEngine *self); /* "oneDNN bf16"; NULL before */

/* The tasks (CpgTask), their availability kept up with the open model and with what models lie on the disk when it is opened. (transfer none) */
GListModel *cpg_engine_get_tasks (CpgEngine *self);

/* Starts a run with a copy of the settings. (transfer full) It reports by its properties; errors too. Where no model is open, or the open one does
 * not have the task, the first that cpg_engine_find_model () finds is opened and stays. */
CpgRun *cpg_engine_start_run (CpgEngine *self, CpgSettings *settings);
/* The same with the bundle of a path, which does not become the one for other runs. (transfer full) */
CpgRun *cpg_engine_start_run_of (CpgEngine *self, const char *model, CpgSettings *settings);
/* Goes on from step k (1 <= k <= done) of a run under other settings, which keep steps, schedule and times. (transfer full), NULL with error where that
 * cannot be. The first k steps are there at once. */
CpgRun *cpg_engine_branch_run (CpgEngine *self, CpgRun *run, int k, CpgSettings *settings, GError **error);

/* Where models lie: $COSMOS_MODELS alone where that is set; else beside the program's tree, XDG data folders, and where the program was installed. The
 * first bundle with the task (NULL or "": any), those named after it first, or NULL. (transfer full) Reads the heads of files. */
char *cpg_engine_find_model (const char *task);
/* There, the first of them that reads a source, or NULL. (transfer full) */
char *cpg_engine_find_reader (const char *task);
/* There, the first autoregressive model that suits a task (cosmos_language_model_file_suits ()), for cpg-writing.h and cpg-measure.h, or NULL.
 * (transfer full) */
char *cpg_engine_find_language_model (const char *task);

G_END_DECLS
