/* Where networks come from that are not, or not from the start, trained here: a stage's checkpoint, a bundle that a recipe names as ready for a stage
 * ([STAGE] file), or the bundle that the whole training begins from ([model] from). */
#pragma once

#include "train/stage.h"

/* The file that holds the trained networks of a stage: what the recipe names as ready (completed, see ready-encoder.h), else the checkpoint in the folder, else what the training
 * begins from. free() it. NULL with what to do. */
char *cosmos_origin_find (const CosmosRecipe *recipe, const char *folder, const char *stage, CosmosError *err);
/* The same opened, after it was proved to have the recipe's sizes and the training's tokens. */
CosmosGguf *cosmos_origin_open (const CosmosTraining *training, const char *stage, CosmosError *err);
/* That proof of a file. */
bool cosmos_origin_check (const CosmosTraining *training, const CosmosGguf *file, const char *stage, CosmosError *err);
/* Whether a tensor of a bundle or a checkpoint is of the networks that a stage trains. */
bool cosmos_origin_is_part (const char *stage, const char *tensor);

/* How much of a stage began with the values of another file. */
typedef struct {
  const char *path;         /* NULL: there is none, or none of this stage */
  int64_t n_taken, n_asked; /* numbers */
} CosmosStart;

/* Gives the stage's parameters the values of the recipe's `from` where name and shape agree; the others stay. A file in which nothing agrees is
 * refused; one of the other kind (baseline or not), or a checkpoint of another stage, is passed over. The statistics of latents come with it only where the
 * latents are those of that file, too. */
bool cosmos_origin_start (const CosmosTraining *training, const char *stage, CosmosParameters *store, CosmosStart *start,
                          CosmosError *err);
