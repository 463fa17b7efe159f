#include "app/pictures/cpg-ink.h"
#include "stage.h"

#include <math.h>

static void test_number (void)
{
  static const struct {
    double value;
    const char *words;
  } numbers[] = {{0, "0"},
                 {-0., "0"},
                 {12, "12"},
                 {-3, "−3"},
                 {.5, "0.50"},
                 {-1.256, "−1.26"},
                 {12.34, "12.3"},
                 {123.4, "123"},
                 {.0123, "0.01"},
                 {.00456, "0.005"},
                 {99999, "99999"},
                 {1e6, "1.0e+06"},
                 {-1.5e-7, "−1.5e-07"},
                 {NAN, "–"},
                 {-INFINITY, "–"}};
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
    char *words = cpg_ink_number (numbers[i].value);
    g_assert_cmpstr (words, ==, numbers[i].words);
    g_free (words);
  }
}

static void test_tick (void)
{
  static const struct {
    double value;
    const char *words;
  } numbers[] = {{0, "0"},         {.5, "0.5"},      {-2, "−2"},       {.125, "0.125"}, {.1 + .2, "0.3"},
                 {-1.25, "−1.25"}, {1. / 3, "0.33"}, {2e7, "2.0e+07"}, {NAN, "–"}};
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
    char *words = cpg_ink_tick (numbers[i].value);
    g_assert_cmpstr (words, ==, numbers[i].words);
    g_free (words);
  }
}

static void test_axis_end (void)
{
  for (double value = 1e-6; value < 1e6; value *= 1.07) {
    double end = cpg_ink_get_axis_end (value);
    g_assert_cmpfloat (end, >=, value * (1 - 1e-9));
    g_assert_cmpfloat (end, <, value * 1.51);
  }
  g_assert_cmpfloat (cpg_ink_get_axis_end (0), ==, 1);
}

static void test_round_up (void)
{
  static const double values[][2] = {{1, 1},       {1.01, 2},    {2, 2}, {3, 5},  {7, 10}, {.03, .05},
                                     {1e-9, 1e-9}, {4e12, 5e12}, {0, 1}, {-3, 1}, {NAN, 1}};
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    g_assert_cmpfloat_with_epsilon (cpg_ink_round_up (values[i][0]), values[i][1], 1e-9 * values[i][1]);
  g_assert_cmpfloat (cpg_ink_round_up (INFINITY), ==, 1);
}

/* Columns of a surface that are not blank. */
static void get_inked (cairo_surface_t *surface, int width, int height, int *first, int *last)
{
  cairo_surface_flush (surface);
  *first = width;
  *last = -1;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      if (cairo_image_surface_get_data (surface)[y * cairo_image_surface_get_stride (surface) + x]) {
        *first = MIN (*first, x);
        *last = MAX (*last, x);
      }
}

/* Words keep to their place, at the start of the direction, however long they are and whatever their own direction. */
static void test_text_in (void)
{
  enum { WIDTH = 200, HEIGHT = 40, X = 50, ROOM = 100 };
  static const char *const texts[] = {"ab", "−3", "مرحبا", "a line that is far too long for its place and must be cut"};
  for (int rtl = 0; rtl < 2; rtl++)
    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
      for (int align = 0; align < 2; align++) {
        CpgStyle style;
        cpg_style_init_for_paper (&style, NULL, rtl);
        cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, WIDTH, HEIGHT);
        cairo_t *cr = cairo_create (surface);
        cpg_ink_text_in (cr, &style, &style.foreground, X, 5, ROOM, align, texts[i]);
        int first, last;
        get_inked (surface, WIDTH, HEIGHT, &first, &last);
        g_assert_cmpint (first, >=, X - 1);
        g_assert_cmpint (last, <=, X + ROOM);
        if (align != rtl)
          g_assert_cmpint (last, >=, X + ROOM - 8);
        else
          g_assert_cmpint (first, <=, X + 8);
        cairo_destroy (cr);
        cairo_surface_destroy (surface);
        cpg_style_clear (&style);
      }
}

int main (int argc, char **argv)
{
  stage_init (&argc, &argv);
  g_test_add_func ("/ink/number", test_number);
  g_test_add_func ("/ink/tick", test_tick);
  g_test_add_func ("/ink/axis-end", test_axis_end);
  g_test_add_func ("/ink/round-up", test_round_up);
  g_test_add_func ("/ink/text-in", test_text_in);
  return g_test_run ();
}
