#include "core/math/gemm-private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool cosmos_compute_is_available (CosmosCompute self, CosmosError *err)
{
  if (self.backend == COSMOS_BACKEND_OPENBLAS && self.precision == COSMOS_PRECISION_F32)
    return true;
  return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s is not available here", cosmos_compute_get_name (self));
}

CosmosCompute cosmos_compute_get_best (void)
{
  return (CosmosCompute) {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};
}

const char *cosmos_compute_get_name (CosmosCompute self)
{
  if (self.backend == COSMOS_BACKEND_OPENBLAS)
    return "OpenBLAS f32";
  static const char *const names[] = {"oneDNN f32", "oneDNN bf16", "oneDNN int8"};
  return names[self.precision];
}

bool cosmos_compute_from_name (const char *name, CosmosCompute *self, CosmosError *err)
{
  if (strcasecmp (name, "auto") == 0) {
    *self = cosmos_compute_get_best ();
    return true;
  }
  if (strcasecmp (name, "openblas") == 0) {
    *self = (CosmosCompute) {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};
    return true;
  }
  return cosmos_error_set (err, COSMOS_STATUS_RANGE, "Unknown precision \"%s\": auto and openblas are possible", name);
}

CosmosWeight *cosmos_weight_new (int64_t out, int64_t in, CosmosDtype dtype, const void *values, CosmosCompute compute)
{
  CosmosWeight *self = calloc (1, sizeof *self);
  if (self) {
    self->out = out;
    self->in = in;
    self->dtype = dtype;
    self->values = values;
    self->compute = compute;
    pthread_mutex_init (&self->mutex, NULL);
  }
  return self;
}

void cosmos_weight_free (CosmosWeight *self)
{
  if (!self)
    return;
  pthread_mutex_destroy (&self->mutex);
  free (self->pack);
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

void cosmos_weight_unpack_rows (const CosmosWeight *self, int64_t first, int64_t n, float *values)
{
  size_t row = 0;
  cosmos_dtype_get_size (self->dtype, (size_t) self->in, &row);
  cosmos_dtype_to_float (self->dtype, (const char *) self->values + (size_t) first * row, values, (size_t) (n * self->in));
}

void cosmos_weight_get_row (const CosmosWeight *self, int64_t row, float *values)
{
  cosmos_weight_unpack_rows (self, row, 1, values);
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
  atomic_store (&self->packed, false);
}

size_t cosmos_weight_get_packed_size (const CosmosWeight *self)
{
  return self->pack_size;
}

bool cosmos_weight_prepare (CosmosWeight *self, CosmosError *err)
{
  if (atomic_load_explicit (&self->packed, memory_order_acquire))
    return true;
  pthread_mutex_lock (&self->mutex);
  if (!self->pack) {
    self->pack_size = (size_t) (self->out * self->in) * sizeof (float);
    self->pack = malloc (self->pack_size);
  }
  bool ok = self->pack != NULL;
  if (ok && !atomic_load (&self->packed)) {
    cosmos_weight_unpack_rows (self, 0, self->out, self->pack);
    atomic_store_explicit (&self->packed, true, memory_order_release);
  }
  pthread_mutex_unlock (&self->mutex);
  return ok || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for a matrix of %lld x %lld", (long long) self->out,
                                 (long long) self->in);
}
