#include "app/pictures/cpg-token-text.h"
#include "app/pictures/cpg-ink.h"

#include <math.h>

enum { MARGIN = 8 };

void cpg_token_text_init (CpgTokenText *self, const CpgToken *tokens, int n, double scale)
{
  GString *text = g_string_new (NULL);
  CpgTokenSpan *spans = g_new (CpgTokenSpan, MAX (n, 0));
  for (int i = 0; i < n; i++) {
    char *valid = g_utf8_make_valid (tokens[i].text ? tokens[i].text : "", -1);
    gsize blanks = strspn (valid, " \n\t");
    /* A text does not begin with the space of its first token. */
    g_string_append (text, text->len ? valid : valid + blanks);
    gsize length = strlen (valid) - blanks;
    spans[i] = (CpgTokenSpan) {tokens[i].position, text->len - length, text->len, tokens[i].mark};
    g_free (valid);
  }
  *self = (CpgTokenText) {g_string_free_and_steal (text), spans, MAX (n, 0), -1, -1, scale};
}

void cpg_token_text_clear (CpgTokenText *self)
{
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->spans, g_free);
  self->n = 0;
}

static GdkRGBA mark_colour (CosmosMark mark, const CpgStyle *style)
{
  return mark == COSMOS_MARK_CHANGED  ? style->accent
         : mark == COSMOS_MARK_UNSURE ? cpg_style_fade (style->foreground, style->high_contrast ? .9 : .7)
                                      : style->foreground;
}

static void add_attribute (PangoAttrList *list, PangoAttribute *attribute, gsize start, gsize end)
{
  attribute->start_index = (guint) start;
  attribute->end_index = (guint) end;
  pango_attr_list_insert (list, attribute);
}

PangoLayout *cpg_token_text_create_layout (const CpgTokenText *self, const CpgStyle *style, int width)
{
  PangoLayout *layout = pango_layout_new (style->context);
  pango_layout_set_font_description (layout, style->body);
  pango_layout_set_text (layout, self->text ? self->text : "", -1);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  /* Pango turns it around for a paragraph against the direction of the context: a text begins where its own language does. */
  pango_layout_set_alignment (layout, style->rtl ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  if (width >= 0)
    pango_layout_set_width (layout, MAX (width - 2 * MARGIN, 1) * PANGO_SCALE);
  PangoAttrList *list = pango_attr_list_new ();
  pango_attr_list_insert (list, pango_attr_scale_new (self->scale));
  pango_attr_list_insert (list, pango_attr_line_height_new (1.4));
  for (int i = 0; i < self->n; i++) {
    const CpgTokenSpan *span = &self->spans[i];
    if (span->mark != COSMOS_MARK_CHANGED && span->mark != COSMOS_MARK_UNSURE)
      continue;
    GdkRGBA colour = mark_colour (span->mark, style);
    add_attribute (list,
                   pango_attr_foreground_new ((guint16) (colour.red * 65535), (guint16) (colour.green * 65535),
                                              (guint16) (colour.blue * 65535)),
                   span->start, span->end);
    add_attribute (list, pango_attr_foreground_alpha_new ((guint16) (colour.alpha * 65535)), span->start, span->end);
  }
  pango_layout_set_attributes (layout, list);
  pango_attr_list_unref (list);
  return layout;
}

void cpg_token_text_get_size (PangoLayout *layout, int *width, int *height)
{
  pango_layout_get_pixel_size (layout, width, height);
  *width += 2 * MARGIN;
  *height += 2 * MARGIN;
}

/* Where a token stands on a line, in the drawing's pixels. */
typedef struct {
  double x, y, width, height, baseline;
} Piece;

/* The pieces of a token on the line of iter; their number, at most n. */
static int get_pieces (const CpgTokenSpan *span, PangoLayoutIter *iter, Piece *pieces, int n)
{
  PangoLayoutLine *line = pango_layout_iter_get_line_readonly (iter);
  gsize line_start = (gsize) pango_layout_line_get_start_index (line),
        line_end = line_start + (gsize) pango_layout_line_get_length (line);
  gsize start = MAX (span->start, line_start), end = MIN (span->end, line_end);
  if (start >= end)
    return 0;
  PangoRectangle box;
  pango_layout_iter_get_line_extents (iter, NULL, &box);
  double baseline = (double) pango_layout_iter_get_baseline (iter) / PANGO_SCALE;
  int *ranges, n_ranges;
  pango_layout_line_get_x_ranges (line, (int) start, (int) end, &ranges, &n_ranges);
  n = MIN (n, n_ranges);
  for (int i = 0; i < n; i++) {
    double x1 = (double) ranges[2 * i] / PANGO_SCALE, x2 = (double) ranges[2 * i + 1] / PANGO_SCALE;
    pieces[i] = (Piece) {MARGIN + x1, MARGIN + (double) box.y / PANGO_SCALE, x2 - x1, (double) box.height / PANGO_SCALE,
                         MARGIN + baseline};
  }
  g_free (ranges);
  return n;
}

static void draw_piece (cairo_t *cr, const Piece *piece, CosmosMark mark, gboolean lit, gboolean ringed, const CpgStyle *style)
{
  double em = piece->height / 1.9, top = piece->baseline - 1.12 * em, height = 1.55 * em;
  if (lit || mark == COSMOS_MARK_CHANGED) {
    GdkRGBA fill = lit ? cpg_style_fade (style->foreground, .1) : cpg_style_fade (style->accent, .1);
    cpg_ink_rounded (cr, piece->x - 1, top, piece->width + 2, height, 4);
    gdk_cairo_set_source_rgba (cr, &fill);
    cairo_fill (cr);
  }
  if (ringed) {
    cpg_ink_rounded (cr, piece->x - 2, top - 1, piece->width + 4, height + 2, 5);
    gdk_cairo_set_source_rgba (cr, &style->accent);
    cairo_set_line_width (cr, 2);
    cairo_stroke (cr);
  }
  if (mark != COSMOS_MARK_CHANGED && mark != COSMOS_MARK_UNSURE)
    return;
  GdkRGBA colour = mark_colour (mark, style);
  double thick = MAX (1.5, em / 12), y = piece->baseline + .24 * em;
  cairo_save (cr);
  if (mark == COSMOS_MARK_UNSURE) {
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_dash (cr, (double[]) {0, 2.4 * thick}, 2, -thick / 2);
  }
  cpg_ink_line (cr, &colour, thick, piece->x + 1, y, piece->x + piece->width - 1, y);
  cairo_restore (cr);
}

/* A token has more than one piece on a line where directions mix. */
enum { MAX_PIECES = 8 };

void cpg_token_text_draw_layout (const CpgTokenText *self, cairo_t *cr, PangoLayout *layout, const CpgStyle *style)
{
  PangoLayoutIter *iter = pango_layout_get_iter (layout);
  do {
    for (int i = 0; i < self->n; i++) {
      Piece pieces[MAX_PIECES];
      int n = get_pieces (&self->spans[i], iter, pieces, MAX_PIECES);
      for (int k = 0; k < n; k++)
        draw_piece (cr, &pieces[k], self->spans[i].mark, i == self->hovered, i == self->cursor, style);
    }
  } while (pango_layout_iter_next_line (iter));
  pango_layout_iter_free (iter);
  cairo_move_to (cr, MARGIN, MARGIN);
  gdk_cairo_set_source_rgba (cr, &style->foreground);
  pango_cairo_show_layout (cr, layout);
}

void cpg_token_text_draw (const CpgTokenText *self, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  PangoLayout *layout = cpg_token_text_create_layout (self, style, (int) width);
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  cpg_token_text_draw_layout (self, cr, layout, style);
  cairo_restore (cr);
  g_object_unref (layout);
}

int cpg_token_text_find (const CpgTokenText *self, PangoLayout *layout, double x, double y)
{
  int found = -1;
  PangoLayoutIter *iter = pango_layout_get_iter (layout);
  do {
    for (int i = 0; i < self->n && found < 0; i++) {
      Piece pieces[MAX_PIECES];
      int n = get_pieces (&self->spans[i], iter, pieces, MAX_PIECES);
      for (int k = 0; k < n; k++)
        if (x >= pieces[k].x && x < pieces[k].x + pieces[k].width && y >= pieces[k].y && y < pieces[k].y + pieces[k].height)
          found = i;
    }
  } while (found < 0 && pango_layout_iter_next_line (iter));
  pango_layout_iter_free (iter);
  return found;
}

void cpg_token_text_get_rectangle (const CpgTokenText *self, PangoLayout *layout, int token, GdkRectangle *rectangle)
{
  g_return_if_fail (token >= 0 && token < self->n);
  const CpgTokenSpan *span = &self->spans[token];
  Piece piece;
  PangoLayoutIter *iter = pango_layout_get_iter (layout);
  gboolean found = FALSE;
  do
    found = get_pieces (span, iter, &piece, 1) > 0;
  while (!found && pango_layout_iter_next_line (iter));
  pango_layout_iter_free (iter);
  if (!found) { /* nothing to be seen: where it would be */
    PangoRectangle place;
    pango_layout_index_to_pos (layout, (int) span->start, &place);
    piece = (Piece) {MARGIN + (double) place.x / PANGO_SCALE, MARGIN + (double) place.y / PANGO_SCALE, 0,
                     (double) place.height / PANGO_SCALE, 0};
  }
  *rectangle = (GdkRectangle) {(int) piece.x, (int) piece.y, (int) ceil (piece.width), (int) ceil (piece.height)};
}

/* The next token that can be seen; the same where there is none. */
static int step_token (const CpgTokenText *self, int token, int delta)
{
  for (int i = token + delta; i >= 0 && i < self->n; i += delta)
    if (self->spans[i].start < self->spans[i].end)
      return i;
  return token;
}

/* The token nearest to column x of the next line above or below that has any. */
static int move_line (const CpgTokenText *self, PangoLayout *layout, int token, int delta)
{
  GdkRectangle from, to;
  cpg_token_text_get_rectangle (self, layout, token, &from);
  int best = token, line = from.y;
  double best_distance = 0;
  for (int i = step_token (self, token, delta);; i = step_token (self, i, delta)) {
    cpg_token_text_get_rectangle (self, layout, i, &to);
    if (to.y != from.y) {
      if (line == from.y)
        line = to.y;
      else if (to.y != line)
        break;
      double distance = fabs (to.x + to.width / 2. - from.x - from.width / 2.);
      if (best == token || distance < best_distance) {
        best = i;
        best_distance = distance;
      }
    }
    if (step_token (self, i, delta) == i)
      break;
  }
  return best;
}

int cpg_token_text_move (const CpgTokenText *self, PangoLayout *layout, int token, int delta_x, int delta_y)
{
  if (self->n == 0)
    return -1;
  if (token < 0 || token >= self->n)
    return step_token (self, -1, 1);
  if (delta_y != 0)
    return move_line (self, layout, token, delta_y);
  if (pango_layout_get_direction (layout, (int) self->spans[token].start) == PANGO_DIRECTION_RTL)
    delta_x = -delta_x;
  return delta_x ? step_token (self, token, delta_x) : token;
}
