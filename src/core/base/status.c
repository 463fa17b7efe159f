#include "core/base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

const char *cosmos_status_text (CosmosStatus code)
{
  switch (code) {
#define X(name, text)        \
  case COSMOS_STATUS_##name: \
    return text;
    COSMOS_STATUSES (X)
#undef X
  }
  return "unknown status";
}

/* What does not belong into one line of text: control characters (C1 holds terminal commands, too) and line separators. */
static bool is_unfit (utf8proc_int32_t point)
{
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 || point == 0x2029;
}

/* Drops the character that the end of the buffer cut in two. */
static void drop_cut_character (char *text, size_t length)
{
  size_t at = length;
  while (at > 0 && length - at < 3 && ((unsigned char) text[at - 1] & 0xc0) == 0x80)
    at--;
  if (at > 0 && utf8proc_utf8class[(unsigned char) text[at - 1]] > (utf8proc_int8_t) (length - at + 1))
    text[at - 1] = 0;
}

/* Names out of hostile files land in messages: keep them valid UTF-8, on one line. wanted: the length before a cut. */
static void clean_message (char text[], size_t size, int wanted)
{
  if (wanted >= (int) size)
    drop_cut_character (text, size - 1);
  utf8proc_uint8_t *at = (utf8proc_uint8_t *) text;
  utf8proc_ssize_t left = (utf8proc_ssize_t) strlen (text);
  while (left > 0) {
    utf8proc_int32_t point;
    utf8proc_ssize_t n = utf8proc_iterate (at, left, &point);
    if (n < 1 || is_unfit (point)) {
      *at = '?'; /* the bytes behind it are no character by themselves and follow */
      n = 1;
    }
    at += n;
    left -= n;
  }
}

bool cosmos_error_set (CosmosError *err, CosmosStatus code, const char *format, ...)
{
  if (err) {
    va_list args;
    va_start (args, format);
    err->code = code;
    int n = vsnprintf (err->message, sizeof err->message, format, args);
    va_end (args);
    clean_message (err->message, sizeof err->message, n);
  }
  return false;
}

bool cosmos_error_prefix (CosmosError *err, const char *format, ...)
{
  if (err) {
    char old[sizeof err->message];
    memcpy (old, err->message, sizeof old);
    va_list args;
    va_start (args, format);
    int n = vsnprintf (err->message, sizeof err->message, format, args);
    va_end (args);
    if (n >= 0 && (size_t) n < sizeof err->message)
      n += snprintf (err->message + n, sizeof err->message - (size_t) n, ": %s", old);
    clean_message (err->message, sizeof err->message, n);
  }
  return false;
}
