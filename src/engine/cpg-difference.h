/* Where a text made of tokens differs from another: by words, whatever tokens they are cut into. */
#pragma once

#include "engine/cpg-step.h"

G_BEGIN_DECLS

/* differs[i]: token i has a part of a word that the other text does not have in its place. Where it cannot be told (texts of many thousand words) nothing
 * differs. */
void cpg_difference_find (const CpgToken *tokens, int n, const CpgToken *other, int n_other, gboolean *differs);

G_END_DECLS
