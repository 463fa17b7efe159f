#include "app/export/cpg-study-sheet.h"

#include "app/cpg-config.h"
#include "app/cpg-study-words.h"
#include "app/pictures/cpg-curve-chart.h"
#include "app/pictures/cpg-ink.h"

#include <cairo-svg.h>
#include <glib/gi18n.h>
#include <math.h>

enum { WIDTH = 960, MARGIN = 32, GAP = 16, CHART_HEIGHT = 260, INNER = WIDTH - 2 * MARGIN, PNG_SCALE = 2 };
#define TITLE_SCALE 1.6

static double show_block (cairo_t *cr, const CpgStyle *style, double y, double scale, const GdkRGBA *colour, const char *text)
{
  g_autoptr (PangoLayout) layout = pango_layout_new (style->context);
  PangoAttrList *attributes = pango_attr_list_new ();
  int height;
  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  if (scale > 1)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_font_description (layout, style->body);
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_width (layout, INNER * PANGO_SCALE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_text (layout, text, -1);
  pango_attr_list_unref (attributes);
  pango_layout_get_pixel_size (layout, NULL, &height);
  if (cr) {
    gdk_cairo_set_source_rgba (cr, colour);
    cairo_move_to (cr, MARGIN, y);
    pango_cairo_show_layout (cr, layout);
  }
  return height;
}

static char *describe (GPtrArray *results)
{
  g_autoptr (GString) words = g_string_new (NULL);
  for (guint i = 0; i < results->len; i++) {
    g_autofree char *verdict = cpg_study_words_verdict (results->pdata[i]),
                    *label = cpg_study_words_label (results->pdata[i], results->len > 1 ? results->pdata[1 - i] : NULL);
    g_string_append_printf (words, "%s%s: %s", i ? "\n" : "", label, verdict);
  }
  return g_strdup (words->str);
}

static char *list_facts (GPtrArray *results)
{
  g_autoptr (GString) words = g_string_new (NULL);
  for (guint i = 0; i < results->len; i++) {
    guint n;
    const CpgStudyFact *facts = cpg_study_result_get_facts (results->pdata[i], &n);
    for (guint k = 0; k < n; k++) {
      g_autofree char *title = cpg_study_words_fact_title (&facts[k]), *value = cpg_study_words_fact_value (&facts[k]);
      g_string_append_printf (words, "%s%s: %s", k ? "  ·  " : i ? "\n" : "", title, value);
    }
  }
  g_string_append (words, "\nCosmos Playground " CPG_VERSION);
  return g_strdup (words->str);
}

/* cr NULL: only measured. Returns the height. */
static double draw (GPtrArray *results, cairo_t *cr, const CpgStyle *style)
{
  g_autofree char *title = cpg_study_words_title (results->pdata[0]), *meaning = cpg_study_words_meaning (results->pdata[0]),
                  *verdict = describe (results), *foot = list_facts (results);
  guint n, n_tables, n_drawn = 0;
  const CpgStudyChart *charts = cpg_study_result_get_charts (results->pdata[0], &n);
  const CpgStudyTable *tables = cpg_study_result_get_tables (results->pdata[0], &n_tables);
  double y = MARGIN, width = (INNER - GAP) / 2.;
  y += show_block (cr, style, y, TITLE_SCALE, &style->foreground, title) + GAP;
  y += show_block (cr, style, y, 1, &style->dim, meaning) + GAP / 2.;
  y += show_block (cr, style, y, 1, &style->foreground, verdict) + GAP;
  for (guint i = 0; i < n; i++) {
    if (tables[charts[i].table].n_rows == 0)
      continue;
    gboolean right = (n_drawn % 2 == 1) != style->rtl;
    if (cr) {
      g_autoptr (CpgCurves) curves = cpg_study_words_curves (results, &charts[i]);
      cairo_save (cr);
      cairo_translate (cr, MARGIN + (right ? width + GAP : 0), y + n_drawn / 2 * (CHART_HEIGHT + GAP));
      cpg_ink_rounded (cr, .5, .5, width - 1, CHART_HEIGHT - 1, 8);
      gdk_cairo_set_source_rgba (cr, &style->faint);
      cairo_set_line_width (cr, 1);
      cairo_stroke (cr);
      cpg_curve_chart_draw (curves, -1, cr, width, CHART_HEIGHT, style);
      cairo_restore (cr);
    }
    n_drawn++;
  }
  y += (n_drawn + 1) / 2 * (CHART_HEIGHT + GAP);
  return y + show_block (cr, style, y, .85, &style->dim, foot) + MARGIN;
}

static cairo_status_t take_bytes (void *data, const unsigned char *bytes, unsigned n)
{
  g_byte_array_append (data, bytes, n);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *cpg_study_sheet_make (GPtrArray *results, gboolean as_svg, gboolean rtl, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  CpgStyle style;
  cpg_style_init_for_paper (&style, NULL, rtl);
  double height = ceil (draw (results, NULL, &style)), scale = as_svg ? 1 : PNG_SCALE;
  cairo_surface_t *surface = as_svg
                                 ? cairo_svg_surface_create_for_stream (take_bytes, bytes, WIDTH, height)
                                 : cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (scale * WIDTH), (int) (scale * height));
  cairo_t *cr = cairo_create (surface);
  cairo_scale (cr, scale, scale);
  gdk_cairo_set_source_rgba (cr, &style.surface);
  cairo_paint (cr);
  draw (results, cr, &style);
  cpg_style_clear (&style);
  cairo_status_t status = cairo_status (cr);
  cairo_destroy (cr);
  if (!status && !as_svg)
    status = cairo_surface_write_to_png_stream (surface, take_bytes, bytes);
  cairo_surface_finish (surface);
  status = status ? status : cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (!status || status == CAIRO_STATUS_SURFACE_FINISHED)
    return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The picture could not be drawn: %s"), cairo_status_to_string (status));
  return NULL;
}
