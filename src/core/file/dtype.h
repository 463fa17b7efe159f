/* Number formats in which files hold tensors, and their conversion from and to float.
 *
 * Q8_0 and those after it are block formats of GGUF: 32 or 256 numbers share a scale, see block-formats.h. All values are little endian.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  COSMOS_DTYPE_F32,
  COSMOS_DTYPE_F16,
  COSMOS_DTYPE_BF16,
  COSMOS_DTYPE_Q8_0,
  COSMOS_DTYPE_Q4_0,
  COSMOS_DTYPE_Q4_1,
  COSMOS_DTYPE_Q5_0,
  COSMOS_DTYPE_Q5_1,
  COSMOS_DTYPE_Q4_K,
  COSMOS_DTYPE_Q5_K,
  COSMOS_DTYPE_Q6_K,
  COSMOS_N_DTYPES
} CosmosDtype;

/* "F32", "Q8_0" ... */
const char *cosmos_dtype_get_name (CosmosDtype dtype);
/* False where name (any case) is none of them. */
bool cosmos_dtype_from_name (const char *name, CosmosDtype *dtype);
/* Numbers in a block (1 for the plain formats) and bytes of a block. */
size_t cosmos_dtype_get_block_length (CosmosDtype dtype);
size_t cosmos_dtype_get_block_size (CosmosDtype dtype);
/* Bytes of n numbers; false where n is no whole number of blocks or the product overflows. */
bool cosmos_dtype_get_size (CosmosDtype dtype, size_t n, size_t *size);

/* n: a whole number of blocks. source and target may have any alignment and do not overlap. */
void cosmos_dtype_to_float (CosmosDtype dtype, const void *source, float *target, size_t n);
/* F32, F16, BF16 (both to nearest, ties to even) and Q8_0 (scale = largest magnitude / 127, then to nearest, ties away from zero; all 32
 * numbers of a block must be finite, else what is written for them means nothing). */
bool cosmos_dtype_can_write (CosmosDtype dtype);
void cosmos_dtype_from_float (CosmosDtype dtype, const float *source, void *target, size_t n);
