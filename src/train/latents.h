/* Raw latents of all training texts of a task (bf16, N x Z a text): what a denoiser learns to write, or of their sources where it reads those. The frozen encoder
 * and compressor make them once; they are kept beside the checkpoints as latents-TASK.bin and latents-TASK-sources.bin, so that a training that goes on
 * begins at once. A file of other weights or texts is made anew, and where none can be written, there is none. */
#pragma once

#include "train/frozen.h"

typedef struct CosmosLatents CosmosLatents;

typedef enum { COSMOS_LATENTS_TARGETS, COSMOS_LATENTS_SOURCES, COSMOS_LATENTS_KINDS } CosmosLatentsKind;

/* reader: a graph without tape. */
CosmosLatents *cosmos_latents_open (const CosmosTraining *training, int task, CosmosLatentsKind kind, const CosmosFrozen *frozen,
                                    CosmosGraph *reader, CosmosError *err);
void cosmos_latents_free (CosmosLatents *self);
size_t cosmos_latents_get_n (const CosmosLatents *self); /* texts */
/* Of a text: N x Z floats. */
void cosmos_latents_read (const CosmosLatents *self, size_t text, float *values);

/* Removes the files of all tasks: the denoiser is done. */
void cosmos_latents_forget (const CosmosTraining *training);
