#include "app/pictures/cpg-change-chart.h"
#include "stage.h"

#include <math.h>

enum { N_STEPS = 50 };

/* A run as they go: much at first, little at the end; every third step decoded. */
static void fill (CpgChangeChart *self, int n)
{
  double *values = g_new (double, (gsize) n);
  for (int which = 0; which < CPG_N_CHANGES; which++) {
    for (int i = 0; i < n; i++) {
      double part = (double) i / N_STEPS, wave = 1 + .2 * sin (i * 1.7);
      gboolean is_decoded = i % 3 == 0;
      values[i] = which == CPG_CHANGE_DISTANCE     ? .62 * exp (-3 * part) * wave
                  : !is_decoded                    ? NAN
                  : which == CPG_CHANGE_FLIPPED    ? floor (42 * exp (-4 * part) * wave)
                  : which == CPG_CHANGE_CONFIDENCE ? .95 - .6 * exp (-4 * part)
                                                   : 2.3 * exp (-3.5 * part) * wave;
    }
    cpg_change_chart_set_series (self, which, values, n);
  }
  g_free (values);
}

static void test_look (void)
{
  GtkWidget *widget = cpg_change_chart_new ();
  GtkWindow *window = stage_show (widget, 480, 420);
  cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (widget), N_STEPS);
  fill (CPG_CHANGE_CHART (widget), 38);
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 15);
  stage_photograph (widget, "change-chart");
  stage_close (window);
}

static void test_accessible (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_change_chart_new ());
  CpgStepPicture *picture = CPG_STEP_PICTURE (widget);
  gtk_test_accessible_assert_role (widget, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_LABEL, "Change per step");
  stage_assert_value (widget, "No steps yet");
  cpg_step_picture_set_n_steps (picture, 3);
  stage_assert_value (widget, "3 steps");
  cpg_change_chart_set_series (CPG_CHANGE_CHART (widget), CPG_CHANGE_DISTANCE, (double[]) {.5, .25, .125}, 3);
  cpg_change_chart_set_series (CPG_CHANGE_CHART (widget), CPG_CHANGE_FLIPPED, (double[]) {12, 7, NAN}, 3);
  cpg_change_chart_set_series (CPG_CHANGE_CHART (widget), CPG_CHANGE_CONFIDENCE, (double[]) {.5, .834}, 2);
  cpg_step_picture_set_current_step (picture, 1);
  stage_assert_value (widget, "Step 2 of 3, change of the guess (rms): 0.25, tokens flipped: 7, mean confidence: 83 %");
  cpg_step_picture_set_current_step (picture, 2);
  stage_assert_value (widget, "Step 3 of 3, change of the guess (rms): 0.12");
  g_object_set (widget, "show-change", FALSE, NULL);
  stage_assert_value (widget, "Step 3 of 3");
  g_object_unref (widget);
}

/* A panel for each series that is shown. */
static void test_shown (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_change_chart_new ());
  static const char *const names[] = {"show-change", "show-flipped", "show-confidence", "show-entropy"};
  fill (CPG_CHANGE_CHART (widget), 20);
  cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (widget), 50);
  int before = G_MAXINT;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    int height;
    gboolean is_shown;
    gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);
    g_assert_cmpint (height, <, before);
    before = height;
    g_object_set (widget, names[i], FALSE, NULL);
    g_object_get (widget, names[i], &is_shown, NULL);
    g_assert_false (is_shown);
    stage_draw (CPG_PICTURE (widget), 400, 300);
  }
  g_object_unref (widget);
}

static void test_scrubbing (void)
{
  GtkWidget *widget = cpg_change_chart_new ();
  GtkWindow *window = stage_show (widget, 480, 360);
  fill (CPG_CHANGE_CHART (widget), N_STEPS);
  stage_check_scrubbing (widget, N_STEPS, TRUE);
  stage_close (window);
}

static void test_sizes (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_change_chart_new ());
  CpgPicture *picture = CPG_PICTURE (widget);
  stage_draw (picture, 300, 200);
  static const int sizes[] = {1, 2, 5000};
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (widget), sizes[i]);
    fill (CPG_CHANGE_CHART (widget), sizes[i]);
    cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 0);
    stage_draw (picture, 1, 1);
    stage_draw (picture, 30, 20);
    stage_draw (picture, 480, 360);
  }
  cpg_change_chart_set_series (CPG_CHANGE_CHART (widget), CPG_CHANGE_DISTANCE, (double[]) {NAN, INFINITY, -INFINITY, -5, 1e300},
                               5);
  stage_draw (picture, 480, 360);
  cpg_change_chart_set_series (CPG_CHANGE_CHART (widget), CPG_CHANGE_DISTANCE, NULL, 0);
  stage_draw (picture, 480, 360);
  g_object_unref (widget);
}

int main (int argc, char **argv)
{
  stage_init (&argc, &argv);
  g_test_add_func ("/change-chart/accessible", test_accessible);
  g_test_add_func ("/change-chart/shown", test_shown);
  g_test_add_func ("/change-chart/scrubbing", test_scrubbing);
  g_test_add_func ("/change-chart/sizes", test_sizes);
  g_test_add_func ("/change-chart/look", test_look);
  return g_test_run ();
}
