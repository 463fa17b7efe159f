#include "core/file/tensor-info.h"

bool cosmos_tensor_info_measure (CosmosTensorInfo *self)
{
  int64_t bound = 1, count = 1;
  for (int i = 0; i < self->rank; i++) {
    int64_t length = self->shape[i];
    if (length < 0 || __builtin_mul_overflow (bound, length ? length : 1, &bound))
      return false;
    count *= length;
  }
  /* Bytes as signed numbers, too: pointers into the tensor are subtracted. */
  size_t row = self->rank ? (size_t) self->shape[self->rank - 1] : 1, size;
  if (row % cosmos_dtype_get_block_length (self->dtype) != 0 || !cosmos_dtype_get_size (self->dtype, (size_t) count, &size)
      || size > PTRDIFF_MAX)
    return false;
  self->count = (size_t) count;
  self->size = size;
  return true;
}
