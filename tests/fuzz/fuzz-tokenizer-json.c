/* Any bytes as a tokenizer.json, and a text for it (tokenize.h). */
#include "tokenize.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *bytes = (const char *) data;
  size_t end = file_size (bytes, size), text = end < size ? end + 1 : size;
  CosmosError err;
  CosmosTokenizer *self = cosmos_tokenizer_new_from_json_bytes (bytes, end, "fuzz", &err);
  if (self)
    tokenize (self, bytes + text, size - text);
  return 0;
}
