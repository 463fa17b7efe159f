#include "store/cpg-json-reader.h"

#include <glib/gi18n-lib.h>
#include <string.h>

enum { SHOWN = 40 }; /* bytes of a key in a message */

void cpg_json_reader_fail (CpgJsonReader *self, const char *key, const char *what)
{
  const char *end;
  g_utf8_validate_len (key, MIN (strlen (key), (gsize) SHOWN), &end); /* whole characters */
  if (!self->failed)
    g_snprintf (self->fault, sizeof self->fault, "\"%.*s\": %s", (int) (end - key), key, what);
  self->failed = TRUE;
}

char *cpg_json_reader_take_text (CpgJsonReader *self, const char *key, yyjson_val *value, gsize longest, gboolean lines)
{
  const char *text = yyjson_get_str (value);
  if (value && !text)
    cpg_json_reader_fail (self, key, _ ("no text"));
  else if (text && strlen (text) != yyjson_get_len (value))
    cpg_json_reader_fail (self, key, _ ("a text with a zero in it"));
  else if (text && g_utf8_strlen (text, -1) > (glong) longest)
    cpg_json_reader_fail (self, key, _ ("too long"));
  else if (text) {
    char *plain = g_strdup (text);
    for (char *c = plain; *c; c++)
      *c = g_ascii_iscntrl (*c) && !(lines && *c == '\n') ? ' ' : *c;
    return plain;
  }
  return g_strdup ("");
}

yyjson_val *cpg_json_reader_get_list (CpgJsonReader *self, yyjson_val *object, const char *key, guint max, guint *n)
{
  yyjson_val *list = yyjson_obj_get (object, key);
  *n = 0;
  if (list && !yyjson_is_arr (list))
    cpg_json_reader_fail (self, key, _ ("no list"));
  else if (yyjson_arr_size (list) > max)
    cpg_json_reader_fail (self, key, _ ("too long"));
  else {
    *n = (guint) yyjson_arr_size (list);
    return list;
  }
  return NULL;
}

GBytes *cpg_json_reader_read_file (GFile *file, gsize max, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 part[65536];
  gssize n = stream ? 1 : -1;
  while (n > 0 && bytes->len <= max) {
    n = g_input_stream_read (G_INPUT_STREAM (stream), part, MIN (sizeof part, max + 1 - bytes->len), cancellable, error);
    if (n > 0)
      g_byte_array_append (bytes, part, (guint) n);
  }
  return n < 0 ? NULL : g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}
