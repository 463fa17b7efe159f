/* A text to experiment with: a field, with a button that takes the text of the run on the Denoise page.
 *
 * Properties: session (CpgSession), title (string), text (string), hint (string or NULL: what is to be said about the text). Signal "changed": the
 * text is another, and who types has paused. */
#pragma once

#include "app/cpg-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_EXPLORE_INPUT (cpg_explore_input_get_type ())
G_DECLARE_FINAL_TYPE (CpgExploreInput, cpg_explore_input, CPG, EXPLORE_INPUT, AdwBin)

/* Without blanks around it. (transfer full) */
char *cpg_explore_input_get_text (CpgExploreInput *self);
/* What the experiment found out about the text: that it is empty, or too long; max_tokens of the model, 0 where that is not known. */
void cpg_explore_input_set_state (CpgExploreInput *self, gboolean cut, int max_tokens);

G_END_DECLS
