/* What the model thought at one place of the text: the likeliest tokens at the shown step, and what stood there over the steps.
 * A picture of a moment: it does not follow the run. */
#pragma once

#include "engine/cpg-run.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CPG_TYPE_TOKEN_POPOVER (cpg_token_popover_get_type ())
G_DECLARE_FINAL_TYPE (CpgTokenPopover, cpg_token_popover, CPG, TOKEN_POPOVER, GtkPopover)

/* position in the model's sequence, as in CpgToken. FALSE: the shown step has no token there. */
gboolean cpg_token_popover_show_token (CpgTokenPopover *self, CpgRun *run, int position);

G_END_DECLS
