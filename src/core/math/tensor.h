/* Arrays of float: what flows through a network.
 *
 * Row-major. A row is a run of the last dimension; rows follow each other at `stride`, which is larger than the row where the tensor
 * shows some columns of a wider one (cosmos_slice). Nothing is owned: memory belongs to an arena, a file or the caller.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COSMOS_MAX_RANK = 4 };

typedef struct {
  int rank; /* 1 .. 4 */
  int64_t shape[COSMOS_MAX_RANK];
  int64_t stride; /* numbers from one row to the next, >= shape[rank - 1] */
  float *data;
  float *grad; /* d loss / d data, the same layout; NULL where nobody trains it */
  bool *unset; /* true while grad holds no numbers yet; shared by copies of the header; NULL: it holds some */
} CosmosTensor;

/* Tightly packed. shape has rank entries. */
CosmosTensor cosmos_tensor (float *data, int rank, const int64_t *shape);
/* Product of all dimensions but the last, and the last. */
int64_t cosmos_tensor_get_rows (const CosmosTensor *self);
int64_t cosmos_tensor_get_columns (const CosmosTensor *self);
int64_t cosmos_tensor_get_count (const CosmosTensor *self);
/* For a way back that has gradients for all numbers: true where it must write them, false where it must add. */
static inline bool cosmos_tensor_claim_grad (const CosmosTensor *self)
{
  bool writes = self->unset && *self->unset;
  if (writes)
    *self->unset = false;
  return writes;
}
static inline float *cosmos_tensor_row (const CosmosTensor *self, int64_t row)
{
  return self->data + row * self->stride;
}
bool cosmos_tensor_has_shape (const CosmosTensor *self, int rank, const int64_t *shape);
bool cosmos_tensor_is_packed (const CosmosTensor *self);
/* Values in order, without the gaps between rows. */
void cosmos_tensor_copy_to (const CosmosTensor *self, float *values);
void cosmos_tensor_copy_from (CosmosTensor *self, const float *values);
