/* How the engine makes the results of experiments; on any thread. */
#pragma once

#include "core/study/probe.h"
#include "engine/cpg-model.h"
#include "engine/cpg-probes.h"

G_BEGIN_DECLS

/* decoding (transfer full). Marked where its tokens are not the expected ids (by position; NULL: nothing is marked). */
CpgReading *cpg_reading_new (CpgModelInfo *info, CosmosDecoding *decoding, const int32_t *expected);
/* values (transfer full, free ()); reading (transfer full) or NULL. */
CpgLatents *cpg_latents_new (CpgModelInfo *info, float *values, CpgReading *reading);
/* Takes what is in the core's and leaves it empty. */
CpgReconstruction *cpg_reconstruction_new (CpgModelInfo *info, CosmosReconstruction *core);
CpgPerturbation *cpg_perturbation_new (CpgModelInfo *info, CosmosPerturbation *core, const int32_t *expected);
/* reading (transfer full); influence: (N, L). */
CpgInfluence *cpg_influence_new (CpgModelInfo *info, CpgReading *reading, const float *influence);

/* The ids of a decoding, n_positions of them. (transfer full) */
int32_t *cpg_decoding_get_ids (const CosmosDecoding *decoding);

G_END_DECLS
