#include "core/math/block-dot.h"
#include "core/math/gemm-private.h"

#include <stdlib.h>

CosmosWeight *cosmos_weight_new (int64_t out, int64_t in, CosmosDtype dtype, const void *values, CosmosCompute compute)
{
  CosmosWeight *self = calloc (1, sizeof *self);
  if (!self)
    return NULL;
  self->out = out;
  self->in = in;
  self->dtype = dtype;
  self->values = values;
  self->compute = compute.backend == COSMOS_BACKEND_BLOCKS && !cosmos_block_dot_has (dtype) ? cosmos_compute_get_best ()
                                                                                            : compute;
  pthread_mutex_init (&self->mutex, NULL);
  return self;
}

void cosmos_weight_free (CosmosWeight *self)
{
  if (!self)
    return;
  if (self->pack)
    cosmos_gemm_get_backend (self->compute.backend)->free_pack (self->pack);
  pthread_mutex_destroy (&self->mutex);
  free (self);
}

int64_t cosmos_weight_get_out (const CosmosWeight *self)
{
  return self->out;
}

int64_t cosmos_weight_get_in (const CosmosWeight *self)
{
  return self->in;
}

CosmosDtype cosmos_weight_get_dtype (const CosmosWeight *self)
{
  return self->dtype;
}

const void *cosmos_weight_get_values (const CosmosWeight *self)
{
  return self->values;
}

const void *cosmos_weight_get_row_values (const CosmosWeight *self, int64_t first)
{
  size_t row = 0;
  cosmos_dtype_get_size (self->dtype, (size_t) self->in, &row);
  return (const char *) self->values + (size_t) first * row;
}

void cosmos_weight_unpack_rows (const CosmosWeight *self, int64_t first, int64_t n, float *values)
{
  cosmos_dtype_to_float (self->dtype, cosmos_weight_get_row_values (self, first), values, (size_t) (n * self->in));
}

void cosmos_weight_get_row (const CosmosWeight *self, int64_t row, float *values)
{
  cosmos_weight_unpack_rows (self, row, 1, values);
}

const float *cosmos_weight_get_floats (const CosmosWeight *self)
{
  return self->dtype == COSMOS_DTYPE_F32 && (uintptr_t) self->values % sizeof (float) == 0 ? self->values : NULL;
}

void cosmos_weight_set_grad (CosmosWeight *self, float *grad)
{
  self->grad = grad;
}

float *cosmos_weight_get_grad (const CosmosWeight *self)
{
  return self->grad;
}

void cosmos_weight_touch (CosmosWeight *self)
{
  atomic_store_explicit (&self->is_packed, false, memory_order_release);
}

size_t cosmos_weight_get_packed_size (const CosmosWeight *self)
{
  return atomic_load (&((CosmosWeight *) self)->pack_size);
}

bool cosmos_weight_prepare (const CosmosWeight *weight, CosmosPool *pool, CosmosError *err)
{
  CosmosWeight *self = (CosmosWeight *) weight; /* the packed form is a cache of the values */
  if (atomic_load_explicit (&self->is_packed, memory_order_acquire))
    return true;
  if (!cosmos_compute_is_available (self->compute, err))
    return false;
  const CosmosGemmBackend *backend = cosmos_gemm_get_backend (self->compute.backend);
  bool ok = true;
  pthread_mutex_lock (&self->mutex);
  if (!atomic_load_explicit (&self->is_packed, memory_order_relaxed)) {
    void *pack = backend->pack (pool, self, self->pack, err);
    ok = pack != NULL;
    if (ok) {
      self->pack = pack;
      atomic_store (&self->pack_size, backend->get_pack_size (pack));
      atomic_store_explicit (&self->is_packed, true, memory_order_release);
    }
  }
  pthread_mutex_unlock (&self->mutex);
  return ok;
}
