/* A GGUF file of any bytes: opened, and asked for everything that it has. */
#include "core/file/gguf.h"

#include "walk.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  CosmosError err;
  CosmosMapping *mapping = cosmos_mapping_new_borrowed (data, size, "fuzz", &err);
  CosmosGguf *gguf = mapping ? cosmos_gguf_new (mapping, &err) : NULL;
  if (gguf)
    walk_gguf (gguf, data, size);
  cosmos_gguf_free (gguf);
  return 0;
}
