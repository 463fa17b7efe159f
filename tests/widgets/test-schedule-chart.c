#include "app/pictures/cpg-schedule-chart.h"
#include "stage.h"

#include <math.h>

enum { N_STEPS = 50 };

/* tan-3 from nearly all noise to none. */
static void fill (CpgScheduleChart *self, int n)
{
  double *alpha = g_new (double, (gsize) n), *sigma = g_new (double, (gsize) n);
  for (int i = 0; i < n; i++) {
    double t = .999 * (1 - (double) i / n), tangent = 3 * tan (G_PI_2 * t);
    alpha[i] = 1 / sqrt (1 + tangent * tangent);
    sigma[i] = sqrt (1 - alpha[i] * alpha[i]);
  }
  cpg_schedule_chart_set_levels (self, alpha, sigma, n);
  g_free (alpha);
  g_free (sigma);
}

static void test_look (void)
{
  GtkWidget *widget = cpg_schedule_chart_new ();
  GtkWindow *window = stage_show (widget, 480, 280);
  cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (widget), N_STEPS);
  fill (CPG_SCHEDULE_CHART (widget), N_STEPS);
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 21);
  stage_photograph (widget, "schedule-chart");
  stage_close (window);
}

static void test_accessible (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_schedule_chart_new ());
  CpgStepPicture *picture = CPG_STEP_PICTURE (widget);
  gtk_test_accessible_assert_role (widget, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_LABEL, "Noise schedule");
  stage_assert_value (widget, "No schedule yet");
  cpg_step_picture_set_n_steps (picture, 3);
  stage_assert_value (widget, "3 steps");
  cpg_schedule_chart_set_levels (CPG_SCHEDULE_CHART (widget), (double[]) {.6, .8, 1}, (double[]) {.8, .6, 0}, 3);
  cpg_step_picture_set_current_step (picture, 0);
  stage_assert_value (widget, "Step 1 of 3, signal: 0.60, noise: 0.80, logarithm of their ratio: −0.29");
  cpg_step_picture_set_current_step (picture, 2);
  stage_assert_value (widget, "Step 3 of 3, signal: 1, noise: 0, logarithm of their ratio: –");
  g_object_unref (widget);
}

static void test_scrubbing (void)
{
  GtkWidget *widget = cpg_schedule_chart_new ();
  GtkWindow *window = stage_show (widget, 480, 280);
  fill (CPG_SCHEDULE_CHART (widget), N_STEPS);
  stage_check_scrubbing (widget, N_STEPS, TRUE);
  stage_close (window);
}

static void test_sizes (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_schedule_chart_new ());
  CpgPicture *picture = CPG_PICTURE (widget);
  stage_draw (picture, 300, 200);
  static const int sizes[] = {1, 2, 5000};
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (widget), sizes[i]);
    stage_draw (picture, 300, 200);
    fill (CPG_SCHEDULE_CHART (widget), sizes[i]);
    cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 0);
    stage_draw (picture, 1, 1);
    stage_draw (picture, 30, 20);
    stage_draw (picture, 480, 280);
  }
  cpg_schedule_chart_set_levels (CPG_SCHEDULE_CHART (widget), (double[]) {NAN, 0, -1}, (double[]) {INFINITY, 1, 2}, 3);
  stage_draw (picture, 480, 280);
  cpg_schedule_chart_set_levels (CPG_SCHEDULE_CHART (widget), NULL, NULL, 0);
  stage_draw (picture, 480, 280);
  g_object_unref (widget);
}

int main (int argc, char **argv)
{
  stage_init (&argc, &argv);
  g_test_add_func ("/schedule-chart/accessible", test_accessible);
  g_test_add_func ("/schedule-chart/scrubbing", test_scrubbing);
  g_test_add_func ("/schedule-chart/sizes", test_sizes);
  g_test_add_func ("/schedule-chart/look", test_look);
  return g_test_run ();
}
