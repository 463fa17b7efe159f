/* Texts that a model writes, for measuring them: by diffusion or word by word, and how long it takes. */
#pragma once

#include "core/sample/autoregress.h"
#include "core/sample/settings.h"
#include "evaluate/bench.h"

typedef struct {
  char **items; /* n, ended by 0 */
  size_t n;
  long n_tokens;
  double seconds; /* of writing: packing weights and loading are not in it */
} CosmosWritten;

void cosmos_written_clear (CosmosWritten *self);
/* n texts with the seeds seed, seed + 1 ... (where there are several candidates for each: the best of the next so many), from the bench's examples where the task has sources (one at a time), else `batch` together. The settings are the
 * bench's but for steps and sampler. */
bool cosmos_write_by_diffusion (CosmosBench *bench, CosmosSampler sampler, int steps, bool self_conditioning, size_t n,
                                CosmosWritten *written, CosmosError *err);
/* The same by the baseline, which is given the source, or nothing; what it was given is not part of the text, unless that is to begin with it. */
bool cosmos_write_by_baseline (CosmosBench *bench, size_t n, CosmosWritten *written, CosmosError *err);
