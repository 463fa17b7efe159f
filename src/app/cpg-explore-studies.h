/* Studies: experiments on many texts, which the `cosmos` command makes while the window does other things. */
#pragma once

#include "app/cpg-experiment.h"

G_BEGIN_DECLS

#define CPG_TYPE_EXPLORE_STUDIES (cpg_explore_studies_get_type ())
G_DECLARE_FINAL_TYPE (CpgExploreStudies, cpg_explore_studies, CPG, EXPLORE_STUDIES, CpgExperiment)

G_END_DECLS
