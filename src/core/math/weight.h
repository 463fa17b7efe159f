/* A matrix of a network, (out, in): y = x W^T. Packed once, at its first use, into what the back end multiplies fastest.
 *
 * The values stay where they are (a mapped file in its own number format, or floats that a trainer changes) and must outlive the weight.
 * Constant once packed, and shared by threads; packing itself is guarded, so that any thread may come first.
 */
#pragma once

#include "core/file/dtype.h"
#include "core/math/compute.h"

#include <stdint.h>

typedef struct CosmosWeight CosmosWeight;

/* values: row-major (out, in) in dtype, borrowed; quantised formats need `in` to be whole blocks. compute: an available one, else products
 * fail in words; where it is of BLOCKS, values of other formats are multiplied in the best one instead. NULL when out of memory. */
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
/* The values changed: pack anew at the next use, into the same memory. Not while a product uses the weight. */
void cosmos_weight_touch (CosmosWeight *self);
/* Bytes of the packed form, 0 before its first use (and for ever where the back end reads the values themselves: OpenBLAS over F32). */
size_t cosmos_weight_get_packed_size (const CosmosWeight *self);
