/* What runs and the worker do to a step. */
#pragma once

#include "engine/cpg-job.h"
#include "engine/cpg-step.h"

G_BEGIN_DECLS

/* Keeps the job, whose trajectory has the latents and decodings. Any thread. */
CpgStep *cpg_step_new (CpgJob *job, const CosmosStep *step);
/* The same step for a branch: shares latents and decodings. */
CpgStep *cpg_step_new_shared (CpgStep *other);

/* The rest on the main thread. decoding: the job's. Notifies nothing, nor do marks and show. */
void cpg_step_set_decoding (CpgStep *self, CosmosShow show, const CosmosDecoding *decoding);
const CosmosDecoding *cpg_step_get_decoding (CpgStep *self, CosmosShow show);
/* Tokens of the shown decoding against decodings before, the latest first. */
void cpg_step_mark (CpgStep *self, const CosmosDecoding *const *before, int n);
void cpg_step_set_show (CpgStep *self, CosmosShow show);
void cpg_step_notify_decoded (CpgStep *self);
CpgModelInfo *cpg_step_get_model (CpgStep *self); /* any thread */

G_END_DECLS
