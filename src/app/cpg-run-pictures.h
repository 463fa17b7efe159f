/* Four pictures of a run and of its shown step, one at a time: the latents, their path, what changes, the schedule. Pressing a chart shows that step.
 *
 * Property: session (CpgSession).
 */
#pragma once

#include "app/cpg-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_RUN_PICTURES (cpg_run_pictures_get_type ())
G_DECLARE_FINAL_TYPE (CpgRunPictures, cpg_run_pictures, CPG, RUN_PICTURES, AdwBin)

/* Its pages: "latents", "path", "change", "schedule". */
AdwViewStack *cpg_run_pictures_get_stack (CpgRunPictures *self);

/* The picture that is shown, as it looks, for the clipboard. (transfer full) */
GdkTexture *cpg_run_pictures_create_texture (CpgRunPictures *self);

G_END_DECLS
