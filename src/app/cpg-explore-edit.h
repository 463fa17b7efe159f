/* Latents of the shown run that are kept while the others are made anew, from noise or from a step of that run. */
#pragma once

#include "app/cpg-experiment.h"

G_BEGIN_DECLS

#define CPG_TYPE_EXPLORE_EDIT (cpg_explore_edit_get_type ())
G_DECLARE_FINAL_TYPE (CpgExploreEdit, cpg_explore_edit, CPG, EXPLORE_EDIT, CpgExperiment)

G_END_DECLS
