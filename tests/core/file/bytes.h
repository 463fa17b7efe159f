/* Puts files together by hand, right ones and wrong ones. */
#pragma once

#include <glib.h>
#include <string.h>

static inline void bytes_put (GByteArray *self, const void *data, size_t size)
{
  if (size)
    g_byte_array_append (self, data, (guint) size);
}

static inline void bytes_u8 (GByteArray *self, uint8_t x)
{
  bytes_put (self, &x, 1);
}

static inline void bytes_u32 (GByteArray *self, uint32_t x)
{
  bytes_put (self, &x, 4);
}

static inline void bytes_u64 (GByteArray *self, uint64_t x)
{
  bytes_put (self, &x, 8);
}

/* A string as GGUF has them. */
static inline void bytes_string (GByteArray *self, const char *text)
{
  bytes_u64 (self, strlen (text));
  bytes_put (self, text, strlen (text));
}

static inline void bytes_pad (GByteArray *self, size_t alignment)
{
  while (self->len % alignment)
    bytes_u8 (self, 0);
}
