/* The state of a stage's training in one GGUF: parameters under their own names, so that networks read them from it as from a bundle, with the sizes
 * and the tokenizer beside them; the optimiser's state as first/NAME, second/NAME and average/NAME.
 *
 * Where there is an average, it is what networks read (it is the better model), and the weights that go on being trained are live/NAME.
 * A file appears whole or not at all; one that is there stays until the new one is complete.
 */
#pragma once

#include "core/model/config.h"
#include "core/text/tokenizer.h"
#include "train/optimiser.h"
#include "train/provenance.h"

typedef struct {
  char stage[32];
  int64_t step;                       /* done */
  double seconds;                     /* of training so far */
  double loss;                        /* mean of the last report */
  const CosmosProvenance *provenance; /* for saving; these two may be NULL */
  const CosmosEvaluation *measured;
} CosmosCheckpointInfo;

/* store: of the stage, constants included. */
bool cosmos_checkpoint_save (const char *path, const CosmosCheckpointInfo *info, const CosmosConfig *config,
                             const CosmosTokenizer *tokenizer, const CosmosParameters *store, const CosmosOptimiser *optimiser,
                             CosmosError *err);
/* Whether the file is of that stage and these sizes, with all its steps done and measured: then there is nothing to resume. */
bool cosmos_checkpoint_is_finished (const char *path, const char *stage, const CosmosConfig *config, int64_t steps);
/* Into store and optimiser, which must have the same parameters in the same shapes. On failure both may be half filled: start anew. */
bool cosmos_checkpoint_load (const char *path, CosmosCheckpointInfo *info, CosmosParameters *store, CosmosOptimiser *optimiser,
                             CosmosError *err);
