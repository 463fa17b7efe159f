/* Work for the worker that is no run: an experiment, a text of another model. Private to the engine.
 *
 * It is done piece by piece, one after the other in the order they came, before the next step of any run. The task answers on the main thread, with
 * what the last piece gave, or cancelled; where the worker stops first it answers cancelled, too. Its cancellable also stops a piece between layers.
 */
#pragma once

#include "engine/cpg-language.h"
#include "engine/cpg-model.h"
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CpgErrand CpgErrand;

/* One piece. On the worker's thread. TRUE: another is to come. The last one leaves its result by cpg_errand_give (), or an error. */
typedef gboolean (*CpgErrandFunc) (CpgErrand *self, gpointer data, GError **error);
/* Something on the way, on the main thread, in order and before the task's answer; not called once it was cancelled. data: the task's. */
typedef void (*CpgErrandNews) (gpointer news, gpointer data);

/* task (transfer full); data: freed on the worker's thread, so that it may hold models; news may be NULL. */
CpgErrand *cpg_errand_new (GTask *task, CpgErrandFunc func, CpgErrandNews news, gpointer data, GDestroyNotify free_data);
CpgErrand *cpg_errand_ref (CpgErrand *self);
void cpg_errand_unref (CpgErrand *self);

/* For the function, on the worker's thread. */
CosmosPool *cpg_errand_get_pool (CpgErrand *self);
CpgModel *cpg_errand_get_model (CpgErrand *self); /* the open one; NULL: none */
CosmosCompute cpg_errand_get_compute (CpgErrand *self);
/* An autoregressive model, opened or still open from before. (transfer full) */
CpgLanguage *cpg_errand_open_language (CpgErrand *self, const char *path, GError **error);
CosmosProgress *cpg_errand_get_progress (CpgErrand *self);
void cpg_errand_give (CpgErrand *self, gpointer result, GDestroyNotify free_result);
void cpg_errand_tell (CpgErrand *self, gpointer news, GDestroyNotify free_news);

G_END_DECLS
