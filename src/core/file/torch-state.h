/* The tensors that a pickled checkpoint describes: dictionaries, lists and tuples are walked, and every float tensor gets the path to it as its name
 * ("encoder.latents", "ema.shadow_params.17"). For torch-archive.c, which has the bytes, and its fuzz target.
 */
#pragma once

#include "core/base/arena.h"
#include "core/file/pickle.h"
#include "core/file/tensor-info.h"

/* Where a tensor's numbers are. */
typedef struct {
  size_t storage;   /* as the caller numbers them */
  uint64_t numbers; /* in the storage */
  uint64_t offset;  /* of the first one, in numbers */
  uint64_t strides[COSMOS_FILE_MAX_RANK];
} CosmosTorchPlace;

/* Tensors in the order of the pickle; data is NULL. Names and arrays are the arena's. */
typedef struct {
  size_t n, capacity;
  CosmosTensorInfo *infos;
  CosmosTorchPlace *places;
} CosmosTorchState;

/* The storages of an archive. find: the number and the bytes of the one with the key of digits; false where there is none. */
typedef struct {
  bool (*find) (const void *data, const char *key, size_t length, size_t *storage, uint64_t *bytes);
  const void *data;
} CosmosTorchStorages;

/* Checked: kinds, ranges in the storage, a count that the storage can hold, unique names. Integers, doubles, and tensors of more than 4 dimensions are
 * checked and passed over. Strides may be any that are not negative. */
bool cosmos_torch_state_read (CosmosTorchState *self, const CosmosPickleValue *root, const CosmosTorchStorages *storages,
                              CosmosArena *arena, const char *path, CosmosError *err);
