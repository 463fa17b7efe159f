/* From the latents of one text to those of another: the text at any place, live, and at nine on the way. */
#pragma once

#include "app/cpg-experiment.h"

G_BEGIN_DECLS

#define CPG_TYPE_EXPLORE_INTERPOLATE (cpg_explore_interpolate_get_type ())
G_DECLARE_FINAL_TYPE (CpgExploreInterpolate, cpg_explore_interpolate, CPG, EXPLORE_INTERPOLATE, CpgExperiment)

G_END_DECLS
