#include "core/math/compute.h"

#include "core/math/gemm-private.h"

#include <strings.h>

static const struct {
  const char *word; /* what a user writes */
  const char *name;
  CosmosCompute compute;
} computes[] = {
  {"f32", "oneDNN f32", {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_F32}},
  {"bf16", "oneDNN bf16", {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_BF16}},
  {"int8", "oneDNN int8", {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_INT8}},
  {"blocks", "blocks of the file", {COSMOS_BACKEND_BLOCKS, COSMOS_PRECISION_INT8}},
  {"openblas", "OpenBLAS f32", {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32}},
};
enum { N_COMPUTES = sizeof computes / sizeof *computes };

bool cosmos_compute_is_available (CosmosCompute self, CosmosError *err)
{
  const CosmosGemmBackend *backend = cosmos_gemm_get_backend (self.backend);
  if (!backend)
    return cosmos_error_set (
        err, COSMOS_STATUS_UNSUPPORTED,
        "%s is not available: this build has no oneDNN. Install libdnnl-dev and build again, or choose openblas",
        cosmos_compute_get_name (self));
  return backend->has_precision (self.precision, err);
}

CosmosCompute cosmos_compute_get_best (void)
{
  static const CosmosPrecision wanted[] = {COSMOS_PRECISION_BF16, COSMOS_PRECISION_F32};
  for (int i = 0; i < 2; i++) {
    CosmosCompute compute = {COSMOS_BACKEND_ONEDNN, wanted[i]};
    if (cosmos_compute_is_available (compute, NULL))
      return compute;
  }
  return (CosmosCompute) {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};
}

const char *cosmos_compute_get_name (CosmosCompute self)
{
  for (int i = 0; i < N_COMPUTES; i++)
    if (computes[i].compute.backend == self.backend && computes[i].compute.precision == self.precision)
      return computes[i].name;
  return "OpenBLAS in a precision that it lacks";
}

bool cosmos_compute_from_name (const char *name, CosmosCompute *self, CosmosError *err)
{
  if (strcasecmp (name, "auto") == 0) {
    *self = cosmos_compute_get_best ();
    return true;
  }
  for (int i = 0; i < N_COMPUTES; i++) {
    if (strcasecmp (name, computes[i].word) == 0) {
      *self = computes[i].compute;
      /* "f32" asks for the numbers, not for a library. */
      if (self->precision == COSMOS_PRECISION_F32 && !cosmos_compute_is_available (*self, NULL))
        self->backend = COSMOS_BACKEND_OPENBLAS;
      return true;
    }
  }
  return cosmos_error_set (err, COSMOS_STATUS_RANGE,
                           "Unknown precision \"%s\": auto, f32, bf16, int8, blocks and openblas are possible", name);
}
