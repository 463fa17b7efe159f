/* Any bytes as a vocab.txt, and a text for it (tokenize.h), cased and uncased; the text is cleaned, too. */
#include "tokenize.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *bytes = (const char *) data;
  size_t end = file_size (bytes, size), text = end < size ? end + 1 : size;
  CosmosError err;
  for (int lower_case = 0; lower_case < 2; lower_case++) {
    CosmosTokenizer *self = cosmos_tokenizer_new_from_vocabulary_bytes (bytes, end, lower_case, "fuzz", &err);
    if (self)
      tokenize (self, bytes + text, size - text);
  }
  char *cleaned = cosmos_text_clean (bytes + text, size - text, &err);
  if (cleaned) {
    size_t length = strlen (cleaned);
    char *again = cosmos_text_clean (cleaned, length, &err);
    if (!again || strcmp (again, cleaned) != 0 || cosmos_text_cut (cleaned, length, length / 2) > length / 2)
      abort ();
    free (again);
  }
  free (cleaned);
  return 0;
}
