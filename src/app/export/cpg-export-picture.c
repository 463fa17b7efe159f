/* The sheet of a step as PNG or SVG, and sheets as pages of a PDF. */
#include "app/export/cpg-export-private.h"
#include "app/export/cpg-sheet.h"

#include "app/cpg-config.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <glib/gi18n.h>
#include <math.h>

enum { PNG_SCALE = 2, N_PAGES = 6 };
#define A4_WIDTH 595.276
#define A4_HEIGHT 841.89

static cairo_status_t take_bytes (void *data, const unsigned char *bytes, unsigned n)
{
  g_byte_array_append (data, bytes, n);
  return CAIRO_STATUS_SUCCESS;
}

/* Ends the surface, which writes to bytes until then. */
static gboolean end_surface (cairo_t *cr, cairo_surface_t *surface, GError **error)
{
  cairo_status_t status = cairo_status (cr);
  cairo_destroy (cr);
  if (!status) {
    cairo_surface_finish (surface);
    status = cairo_surface_status (surface);
  }
  cairo_surface_destroy (surface);
  if (status)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The picture could not be drawn: %s"), cairo_status_to_string (status));
  return !status;
}

static void paint_ground (cairo_t *cr, const CpgStyle *style)
{
  gdk_cairo_set_source_rgba (cr, &style->surface);
  cairo_paint (cr);
}

GBytes *cpg_export_make_png (CpgExportWork *work, GError **error)
{
  const CpgRecord *record = work->record;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  CpgStyle style;
  cpg_sheet_init_style (&style, record);
  double height = ceil (cpg_sheet_get_height (record, record->current, &style));
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, PNG_SCALE * CPG_SHEET_WIDTH,
                                                         (int) (PNG_SCALE * height));
  cairo_t *cr = cairo_create (surface);
  cairo_scale (cr, PNG_SCALE, PNG_SCALE);
  paint_ground (cr, &style);
  cpg_sheet_draw (record, record->current, cr, height, &style);
  cpg_style_clear (&style);
  if (!cairo_status (cr) && cpg_export_work_go_on (work, .5, NULL))
    cairo_surface_write_to_png_stream (surface, take_bytes, bytes);
  return end_surface (cr, surface, error) ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}

/* Cairo draws letters as shapes: the words for who cannot see them, or searches for them, are put in by hand. */
static GBytes *add_words (const GByteArray *svg, const CpgRecord *record)
{
  g_autofree char *title = cpg_sheet_create_title (record, record->current);
  g_autofree char *text = g_utf8_make_valid (record->steps[record->current].text, -1);
  g_autofree char *words = g_markup_printf_escaped ("\n<title>%s</title>\n<desc>%s</desc>", title, text);
  const char *start = g_strstr_len ((const char *) svg->data, svg->len, "<svg"),
             *end = start ? memchr (start, '>', svg->len - (gsize) (start - (const char *) svg->data)) : NULL;
  gsize head = end ? (gsize) (end + 1 - (const char *) svg->data) : 0;
  GString *whole = g_string_new_len ((const char *) svg->data, (gssize) head);
  if (head)
    g_string_append (whole, words);
  g_string_append_len (whole, (const char *) svg->data + head, (gssize) (svg->len - head));
  return g_string_free_to_bytes (whole);
}

GBytes *cpg_export_make_svg (CpgExportWork *work, GError **error)
{
  const CpgRecord *record = work->record;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  CpgStyle style;
  cpg_sheet_init_style (&style, record);
  double height = ceil (cpg_sheet_get_height (record, record->current, &style));
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (take_bytes, bytes, CPG_SHEET_WIDTH, height);
  cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
  cairo_t *cr = cairo_create (surface);
  paint_ground (cr, &style);
  cpg_sheet_draw (record, record->current, cr, height, &style);
  cpg_style_clear (&style);
  return end_surface (cr, surface, error) ? add_words (bytes, record) : NULL;
}

/* A4, or longer where the text is. */
static void draw_page (const CpgRecord *record, int step, cairo_t *cr, const CpgStyle *style)
{
  double scale = A4_WIDTH / CPG_SHEET_WIDTH, height = fmax (cpg_sheet_get_height (record, step, style), A4_HEIGHT / scale);
  cairo_pdf_surface_set_size (cairo_get_target (cr), A4_WIDTH, height * scale);
  cairo_save (cr);
  cairo_scale (cr, scale, scale);
  cpg_sheet_draw (record, step, cr, height, style);
  cairo_restore (cr);
  cairo_show_page (cr);
}

static void describe_pdf (cairo_surface_t *surface, const CpgRecord *record, const int *pages, int n)
{
  const CpgRecordFact *task = cpg_record_find_fact (record, "task");
  g_autofree char *title = n == 1 ? cpg_sheet_create_title (record, pages[0])
                                  : g_strdup_printf (_ ("%s, seed %s"), task ? task->words : record->model_name, record->seed);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, title);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Cosmos Playground " CPG_VERSION);
}

GBytes *cpg_export_make_pdf (CpgExportWork *work, GError **error)
{
  const CpgRecord *record = work->record;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  int pages[N_PAGES] = {record->current}, n = work->whole_run ? cpg_record_choose_steps (record, N_PAGES, pages) : 1;
  gboolean goes_on = TRUE;
  CpgStyle style;
  cpg_sheet_init_style (&style, record);
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (take_bytes, bytes, A4_WIDTH, A4_HEIGHT);
  cairo_pdf_surface_restrict_to_version (surface, CAIRO_PDF_VERSION_1_4); /* which any reader reads */
  describe_pdf (surface, record, pages, n);
  cairo_t *cr = cairo_create (surface);
  for (int i = 0; i < n && (goes_on = cpg_export_work_go_on (work, (double) i / n, error)); i++)
    draw_page (record, pages[i], cr, &style);
  cpg_style_clear (&style);
  gboolean ended = end_surface (cr, surface, goes_on ? error : NULL);
  return ended && goes_on ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}
