#include "app/export/cpg-sheet.h"

#include "app/cpg-config.h"
#include "app/pictures/cpg-change-chart.h"
#include "app/pictures/cpg-heat-map.h"
#include "app/pictures/cpg-ink.h"
#include "app/pictures/cpg-path-chart.h"
#include "app/pictures/cpg-schedule-chart.h"
#include "app/pictures/cpg-token-text.h"

#include <glib/gi18n.h>

enum { MARGIN = 32, GAP = 16, PICTURE_HEIGHT = 300, INNER = CPG_SHEET_WIDTH - 2 * MARGIN, LATENT_LIMIT = 3, LONGEST_FACT = 160 };
enum { TEXT_MARGIN = 8 }; /* that the text's own drawing has around it */
#define TEXT_SCALE 1.25
#define TITLE_SCALE 1.6

void cpg_sheet_init_style (CpgStyle *style, const CpgRecord *record)
{
  cpg_style_init_for_paper (style, NULL, record->rtl);
  /* At any scale letters stand where they would at another. */
  cairo_font_options_t *options = cairo_font_options_create ();
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (style->context, options);
  cairo_font_options_destroy (options);
  pango_context_set_round_glyph_positions (style->context, FALSE);
}

char *cpg_sheet_create_title (const CpgRecord *record, int step)
{
  const CpgRecordFact *task = cpg_record_find_fact (record, "task");
  g_autofree char *name = cpg_record_name_step (record, step);
  return g_strdup_printf ("%s — %s", task ? task->words : record->model_name, name);
}

/* ---- blocks of words ---- */

static PangoLayout *create_block (const CpgStyle *style, const PangoFontDescription *font, double scale, const char *text)
{
  PangoLayout *layout = pango_layout_new (style->context);
  PangoAttrList *attributes = pango_attr_list_new ();
  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  if (scale > 1)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_font_description (layout, font);
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_width (layout, INNER * PANGO_SCALE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_text (layout, text, -1);
  pango_layout_set_alignment (layout, style->rtl ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  pango_layout_set_auto_dir (layout, FALSE);
  pango_attr_list_unref (attributes);
  return layout;
}

static PangoLayout *create_title (const CpgRecord *record, int step, const CpgStyle *style)
{
  g_autofree char *title = cpg_sheet_create_title (record, step);
  return create_block (style, style->body, TITLE_SCALE, title);
}

/* A source may be a page long: its beginning is enough here. */
static void add_fact (GString *foot, const char *title, const char *words)
{
  g_autofree char *valid = g_utf8_make_valid (words ? words : "", -1);
  gboolean is_long = g_utf8_strlen (valid, -1) > LONGEST_FACT;
  g_autofree char *part = g_utf8_substring (valid, 0, is_long ? LONGEST_FACT : -1);
  g_strdelimit (part, "\r\n\t", ' ');
  /* Each fact reads in its own direction. */
  g_string_append_printf (foot, "%s\u2068%s: \u2068%s%s\u2069\u2069", foot->len ? "  ·  " : "", title, part, is_long ? "…" : "");
}

static PangoLayout *create_foot (const CpgRecord *record, const CpgStyle *style)
{
  g_autoptr (GString) foot = g_string_new (NULL);
  add_fact (foot, _ ("Model"), record->model_name);
  for (guint i = 0; i < record->facts->len; i++)
    add_fact (foot, g_array_index (record->facts, CpgRecordFact, i).title, g_array_index (record->facts, CpgRecordFact, i).words);
  add_fact (foot, _ ("Shown"), record->show == COSMOS_SHOW_X0 ? _ ("Guess") : _ ("Noisy"));
  g_string_append (foot, "\nCosmos Playground " CPG_VERSION);
  return create_block (style, style->caption, 1, foot->str);
}

static double get_block_height (PangoLayout *layout)
{
  int height;
  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

static double show_block (PangoLayout *layout, cairo_t *cr, double y, const GdkRGBA *colour)
{
  gdk_cairo_set_source_rgba (cr, colour);
  cairo_move_to (cr, MARGIN, y);
  pango_cairo_show_layout (cr, layout);
  return get_block_height (layout);
}

/* ---- pictures ---- */

static void draw_latents (const CpgRecord *record, int step, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  CpgHeatMapData data = {record->steps[step].latents, record->n_latents, record->latent_width, LATENT_LIMIT, -1, -1};
  cpg_heat_map_draw (&data, cr, width, height, style);
}

static void draw_path (const CpgRecord *record, int step, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  CpgPathData data = {.path = {record->path, record->n_path}, .n_steps = record->n_planned, .current = step};
  cpg_path_chart_draw (&data, cr, width, height, style);
}

static void draw_change (const CpgRecord *record, int step, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  const CpgRecordRows *rows = &record->rows;
  CpgChangeData data = {
    .series = {rows->change, rows->flipped, rows->confidence, rows->entropy}, .n_steps = record->n_planned, .current = step};
  for (int i = 0; i < CPG_N_CHANGES; i++) {
    data.n[i] = record->n_steps;
    data.is_shown[i] = TRUE;
  }
  cpg_change_chart_draw (&data, cr, width, height, style);
}

static void draw_schedule (const CpgRecord *record, int step, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  const CpgRecordRows *rows = &record->rows;
  CpgScheduleData data = {rows->alpha, rows->sigma, rows->log_snr, record->n_steps, record->n_planned, step};
  cpg_schedule_chart_draw (&data, cr, width, height, style);
}

typedef void (*DrawFunc) (const CpgRecord *record, int step, cairo_t *cr, double width, double height, const CpgStyle *style);

static const struct {
  const char *title;
  DrawFunc draw;
} pictures[] = {
  {N_ ("Latents"), draw_latents}, {N_ ("Path"), draw_path}, {N_ ("Change"), draw_change}, {N_ ("Schedule"), draw_schedule}};

/* Two in a row, the first where reading begins. */
static void draw_pictures (const CpgRecord *record, int step, cairo_t *cr, double y, const CpgStyle *style)
{
  double width = (INNER - GAP) / 2.;
  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++) {
    gboolean right = (i % 2 == 1) != style->rtl;
    cairo_save (cr);
    cairo_translate (cr, MARGIN + (right ? width + GAP : 0), y + (i / 2) * (PICTURE_HEIGHT + style->line + 2 * GAP));
    cpg_ink_text_in (cr, style, &style->foreground, 0, 0, width, 0, _ (pictures[i].title));
    cairo_translate (cr, 0, style->line + GAP / 2.);
    cpg_ink_rounded (cr, .5, .5, width - 1, PICTURE_HEIGHT - 1, 8);
    gdk_cairo_set_source_rgba (cr, &style->faint);
    cairo_set_line_width (cr, 1);
    cairo_stroke (cr);
    pictures[i].draw (record, step, cr, width, PICTURE_HEIGHT, style);
    cairo_restore (cr);
  }
}

static double get_pictures_height (const CpgStyle *style)
{
  return 2 * (PICTURE_HEIGHT + style->line + 2 * GAP) - GAP;
}

/* ---- the sheet ---- */

static double draw_key (cairo_t *cr, double y, const CpgStyle *style)
{
  /* Translators: what the marks of tokens mean, below a text */
  cpg_ink_text_in (cr, style, &style->dim, MARGIN, y, INNER, 0,
                   _ ("Underlined: changed at this step. Dotted: less than an even chance."));
  return style->line;
}

static double draw_text (const CpgRecord *record, int step, cairo_t *cr, double y, const CpgStyle *style)
{
  CpgTokenText text;
  int width, height;
  cpg_token_text_init (&text, record->steps[step].tokens, record->steps[step].n_tokens, TEXT_SCALE);
  PangoLayout *layout = cpg_token_text_create_layout (&text, style, INNER + 2 * TEXT_MARGIN);
  cpg_token_text_get_size (layout, &width, &height);
  if (cr) {
    cairo_save (cr);
    cairo_translate (cr, MARGIN - TEXT_MARGIN, y);
    cpg_token_text_draw_layout (&text, cr, layout, style);
    cairo_restore (cr);
  }
  g_object_unref (layout);
  cpg_token_text_clear (&text);
  return height;
}

double cpg_sheet_get_height (const CpgRecord *record, int step, const CpgStyle *style)
{
  g_autoptr (PangoLayout) title = create_title (record, step, style), foot = create_foot (record, style);
  return MARGIN + get_block_height (title) + GAP + draw_text (record, step, NULL, 0, style) + GAP + style->line + GAP
         + get_pictures_height (style) + GAP + get_block_height (foot) + MARGIN;
}

void cpg_sheet_draw (const CpgRecord *record, int step, cairo_t *cr, double height, const CpgStyle *style)
{
  g_autoptr (PangoLayout) title = create_title (record, step, style), foot = create_foot (record, style);
  pango_cairo_update_context (cr, style->context);
  double y = MARGIN;
  y += show_block (title, cr, y, &style->foreground) + GAP;
  y += draw_text (record, step, cr, y, style) + GAP;
  y += draw_key (cr, y, style) + GAP;
  draw_pictures (record, step, cr, y, style);
  show_block (foot, cr, height - MARGIN - get_block_height (foot), &style->dim);
}
