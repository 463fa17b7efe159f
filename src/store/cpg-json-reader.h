/* What readers of foreign JSON share: the first fault is kept, in words, and all that is read after it does not count. A value that is missing is empty;
 * one of another kind, or too long a one, is a fault. */
#pragma once

#include <gio/gio.h>
#include <yyjson.h>

typedef struct {
  gboolean failed;
  char fault[160];
} CpgJsonReader;

/* key: of the foreign JSON, or one that was looked for. */
void cpg_json_reader_fail (CpgJsonReader *self, const char *key, const char *what);

/* value itself: a line of at most so many characters, or with lines several of them. Never NULL. (transfer full) */
char *cpg_json_reader_take_text (CpgJsonReader *self, const char *key, yyjson_val *value, gsize longest, gboolean lines);
/* A list of an object; NULL, and *n 0, where there is none, or one of more than max. */
yyjson_val *cpg_json_reader_get_list (CpgJsonReader *self, yyjson_val *object, const char *key, guint max, guint *n);

/* The whole file, or max + 1 bytes of it, by which is known that it is too large. */
GBytes *cpg_json_reader_read_file (GFile *file, gsize max, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (yyjson_doc, yyjson_doc_free)
