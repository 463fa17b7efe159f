/* Between cpg-models-facts.c, which says where a model comes from, and cpg-models-facts-file.c, which looks into its file. */
#pragma once

#include "app/cpg-models-facts.h"

G_BEGIN_DECLS

/* Adds sizes, where it comes from and what was measured, of a .gguf, a .safetensors, or a folder with model.safetensors. */
gboolean cpg_models_facts_read_file (CpgModelsFacts *self, const char *path, GError **error);

G_END_DECLS
