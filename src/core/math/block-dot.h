/* Products of activations with weights that stay in the blocks of their file (block-formats.h), without unpacking them to floats.
 *
 * Every block format is whole numbers u of 8 bits at most, and for each group of 16 of them (or more) a scale and an offset: w = a u + b. Activations are
 * rounded to x = d q, q in -127 .. 127, with a scale d for each 32. So sum w x = sum over groups (d a sum u q + b sum x), where sum u q is exact and one
 * instruction multiplies 32 numbers where the processor has AVX-512 VNNI.
 */
#pragma once

#include "core/file/dtype.h"

enum { COSMOS_DOT_GROUP = 16, COSMOS_DOT_CHUNK = 2048 };

/* Activations of one row, n a multiple of 32. */
typedef struct {
  int8_t *q;    /* n */
  float *scale; /* n / 32: d */
  float *sum;   /* n / 16: d times the sum of the group's q */
} CosmosRoundedRow;

/* False for formats that are no blocks. */
bool cosmos_block_dot_has (CosmosDtype dtype);
/* A block that is not finite gets the scale NaN. */
void cosmos_block_dot_round (const float *x, int64_t n, CosmosRoundedRow row);

/* Part of a row of weights, unpacked: n numbers, at most COSMOS_DOT_CHUNK. */
typedef struct {
  int64_t n;
  _Alignas (64) uint8_t u[COSMOS_DOT_CHUNK];
  float a[COSMOS_DOT_CHUNK / COSMOS_DOT_GROUP], b[COSMOS_DOT_CHUNK / COSMOS_DOT_GROUP];
} CosmosDotChunk;

/* n: a whole number of blocks. */
void cosmos_block_dot_open (CosmosDotChunk *self, CosmosDtype dtype, const void *source, int64_t n);
/* For tests: as if the processor had no such instruction. Not while a product runs. */
void cosmos_block_dot_set_plain (bool plain);
/* The product with the row's numbers from `first` on. */
float cosmos_block_dot (const CosmosDotChunk *self, CosmosRoundedRow row, int64_t first);
/* Of a whole row of n weights with one row of activations, which is not worth opening it for. */
float cosmos_block_dot_at_once (CosmosDtype dtype, const void *source, int64_t n, CosmosRoundedRow row);
