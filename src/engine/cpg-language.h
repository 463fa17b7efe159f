/* An opened autoregressive model, reference-counted, and the shelf on which the worker keeps the latest ones for the next time. Private to the engine;
 * on the worker's thread only. */
#pragma once

#include "core/model/language-model.h"
#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  CosmosLanguageModel *model;
  char *path;
} CpgLanguage;

CpgLanguage *cpg_language_ref (CpgLanguage *self);
void cpg_language_unref (CpgLanguage *self);

typedef struct _CpgLanguageShelf CpgLanguageShelf;

CpgLanguageShelf *cpg_language_shelf_new (void);
void cpg_language_shelf_free (CpgLanguageShelf *self);
/* The model of that path, with its weights packed, so that no measured time holds that. (transfer full) */
CpgLanguage *cpg_language_shelf_open (CpgLanguageShelf *self, const char *path, CosmosCompute compute, CosmosPool *pool,
                                      GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgLanguage, cpg_language_unref)

G_END_DECLS
