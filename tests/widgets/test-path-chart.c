#include "app/pictures/cpg-path-chart.h"
#include "stage.h"

#include <math.h>

enum { N_STEPS = 50 };

/* From the left in a bow, ever slower. */
static double *make_path (int n, double bend)
{
  double *points = g_new (double, 2 * (gsize) n);
  for (int i = 0; i < n; i++) {
    double part = 1 - exp (-3. * i / N_STEPS);
    points[2 * i] = 30 * (part - .55);
    points[2 * i + 1] = bend * sin (part * 3.3) + .6 * sin (i * .9) * (1 - part);
  }
  return points;
}

static void fill (CpgPathChart *self, int n)
{
  double *points = make_path (n, 9);
  cpg_path_chart_set_path (self, points, n);
  g_free (points);
  CpgPath others[3];
  for (int i = 0; i < 3; i++)
    others[i] = (CpgPath) {make_path (N_STEPS, 5 - 6 * i), N_STEPS};
  cpg_path_chart_set_others (self, others, 3);
  for (int i = 0; i < 3; i++)
    g_free ((double *) others[i].points);
}

static void test_look (void)
{
  GtkWidget *widget = cpg_path_chart_new ();
  GtkWindow *window = stage_show (widget, 480, 300);
  cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (widget), N_STEPS);
  fill (CPG_PATH_CHART (widget), N_STEPS);
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 12);
  stage_photograph (widget, "path-chart");
  stage_close (window);
}

static void test_accessible (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_path_chart_new ());
  gtk_test_accessible_assert_role (widget, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_LABEL, "Path through latent space");
  stage_assert_value (widget, "No path yet");
  cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (widget), 3);
  cpg_path_chart_set_path (CPG_PATH_CHART (widget), (double[]) {-3, 1, NAN, 0}, 2);
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 0);
  stage_assert_value (widget, "Step 1 of 3, first component: −3, second component: 1");
  cpg_path_chart_set_others (CPG_PATH_CHART (widget), &(CpgPath) {(double[]) {1, 2}, 1}, 1);
  stage_assert_value (widget, "Step 1 of 3, first component: −3, second component: 1; faint: 1 other run");
  cpg_path_chart_set_others (CPG_PATH_CHART (widget), NULL, 0);
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 1);
  stage_assert_value (widget, "No path yet");
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 2);
  stage_assert_value (widget, "No path yet");
  g_object_unref (widget);
}

static void test_scrubbing (void)
{
  GtkWidget *widget = cpg_path_chart_new ();
  GtkWindow *window = stage_show (widget, 480, 300);
  fill (CPG_PATH_CHART (widget), N_STEPS);
  stage_check_scrubbing (widget, N_STEPS, FALSE);
  stage_close (window);
}

/* Each step is found where it is, and none far from the path. */
static void test_find (void)
{
  GtkWidget *widget = cpg_path_chart_new ();
  CpgStepPicture *picture = CPG_STEP_PICTURE (widget);
  GtkWindow *window = stage_show (widget, 480, 300);
  cpg_step_picture_set_n_steps (picture, 3);
  cpg_path_chart_set_path (CPG_PATH_CHART (widget), (double[]) {-1, 0, 0, 0, 1, 0}, 3);
  gboolean seen[3] = {FALSE};
  int misses = 0, before = -1;
  for (int x = 0; x < gtk_widget_get_width (widget); x++) {
    int best = -1;
    for (int y = 0; y < gtk_widget_get_height (widget); y += 4)
      best = MAX (best, cpg_step_picture_find (picture, x, y));
    misses += best < 0;
    if (best >= 0) {
      seen[best] = TRUE;
      g_assert_cmpint (best, >=, before);
      before = best;
    }
  }
  g_assert_true (seen[0] && seen[1] && seen[2]);
  g_assert_cmpint (misses, >, 100);
  stage_close (window);
}

static void test_sizes (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_path_chart_new ());
  CpgPicture *picture = CPG_PICTURE (widget);
  CpgPathChart *self = CPG_PATH_CHART (widget);
  stage_draw (picture, 300, 200);
  static const int sizes[] = {1, 2, 5000};
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (widget), sizes[i]);
    fill (self, sizes[i]);
    cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 0);
    stage_draw (picture, 1, 1);
    stage_draw (picture, 30, 20);
    stage_draw (picture, 480, 300);
  }
  cpg_path_chart_set_others (self, NULL, 0);
  /* One place, no place, places too far or too near to be told apart. */
  static const double odd[][4] = {
    {2, 2, 2, 2}, {NAN, NAN, INFINITY, 0}, {1e18, 1e18, 1e18 + 1024, 1e18}, {-1e308, 0, 1e308, 0}, {0, 0, 1e-300, 0}};
  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++) {
    cpg_path_chart_set_path (self, odd[i], 2);
    stage_draw (picture, 480, 300);
  }
  cpg_path_chart_set_path (self, NULL, 0);
  stage_draw (picture, 480, 300);
  g_object_unref (widget);
}

int main (int argc, char **argv)
{
  stage_init (&argc, &argv);
  g_test_add_func ("/path-chart/accessible", test_accessible);
  g_test_add_func ("/path-chart/scrubbing", test_scrubbing);
  g_test_add_func ("/path-chart/find", test_find);
  g_test_add_func ("/path-chart/sizes", test_sizes);
  g_test_add_func ("/path-chart/look", test_look);
  return g_test_run ();
}
