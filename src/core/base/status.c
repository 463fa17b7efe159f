#include "core/base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

const char *cosmos_status_text (CosmosStatus code)
{
  switch (code) {
#define X(name, text)                                                                              \
  case COSMOS_STATUS_##name:                                                                       \
    return text;
    COSMOS_STATUSES (X)
#undef X
  }
  return "unknown status";
}

/* Names out of hostile files land in messages: keep them valid UTF-8, on one line. */
static void clean_message (char *text)
{
  utf8proc_uint8_t *at = (utf8proc_uint8_t *) text;
  utf8proc_ssize_t left = (utf8proc_ssize_t) strlen (text);
  while (left > 0) {
    utf8proc_int32_t point;
    utf8proc_ssize_t n = utf8proc_iterate (at, left, &point);
    if (n < 1 && left < 4 && *at >= 0xc0) { /* cut inside a character */
      *at = 0;
      return;
    }
    if (n < 1 || point < 0x20 || point == 0x7f) {
      *at = '?';
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
    vsnprintf (err->message, sizeof err->message, format, args);
    va_end (args);
    clean_message (err->message);
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
      snprintf (err->message + n, sizeof err->message - (size_t) n, ": %s", old);
    clean_message (err->message);
  }
  return false;
}
