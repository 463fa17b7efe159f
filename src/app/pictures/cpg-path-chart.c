#include "app/pictures/cpg-path-chart.h"
#include "app/pictures/cpg-ink.h"

#include <glib/gi18n.h>
#include <math.h>

enum { MARGIN = 10, GAP = 6, DOT = 2, CURRENT_DOT = 5, REACH = 32, N_TICKS = 4, MAX_TICKS = 64 };

/* Drawing */

/* Where numbers are in the picture: x = x0 + scale * first, y = y0 - scale * second. */
typedef struct {
  graphene_rect_t area;
  double x0, y0, scale;
} Place;

static gboolean get_point (const CpgPath *path, int i, double *x, double *y)
{
  if (i < 0 || i >= path->n || !isfinite (path->points[2 * i]) || !isfinite (path->points[2 * i + 1]))
    return FALSE;
  *x = path->points[2 * i];
  *y = path->points[2 * i + 1];
  return TRUE;
}

static void grow (const CpgPath *path, double *low_x, double *high_x, double *low_y, double *high_y)
{
  double x, y;
  for (int i = 0; i < path->n; i++)
    if (get_point (path, i, &x, &y)) {
      *low_x = fmin (*low_x, x);
      *high_x = fmax (*high_x, x);
      *low_y = fmin (*low_y, y);
      *high_y = fmax (*high_y, y);
    }
}

/* FALSE: there is no point at all. */
static gboolean get_place (const CpgPathData *data, double width, double height, const CpgStyle *style, Place *place)
{
  double low_x = INFINITY, high_x = -INFINITY, low_y = INFINITY, high_y = -INFINITY;
  grow (&data->path, &low_x, &high_x, &low_y, &high_y);
  for (int i = 0; i < data->n_others; i++)
    grow (&data->others[i], &low_x, &high_x, &low_y, &high_y);
  if (!(low_x <= high_x))
    return FALSE;
  double label = cpg_ink_text_width (style, "−0.00") + GAP, below = style->line + GAP,
         above = (data->n_others > 0 ? 2 : 1) * style->line + GAP;
  place->area = GRAPHENE_RECT_INIT ((float) (style->rtl ? MARGIN : MARGIN + label), (float) (MARGIN + above),
                                    (float) MAX (width - 2 * MARGIN - label, 1),
                                    (float) MAX (height - 2 * MARGIN - above - below, 1));
  /* Room around, so that dots and the ring at the start are whole. */
  double inner_width = MAX (place->area.size.width - 4 * GAP, 1), inner_height = MAX (place->area.size.height - 4 * GAP, 1);
  double wide = high_x - low_x, high = high_y - low_y;
  place->scale = fmin (wide > 0 ? inner_width / wide : INFINITY, high > 0 ? inner_height / high : INFINITY);
  if (!isfinite (place->scale) || !(place->scale > 0)) /* one point, or a range beyond all numbers */
    place->scale = 1;
  place->x0 = place->area.origin.x + place->area.size.width / 2. - place->scale * (low_x / 2 + high_x / 2);
  place->y0 = place->area.origin.y + place->area.size.height / 2. + place->scale * (low_y / 2 + high_y / 2);
  return TRUE;
}

static double to_x (const Place *place, double first)
{
  return place->x0 + place->scale * first;
}

static double to_y (const Place *place, double second)
{
  return place->y0 - place->scale * second;
}

/* Lines at round numbers, the same distance on both axes. */
static void draw_grid (const Place *place, cairo_t *cr, const CpgStyle *style)
{
  double left = place->area.origin.x, top = place->area.origin.y, right = left + place->area.size.width,
         bottom = top + place->area.size.height;
  double tick = cpg_ink_round_up (fmin (right - left, bottom - top) / place->scale / N_TICKS);
  double label_room = cpg_ink_text_width (style, "−0.00");
  double drawn_until = -INFINITY;
  /* Far from zero, numbers that are this close cannot be counted any more: hence the second bound. */
  double first = ceil ((left - place->x0) / place->scale / tick);
  for (double i = first; to_x (place, i * tick) <= right && i < first + MAX_TICKS; i++) {
    double x = floor (to_x (place, i * tick)) + .5;
    cpg_ink_line (cr, &style->faint, 1, x, top, x, bottom);
    if (x - label_room / 2 < drawn_until)
      continue;
    char *number = cpg_ink_tick (i * tick);
    cpg_ink_text (cr, style, &style->dim, CLAMP (x, left + label_room / 2, right - label_room / 2), bottom + 2, .5, 0, number);
    drawn_until = x + label_room / 2;
    g_free (number);
  }
  first = ceil ((place->y0 - bottom) / place->scale / tick);
  for (double i = first; to_y (place, i * tick) >= top && i < first + MAX_TICKS; i++) {
    double y = floor (to_y (place, i * tick)) + .5;
    cpg_ink_line (cr, &style->faint, 1, left, y, right, y);
    if (y < top + style->line / 2)
      continue;
    char *number = cpg_ink_tick (i * tick);
    cpg_ink_text (cr, style, &style->dim, style->rtl ? right + GAP : left - GAP, y, style->rtl ? 0 : 1, .5, number);
    g_free (number);
  }
}

static char *name_others (int n)
{
  /* Translators: in a picture of a run's way, what the faint lines behind it are. */
  return g_strdup_printf (ngettext ("faint: %d other run", "faint: %d other runs", (gulong) n), n);
}

/* Over it: what the axes are, at which step it stands, and what the faint ways are. */
static void draw_words (const CpgPathData *data, const Place *place, cairo_t *cr, const CpgStyle *style)
{
  double x = place->area.origin.x, width = place->area.size.width, room = 0;
  if (data->current >= 0) {
    char *step = g_strdup_printf (_ ("step %d"), data->current + 1);
    room = cpg_ink_text_width (style, step) + GAP;
    cpg_ink_text_in (cr, style, &style->foreground, x, MARGIN, width, 1, step);
    g_free (step);
  }
  cpg_ink_text_in (cr, style, &style->dim, style->rtl ? x + room : x, MARGIN, width - room, 0,
                   _ ("first component across, second up"));
  if (data->n_others > 0) {
    char *others = name_others (data->n_others);
    cpg_ink_text_in (cr, style, &style->dim, x, MARGIN + style->line, width, 0, others);
    g_free (others);
  }
}

/* Steps first .. last, joined. */
static void draw_path (const Place *place, cairo_t *cr, const CpgPath *path, int first, int last, const GdkRGBA *colour,
                       double line_width)
{
  double x, y;
  cairo_new_path (cr);
  for (int i = first; i <= last; i++)
    if (get_point (path, i, &x, &y))
      cairo_line_to (cr, to_x (place, x), to_y (place, y));
  gdk_cairo_set_source_rgba (cr, colour);
  cairo_set_line_width (cr, line_width);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_stroke (cr);
}

static void fill_dot (cairo_t *cr, double x, double y, double radius, const GdkRGBA *colour)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  gdk_cairo_set_source_rgba (cr, colour);
  cairo_fill (cr);
}

/* The run's own way: what is behind the current step strong, what is before it faint; the start an open ring. */
static void draw_own (const CpgPathData *data, const Place *place, cairo_t *cr, const CpgStyle *style)
{
  const CpgPath *path = &data->path;
  int current = data->current < 0 ? path->n - 1 : data->current;
  GdkRGBA faint = cpg_style_fade (style->accent, style->high_contrast ? .6 : .35);
  draw_path (place, cr, path, current, path->n - 1, &faint, 1.5);
  draw_path (place, cr, path, 0, current, &style->accent, 2);
  double x, y;
  for (int i = 1; i < path->n; i++)
    if (get_point (path, i, &x, &y))
      fill_dot (cr, to_x (place, x), to_y (place, y), DOT, i <= current ? &style->accent : &faint);
  if (get_point (path, 0, &x, &y)) {
    fill_dot (cr, to_x (place, x), to_y (place, y), DOT + 3, &style->accent);
    fill_dot (cr, to_x (place, x), to_y (place, y), DOT + 1, &style->surface);
  }
  if (data->current >= 0 && get_point (path, data->current, &x, &y)) {
    fill_dot (cr, to_x (place, x), to_y (place, y), CURRENT_DOT + 2.5, &style->surface);
    fill_dot (cr, to_x (place, x), to_y (place, y), CURRENT_DOT, &style->accent);
  }
}

void cpg_path_chart_draw (const CpgPathData *data, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  Place place;
  if (!get_place (data, width, height, style, &place)) {
    cpg_ink_text (cr, style, &style->dim, width / 2, height / 2, .5, .5, _ ("No path yet"));
    return;
  }
  draw_grid (&place, cr, style);
  draw_words (data, &place, cr, style);
  cairo_rectangle (cr, place.area.origin.x, place.area.origin.y, place.area.size.width, place.area.size.height);
  cairo_clip (cr);
  GdkRGBA behind = cpg_style_fade (style->foreground, style->high_contrast ? .6 : .28);
  for (int i = 0; i < data->n_others; i++)
    draw_path (&place, cr, &data->others[i], 0, data->others[i].n - 1, &behind, 1.25);
  draw_own (data, &place, cr, style);
}

/* Widget */

struct _CpgPathChart {
  CpgStepPicture parent_instance;

  double *points;
  int n;
  GArray *others; /* of CpgPath that own their points */
};

G_DEFINE_FINAL_TYPE (CpgPathChart, cpg_path_chart, CPG_TYPE_STEP_PICTURE)

GtkWidget *cpg_path_chart_new (void)
{
  return g_object_new (CPG_TYPE_PATH_CHART, NULL);
}

static CpgPathData get_data (CpgPathChart *self)
{
  return (CpgPathData) {.path = {self->points, self->n},
                        .others = (const CpgPath *) (void *) self->others->data,
                        .n_others = (int) self->others->len,
                        .n_steps = cpg_step_picture_get_n_steps (CPG_STEP_PICTURE (self)),
                        .current = cpg_step_picture_get_current_step (CPG_STEP_PICTURE (self))};
}

static void draw (CpgPicture *picture, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  CpgPathData data = get_data (CPG_PATH_CHART (picture));
  cpg_path_chart_draw (&data, cr, width, height, style);
}

static char *describe (CpgPicture *picture)
{
  CpgPathData data = get_data (CPG_PATH_CHART (picture));
  double x, y;
  if (!get_point (&data.path, data.current, &x, &y))
    return g_strdup (_ ("No path yet"));
  char *first = cpg_ink_number (x), *second = cpg_ink_number (y);
  char *words = g_strdup_printf (_ ("Step %d of %d, first component: %s, second component: %s"), data.current + 1, data.n_steps,
                                 first, second);
  g_free (first);
  g_free (second);
  if (data.n_others > 0) {
    char *own = words, *others = name_others (data.n_others);
    words = g_strdup_printf ("%s; %s", own, others);
    g_free (own);
    g_free (others);
  }
  return words;
}

static int find (CpgStepPicture *picture, double x, double y, double width, double height, const CpgStyle *style)
{
  CpgPathData data = get_data (CPG_PATH_CHART (picture));
  Place place;
  if (!get_place (&data, width, height, style, &place))
    return -1;
  int best = -1;
  double nearest = REACH, first, second;
  for (int i = 0; i < data.path.n; i++) {
    if (!get_point (&data.path, i, &first, &second))
      continue;
    double distance = hypot (to_x (&place, first) - x, to_y (&place, second) - y);
    if (distance < nearest) {
      nearest = distance;
      best = i;
    }
  }
  return best;
}

void cpg_path_chart_set_path (CpgPathChart *self, const double *points, int n)
{
  g_return_if_fail (CPG_IS_PATH_CHART (self) && (points || n <= 0));
  g_free (self->points);
  self->n = MAX (n, 0);
  self->points = g_memdup2 (points, 2 * (gsize) self->n * sizeof *points);
  cpg_picture_changed (CPG_PICTURE (self));
}

static void clear_path (gpointer path)
{
  g_free ((double *) ((CpgPath *) path)->points);
}

void cpg_path_chart_set_others (CpgPathChart *self, const CpgPath *others, int n)
{
  g_return_if_fail (CPG_IS_PATH_CHART (self) && (others || n <= 0));
  g_array_set_size (self->others, 0);
  for (int i = 0; i < n; i++) {
    CpgPath copy = {g_memdup2 (others[i].points, 2 * (gsize) MAX (others[i].n, 0) * sizeof (double)), MAX (others[i].n, 0)};
    g_array_append_val (self->others, copy);
  }
  cpg_picture_changed (CPG_PICTURE (self));
}

void cpg_path_chart_take_run (CpgPathChart *self, CpgRun *run)
{
  CosmosShow show = run ? cpg_run_get_show (run) : COSMOS_SHOW_X0;
  int n = 0, n_others = run ? cpg_run_get_n_others (run, show) : 0;
  double *points = run ? cpg_run_project (run, show, &n) : NULL;
  CpgPath *others = g_new (CpgPath, n_others);
  for (int i = 0; i < n_others; i++)
    others[i].points = cpg_run_get_other (run, show, i, &others[i].n);
  cpg_path_chart_set_path (self, points, n);
  cpg_path_chart_set_others (self, others, n_others);
  g_free (points);
  g_free (others);
}

static void follow (CpgPicture *picture, CpgRun *run, gboolean is_other_step)
{
  CPG_PICTURE_CLASS (cpg_path_chart_parent_class)->follow (picture, run, is_other_step);
  if (!is_other_step)
    cpg_path_chart_take_run (CPG_PATH_CHART (picture), run);
}

static void measure (GtkWidget *widget G_GNUC_UNUSED, GtkOrientation orientation, int for_size G_GNUC_UNUSED, int *minimum,
                     int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum_baseline = *natural_baseline = -1;
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 200 : 160;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 400 : 280;
}

static void finalize (GObject *object)
{
  CpgPathChart *self = CPG_PATH_CHART (object);
  g_free (self->points);
  g_array_unref (self->others);
  G_OBJECT_CLASS (cpg_path_chart_parent_class)->finalize (object);
}

static void cpg_path_chart_class_init (CpgPathChartClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
  GTK_WIDGET_CLASS (class)->measure = measure;
  CPG_PICTURE_CLASS (class)->draw = draw;
  CPG_PICTURE_CLASS (class)->describe = describe;
  CPG_PICTURE_CLASS (class)->follow = follow;
  CPG_STEP_PICTURE_CLASS (class)->find = find;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "pathchart");
}

static void cpg_path_chart_init (CpgPathChart *self)
{
  self->others = g_array_new (FALSE, FALSE, sizeof (CpgPath));
  g_array_set_clear_func (self->others, clear_path);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Path through latent space"), -1);
}
