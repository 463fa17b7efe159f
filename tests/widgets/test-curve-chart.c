#include "app/pictures/cpg-curve-chart.h"
#include "stage.h"

#include <math.h>

enum { N_POINTS = 17 };

static CpgCurves *make (int n_curves, int n, gboolean log_x, gboolean other)
{
  CpgCurves *curves = cpg_curves_new ("BLEU", log_x ? "steps" : "sigma", log_x);
  for (int other_too = 0; other_too <= (other ? 1 : 0); other_too++)
    for (int c = 0; c < n_curves; c++) {
      g_autofree char *name = g_strdup_printf ("model %d%s", c + 1, other_too ? " (later)" : "");
      CpgCurve *curve = cpg_curves_add (curves, name, c, other_too == 1);
      for (int i = 0; i < n; i++)
        cpg_curves_add_point (curves, curve, log_x ? pow (2, i) : .125 * i, 1 / (1 + exp (.6 * i - 3 - .3 * c + other_too)));
    }
  return curves;
}

static void look (const char *name, CpgCurves *curves, int current)
{
  GtkWidget *widget = cpg_curve_chart_new (curves);
  GtkWindow *window = stage_show (widget, 480, 280);
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), current);
  stage_photograph (widget, name);
  stage_close (window);
}

static void test_look (void)
{
  look ("curve-chart", make (1, N_POINTS, FALSE, FALSE), 4);
  CpgCurves *many = make (6, 6, TRUE, FALSE);
  cpg_curves_add_point (many, cpg_curves_add (many, "people", 6, FALSE), NAN, .7);
  look ("curve-chart-many", many, -1);
  look ("curve-chart-two", make (1, N_POINTS, FALSE, TRUE), 6);
}

static void test_points (void)
{
  g_autoptr (CpgCurves) curves = cpg_curves_new ("MSE", "sigma", TRUE);
  CpgCurve *curve = cpg_curves_add (curves, "a", 0, FALSE), *level = cpg_curves_add (curves, "b", 1, FALSE);
  static const double xs[] = {4, 2, 8, 2, 0, -1, INFINITY};
  for (gsize i = 0; i < G_N_ELEMENTS (xs); i++)
    cpg_curves_add_point (curves, curve, xs[i], 10 * xs[i]);
  cpg_curves_add_point (curves, curve, 16, NAN);
  cpg_curves_add_point (curves, level, NAN, 7);
  g_assert_cmpint (curve->n, ==, 4);
  g_assert_cmpuint (curves->xs->len, ==, 3);
  g_assert_cmpfloat (g_array_index (curves->xs, double, 0), ==, 2);
  g_assert_cmpfloat (g_array_index (curves->xs, double, 2), ==, 8);
  g_assert_cmpfloat (cpg_curve_get (curve, 8), ==, 80);
  g_assert_true (isnan (cpg_curve_get (curve, 16)));
  g_assert_cmpfloat (cpg_curve_get (level, 8), ==, 7);
  g_autofree char *all = cpg_curves_describe (curves, -1, "; "), *one = cpg_curves_describe (curves, 1, "\n");
  g_assert_cmpstr (all, ==, "MSE over sigma; a: 40 at 4 to 20 at 2; b: 7");
  g_assert_cmpstr (one, ==, "MSE over sigma\nsigma 4\na: 40\nb: 7");
}

static void test_accessible (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_curve_chart_new (make (1, 3, FALSE, FALSE)));
  gtk_test_accessible_assert_role (widget, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_LABEL, "BLEU over sigma");
  stage_assert_value (widget, "BLEU over sigma; model 1: 0.95 at 0 to 0.86 at 0.25");
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 2);
  stage_assert_value (widget, "BLEU over sigma; sigma 0.25; model 1: 0.86");
  g_object_unref (widget);
}

static void test_scrubbing (void)
{
  GtkWidget *widget = cpg_curve_chart_new (make (2, 40, FALSE, FALSE));
  GtkWindow *window = stage_show (widget, 480, 280);
  stage_check_scrubbing (widget, 40, TRUE);
  stage_close (window);
}

/* Any size, any numbers. */
static void test_extremes (void)
{
  static const double values[][2] = {
    {0, 0}, {1, 1}, {-1, -1}, {1e300, -1e300}, {1e-300, 2e-300}, {1e308, -1.7e308}, {1e15, 1e15 + 1}, {-5, -4.99}, {0, 1e-12}};
  static const int sizes[][2] = {{1, 1}, {30, 20}, {480, 280}};
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    for (int way = 0; way < 2; way++) {
      CpgCurves *curves = cpg_curves_new ("y", "x", FALSE);
      CpgCurve *curve = cpg_curves_add (curves, "c", 0, FALSE);
      for (int k = 0; k < 2; k++)
        cpg_curves_add_point (curves, curve, way ? values[i][k] : k, way ? k : values[i][k]);
      GtkWidget *widget = g_object_ref_sink (cpg_curve_chart_new (curves));
      for (gsize k = 0; k < G_N_ELEMENTS (sizes); k++)
        stage_draw (CPG_PICTURE (widget), sizes[k][0], sizes[k][1]);
      cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 0);
      stage_draw (CPG_PICTURE (widget), 480, 280);
      g_object_unref (widget);
    }
  GtkWidget *empty = g_object_ref_sink (cpg_curve_chart_new (cpg_curves_new ("y", "x", TRUE)));
  stage_draw (CPG_PICTURE (empty), 480, 280);
  stage_assert_value (empty, "y over x; Nothing is measured");
  g_object_unref (empty);
}

int main (int argc, char **argv)
{
  stage_init (&argc, &argv);
  g_test_add_func ("/curve-chart/points", test_points);
  g_test_add_func ("/curve-chart/accessible", test_accessible);
  g_test_add_func ("/curve-chart/scrubbing", test_scrubbing);
  g_test_add_func ("/curve-chart/extremes", test_extremes);
  g_test_add_func ("/curve-chart/look", test_look);
  return g_test_run ();
}
