/* What the worker does to an errand. */
#pragma once

#include "engine/cpg-errand.h"

G_BEGIN_DECLS

/* What an errand needs of the worker while a piece is done; tell: posts news to the main thread. */
typedef struct {
  CosmosPool *pool;
  CpgModel *model;
  CosmosCompute compute;
  CpgLanguageShelf *languages;
  void (*tell) (CpgErrand *errand, gpointer news, GDestroyNotify free_news, gpointer data);
  gpointer data;
} CpgErrandPlace;

/* A piece; TRUE: another is to come. Where it was the last, its data is gone and *error says whether it failed. */
gboolean cpg_errand_perform (CpgErrand *self, const CpgErrandPlace *place, GError **error);
/* Without doing it; on the worker's thread or when that is gone. */
void cpg_errand_drop (CpgErrand *self);
gboolean cpg_errand_is_cancelled (CpgErrand *self);
void cpg_errand_stop (CpgErrand *self); /* any thread */

/* Main thread. */
void cpg_errand_take_news (CpgErrand *self, gpointer news);
void cpg_errand_answer (CpgErrand *self, GError *error);

G_END_DECLS
