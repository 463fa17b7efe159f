/* What both tokenizer targets do with a tokenizer, if the input made one. */
#pragma once

#include "core/text/text.h"
#include "core/text/tokenizer.h"

#include <stdlib.h>
#include <string.h>

/* Encodes and decodes text, and decodes the bytes of it as ids. */
static inline void tokenize (CosmosTokenizer *self, const char *text, size_t length)
{
  enum { CAPACITY = 512 };
  int32_t ids[CAPACITY];
  char shown[9];
  size_t n = 0;
  CosmosError err;
  if (cosmos_tokenizer_encode (self, text, length, ids, CAPACITY, &n, &err)) {
    n = n < CAPACITY ? n : CAPACITY;
    for (size_t i = 0; i < n; i++) {
      if (ids[i] < 0 || ids[i] >= cosmos_tokenizer_get_size (self))
        abort ();
      cosmos_tokenizer_describe (self, ids[i], shown, sizeof shown);
      if (cosmos_text_check (shown, strlen (shown), NULL) == false)
        abort ();
    }
    free (cosmos_tokenizer_decode (self, ids, n));
  }
  for (n = 0; n < length && n < CAPACITY; n++)
    ids[n] = (signed char) text[n];
  char *decoded = cosmos_tokenizer_decode (self, ids, n);
  if (decoded && !cosmos_text_check (decoded, strlen (decoded), NULL))
    abort ();
  free (decoded);
  cosmos_tokenizer_free (self);
}

/* The input is a file, a zero byte and a text; without a zero byte there is no text. */
static inline size_t file_size (const char *data, size_t size)
{
  const char *zero = size ? memchr (data, 0, size) : NULL;
  return zero ? (size_t) (zero - data) : size;
}
