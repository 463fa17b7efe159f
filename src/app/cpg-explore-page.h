/* Experiments with the latent space: reconstruct, perturb, interpolate, edit; and studies of it.
 *
 * Property: session (CpgSession).
 */
#pragma once

#include "app/cpg-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_EXPLORE_PAGE (cpg_explore_page_get_type ())
G_DECLARE_FINAL_TYPE (CpgExplorePage, cpg_explore_page, CPG, EXPLORE_PAGE, AdwBin)

/* "reconstruct", "perturb", "interpolate", "edit" or "studies". */
void cpg_explore_page_show_experiment (CpgExplorePage *self, const char *name);

G_END_DECLS
