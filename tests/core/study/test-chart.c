#include "core/study/chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

static int count (const char *text, const char *what)
{
  int n = 0;
  for (const char *at = text; (at = strstr (at, what)); at += strlen (what))
    n++;
  return n;
}

static void check_markup (const char *text)
{
  GMarkupParser parser = {0};
  GMarkupParseContext *context = g_markup_parse_context_new (&parser, 0, NULL, NULL);
  GError *error = NULL;
  g_assert_true (g_markup_parse_context_parse (context, text, -1, &error));
  g_assert_no_error (error);
  g_assert_true (g_markup_parse_context_end_parse (context, NULL));
  g_markup_parse_context_free (context);
}

/* The ends of both axes lie at the edges of the plot; what has no number, or no logarithm, is left out. */
static void test_points (void)
{
  const double x[] = {0, 1, 10, 100, 1000}, y[] = {5, 0, 0.5, NAN, 1};
  CosmosSeries series = {"line", x, y, 5};
  CosmosChart chart = {
    .title = "a < b", .subtitle = "\"quoted\"", .x_label = "x & y", .log_x = true, .series = &series, .n_series = 1};
  char *svg = cosmos_charts_to_svg ("All", &chart, 1);
  check_markup (svg);
  g_assert_cmpint (count (svg, "<circle"), ==, 3);
  g_assert_nonnull (
      strstr (svg, "points=\"58.0,204.0 148.0,123.0 328.0,42.0 \"")); /* 1, 10 and 1000: a third of the way in logarithms */
  g_assert_nonnull (strstr (svg, "a &lt; b"));
  free (svg);
}

/* Nothing to draw, one point, equal points, very large ones: a chart all the same. */
static void test_edges (void)
{
  const double one[] = {3}, same[] = {2, 2}, large[] = {1e300, -1e300}, none[] = {NAN, INFINITY};
  CosmosSeries series[] = {{"one", one, one, 1}, {"same", same, same, 2}, {"large", same, large, 2}, {"none", none, none, 2}};
  CosmosChart charts[5] = {{.title = "empty", .subtitle = "", .x_label = ""}};
  for (int i = 0; i < 4; i++)
    charts[i + 1] = (CosmosChart) {
      .title = "t", .subtitle = "", .x_label = "x", .log_x = i == 1, .series = &series[i], .n_series = 1};
  for (size_t n = 0; n <= 5; n++) {
    char *svg = cosmos_charts_to_svg ("Edges", charts, n);
    check_markup (svg);
    g_assert_null (strstr (svg, "nan"));
    g_assert_null (strstr (svg, "inf"));
    g_assert_cmpint (count (svg, "<g "), ==, (int) n);
    g_assert_cmpuint (strlen (svg), <, 20000);
    free (svg);
  }
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/points", test_points);
  g_test_add_func ("/chart/edges", test_edges);
  return g_test_run ();
}
