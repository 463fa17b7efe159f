/* The diverging palette of signed numbers: blue below zero, the surface's own shade at zero, orange above. Blue and orange stay apart in all common
 * kinds of colour blindness, and lightness alone tells how far a number is from zero. */
#pragma once

#include <cairo.h>
#include <glib.h>
#include <stdint.h>

/* share: value / limit, clamped to -1 .. 1; not finite: a grey that the palette does not have. Opaque CAIRO_FORMAT_RGB24. */
uint32_t cpg_palette_get (double share, gboolean dark);
