/* The page on which a text condenses out of noise: task and source, the text of the shown step, what happens now, pictures of the step.
 *
 * Property: session (CpgSession). The transport stands outside, below the page.
 */
#pragma once

#include "app/cpg-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_DENOISE_PAGE (cpg_denoise_page_get_type ())
G_DECLARE_FINAL_TYPE (CpgDenoisePage, cpg_denoise_page, CPG, DENOISE_PAGE, AdwBin)

/* The stack of pictures: "latents", "path", "change", "schedule". */
AdwViewStack *cpg_denoise_page_get_pictures (CpgDenoisePage *self);
/* Whether they are there at all; TRUE at first. */
void cpg_denoise_page_show_pictures (CpgDenoisePage *self, gboolean shown);

G_END_DECLS
