#include "store/cpg-log-pack.h"

#include "core/file/dtype.h"
#include <math.h>
#include <string.h>
#include <zstd.h>

enum { LEVEL = 3 }; /* noise hardly compresses, whatever the level */

/* ---- latents ---- */

static gboolean latents_size (int n, int width, gsize *numbers)
{
  if (n <= 0 || width <= 0 || n > CPG_LOG_MAX_LATENTS / width)
    return FALSE;
  *numbers = (gsize) n * (gsize) width;
  return TRUE;
}

GBytes *cpg_log_latents_pack (const float *numbers, int n, int width)
{
  gsize count;
  if (!latents_size (n, width, &count))
    g_assert_not_reached ();
  g_autofree guint16 *halves = g_new (guint16, count);
  cosmos_dtype_from_float (COSMOS_DTYPE_F16, numbers, halves, count);
  gsize room = ZSTD_compressBound (count * sizeof *halves);
  g_autofree char *packed = g_malloc (room);
  gsize size = ZSTD_compress (packed, room, halves, count * sizeof *halves, LEVEL);
  g_assert (!ZSTD_isError (size)); /* the room is enough by contract */
  return g_bytes_new (packed, size);
}

float *cpg_log_latents_unpack (GBytes *packed, int n, int width)
{
  gsize count, size;
  if (!packed || !latents_size (n, width, &count))
    return NULL;
  const void *data = g_bytes_get_data (packed, &size);
  g_autofree guint16 *halves = g_new (guint16, count);
  /* Never writes beyond the room, whatever the frame says of itself. */
  if (ZSTD_decompress (halves, count * sizeof *halves, data, size) != count * sizeof *halves)
    return NULL;
  float *numbers = g_new (float, count);
  cosmos_dtype_to_float (COSMOS_DTYPE_F16, halves, numbers, count);
  return numbers;
}

/* ---- tokens: a variable-length id (seven bits a byte, the lowest first) and a byte of probability each ---- */

GBytes *cpg_log_tokens_pack (const int *ids, const float *probabilities, int n)
{
  GByteArray *bytes = g_byte_array_new ();
  for (int i = 0; i < n; i++) {
    guint id = (guint) ids[i];
    for (; id > 127; id >>= 7)
      g_byte_array_append (bytes, &(guint8) {(guint8) (id | 128)}, 1);
    g_byte_array_append (bytes, &(guint8) {(guint8) id}, 1);
    g_byte_array_append (bytes, &(guint8) {(guint8) lrintf (255 * CLAMP (probabilities[i], 0, 1))}, 1);
  }
  return g_byte_array_free_to_bytes (bytes);
}

static gboolean unpack_id (const guint8 **at, const guint8 *end, int *id)
{
  guint value = 0;
  for (int shift = 0; *at < end && shift < 35; shift += 7) {
    guint8 byte = *(*at)++;
    if (shift == 28 && byte > 7) /* beyond 31 bits */
      return FALSE;
    value |= (guint) (byte & 127) << shift;
    if (byte < 128) {
      *id = (int) value;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean cpg_log_tokens_unpack (GBytes *packed, int **ids, float **probabilities, int *n)
{
  gsize size = 0;
  const guint8 *at = packed ? g_bytes_get_data (packed, &size) : NULL, *end = size ? at + size : at;
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (int)), sure = g_array_new (FALSE, FALSE, sizeof (float));
  while (at < end) {
    int id;
    if (all->len == CPG_LOG_MAX_TOKENS || !unpack_id (&at, end, &id) || at == end)
      return FALSE;
    float probability = (float) *at++ / 255;
    g_array_append_val (all, id);
    g_array_append_val (sure, probability);
  }
  *n = (int) all->len;
  *ids = g_array_steal (all, NULL);
  *probabilities = g_array_steal (sure, NULL);
  return TRUE;
}

/* ---- hash ---- */

char *cpg_log_hash_output (const char *text, const float *latents, gsize n_numbers)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, (const guchar *) text, (gssize) strlen (text) + 1);
  for (gsize i = 0; latents && i < n_numbers; i++) {
    guint32 bits;
    memcpy (&bits, &latents[i], sizeof bits);
    bits = GUINT32_TO_LE (bits);
    g_checksum_update (checksum, (const guchar *) &bits, sizeof bits);
  }
  return g_strdup (g_checksum_get_string (checksum));
}
