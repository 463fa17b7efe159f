/* A matrix of a network, (out, in): y = x W^T. Packed once, at its first use, into what the back end multiplies fastest.
 *
 * The values stay where they are (a mapped file in its own number format, or floats that a trainer changes) and must outlive the weight.
 * Constant once packed, and shared by threads; packing itself is guarded.
 */
#pragma once

#include "core/base/status.h"
#include "core/file/dtype.h"
#include <stdint.h>

typedef enum { COSMOS_BACKEND_OPENBLAS, COSMOS_BACKEND_ONEDNN } CosmosBackend;
/* Of the products: activations and weights are rounded to it, sums are f32 (int8: weights with a scale an output, activations with a scale
 * a row, sums i32). */
typedef enum { COSMOS_PRECISION_F32, COSMOS_PRECISION_BF16, COSMOS_PRECISION_INT8 } CosmosPrecision;

typedef struct {
  CosmosBackend backend;
  CosmosPrecision precision; /* OpenBLAS has F32 only */
} CosmosCompute;

/* The fastest that loses no visible quality here: oneDNN bf16 where the processor multiplies it, else oneDNN f32, else OpenBLAS. */
CosmosCompute cosmos_compute_get_best (void);
/* False with the reason: not built in, or no such precision. */
bool cosmos_compute_is_available (CosmosCompute self, CosmosError *err);
/* "oneDNN bf16" */
const char *cosmos_compute_get_name (CosmosCompute self);
/* "f32", "bf16", "int8", "openblas" (f32), "auto". */
bool cosmos_compute_from_name (const char *name, CosmosCompute *self, CosmosError *err);

typedef struct CosmosWeight CosmosWeight;

/* values: row-major (out, in) in dtype, borrowed; quantised formats need `in` to be whole blocks. NULL when out of memory. */
CosmosWeight *cosmos_weight_new (int64_t out, int64_t in, CosmosDtype dtype, const void *values, CosmosCompute compute);
void cosmos_weight_free (CosmosWeight *self);
int64_t cosmos_weight_get_out (const CosmosWeight *self);
int64_t cosmos_weight_get_in (const CosmosWeight *self);
CosmosDtype cosmos_weight_get_dtype (const CosmosWeight *self);
const void *cosmos_weight_get_values (const CosmosWeight *self);
/* One row as floats (an embedding): `in` numbers. */
void cosmos_weight_get_row (const CosmosWeight *self, int64_t row, float *values);

/* Training: (out, in) floats that backward adds to, borrowed; NULL for none. Only for weights over F32 values. */
void cosmos_weight_set_grad (CosmosWeight *self, float *grad);
float *cosmos_weight_get_grad (const CosmosWeight *self);
/* The values changed: pack anew at the next use. */
void cosmos_weight_touch (CosmosWeight *self);
/* Bytes of the packed form, 0 before its first use. */
size_t cosmos_weight_get_packed_size (const CosmosWeight *self);
