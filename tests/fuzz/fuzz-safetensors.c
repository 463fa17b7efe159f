/* A safetensors file of any bytes: opened, and asked for everything that it has. */
#include "core/file/safetensors.h"

#include "walk.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  CosmosError err;
  CosmosMapping *mapping = cosmos_mapping_new_borrowed (data, size, "fuzz", &err);
  CosmosSafetensors *file = mapping ? cosmos_safetensors_new (mapping, &err) : NULL;
  if (file)
    walk_safetensors (file, data, size);
  cosmos_safetensors_free (file);
  return 0;
}
