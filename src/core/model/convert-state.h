/* The COSMOS authors' checkpoints: the state dicts of an autoencoder's file and of a diffusion's, under their names. For convert.c.
 *
 * Sizes are taken from the shapes; what shapes do not say is the paper's (heads of all networks have as many numbers as the compressor's head norm, the
 * text has as many tokens as the position table). The averages over the training (EMA) are what the denoiser is made of where the file has them.
 */
#pragma once

#include "core/file/torch-archive.h"

typedef struct {
  char name[128]; /* without the dict's and "module." */
  const CosmosTensorInfo *tensor;
  bool is_used;
} CosmosStateMember;

/* One dict: "encoder" or "decoder" of an autoencoder, "score_estimator" of a diffusion. */
typedef struct {
  const CosmosTorchArchive *file;
  const char *path, *dict;
  CosmosStateMember *members; /* in the file's order */
  size_t n;
} CosmosState;

/* Clear it in any case. The file is borrowed; that it has no such dict makes an empty state. */
bool cosmos_state_init (CosmosState *self, const CosmosTorchArchive *file, const char *path, const char *dict, CosmosError *err);
/* The same of "score_estimator", with the tensors of "ema" in place of the last ones of the training where there are some: they stand in the same
 * order, without names, and must have the same shapes. */
bool cosmos_state_init_averages (CosmosState *self, const CosmosTorchArchive *file, const char *path, CosmosError *err);
void cosmos_state_clear (CosmosState *self);

/* NULL where there is none. */
CosmosStateMember *cosmos_state_find (const CosmosState *self, const char *name);
/* How many of format's names there are, with 0, 1, 2 .. for its %d. */
int cosmos_state_count (const CosmosState *self, const char *format);
/* Rows of a tensor, or its numbers where it is a vector; 0 where there is none. */
int cosmos_state_get_rows (const CosmosState *self, const char *name);
/* The numbers of a tensor that must have this shape, checked to be finite. columns 0: a vector; rows 1, columns 0: one number of any rank. */
bool cosmos_state_read (const CosmosState *self, const char *name, int64_t rows, int64_t columns, float *values,
                        CosmosError *err);
/* That every tensor was read or need not be: one that is left over is a sign of another network. */
bool cosmos_state_check_used (const CosmosState *self, CosmosError *err);
