/* How products are computed: by which library, in which numbers. */
#pragma once

#include "core/base/status.h"

typedef enum { COSMOS_BACKEND_OPENBLAS, COSMOS_BACKEND_ONEDNN, COSMOS_BACKEND_BLOCKS } CosmosBackend;
/* Of the products: activations and weights are rounded to it, sums are f32 (int8: weights with a scale an output, activations with a scale
 * and a zero point a row, sums i32). */
typedef enum { COSMOS_PRECISION_F32, COSMOS_PRECISION_BF16, COSMOS_PRECISION_INT8 } CosmosPrecision;

typedef struct {
  CosmosBackend backend;
  CosmosPrecision precision; /* OpenBLAS has F32 only, BLOCKS (weights stay in the block formats of their file) INT8 only */
} CosmosCompute;

/* The fastest that loses no visible quality here: oneDNN bf16 where the processor multiplies it, else oneDNN f32, else OpenBLAS. */
CosmosCompute cosmos_compute_get_best (void);
/* False with the reason: not built in, no such precision, or a processor that has no instructions for it. */
bool cosmos_compute_is_available (CosmosCompute self, CosmosError *err);
/* "oneDNN bf16" */
const char *cosmos_compute_get_name (CosmosCompute self);
/* "f32", "bf16", "int8", "openblas" (f32), "blocks", "auto". */
bool cosmos_compute_from_name (const char *name, CosmosCompute *self, CosmosError *err);
