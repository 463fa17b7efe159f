/* How the engine makes tokens. */
#pragma once

#include "engine/cpg-model.h"
#include "engine/cpg-token.h"

G_BEGIN_DECLS

/* The real tokens of a decoding, n_tokens of them; info must outlive them. marks: by position; NULL: COSMOS_MARK_SAME all. (transfer full) */
CpgToken *cpg_tokens_new (const CpgModelInfo *info, const CosmosDecoding *decoding, const CosmosMark *marks);

G_END_DECLS
