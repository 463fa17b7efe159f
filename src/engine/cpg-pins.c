#include "engine/cpg-pins.h"

#include <math.h>
#include <string.h>

/* Of a text to read: more than any model has. */
enum { MAX_LATENTS = 1 << 16, MAX_NUMBERS = 1 << 22 };

static void pins_to_string (const GValue *pins, GValue *string)
{
  const CpgPins *self = g_value_get_boxed (pins);
  g_value_take_string (string, self ? cpg_pins_to_text (self) : NULL);
}

static void string_to_pins (const GValue *string, GValue *pins)
{
  const char *text = g_value_get_string (string);
  g_value_take_boxed (pins, text ? cpg_pins_from_text (text) : NULL);
}

static void register_transforms (GType type)
{
  g_value_register_transform_func (type, G_TYPE_STRING, pins_to_string);
  g_value_register_transform_func (G_TYPE_STRING, type, string_to_pins);
}

G_DEFINE_BOXED_TYPE_WITH_CODE (CpgPins, cpg_pins, cpg_pins_ref, cpg_pins_unref, register_transforms (g_define_type_id))

CpgPins *cpg_pins_new (const float *latents, const bool *mask, int n, int width)
{
  CpgPins *self = g_atomic_rc_box_new0 (CpgPins);
  float *kept = g_new0 (float, (gsize) n *(gsize) width);
  for (int i = 0; i < n; i++) {
    if (!mask[i])
      continue;
    memcpy (kept + i * width, latents + i * width, (gsize) width * sizeof *kept);
    self->n_pinned++;
  }
  self->n = n;
  self->width = width;
  self->latents = kept;
  self->mask = g_memdup2 (mask, (gsize) n * sizeof *mask);
  return self;
}

CpgPins *cpg_pins_ref (CpgPins *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void clear_pins (gpointer data)
{
  CpgPins *self = data;
  g_free ((gpointer) self->latents);
  g_free ((gpointer) self->mask);
}

void cpg_pins_unref (CpgPins *self)
{
  g_atomic_rc_box_release_full (self, clear_pins);
}

gboolean cpg_pins_equal (const CpgPins *self, const CpgPins *other)
{
  if (!self || !other)
    return self == other;
  return self->n == other->n && self->width == other->width
         && memcmp (self->mask, other->mask, (gsize) self->n * sizeof *self->mask) == 0
         && memcmp (self->latents, other->latents, (gsize) self->n * (gsize) self->width * sizeof *self->latents) == 0;
}

/* ---- as text ---- */

static void swap_bytes (guint32 *numbers, gsize n)
{
  for (gsize i = 0; i < n; i++)
    numbers[i] = GUINT32_FROM_LE (numbers[i]); /* its own inverse */
}

char *cpg_pins_to_text (const CpgPins *self)
{
  gsize n = (gsize) self->n_pinned * (gsize) self->width;
  g_autofree guint32 *numbers = g_new (guint32, n);
  g_autofree char *mask = g_malloc0 ((gsize) self->n + 1);
  for (int i = 0, k = 0; i < self->n; i++) {
    mask[i] = self->mask[i] ? '1' : '0';
    if (self->mask[i])
      memcpy (numbers + k++ * self->width, self->latents + i * self->width, (gsize) self->width * sizeof *numbers);
  }
  swap_bytes (numbers, n);
  g_autofree char *packed = g_base64_encode ((const guchar *) numbers, n * sizeof *numbers);
  return g_strdup_printf ("%d %d %s %s", self->n, self->width, mask, packed);
}

static gboolean read_count (const char *text, guint64 max, int *count)
{
  guint64 number;
  if (!g_ascii_string_to_unsigned (text, 10, 1, max, &number, NULL))
    return FALSE;
  *count = (int) number;
  return TRUE;
}

/* Spreads the pinned numbers over all latents. FALSE where there are more or fewer, or one is no number. */
static gboolean place_numbers (const guchar *bytes, gsize size, const bool *mask, int n, int width, float *latents)
{
  gsize line = (gsize) width * sizeof *latents, at = 0;
  for (int i = 0; i < n; i++) {
    if (!mask[i])
      continue;
    if (size - at < line)
      return FALSE;
    memcpy (latents + i * width, bytes + at, line);
    swap_bytes ((guint32 *) (latents + i * width), (gsize) width);
    for (int j = 0; j < width; j++)
      if (!isfinite (latents[i * width + j]))
        return FALSE;
    at += line;
  }
  return at == size;
}

CpgPins *cpg_pins_from_text (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, " ", 5);
  int n, width;
  gsize size;
  if (g_strv_length (parts) != 4 || !read_count (parts[0], MAX_LATENTS, &n)
      || !read_count (parts[1], (guint64) (MAX_NUMBERS / n), &width) || strlen (parts[2]) != (gsize) n
      || strspn (parts[2], "01") != (gsize) n)
    return NULL;
  g_autofree bool *mask = g_new0 (bool, (gsize) n);
  g_autofree float *latents = g_new0 (float, (gsize) n *(gsize) width);
  for (int i = 0; i < n; i++)
    mask[i] = parts[2][i] == '1';
  g_autofree guchar *bytes = g_base64_decode (parts[3], &size);
  return place_numbers (bytes, size, mask, n, width, latents) ? cpg_pins_new (latents, mask, n, width) : NULL;
}
