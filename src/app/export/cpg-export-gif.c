/* The text as it condenses: a frame a step, over and over. */
#include "app/export/cpg-export-private.h"

#include "app/pictures/cpg-ink.h"
#include "app/pictures/cpg-token-text.h"

#include <gif_lib.h>
#include <glib/gi18n.h>
#include <math.h>

enum {
  WIDTH = 640,
  MARGIN = 20,
  TEXT_MARGIN = 8 /* that the text's own drawing has around it */,
  BAR = 8,
  MOST_FRAMES = 120,
  SHORTEST = 6,
  LONGEST = 25,
  ALL = 600,
  HOLD = 300 /* 1/100 s */
};
enum { N_COLOURS = 256, RAMP = N_COLOURS / 2, TOP = RAMP - 1 };
#define TEXT_SCALE 1.2

/* Everything drawn is a blend of the ground with the ink or with the accent: two ramps have every colour there is. */
typedef struct {
  CpgStyle style;
  GifColorType colours[N_COLOURS];
  GifByteType *nearest; /* by 5 bits a channel */
  int height;
  cairo_surface_t *surface;
  GifByteType *frame, *before; /* WIDTH x height, places in the palette; before: of the frame before */
} Film;

static GifByteType blend (float ground, float ink, double share)
{
  return (GifByteType) lround (255 * (ground + (ink - ground) * share));
}

static GifByteType find_colour (const Film *self, int red, int green, int blue)
{
  int best = 0, least = G_MAXINT;
  for (int i = 0; i < N_COLOURS; i++) {
    int r = self->colours[i].Red - red, g = self->colours[i].Green - green, b = self->colours[i].Blue - blue;
    int distance = r * r + g * g + b * b;
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return (GifByteType) best;
}

static void make_palette (Film *self)
{
  const GdkRGBA *ground = &self->style.surface, *inks[] = {&self->style.foreground, &self->style.accent};
  for (int i = 0; i < N_COLOURS; i++) {
    const GdkRGBA *ink = inks[i / RAMP];
    double share = (double) (i % RAMP) / TOP;
    self->colours[i] = (GifColorType) {blend (ground->red, ink->red, share), blend (ground->green, ink->green, share),
                                       blend (ground->blue, ink->blue, share)};
  }
  self->nearest = g_new (GifByteType, 1 << 15);
  for (int i = 0; i < 1 << 15; i++) {
    int red = i >> 10, green = i >> 5 & 31, blue = i & 31;
    self->nearest[i] = find_colour (self, red * 255 / 31, green * 255 / 31, blue * 255 / 31);
  }
}

/* ---- a frame ---- */

static PangoLayout *create_text (const CpgRecordStep *step, CpgTokenText *text, const CpgStyle *style)
{
  cpg_token_text_init (text, step->tokens, step->n_tokens, TEXT_SCALE);
  return cpg_token_text_create_layout (text, style, WIDTH - 2 * MARGIN + 2 * TEXT_MARGIN);
}

static int get_text_height (const CpgRecordStep *step, const CpgStyle *style)
{
  CpgTokenText text;
  int width, height;
  PangoLayout *layout = create_text (step, &text, style);
  cpg_token_text_get_size (layout, &width, &height);
  g_object_unref (layout);
  cpg_token_text_clear (&text);
  return height;
}

static void draw_noise (cairo_t *cr, double y, double noise, const CpgStyle *style)
{
  double width = WIDTH - 2 * MARGIN, part = width * CLAMP (noise, 0, 1);
  cpg_ink_rounded (cr, MARGIN, y, width, BAR, BAR / 2.);
  gdk_cairo_set_source_rgba (cr, &style->faint);
  cairo_fill (cr);
  if (part < 1)
    return;
  cpg_ink_rounded (cr, style->rtl ? MARGIN + width - part : MARGIN, y, part, BAR, BAR / 2.);
  gdk_cairo_set_source_rgba (cr, &style->accent);
  cairo_fill (cr);
}

static void draw_frame (Film *self, const CpgRecord *record, int index)
{
  const CpgStyle *style = &self->style;
  const CpgRecordStep *step = &record->steps[index];
  CpgTokenText text;
  cairo_t *cr = cairo_create (self->surface);
  g_autofree char *name = cpg_record_name_step (record, index);
  /* Translators: of a step, a number from 0 to 1 */
  g_autofree char *noise = g_strdup_printf (_ ("noise %.2f"), step->sigma);
  gdk_cairo_set_source_rgba (cr, &style->surface);
  cairo_paint (cr);
  double y = MARGIN, width = WIDTH - 2 * MARGIN;
  cpg_ink_text_in (cr, style, &style->foreground, MARGIN, y, width, 0, name);
  cpg_ink_text_in (cr, style, &style->dim, MARGIN, y, width, 1, noise);
  y += style->line + 6;
  draw_noise (cr, y, step->sigma, style);
  y += BAR + 10;
  PangoLayout *layout = create_text (step, &text, style);
  cairo_translate (cr, MARGIN - TEXT_MARGIN, y);
  cpg_token_text_draw_layout (&text, cr, layout, style);
  g_object_unref (layout);
  cpg_token_text_clear (&text);
  cairo_destroy (cr);
}

static void read_frame (Film *self)
{
  cairo_surface_flush (self->surface);
  const unsigned char *pixels = cairo_image_surface_get_data (self->surface);
  gsize stride = (gsize) cairo_image_surface_get_stride (self->surface);
  for (int y = 0; y < self->height; y++) {
    const guint32 *line = (const guint32 *) (const void *) (pixels + (gsize) y * stride);
    for (int x = 0; x < WIDTH; x++) {
      guint32 colour = line[x];
      self->frame[y * WIDTH + x] = self->nearest[(colour >> 19 & 31) << 10 | (colour >> 11 & 31) << 5 | (colour >> 3 & 31)];
    }
  }
}

/* Only what differs from the frame before is written; a pixel where nothing does, as a frame must have one. */
static cairo_rectangle_int_t find_change (const Film *self, gboolean is_first)
{
  int left = WIDTH, right = -1, top = self->height, bottom = -1;
  if (is_first)
    return (cairo_rectangle_int_t) {0, 0, WIDTH, self->height};
  for (int i = 0; i < WIDTH * self->height; i++)
    if (self->frame[i] != self->before[i]) {
      left = MIN (left, i % WIDTH);
      right = MAX (right, i % WIDTH);
      top = MIN (top, i / WIDTH);
      bottom = MAX (bottom, i / WIDTH);
    }
  return right < 0 ? (cairo_rectangle_int_t) {0, 0, 1, 1}
                   : (cairo_rectangle_int_t) {left, top, right - left + 1, bottom - top + 1};
}

/* ---- the file ---- */

static int take_bytes (GifFileType *gif, const GifByteType *bytes, int n)
{
  g_byte_array_append (gif->UserData, bytes, (guint) n);
  return n;
}

static gboolean put_loop (GifFileType *gif)
{
  static const GifByteType forever[] = {1, 0, 0};
  return EGifPutExtensionLeader (gif, APPLICATION_EXT_FUNC_CODE) == GIF_OK
         && EGifPutExtensionBlock (gif, 11, "NETSCAPE2.0") == GIF_OK
         && EGifPutExtensionBlock (gif, sizeof forever, forever) == GIF_OK && EGifPutExtensionTrailer (gif) == GIF_OK;
}

static gboolean put_head (const Film *self, GifFileType *gif)
{
  ColorMapObject *map = GifMakeMapObject (N_COLOURS, self->colours);
  EGifSetGifVersion (gif, true);
  gboolean ok = map && EGifPutScreenDesc (gif, WIDTH, self->height, 8, 0, map) == GIF_OK && put_loop (gif);
  GifFreeMapObject (map);
  return ok;
}

static gboolean put_frame (const Film *self, GifFileType *gif, gboolean is_first, int delay)
{
  GraphicsControlBlock control = {.DisposalMode = DISPOSE_DO_NOT, .DelayTime = delay, .TransparentColor = NO_TRANSPARENT_COLOR};
  GifByteType extension[4];
  cairo_rectangle_int_t part = find_change (self, is_first);
  EGifGCBToExtension (&control, extension);
  if (EGifPutExtension (gif, GRAPHICS_EXT_FUNC_CODE, sizeof extension, extension) != GIF_OK
      || EGifPutImageDesc (gif, part.x, part.y, part.width, part.height, false, NULL) != GIF_OK)
    return FALSE;
  for (int y = 0; y < part.height; y++)
    if (EGifPutLine (gif, self->frame + (part.y + y) * WIDTH + part.x, part.width) != GIF_OK)
      return FALSE;
  return TRUE;
}

static gboolean put_frames (Film *self, GifFileType *gif, CpgExportWork *work, GError **error)
{
  int chosen[MOST_FRAMES], n = cpg_record_choose_steps (work->record, MOST_FRAMES, chosen);
  int delay = CLAMP (ALL / n, SHORTEST, LONGEST);
  for (int i = 0; i < n; i++) {
    if (!cpg_export_work_go_on (work, (double) i / n, error))
      return FALSE;
    draw_frame (self, work->record, chosen[i]);
    read_frame (self);
    if (!put_frame (self, gif, i == 0, i == n - 1 ? HOLD : delay)) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", GifErrorString (gif->Error));
      return FALSE;
    }
    GifByteType *before = self->before;
    self->before = self->frame;
    self->frame = before;
  }
  return TRUE;
}

/* As high as the highest of the texts asks for. */
static gboolean init_film (Film *self, const CpgRecord *record, GError **error)
{
  int chosen[MOST_FRAMES], n = cpg_record_choose_steps (record, MOST_FRAMES, chosen), text = 0;
  *self = (Film) {0};
  cpg_style_init_for_paper (&self->style, NULL, record->rtl);
  cairo_font_options_t *options = cairo_font_options_create ();
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY); /* colours of subpixels are not in the palette */
  pango_cairo_context_set_font_options (self->style.context, options);
  cairo_font_options_destroy (options);
  for (int i = 0; i < n; i++)
    text = MAX (text, get_text_height (&record->steps[chosen[i]], &self->style));
  make_palette (self);
  self->height = (int) ceil (MARGIN + self->style.line + 6 + BAR + 10 + text + MARGIN / 2.);
  self->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, self->height);
  if (cairo_surface_status (self->surface) || self->height > G_MAXUINT16) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The picture could not be drawn: %s"),
                 cairo_status_to_string (cairo_surface_status (self->surface)));
    return FALSE;
  }
  self->frame = g_new0 (GifByteType, WIDTH * self->height);
  self->before = g_new0 (GifByteType, WIDTH * self->height);
  return TRUE;
}

static void clear_film (Film *self)
{
  cpg_style_clear (&self->style);
  g_free (self->nearest);
  g_free (self->frame);
  g_free (self->before);
  cairo_surface_destroy (self->surface);
}

GBytes *cpg_export_make_gif (CpgExportWork *work, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Film film;
  int code = 0;
  gboolean ok = init_film (&film, work->record, error);
  GifFileType *gif = ok ? EGifOpen (bytes, take_bytes, &code) : NULL;
  if (ok && (!gif || !put_head (&film, gif))) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", GifErrorString (gif ? gif->Error : code));
    ok = FALSE;
  }
  ok = ok && put_frames (&film, gif, work, error);
  if (gif && EGifCloseFile (gif, &code) != GIF_OK && ok) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", GifErrorString (code));
    ok = FALSE;
  }
  clear_film (&film);
  return ok ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}
