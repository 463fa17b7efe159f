/* Latents that a run keeps while it makes the others anew (see core/sample/trajectory.h): a boxed value, immutable and reference-counted, for any
 * thread. Settings hold it, so that running them again gives the same text. As a GValue it becomes a string and comes back from one. */
#pragma once

#include <glib-object.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct {
  int n, width;
  const float *latents; /* (n, width), normalised; 0 where it is not pinned */
  const bool *mask;     /* n */
  int n_pinned;
} CpgPins;

#define CPG_TYPE_PINS (cpg_pins_get_type ())
GType cpg_pins_get_type (void);

/* Copies both. (transfer full) */
CpgPins *cpg_pins_new (const float *latents, const bool *mask, int n, int width);
CpgPins *cpg_pins_ref (CpgPins *self);
void cpg_pins_unref (CpgPins *self);
/* By their numbers, bit for bit; NULL equals NULL alone. */
gboolean cpg_pins_equal (const CpgPins *self, const CpgPins *other);

/* As a line of ASCII, bit for bit: n, width, a digit 0 or 1 for each latent, and the pinned numbers (little-endian f32) in base 64. (transfer full) */
char *cpg_pins_to_text (const CpgPins *self);
/* text may come from anywhere; NULL where it is no pins. (transfer full) */
CpgPins *cpg_pins_from_text (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgPins, cpg_pins_unref)

G_END_DECLS
