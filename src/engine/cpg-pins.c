#include "engine/cpg-pins.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (CpgPins, cpg_pins, cpg_pins_ref, cpg_pins_unref)

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
