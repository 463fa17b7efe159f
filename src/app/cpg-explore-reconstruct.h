/* A text through the latents and back: what comes again, and what is lost. */
#pragma once

#include "app/cpg-experiment.h"

G_BEGIN_DECLS

#define CPG_TYPE_EXPLORE_RECONSTRUCT (cpg_explore_reconstruct_get_type ())
G_DECLARE_FINAL_TYPE (CpgExploreReconstruct, cpg_explore_reconstruct, CPG, EXPLORE_RECONSTRUCT, CpgExperiment)

G_END_DECLS
