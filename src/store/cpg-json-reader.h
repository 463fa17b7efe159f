/* What readers of foreign JSON share: the first fault is kept, in words, and all that is read after it does not count. */
#pragma once

#include <glib.h>

typedef struct {
  gboolean failed;
  char fault[160];
} CpgJsonReader;

static inline void cpg_json_reader_fail (CpgJsonReader *self, const char *key, const char *what)
{
  if (!self->failed)
    g_snprintf (self->fault, sizeof self->fault, "\"%.40s\": %s", key, what);
  self->failed = TRUE;
}
