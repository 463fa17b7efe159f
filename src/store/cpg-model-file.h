/* What a file is as a model, as the core reads it. Opening maps the file and reads its head: some milliseconds, on a thread beside the main one. */
#pragma once

#include "store/cpg-catalog-model.h"
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  CpgModelKind kind;
  char *name;   /* general.name; NULL: none */
  char **tasks; /* of a bundle; ended by NULL, never NULL */
} CpgModelFile;

/* A .gguf: a bundle whose sizes the core understands, or a language model of any architecture, or a text encoder that a training
 * can take, or an encoder of others (BERT and its like), which counts as a checkpoint. A .safetensors: a checkpoint. Anything else fails, with the core's own words. name: what to judge by ("x.gguf"), as a
 * download has another one. */
gboolean cpg_model_file_read (CpgModelFile *self, const char *path, const char *name, GError **error);
void cpg_model_file_clear (CpgModelFile *self);

G_END_DECLS
