/* Noise on the latents of a text: the text at one level, live, and how alike it stays over all levels. */
#pragma once

#include "app/cpg-experiment.h"

G_BEGIN_DECLS

#define CPG_TYPE_EXPLORE_PERTURB (cpg_explore_perturb_get_type ())
G_DECLARE_FINAL_TYPE (CpgExplorePerturb, cpg_explore_perturb, CPG, EXPLORE_PERTURB, CpgExperiment)

G_END_DECLS
