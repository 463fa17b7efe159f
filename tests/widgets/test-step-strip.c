#include "app/pictures/cpg-step-strip.h"
#include "stage.h"

#include <math.h>

enum { N_STEPS = 50 };

static void fill (CpgStepStrip *self, int n)
{
  double *change = g_new (double, (gsize) n), *noise = g_new (double, (gsize) n);
  for (int i = 0; i < n; i++) {
    change[i] = exp (-3. * i / N_STEPS) * (1 + .3 * sin (i * 1.7));
    noise[i] = cos (G_PI_2 * i / n);
  }
  cpg_step_strip_set_change (self, change, MIN (n, 38));
  cpg_step_strip_set_noise (self, noise, n);
  g_free (change);
  g_free (noise);
}

static void test_look (void)
{
  GtkWidget *widget = cpg_step_strip_new ();
  GtkWindow *window = stage_show (widget, 480, 36);
  cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (widget), N_STEPS);
  fill (CPG_STEP_STRIP (widget), N_STEPS);
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 15);
  stage_photograph (widget, "step-strip");
  stage_close (window);
}

static void test_accessible (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_step_strip_new ());
  gtk_test_accessible_assert_role (widget, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_LABEL, "Change and noise per step");
  stage_assert_value (widget, "No steps yet");
  cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (widget), 4);
  cpg_step_strip_set_change (CPG_STEP_STRIP (widget), (double[]) {.5, .25}, 2);
  cpg_step_strip_set_noise (CPG_STEP_STRIP (widget), (double[]) {1, .9, .5, .1}, 4);
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 1);
  stage_assert_value (widget, "Step 2 of 4, change: 0.25, noise: 0.90");
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 3);
  stage_assert_value (widget, "Step 4 of 4, change: –, noise: 0.10");
  g_object_unref (widget);
}

static void test_scrubbing (void)
{
  GtkWidget *widget = cpg_step_strip_new ();
  GtkWindow *window = stage_show (widget, 480, 36);
  fill (CPG_STEP_STRIP (widget), N_STEPS);
  stage_check_scrubbing (widget, N_STEPS, TRUE);
  stage_close (window);
}

/* Ends of the strip lie under the ends of a slider. */
static void test_inset (void)
{
  GtkWidget *widget = cpg_step_strip_new ();
  GtkWindow *window = stage_show (widget, 220, 36);
  cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (widget), 2);
  g_object_set (widget, "inset", 100, NULL);
  int width = gtk_widget_get_width (widget), inset;
  g_object_get (widget, "inset", &inset, NULL);
  g_assert_cmpint (inset, ==, 100);
  g_assert_cmpint (cpg_step_picture_find (CPG_STEP_PICTURE (widget), width / 2. - 3, 5), ==, 0);
  g_assert_cmpint (cpg_step_picture_find (CPG_STEP_PICTURE (widget), width / 2. + 3, 5), ==, 1);
  stage_close (window);
}

static void test_sizes (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_step_strip_new ());
  CpgPicture *picture = CPG_PICTURE (widget);
  stage_draw (picture, 300, 30);
  static const int sizes[] = {1, 2, 5000};
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (widget), sizes[i]);
    fill (CPG_STEP_STRIP (widget), sizes[i]);
    cpg_step_picture_set_current_step (CPG_STEP_PICTURE (widget), 0);
    stage_draw (picture, 1, 1);
    stage_draw (picture, 480, 30);
  }
  cpg_step_strip_set_change (CPG_STEP_STRIP (widget), (double[]) {NAN, INFINITY, -1, 0}, 4);
  stage_draw (picture, 480, 30);
  cpg_step_strip_set_change (CPG_STEP_STRIP (widget), NULL, 0);
  cpg_step_strip_set_noise (CPG_STEP_STRIP (widget), NULL, 0);
  stage_draw (picture, 480, 30);
  g_object_unref (widget);
}

int main (int argc, char **argv)
{
  stage_init (&argc, &argv);
  g_test_add_func ("/step-strip/accessible", test_accessible);
  g_test_add_func ("/step-strip/scrubbing", test_scrubbing);
  g_test_add_func ("/step-strip/inset", test_inset);
  g_test_add_func ("/step-strip/sizes", test_sizes);
  g_test_add_func ("/step-strip/look", test_look);
  return g_test_run ();
}
