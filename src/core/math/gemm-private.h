/* What a back end of the gemm seam provides. */
#pragma once

#include "core/math/gemm.h"

#include <pthread.h>
#include <stdatomic.h>

struct CosmosWeight {
  int64_t out, in;
  CosmosDtype dtype;
  const void *values;
  float *grad;
  CosmosCompute compute;
  pthread_mutex_t mutex;
  atomic_bool packed;
  void *pack; /* the back end's own form */
  size_t pack_size;
};

/* Values of rows first .. first + n - 1 as floats, n x in. */
void cosmos_weight_unpack_rows (const CosmosWeight *self, int64_t first, int64_t n, float *values);
/* Packs where that is still to be done. */
bool cosmos_weight_prepare (CosmosWeight *self, CosmosError *err);
