#include "core/base/utf8.h"

#include <utf8proc.h>

bool cosmos_utf8_is_valid (const char *text, size_t length, size_t *offset)
{
  const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *) text;
  size_t at = 0;
  while (at < length) {
    if (bytes[at] < 0x80) {
      at++;
      continue;
    }
    utf8proc_int32_t point;
    /* Four bytes decide, and the longest text must not overflow a signed length. */
    utf8proc_ssize_t left = length - at < 4 ? (utf8proc_ssize_t) (length - at) : 4;
    utf8proc_ssize_t n = utf8proc_iterate (bytes + at, left, &point);
    if (n < 1) {
      if (offset)
        *offset = at;
      return false;
    }
    at += (size_t) n;
  }
  return true;
}
