#include "app/pictures/cpg-noise-chart.h"
#include "stage.h"

#include <math.h>

enum { N_LEVELS = 41 };

/* As it goes: nothing happens for a while, then all falls apart. Only every second level is measured, and the rest not yet. */
static void fill (CpgNoiseChart *self, int n, int measured)
{
  double *bleu = g_new (double, (gsize) n), *kept = g_new (double, (gsize) n);
  for (int i = 0; i < n; i++) {
    double fall = 1 / (1 + exp (12. * i / MAX (n - 1, 1) - 5));
    bleu[i] = i < measured && i % 2 == 0 ? fall : NAN;
    kept[i] = i < measured && i % 2 == 0 ? .1 + .9 * fall : NAN;
  }
  cpg_noise_chart_set_values (self, bleu, kept, n);
  g_free (bleu);
  g_free (kept);
}

static void test_look (void)
{
  GtkWidget *widget = cpg_noise_chart_new ();
  GtkWindow *window = stage_show (widget, 480, 220);
  fill (CPG_NOISE_CHART (widget), N_LEVELS, 34);
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 12);
  stage_photograph (widget, "noise-chart");
  stage_close (window);
}

static void test_accessible (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_noise_chart_new ());
  gtk_test_accessible_assert_role (widget, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_LABEL, "Text over Noise");
  stage_assert_value (widget, "Nothing is measured yet");
  cpg_noise_chart_set_values (CPG_NOISE_CHART (widget), (double[]) {1, .618, NAN}, (double[]) {1, .75, NAN}, 3);
  stage_assert_value (widget, "3 levels of noise");
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 1);
  stage_assert_value (widget, "Noise 1.00: BLEU 0.62, 75 % of the tokens kept");
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 2);
  stage_assert_value (widget, "Noise 2.00: not measured yet");
  g_object_set (widget, "max-noise", 3., NULL);
  stage_assert_value (widget, "Noise 3.00: not measured yet");
  g_object_unref (widget);
}

static void test_scrubbing (void)
{
  GtkWidget *widget = cpg_noise_chart_new ();
  GtkWindow *window = stage_show (widget, 480, 220);
  fill (CPG_NOISE_CHART (widget), N_LEVELS, N_LEVELS);
  stage_check_scrubbing (widget, N_LEVELS, TRUE);
  stage_close (window);
}

static void test_sizes (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_noise_chart_new ());
  CpgPicture *picture = CPG_PICTURE (widget);
  stage_draw (picture, 300, 200);
  static const int sizes[] = {1, 2, 3000};
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    fill (CPG_NOISE_CHART (widget), sizes[i], sizes[i]);
    cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 0);
    stage_draw (picture, 1, 1);
    stage_draw (picture, 30, 20);
    stage_draw (picture, 480, 220);
  }
  cpg_noise_chart_set_values (CPG_NOISE_CHART (widget), (double[]) {NAN, INFINITY, -5}, (double[]) {1e300, NAN, 0}, 3);
  stage_draw (picture, 480, 220);
  cpg_noise_chart_set_values (CPG_NOISE_CHART (widget), NULL, NULL, 0);
  stage_draw (picture, 480, 220);
  g_object_unref (widget);
}

int main (int argc, char **argv)
{
  stage_init (&argc, &argv);
  g_test_add_func ("/noise-chart/accessible", test_accessible);
  g_test_add_func ("/noise-chart/scrubbing", test_scrubbing);
  g_test_add_func ("/noise-chart/sizes", test_sizes);
  g_test_add_func ("/noise-chart/look", test_look);
  return g_test_run ();
}
