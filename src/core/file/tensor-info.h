/* A tensor as a file describes it. `data` points into the mapped file and lives as long as its reader; it may have any alignment. */
#pragma once

#include "core/file/dtype.h"

enum { COSMOS_FILE_MAX_RANK = 4 };

typedef struct {
  const char *name;
  CosmosDtype dtype;
  int rank;                            /* 0 .. 4 */
  int64_t shape[COSMOS_FILE_MAX_RANK]; /* row-major: shape[rank - 1] is the fastest; a Linear is (out, in) */
  size_t count;                        /* numbers */
  const void *data;
  size_t size; /* bytes */
} CosmosTensorInfo;

/* Sets count and size from dtype, rank and shape. False where a dimension is negative, a product overflows (an empty dimension
 * counts as one there, so that any part of the shape may be multiplied later) or a row is no whole number of blocks. */
bool cosmos_tensor_info_measure (CosmosTensorInfo *self);
