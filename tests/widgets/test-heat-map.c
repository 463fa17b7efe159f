#include "app/pictures/cpg-heat-map.h"
#include "app/pictures/cpg-palette.h"
#include "stage.h"

#include <math.h>

static float *make_values (int rows, int columns)
{
  float *values = g_new (float, (gsize) rows *(gsize) columns);
  for (int row = 0; row < rows; row++)
    for (int column = 0; column < columns; column++)
      values[row * columns + column] = (float) (2.2 * sin (row * .7 + column * .21) * cos (column * .043 * (row + 1)));
  return values;
}

static void test_look (void)
{
  GtkWidget *widget = cpg_heat_map_new ();
  GtkWindow *window = stage_show (widget, 640, 260);
  float *values = make_values (16, 96);
  cpg_heat_map_set_values (CPG_HEAT_MAP (widget), values, 16, 96);
  stage_photograph (widget, "heat-map");
  cpg_heat_map_set_cell (CPG_HEAT_MAP (widget), 3, 40);
  stage_photograph (widget, "heat-map-cell");
  stage_photograph_focus (widget, "heat-map");
  g_free (values);
  stage_close (window);
}

static void test_accessible (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_heat_map_new ());
  gtk_test_accessible_assert_role (widget, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_LABEL, "Latents");
  stage_assert_value (widget, "No latents yet");
  cpg_heat_map_set_values (CPG_HEAT_MAP (widget), (float[]) {-1, 2, 0, 0.5f, 1, 1}, 2, 3);
  stage_assert_value (widget, "2 latents of 3 dimensions, from −1 to 2, root mean square 1.10");
  cpg_heat_map_set_cell (CPG_HEAT_MAP (widget), 1, 0);
  stage_assert_value (widget, "latent 2, dimension 1: 0.50");
  cpg_heat_map_set_values (CPG_HEAT_MAP (widget), (float[]) {-1, 2, 0, NAN, 1, 1}, 2, 3);
  stage_assert_value (widget, "latent 2, dimension 1: –");
  cpg_heat_map_set_values (CPG_HEAT_MAP (widget), (float[]) {NAN, INFINITY}, 1, 2);
  stage_assert_value (widget, "1 latents of 2 dimensions, none of them a finite number");
  g_object_unref (widget);
}

static void test_keys (void)
{
  GtkWidget *widget = cpg_heat_map_new ();
  GtkWindow *window = stage_show (widget, 400, 200);
  float *values = make_values (4, 50);
  int row, column;
  g_assert_true (stage_press (widget, "cell.move", "(ii)", 1, 0)); /* no data: nothing happens */
  g_assert_false (cpg_heat_map_get_cell (CPG_HEAT_MAP (widget), &row, &column));
  cpg_heat_map_set_values (CPG_HEAT_MAP (widget), values, 4, 50);
  static const struct {
    int down, right, row, column;
  } moves[] = {{0, 1, 0, 0},  {0, 1, 0, 1},   {1, 0, 1, 1},   {0, 10, 1, 11},      {0, G_MAXINT, 1, 49},
               {0, 1, 1, 49}, {-1, 0, 0, 49}, {-1, 0, 0, 49}, {0, -G_MAXINT, 0, 0}};
  for (gsize i = 0; i < G_N_ELEMENTS (moves); i++) {
    g_assert_true (stage_press (widget, "cell.move", "(ii)", moves[i].down, moves[i].right));
    g_assert_true (cpg_heat_map_get_cell (CPG_HEAT_MAP (widget), &row, &column));
    g_assert_cmpint (row, ==, moves[i].row);
    g_assert_cmpint (column, ==, moves[i].column);
  }
  cpg_heat_map_set_values (CPG_HEAT_MAP (widget), values, 4, 40); /* another shape */
  g_assert_false (cpg_heat_map_get_cell (CPG_HEAT_MAP (widget), &row, &column));
  g_free (values);
  stage_close (window);
}

/* Every cell is found where its colour is. */
static void test_find (void)
{
  enum { WIDTH = 300, HEIGHT = 180, ROWS = 3, COLUMNS = 5 };
  float values[ROWS * COLUMNS];
  for (int i = 0; i < ROWS * COLUMNS; i++)
    values[i] = (float) (i - 7) / 2.5f;
  CpgHeatMapData data = {values, ROWS, COLUMNS, 3, -1, -1};
  for (int rtl = 0; rtl < 2; rtl++) {
    CpgStyle style;
    cpg_style_init_for_paper (&style, NULL, rtl);
    cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
    cairo_t *cr = cairo_create (surface);
    cpg_heat_map_draw (&data, cr, WIDTH, HEIGHT, &style);
    cairo_surface_flush (surface);
    gboolean seen[ROWS * COLUMNS] = {FALSE};
    int hits = 0, right = 0;
    for (int y = 0; y < HEIGHT; y++)
      for (int x = 0; x < WIDTH; x++) {
        int row, column;
        if (!cpg_heat_map_find (&data, WIDTH, HEIGHT, &style, x + .5, y + .5, &row, &column))
          continue;
        uint32_t pixel = ((uint32_t *) (void *) (cairo_image_surface_get_data (surface)
                                                 + y * cairo_image_surface_get_stride (surface)))[x];
        hits++;
        right += (pixel & 0xffffff) == cpg_palette_get (values[row * COLUMNS + column] / 3, FALSE);
        seen[row * COLUMNS + column] = TRUE;
      }
    for (int i = 0; i < ROWS * COLUMNS; i++)
      g_assert_true (seen[i]);
    g_assert_cmpint (right, >, hits * .97); /* but for round corners and cut pixels at edges */
    int row, column;
    g_assert_false (cpg_heat_map_find (&data, WIDTH, HEIGHT, &style, 2, 2, &row, &column));
    g_assert_false (cpg_heat_map_find (&data, WIDTH, HEIGHT, &style, NAN, 2, &row, &column));
    cairo_destroy (cr);
    cairo_surface_destroy (surface);
    cpg_style_clear (&style);
  }
}

static void test_palette (void)
{
  for (int dark = 0; dark < 2; dark++) {
    g_assert_cmphex (cpg_palette_get (-2, dark), ==, cpg_palette_get (-1, dark));
    g_assert_cmphex (cpg_palette_get (INFINITY, dark), ==, cpg_palette_get (NAN, dark));
    g_assert_cmphex (cpg_palette_get (NAN, dark), !=, cpg_palette_get (0, dark));
    /* Lightness alone tells the distance from zero, on both sides. */
    for (int side = -1; side <= 1; side += 2) {
      double before = 0;
      for (int i = 0; i <= 20; i++) {
        uint32_t c = cpg_palette_get (side * i / 20., dark);
        double luma = .2126 * (c >> 16 & 255) + .7152 * (c >> 8 & 255) + .0722 * (c & 255);
        if (i > 0 && dark)
          g_assert_cmpfloat (luma, >, before);
        else if (i > 0)
          g_assert_cmpfloat (luma, <, before);
        before = luma;
      }
    }
  }
}

static void test_sizes (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_heat_map_new ());
  CpgPicture *picture = CPG_PICTURE (widget);
  stage_draw (picture, 300, 200);
  static const int shapes[][2] = {{1, 1}, {1, 4096}, {4096, 1}, {512, 768}};
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++) {
    float *values = make_values (shapes[i][0], shapes[i][1]);
    values[0] = NAN;
    cpg_heat_map_set_values (CPG_HEAT_MAP (widget), values, shapes[i][0], shapes[i][1]);
    cpg_heat_map_set_cell (CPG_HEAT_MAP (widget), 0, 0);
    stage_draw (picture, 1, 1);
    stage_draw (picture, 20, 10);
    stage_draw (picture, 600, 300);
    g_free (values);
  }
  cpg_heat_map_set_values (CPG_HEAT_MAP (widget), NULL, 3, 3);
  int row, column;
  g_assert_false (cpg_heat_map_get_cell (CPG_HEAT_MAP (widget), &row, &column));
  g_object_unref (widget);
}

int main (int argc, char **argv)
{
  stage_init (&argc, &argv);
  g_test_add_func ("/heat-map/palette", test_palette);
  g_test_add_func ("/heat-map/find", test_find);
  g_test_add_func ("/heat-map/accessible", test_accessible);
  g_test_add_func ("/heat-map/keys", test_keys);
  g_test_add_func ("/heat-map/sizes", test_sizes);
  g_test_add_func ("/heat-map/look", test_look);
  return g_test_run ();
}
