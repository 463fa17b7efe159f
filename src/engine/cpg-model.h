/* An opened bundle. The worker opens, uses and closes it; reference-counted because runs keep the model that they began with, while others begin with
 * the next. Private to the engine. */
#pragma once

#include "core/model/pipeline.h"
#include <glib.h>

G_BEGIN_DECLS

/* What is known of a model without its weights; constant, for any thread, and outlives the model. */
typedef struct {
  char *name, *path;
  const char *compute; /* "oneDNN bf16" */
  CosmosConfig config;
  int n_tokens;
  char **tokens; /* as people see them */
} CpgModelInfo;

CpgModelInfo *cpg_model_info_ref (CpgModelInfo *self);
void cpg_model_info_unref (CpgModelInfo *self);
/* "" for an id that is none. */
const char *cpg_model_info_get_token (const CpgModelInfo *self, int id);

typedef struct {
  CosmosPipeline *pipeline;
  CpgModelInfo *info;
  gboolean packed;
} CpgModel;

CpgModel *cpg_model_open (const char *path, CosmosCompute compute, GError **error);
CpgModel *cpg_model_ref (CpgModel *self);
void cpg_model_unref (CpgModel *self);
/* Packs the weights, at the first call, so that no step's time holds that. Where it fails or is cancelled they are packed when they are used. */
void cpg_model_pack (CpgModel *self, CosmosPool *pool, CosmosProgress *progress);

/* In the models folders (core/file/model-folders.h), the first bundle with the task, those named after it before the others; task NULL or "": any
 * bundle. NULL: none. (transfer full) Any thread. */
char *cpg_models_find (const char *task);
/* There, the first of them that reads a source. (transfer full) */
char *cpg_models_find_reader (const char *task);
/* There, the first autoregressive model: named after the task and a baseline, any baseline, named after the task, any. (transfer full) */
char *cpg_models_find_language (const char *task);
/* What a file is, by its head; any thread. */
typedef enum { CPG_MODEL_OTHER, CPG_MODEL_BUNDLE, CPG_MODEL_LANGUAGE } CpgModelKind;
CpgModelKind cpg_models_get_kind (const char *path, GError **error);

G_END_DECLS
