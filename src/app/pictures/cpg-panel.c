#include "app/pictures/cpg-panel.h"
#include "app/pictures/cpg-ink.h"

#include <glib/gi18n.h>
#include <math.h>

enum { MARGIN = 10, GAP = 6, DOT = 3, SAMPLE = 16 };

char *cpg_panel_format (double value, gboolean percent)
{
  if (!percent)
    return cpg_ink_tick (value);
  /* Translators: a share in percent */
  return isfinite (value) ? g_strdup_printf (_ ("%.0f %%"), value * 100) : cpg_ink_number (value);
}

static char *format_first_step (void)
{
  /* Translators: the first number of an axis, together with what is counted */
  return g_strdup_printf (_ ("step %d"), 1);
}

CpgPanel cpg_panel_new (int i, int n, double width, double height, double label_width, int n_steps, const CpgStyle *style)
{
  double below = style->line + GAP, each = (height - 2 * MARGIN - below) / n, title = style->line + GAP, edge = MARGIN + DOT;
  char *first = format_first_step ();
  double labels = fmax (label_width + GAP, cpg_ink_text_width (style, first) - cpg_ink_text_width (style, "1") / 2);
  g_free (first);
  return (CpgPanel) {.x = style->rtl ? edge : MARGIN + labels,
                     .y = MARGIN + i * each + title,
                     .width = MAX (width - edge - MARGIN - labels, 1),
                     .height = MAX (each - title - GAP, 1),
                     .n_steps = MAX (n_steps, 1),
                     .high = 1,
                     .rtl = style->rtl};
}

double cpg_panel_get_x (const CpgPanel *self, double step)
{
  double share = self->n_steps > 1 ? step / (self->n_steps - 1) : .5;
  return self->x + (self->rtl ? 1 - share : share) * self->width;
}

double cpg_panel_get_y (const CpgPanel *self, double value)
{
  double share = (value - self->low) / (self->high - self->low);
  return self->y + (1 - CLAMP (share, 0, 1)) * self->height;
}

int cpg_panel_find (const CpgPanel *self, double x)
{
  double share = CLAMP ((x - self->x) / self->width, 0, 1);
  return (int) lround ((self->rtl ? 1 - share : share) * (self->n_steps - 1));
}

void cpg_panel_draw_reading (const CpgPanel *self, cairo_t *cr, const CpgStyle *style, const char *words)
{
  cpg_ink_text_in (cr, style, &style->foreground, self->x, self->y - GAP - style->line, self->width, 1, words);
}

double cpg_panel_draw_key (const CpgPanel *self, cairo_t *cr, const CpgStyle *style, double offset, const GdkRGBA *colour,
                           double dash, const char *name, double room)
{
  double y = self->y - GAP - style->line, middle = floor (y + style->line / 2) + .5, sign = self->rtl ? -1 : 1;
  double x = (self->rtl ? self->x + self->width : self->x) + sign * offset;
  cairo_save (cr);
  if (dash > 0)
    cairo_set_dash (cr, &dash, 1, 0);
  cpg_ink_line (cr, colour, 2, x, middle, x + sign * SAMPLE, middle);
  cairo_restore (cr);
  double width = MIN (cpg_ink_text_width (style, name) + 1, MAX (self->width - offset - SAMPLE - GAP - room, 0));
  x += sign * (SAMPLE + GAP);
  cpg_ink_text_in (cr, style, &style->dim, self->rtl ? x - width : x, y, width, 0, name);
  return offset + SAMPLE + GAP + width + 2 * GAP;
}

void cpg_panel_draw_grid (const CpgPanel *self, cairo_t *cr, const CpgStyle *style, const double *values, int n, gboolean percent)
{
  for (int i = 0; i < n; i++) {
    double y = floor (cpg_panel_get_y (self, values[i])) + .5;
    cpg_ink_line (cr, &style->faint, 1, self->x, y, self->x + self->width, y);
    char *number = cpg_panel_format (values[i], percent);
    cpg_ink_text (cr, style, &style->dim, self->rtl ? self->x + self->width + GAP : self->x - GAP, y, self->rtl ? 0 : 1, .5,
                  number);
    g_free (number);
  }
}

void cpg_panel_draw_steps (const CpgPanel *self, cairo_t *cr, const CpgStyle *style)
{
  double y = self->y + self->height + GAP;
  char *last = g_strdup_printf ("%d", self->n_steps);
  double last_width = cpg_ink_text_width (style, last);
  /* So many that there is air between them: the first, round numbers, the last. */
  int every = (int) cpg_ink_round_up (MAX (self->n_steps * 3 * last_width / self->width, 1)), room = (every + 1) / 2;
  for (int number = every; number < self->n_steps; number += every) {
    if (number - 1 < room || self->n_steps - number < room)
      continue;
    char *words = g_strdup_printf ("%d", number);
    cpg_ink_text (cr, style, &style->dim, cpg_panel_get_x (self, number - 1), y, .5, 0, words);
    g_free (words);
  }
  /* The last must not leave the picture, so it ends where the axis does. */
  cpg_ink_text (cr, style, &style->dim, cpg_panel_get_x (self, self->n_steps - 1), y,
                self->n_steps == 1 ? .5
                : self->rtl        ? 0
                                   : 1,
                0, last);
  g_free (last);
  if (self->n_steps == 1)
    return;
  /* The axis' name stands before its first number. */
  char *first = format_first_step ();
  double half = cpg_ink_text_width (style, "1") / 2, origin = cpg_panel_get_x (self, 0);
  cpg_ink_text (cr, style, &style->dim, self->rtl ? origin - half : origin + half, y, self->rtl ? 0 : 1, 0, first);
  g_free (first);
}

void cpg_panel_draw_current (const CpgPanel *self, cairo_t *cr, const CpgStyle *style, int step)
{
  if (step < 0)
    return;
  double x = floor (cpg_panel_get_x (self, step)) + .5;
  GdkRGBA colour = cpg_style_fade (style->foreground, style->high_contrast ? 1 : .45);
  cpg_ink_line (cr, &colour, 1, x, self->y, x, self->y + self->height);
}

static void draw_dot (const CpgPanel *self, cairo_t *cr, const CpgStyle *style, const GdkRGBA *colour, int step, double value,
                      gboolean is_current)
{
  double x = cpg_panel_get_x (self, step), y = cpg_panel_get_y (self, value);
  cairo_new_sub_path (cr);
  cairo_arc (cr, x, y, is_current ? DOT + 2 : 1.5, 0, 2 * G_PI);
  gdk_cairo_set_source_rgba (cr, is_current ? &style->surface : colour);
  cairo_fill (cr);
  if (!is_current)
    return;
  cairo_arc (cr, x, y, DOT + .5, 0, 2 * G_PI);
  gdk_cairo_set_source_rgba (cr, colour);
  cairo_fill (cr);
}

void cpg_panel_draw_line (const CpgPanel *self, cairo_t *cr, const CpgStyle *style, const GdkRGBA *colour, const double *values,
                          int n, int current, double dash, gboolean fill)
{
  int first = -1, last = -1;
  cairo_new_path (cr);
  for (int i = 0; i < n; i++) {
    if (!isfinite (values[i]))
      continue;
    cairo_line_to (cr, cpg_panel_get_x (self, i), cpg_panel_get_y (self, values[i]));
    first = first < 0 ? i : first;
    last = i;
  }
  if (first < 0)
    return;
  cairo_save (cr);
  if (fill) {
    cairo_path_t *path = cairo_copy_path (cr);
    GdkRGBA wash = cpg_style_fade (*colour, .12);
    cairo_line_to (cr, cpg_panel_get_x (self, last), self->y + self->height);
    cairo_line_to (cr, cpg_panel_get_x (self, first), self->y + self->height);
    cairo_close_path (cr);
    gdk_cairo_set_source_rgba (cr, &wash);
    cairo_fill (cr);
    cairo_append_path (cr, path);
    cairo_path_destroy (path);
  }
  gdk_cairo_set_source_rgba (cr, colour);
  cairo_set_line_width (cr, style->high_contrast ? 2.5 : 1.75);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  if (dash > 0)
    cairo_set_dash (cr, &dash, 1, 0);
  cairo_stroke (cr);
  cairo_restore (cr);
  for (int i = 0; i < n; i++)
    if (isfinite (values[i]) && (i == 0 || !isfinite (values[i - 1])) && (i == n - 1 || !isfinite (values[i + 1])))
      draw_dot (self, cr, style, colour, i, values[i], FALSE);
  if (current >= 0 && current < n && isfinite (values[current]))
    draw_dot (self, cr, style, colour, current, values[current], TRUE);
}

void cpg_panel_draw_bars (const CpgPanel *self, cairo_t *cr, const GdkRGBA *colour, const double *values, int n, int current)
{
  double pitch = self->width / MAX (self->n_steps - 1, 1), width = CLAMP (pitch * .6, .5, 8), bottom = self->y + self->height;
  GdkRGBA plain = cpg_style_fade (*colour, .6);
  for (int i = 0; i < n; i++) {
    if (!isfinite (values[i]) || !(values[i] > self->low))
      continue;
    double y = cpg_panel_get_y (self, values[i]);
    gdk_cairo_set_source_rgba (cr, i == current ? colour : &plain);
    cairo_rectangle (cr, cpg_panel_get_x (self, i) - width / 2, y, width, bottom - y);
    cairo_fill (cr);
  }
}
