/* A checkpoint of any bytes: opened, and all its tensors read. */
#include "core/file/torch-archive.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  CosmosError err;
  CosmosMapping *mapping = cosmos_mapping_new_borrowed (data, size, "fuzz", &err);
  CosmosTorchArchive *file = mapping ? cosmos_torch_archive_new (mapping, &err) : NULL;
  for (size_t i = 0; file && i < cosmos_torch_archive_get_n_tensors (file); i++) {
    const CosmosTensorInfo *info = cosmos_torch_archive_get_tensor (file, i);
    assert (cosmos_torch_archive_find_tensor (file, info->name) == info);
    assert (info->count <= size);
    float *values = malloc (info->count * sizeof *values + 1);
    assert (values);
    cosmos_torch_archive_read (file, info, values, &err);
    free (values);
  }
  cosmos_torch_archive_free (file);
  return 0;
}
