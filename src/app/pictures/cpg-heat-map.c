#include "app/pictures/cpg-heat-map.h"
#include "app/pictures/cpg-ink.h"
#include "app/pictures/cpg-palette.h"

#include <glib/gi18n.h>
#include <math.h>

enum { MARGIN = 10, GAP = 6, LEGEND_WIDTH = 96, LEGEND_HEIGHT = 8, PAGE = 10 };

/* Drawing */

/* The cells' place: words below, the numbers of first and last row beside. */
static graphene_rect_t get_area (const CpgHeatMapData *data, double width, double height, const CpgStyle *style)
{
  char *last = g_strdup_printf ("%d", data->rows);
  double label = ceil (cpg_ink_text_width (style, last)) + GAP;
  g_free (last);
  double below = 2 * style->line + 2 * GAP + MARGIN;
  double x = style->rtl ? MARGIN : MARGIN + label;
  return GRAPHENE_RECT_INIT ((float) x, MARGIN, (float) MAX (width - 2 * MARGIN - label, 1),
                             (float) MAX (height - MARGIN - below, 1));
}

/* One pixel a cell. */
static cairo_surface_t *paint_cells (const CpgHeatMapData *data, const CpgStyle *style)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, data->columns, data->rows);
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    return surface;
  unsigned char *pixels = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
  for (int row = 0; row < data->rows; row++) {
    uint32_t *line = (uint32_t *) (void *) (pixels + (gsize) row * (gsize) stride);
    for (int column = 0; column < data->columns; column++)
      line[column] = cpg_palette_get (data->values[(gsize) row * (gsize) data->columns + (gsize) column] / data->limit,
                                      style->dark);
  }
  cairo_surface_mark_dirty (surface);
  return surface;
}

static void draw_cells (const CpgHeatMapData *data, cairo_t *cr, const graphene_rect_t *area, const CpgStyle *style)
{
  double scale_x = area->size.width / data->columns, scale_y = area->size.height / data->rows;
  cairo_surface_t *surface = paint_cells (data, style);
  cairo_save (cr);
  cpg_ink_rounded (cr, area->origin.x, area->origin.y, area->size.width, area->size.height, 4);
  cairo_clip (cr);
  cairo_translate (cr, area->origin.x, area->origin.y);
  cairo_scale (cr, scale_x, scale_y);
  cairo_set_source_surface (cr, surface, 0, 0);
  /* Cells have edges; but where there are more cells than pixels each pixel is the mean of its cells. */
  cairo_pattern_set_filter (cairo_get_source (cr), scale_x >= 1 && scale_y >= 1 ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}

static void draw_cursor (const CpgHeatMapData *data, cairo_t *cr, const graphene_rect_t *area, const CpgStyle *style)
{
  double cell_width = area->size.width / data->columns, cell_height = area->size.height / data->rows;
  double width = MAX (cell_width, 5), height = MAX (cell_height, 5);
  double x = area->origin.x + (data->column + .5) * cell_width - width / 2,
         y = area->origin.y + (data->row + .5) * cell_height - height / 2;
  /* Two rings, of which one stands off from any colour. */
  gdk_cairo_set_source_rgba (cr, &style->surface);
  cairo_set_line_width (cr, 4);
  cpg_ink_rounded (cr, x - 1, y - 1, width + 2, height + 2, 2);
  cairo_stroke (cr);
  GdkRGBA ring = cpg_style_fade (style->foreground, 1);
  ring.alpha = 1;
  gdk_cairo_set_source_rgba (cr, &ring);
  cairo_set_line_width (cr, 2);
  cpg_ink_rounded (cr, x - 1, y - 1, width + 2, height + 2, 2);
  cairo_stroke (cr);
}

static char *describe_cell (const CpgHeatMapData *data)
{
  char *value = cpg_ink_number (data->values[(gsize) data->row * (gsize) data->columns + (gsize) data->column]);
  /* Translators: a cell of the picture of latents, for example "latent 3, dimension 17: −0.42" */
  char *words = g_strdup_printf (_ ("latent %d, dimension %d: %s"), data->row + 1, data->column + 1, value);
  g_free (value);
  return words;
}

static double draw_legend (const CpgHeatMapData *data, cairo_t *cr, double y, double width, const CpgStyle *style)
{
  char *number = cpg_ink_number (data->limit), *low = g_strdup_printf ("−%s", number);
  double low_width = cpg_ink_text_width (style, low), high_width = cpg_ink_text_width (style, number);
  double total = low_width + GAP + LEGEND_WIDTH + GAP + high_width;
  double x = (style->rtl ? MARGIN : width - MARGIN - total) + low_width + GAP;
  cairo_pattern_t *gradient = cairo_pattern_create_linear (x, 0, x + LEGEND_WIDTH, 0);
  for (int i = 0; i <= 16; i++) {
    uint32_t colour = cpg_palette_get (i / 8. - 1, style->dark);
    cairo_pattern_add_color_stop_rgb (gradient, i / 16., (colour >> 16 & 255) / 255., (colour >> 8 & 255) / 255.,
                                      (colour & 255) / 255.);
  }
  double middle = y + style->line / 2;
  cpg_ink_rounded (cr, x, round (middle - LEGEND_HEIGHT / 2.), LEGEND_WIDTH, LEGEND_HEIGHT, 3);
  cairo_set_source (cr, gradient);
  cairo_fill_preserve (cr);
  gdk_cairo_set_source_rgba (cr, &style->faint);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  cairo_pattern_destroy (gradient);
  cpg_ink_text (cr, style, &style->dim, x - GAP, middle, 1, .5, low);
  cpg_ink_text (cr, style, &style->dim, x + LEGEND_WIDTH + GAP, middle, 0, .5, number);
  g_free (low);
  g_free (number);
  return total;
}

/* Numbers of the first and last rows and columns. */
static void draw_edges (const CpgHeatMapData *data, cairo_t *cr, const graphene_rect_t *area, const CpgStyle *style)
{
  double top = area->origin.y, bottom = top + area->size.height, left = area->origin.x, right = left + area->size.width;
  double edge = style->rtl ? right + GAP : left - GAP, align = style->rtl ? 0 : 1;
  char *rows = g_strdup_printf ("%d", data->rows), *columns = g_strdup_printf ("%d", data->columns);
  if (data->rows > 1 && area->size.height >= 2 * style->line) {
    cpg_ink_text (cr, style, &style->dim, edge, top, align, 0, "1");
    cpg_ink_text (cr, style, &style->dim, edge, bottom, align, 1, rows);
  } else
    cpg_ink_text (cr, style, &style->dim, edge, (top + bottom) / 2, align, .5, rows);
  if (data->columns > 1) {
    cpg_ink_text (cr, style, &style->dim, left, bottom + 2, 0, 0, "1");
    cpg_ink_text (cr, style, &style->dim, right, bottom + 2, 1, 0, columns);
  }
  g_free (rows);
  g_free (columns);
}

void cpg_heat_map_draw (const CpgHeatMapData *data, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  if (data->rows < 1 || data->columns < 1) {
    cpg_ink_text (cr, style, &style->dim, width / 2, height / 2, .5, .5, _ ("No latents yet"));
    return;
  }
  graphene_rect_t area = get_area (data, width, height, style);
  draw_cells (data, cr, &area, style);
  draw_edges (data, cr, &area, style);
  gboolean has_cell = data->row >= 0;
  if (has_cell)
    draw_cursor (data, cr, &area, style);
  double y = height - MARGIN - style->line;
  double legend = draw_legend (data, cr, y, width, style), room = width - 2 * MARGIN - legend - 2 * GAP;
  char *words = has_cell ? describe_cell (data) : g_strdup (_ ("rows: latents, columns: dimensions"));
  cpg_ink_text_in (cr, style, has_cell ? &style->foreground : &style->dim, style->rtl ? MARGIN + legend + 2 * GAP : MARGIN, y,
                   room, 0, words);
  g_free (words);
}

gboolean cpg_heat_map_find (const CpgHeatMapData *data, double width, double height, const CpgStyle *style, double x, double y,
                            int *row, int *column)
{
  if (data->rows < 1 || data->columns < 1)
    return FALSE;
  graphene_rect_t area = get_area (data, width, height, style);
  double across = (x - area.origin.x) / area.size.width, down = (y - area.origin.y) / area.size.height;
  if (!(across >= 0 && across < 1 && down >= 0 && down < 1))
    return FALSE;
  *row = (int) (down * data->rows);
  *column = (int) (across * data->columns);
  return TRUE;
}

/* Widget */

struct _CpgHeatMap {
  CpgPicture parent_instance;

  CpgHeatMapData data; /* values are owned: numbers */
  float *numbers;
};

enum { PROPERTY_LIMIT = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgHeatMap, cpg_heat_map, CPG_TYPE_PICTURE)

GtkWidget *cpg_heat_map_new (void)
{
  return g_object_new (CPG_TYPE_HEAT_MAP, NULL);
}

static void draw (CpgPicture *picture, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  cpg_heat_map_draw (&CPG_HEAT_MAP (picture)->data, cr, width, height, style);
}

static char *describe (CpgPicture *picture)
{
  const CpgHeatMapData *data = &CPG_HEAT_MAP (picture)->data;
  if (data->rows < 1)
    return g_strdup (_ ("No latents yet"));
  if (data->row >= 0)
    return describe_cell (data);
  double sum = 0, low = INFINITY, high = -INFINITY;
  gsize n = (gsize) data->rows * (gsize) data->columns, count = 0;
  for (gsize i = 0; i < n; i++)
    if (isfinite (data->values[i])) {
      sum += (double) data->values[i] * data->values[i];
      low = fmin (low, data->values[i]);
      high = fmax (high, data->values[i]);
      count++;
    }
  if (count == 0)
    return g_strdup_printf (_ ("%d latents of %d dimensions, none of them a finite number"), data->rows, data->columns);
  char *from = cpg_ink_number (low), *to = cpg_ink_number (high), *spread = cpg_ink_number (sqrt (sum / (double) count));
  char *words = g_strdup_printf (_ ("%d latents of %d dimensions, from %s to %s, root mean square %s"), data->rows, data->columns,
                                 from, to, spread);
  g_free (from);
  g_free (to);
  g_free (spread);
  return words;
}

void cpg_heat_map_set_values (CpgHeatMap *self, const float *values, int rows, int columns)
{
  g_return_if_fail (CPG_IS_HEAT_MAP (self));
  if (!values || rows < 1 || columns < 1)
    rows = columns = 0;
  gsize n = (gsize) rows * (gsize) columns;
  if (rows != self->data.rows || columns != self->data.columns) {
    self->numbers = g_renew (float, self->numbers, n);
    self->data.row = self->data.column = -1;
  }
  if (n)
    memcpy (self->numbers, values, n * sizeof *values);
  self->data.values = self->numbers;
  self->data.rows = rows;
  self->data.columns = columns;
  cpg_picture_changed (CPG_PICTURE (self));
}

void cpg_heat_map_set_cell (CpgHeatMap *self, int row, int column)
{
  g_return_if_fail (CPG_IS_HEAT_MAP (self));
  if (row < 0 || column < 0 || row >= self->data.rows || column >= self->data.columns)
    row = column = -1;
  if (row == self->data.row && column == self->data.column)
    return;
  self->data.row = row;
  self->data.column = column;
  cpg_picture_changed (CPG_PICTURE (self));
}

gboolean cpg_heat_map_get_cell (CpgHeatMap *self, int *row, int *column)
{
  g_return_val_if_fail (CPG_IS_HEAT_MAP (self), FALSE);
  *row = self->data.row;
  *column = self->data.column;
  return self->data.row >= 0;
}

static void follow (CpgPicture *picture, CpgRun *run, gboolean is_other_step G_GNUC_UNUSED)
{
  CpgStep *step = run ? cpg_run_get_current (run) : NULL;
  int rows = 0, columns = 0;
  const float *values = step ? cpg_step_get_latents (step, cpg_run_get_show (run), &rows, &columns) : NULL;
  cpg_heat_map_set_values (CPG_HEAT_MAP (picture), values, rows, columns);
}

static void on_motion (CpgHeatMap *self, double x, double y)
{
  GtkWidget *widget = GTK_WIDGET (self);
  int row = -1, column = -1;
  cpg_heat_map_find (&self->data, gtk_widget_get_width (widget), gtk_widget_get_height (widget),
                     cpg_picture_get_style (CPG_PICTURE (self)), x, y, &row, &column);
  cpg_heat_map_set_cell (self, row, column);
}

static void on_leave (CpgHeatMap *self)
{
  if (!gtk_widget_has_visible_focus (GTK_WIDGET (self)))
    cpg_heat_map_set_cell (self, -1, -1);
}

/* parameter: (down, right), clamped to the picture */
static void move_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter)
{
  CpgHeatMap *self = CPG_HEAT_MAP (widget);
  int down, right;
  g_variant_get (parameter, "(ii)", &down, &right);
  if (self->data.rows < 1)
    return;
  if (self->data.row < 0)
    cpg_heat_map_set_cell (self, 0, 0);
  else /* 64 bits: a jump to the end is a very large step */
    cpg_heat_map_set_cell (self, CLAMP (self->data.row + down, 0, self->data.rows - 1),
                           (int) CLAMP ((gint64) self->data.column + right, 0, self->data.columns - 1));
}

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROPERTY_LIMIT)
    g_value_set_double (value, CPG_HEAT_MAP (object)->data.limit);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROPERTY_LIMIT) {
    CPG_HEAT_MAP (object)->data.limit = g_value_get_double (value);
    cpg_picture_changed (CPG_PICTURE (object));
  } else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void measure (GtkWidget *widget G_GNUC_UNUSED, GtkOrientation orientation, int for_size G_GNUC_UNUSED, int *minimum,
                     int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum_baseline = *natural_baseline = -1;
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 120;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 200;
}

static void finalize (GObject *object)
{
  g_free (CPG_HEAT_MAP (object)->numbers);
  G_OBJECT_CLASS (cpg_heat_map_parent_class)->finalize (object);
}

static void bind_move (GtkWidgetClass *class, guint key, guint keypad_key, int down, int right)
{
  gtk_widget_class_add_binding_action (class, key, 0, "cell.move", "(ii)", down, right);
  gtk_widget_class_add_binding_action (class, keypad_key, 0, "cell.move", "(ii)", down, right);
}

static void cpg_heat_map_class_init (CpgHeatMapClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->finalize = finalize;
  widget_class->measure = measure;
  CPG_PICTURE_CLASS (class)->draw = draw;
  CPG_PICTURE_CLASS (class)->describe = describe;
  CPG_PICTURE_CLASS (class)->follow = follow;
  properties[PROPERTY_LIMIT] = g_param_spec_double ("limit", NULL, NULL, 1e-6, 1e6, 3,
                                                    G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_css_name (widget_class, "heatmap");
  gtk_widget_class_install_action (widget_class, "cell.move", "(ii)", move_action);
  bind_move (widget_class, GDK_KEY_Left, GDK_KEY_KP_Left, 0, -1);
  bind_move (widget_class, GDK_KEY_Right, GDK_KEY_KP_Right, 0, 1);
  bind_move (widget_class, GDK_KEY_Up, GDK_KEY_KP_Up, -1, 0);
  bind_move (widget_class, GDK_KEY_Down, GDK_KEY_KP_Down, 1, 0);
  bind_move (widget_class, GDK_KEY_Page_Up, GDK_KEY_KP_Page_Up, 0, -PAGE);
  bind_move (widget_class, GDK_KEY_Page_Down, GDK_KEY_KP_Page_Down, 0, PAGE);
  bind_move (widget_class, GDK_KEY_Home, GDK_KEY_KP_Home, 0, -G_MAXINT);
  bind_move (widget_class, GDK_KEY_End, GDK_KEY_KP_End, 0, G_MAXINT);
}

static void cpg_heat_map_init (CpgHeatMap *self)
{
  self->data = (CpgHeatMapData) {.limit = 3, .row = -1, .column = -1};
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Latents"), -1);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
}
