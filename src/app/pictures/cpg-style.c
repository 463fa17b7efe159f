#include "app/pictures/cpg-style.h"

#include <adwaita.h>

#define CAPTION_SCALE .85

static GdkRGBA from_hex (unsigned hex)
{
  return (GdkRGBA) {(hex >> 16 & 255) / 255.f, (hex >> 8 & 255) / 255.f, (hex & 255) / 255.f, 1};
}

GdkRGBA cpg_style_fade (GdkRGBA colour, double alpha)
{
  colour.alpha *= (float) alpha;
  return colour;
}

/* All that follows from foreground, accent, dark and high_contrast. */
static void derive_colours (CpgStyle *self)
{
  self->dim = cpg_style_fade (self->foreground, self->high_contrast ? .95 : .74);
  self->faint = cpg_style_fade (self->foreground, self->high_contrast ? .45 : .14);
  self->surface = self->dark ? from_hex (0x242428) : from_hex (0xffffff);
  self->series[0] = self->accent;
  /* Orange, bluish green and reddish purple, as far apart in lightness as in hue. */
  self->series[1] = self->dark ? from_hex (0xffb65c) : from_hex (0xb45309);
  self->series[2] = self->dark ? from_hex (0x4fd6b0) : from_hex (0x00735a);
  self->series[3] = self->dark ? from_hex (0xdc9fe0) : from_hex (0x8a3c8f);
}

static void set_font (CpgStyle *self, const PangoFontDescription *font)
{
  self->body = pango_font_description_copy (font);
  self->caption = pango_font_description_copy (font);
  double size = pango_font_description_get_size (font) * CAPTION_SCALE;
  if (pango_font_description_get_size_is_absolute (font))
    pango_font_description_set_absolute_size (self->caption, size);
  else
    pango_font_description_set_size (self->caption, (int) size);
  PangoFontMetrics *metrics = pango_context_get_metrics (self->context, self->caption, NULL);
  self->line = (double) pango_font_metrics_get_height (metrics) / PANGO_SCALE;
  pango_font_metrics_unref (metrics);
}

void cpg_style_init_from_widget (CpgStyle *self, GtkWidget *widget)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  *self = (CpgStyle) {.dark = adw_style_manager_get_dark (manager),
                      .high_contrast = adw_style_manager_get_high_contrast (manager),
                      .rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL,
                      .context = gtk_widget_create_pango_context (widget)};
  gtk_widget_get_color (widget, &self->foreground);
  adw_accent_color_to_standalone_rgba (adw_style_manager_get_accent_color (manager), self->dark, &self->accent);
  derive_colours (self);
  set_font (self, pango_context_get_font_description (self->context));
}

void cpg_style_init_for_paper (CpgStyle *self, const char *font, gboolean rtl)
{
  *self = (CpgStyle) {.foreground = from_hex (0x1e1e22),
                      .accent = from_hex (0x0461be),
                      .rtl = rtl,
                      .context = pango_font_map_create_context (pango_cairo_font_map_get_default ())};
  pango_context_set_base_dir (self->context, rtl ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
  derive_colours (self);
  PangoFontDescription *description = pango_font_description_from_string (font ? font : "Sans 11");
  pango_context_set_font_description (self->context, description);
  set_font (self, description);
  pango_font_description_free (description);
}

void cpg_style_clear (CpgStyle *self)
{
  g_clear_object (&self->context);
  g_clear_pointer (&self->body, pango_font_description_free);
  g_clear_pointer (&self->caption, pango_font_description_free);
}

static gboolean has_letters (const char *text)
{
  while (*text && !g_unichar_isalpha (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  return *text != 0;
}

PangoLayout *cpg_style_create_caption (const CpgStyle *self, const char *text)
{
  PangoLayout *layout = pango_layout_new (self->context);
  pango_layout_set_font_description (layout, self->caption);
  /* A number by itself reads from left to right, its sign first, whatever is around it. */
  char *number = has_letters (text) ? NULL : g_strconcat ("\u2066", text, "\u2069", NULL);
  pango_layout_set_text (layout, number ? number : text, -1);
  g_free (number);
  return layout;
}
