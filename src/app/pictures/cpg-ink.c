#include "app/pictures/cpg-ink.h"

#include <math.h>

static void show (cairo_t *cr, const GdkRGBA *colour, double x, double y, PangoLayout *layout)
{
  cairo_move_to (cr, x, y);
  gdk_cairo_set_source_rgba (cr, colour);
  pango_cairo_show_layout (cr, layout);
  g_object_unref (layout);
}

void cpg_ink_text (cairo_t *cr, const CpgStyle *style, const GdkRGBA *colour, double x, double y, double align_x, double align_y,
                   const char *text)
{
  PangoLayout *layout = cpg_style_create_caption (style, text);
  int width, height;
  pango_layout_get_pixel_size (layout, &width, &height);
  show (cr, colour, round (x - align_x * width), round (y - align_y * height), layout);
}

double cpg_ink_text_width (const CpgStyle *style, const char *text)
{
  PangoLayout *layout = cpg_style_create_caption (style, text);
  int width;
  pango_layout_get_pixel_size (layout, &width, NULL);
  g_object_unref (layout);
  return width;
}

void cpg_ink_text_in (cairo_t *cr, const CpgStyle *style, const GdkRGBA *colour, double x, double y, double width, double align,
                      const char *text)
{
  if (width < 1)
    return;
  PangoLayout *layout = cpg_style_create_caption (style, text);
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  /* Without it the alignment would follow the words' own direction. */
  pango_layout_set_auto_dir (layout, FALSE);
  pango_layout_set_alignment (layout, (align < .5) != style->rtl ? PANGO_ALIGN_LEFT : PANGO_ALIGN_RIGHT);
  show (cr, colour, round (x), round (y), layout);
}

void cpg_ink_line (cairo_t *cr, const GdkRGBA *colour, double line_width, double x1, double y1, double x2, double y2)
{
  gdk_cairo_set_source_rgba (cr, colour);
  cairo_set_line_width (cr, line_width);
  cairo_move_to (cr, x1, y1);
  cairo_line_to (cr, x2, y2);
  cairo_stroke (cr);
}

void cpg_ink_rounded (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  radius = MIN (radius, MIN (width, height) / 2);
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI_2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI_2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI_2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

char *cpg_ink_number (double value)
{
  if (!isfinite (value))
    return g_strdup ("–");
  double size = fabs (value);
  if (value == round (value) && size < 1e5)
    return g_strdup_printf ("%s%.0f", value < 0 ? "−" : "", size);
  if (size >= 1e5 || size < 1e-3)
    return g_strdup_printf ("%s%.1e", value < 0 ? "−" : "", size);
  int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= .01 ? 2 : 3;
  return g_strdup_printf ("%s%.*f", value < 0 ? "−" : "", digits, size);
}

char *cpg_ink_tick (double value)
{
  double size = fabs (value);
  for (int digits = 0; isfinite (value) && size < 1e5 && digits < 4; digits++) {
    double power = pow (10, digits);
    if (fabs (size * power - round (size * power)) < 1e-6)
      return g_strdup_printf ("%s%.*f", value < 0 && size > 0 ? "−" : "", digits, size);
  }
  return cpg_ink_number (value);
}

static double round_up_to (double value, const double *steps)
{
  if (!(value > 0) || !isfinite (value))
    return 1;
  double power = pow (10, floor (log10 (value)));
  while (*steps < 10 && *steps * power < value * (1 - 1e-9))
    steps++;
  return *steps * power;
}

double cpg_ink_round_up (double value)
{
  static const double steps[] = {1, 2, 5, 10};
  return round_up_to (value, steps);
}

double cpg_ink_get_axis_end (double value)
{
  static const double steps[] = {1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10};
  return round_up_to (value, steps);
}
