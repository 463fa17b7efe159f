#include "app/pictures/cpg-palette.h"

#include <math.h>

enum { N_STOPS = 5, HALF = 255 };

typedef struct {
  double red, green, blue;
} Colour;

/* From -1 to 1, evenly spaced. */
static const Colour stops[2][N_STOPS] = {
  {{16, 64, 140}, {92, 148, 206}, {245, 245, 243}, {226, 142, 62}, {140, 58, 0}},
  {{150, 205, 255}, {50, 114, 186}, {44, 44, 48}, {186, 102, 28}, {255, 196, 120}},
};

static uint32_t mix (double share, gboolean dark)
{
  double place = (share + 1) / 2 * (N_STOPS - 1);
  int i = MIN ((int) place, N_STOPS - 2);
  double part = place - i;
  const Colour *a = &stops[dark ? 1 : 0][i], *b = a + 1;
  uint32_t red = (uint32_t) lround (a->red + (b->red - a->red) * part),
           green = (uint32_t) lround (a->green + (b->green - a->green) * part),
           blue = (uint32_t) lround (a->blue + (b->blue - a->blue) * part);
  return red << 16 | green << 8 | blue;
}

uint32_t cpg_palette_get (double share, gboolean dark)
{
  static uint32_t shades[2][2 * HALF + 1];
  static gsize is_made = 0;
  if (g_once_init_enter (&is_made)) {
    for (int i = 0; i <= 2 * HALF; i++)
      for (int k = 0; k < 2; k++)
        shades[k][i] = mix ((double) (i - HALF) / HALF, k);
    g_once_init_leave (&is_made, 1);
  }
  if (!isfinite (share))
    return dark ? 0x77767b : 0x9a9996;
  return shades[dark ? 1 : 0][(int) (CLAMP (share, -1., 1.) * HALF + HALF + .5)];
}
