#include "core/math/tensor.h"

#include <assert.h>
#include <string.h>

CosmosTensor cosmos_tensor (float *data, int rank, const int64_t *shape)
{
  assert (rank >= 1 && rank <= COSMOS_MAX_RANK);
  CosmosTensor self = {.rank = rank, .stride = shape[rank - 1], .data = data};
  memcpy (self.shape, shape, (size_t) rank * sizeof *shape);
  return self;
}

int64_t cosmos_tensor_get_rows (const CosmosTensor *self)
{
  int64_t rows = 1;
  for (int i = 0; i < self->rank - 1; i++)
    rows *= self->shape[i];
  return rows;
}

int64_t cosmos_tensor_get_columns (const CosmosTensor *self)
{
  return self->shape[self->rank - 1];
}

int64_t cosmos_tensor_get_count (const CosmosTensor *self)
{
  return cosmos_tensor_get_rows (self) * cosmos_tensor_get_columns (self);
}

bool cosmos_tensor_has_shape (const CosmosTensor *self, int rank, const int64_t *shape)
{
  return self->rank == rank && memcmp (self->shape, shape, (size_t) rank * sizeof *shape) == 0;
}

bool cosmos_tensor_is_packed (const CosmosTensor *self)
{
  return self->stride == cosmos_tensor_get_columns (self) || cosmos_tensor_get_rows (self) <= 1;
}

void cosmos_tensor_copy_to (const CosmosTensor *self, float *values)
{
  int64_t rows = cosmos_tensor_get_rows (self), columns = cosmos_tensor_get_columns (self);
  if (cosmos_tensor_is_packed (self)) {
    columns *= rows;
    rows = rows > 0;
  }
  for (int64_t r = 0; r < rows; r++)
    memcpy (values + r * columns, cosmos_tensor_row (self, r), (size_t) columns * sizeof *values);
}

void cosmos_tensor_copy_from (CosmosTensor *self, const float *values)
{
  int64_t rows = cosmos_tensor_get_rows (self), columns = cosmos_tensor_get_columns (self);
  if (cosmos_tensor_is_packed (self)) {
    columns *= rows;
    rows = rows > 0;
  }
  for (int64_t r = 0; r < rows; r++)
    memcpy (cosmos_tensor_row (self, r), values + r * columns, (size_t) columns * sizeof *values);
}
