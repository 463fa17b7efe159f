/* Pictures that follow a run of the bundled model. */
#include "app/pictures/cpg-change-chart.h"
#include "app/pictures/cpg-heat-map.h"
#include "app/pictures/cpg-path-chart.h"
#include "app/pictures/cpg-schedule-chart.h"
#include "app/pictures/cpg-step-strip.h"
#include "app/pictures/cpg-token-view.h"
#include "engine/cpg-engine.h"
#include "stage.h"

#include <adwaita.h>

enum { N_STEPS = 20 };

typedef struct {
  CpgEngine *engine;
  CpgRun *run;
} Fixture;

static gboolean on_late (gpointer data G_GNUC_UNUSED)
{
  g_error ("waited in vain");
  return G_SOURCE_REMOVE;
}

/* A run that has begun. */
static void set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  char *models = g_build_filename (g_getenv ("SOURCE_ROOT"), "models", NULL);
  g_setenv ("COSMOS_MODELS", models, TRUE);
  g_free (models);
  fixture->engine = cpg_engine_new (1, "auto");
  CpgSettings *settings = cpg_settings_new ();
  g_object_set (settings, "steps", N_STEPS, "seed", (guint64) 7, "decode-every", 1, NULL);
  fixture->run = cpg_engine_start_run (fixture->engine, settings);
  g_object_unref (settings);
}

/* Over, every step decoded. */
static gboolean is_ready (CpgRun *run)
{
  if (cpg_run_is_active (run))
    return FALSE;
  for (int i = 0; i < N_STEPS; i++)
    if (!cpg_step_is_decoded (cpg_run_get_step (run, i)))
      return FALSE;
  return TRUE;
}

static void finish (Fixture *fixture)
{
  guint late = g_timeout_add_seconds (120, on_late, NULL);
  while (!is_ready (fixture->run))
    g_main_context_iteration (NULL, TRUE);
  int n = 0;
  while (g_free (cpg_run_project (fixture->run, cpg_run_get_show (fixture->run), &n)), n < N_STEPS)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (late);
  g_assert_cmpint (cpg_run_get_state (fixture->run), ==, CPG_RUN_DONE);
}

static void tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_object_unref (fixture->run);
  g_object_unref (fixture->engine);
}

/* All the pictures in one window, photographed with what a model really does. */
static void test_follow (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6),
            *pictures[6] = {cpg_token_view_new (), cpg_step_strip_new (),   cpg_heat_map_new (),
                            cpg_path_chart_new (), cpg_change_chart_new (), cpg_schedule_chart_new ()};
  gtk_box_set_homogeneous (GTK_BOX (row), TRUE);
  for (int i = 0; i < 6; i++) {
    gtk_box_append (GTK_BOX (i < 3 ? box : row), pictures[i]);
    g_object_set (pictures[i], "run", fixture->run, NULL); /* while it runs */
  }
  gtk_widget_set_vexpand (row, TRUE);
  gtk_box_append (GTK_BOX (box), row);
  GtkWindow *window = stage_show (box, 960, 760);
  finish (fixture);

  for (int i = 0; i < N_STEPS; i += 6) {
    cpg_run_set_current_step (fixture->run, i);
    CpgStep *step = cpg_run_get_current (fixture->run);
    g_assert_cmpint (cpg_step_get_index (step), ==, i);
    int n;
    cpg_step_get_tokens (step, &n);
    g_assert_cmpint (cpg_token_view_get_n_tokens (CPG_TOKEN_VIEW (pictures[0])), ==, n);
    for (int k = 1; k < 6; k++)
      if (CPG_IS_STEP_PICTURE (pictures[k])) {
        g_assert_cmpint (cpg_step_picture_get_n_steps (CPG_STEP_PICTURE (pictures[k])), ==, N_STEPS);
        g_assert_cmpint (cpg_step_picture_get_current_step (CPG_STEP_PICTURE (pictures[k])), ==, i);
        char *begin = g_strdup_printf ("Step %d of %d,", i + 1, N_STEPS),
             *words = cpg_picture_describe (CPG_PICTURE (pictures[k]));
        g_assert_true (g_str_has_prefix (words, begin));
        g_free (words);
        g_free (begin);
      }
  }
  /* The other latents. */
  char *guess = cpg_picture_describe (CPG_PICTURE (pictures[2]));
  cpg_run_set_show (fixture->run, COSMOS_SHOW_XT);
  char *noisy = cpg_picture_describe (CPG_PICTURE (pictures[2]));
  g_assert_cmpstr (guess, !=, noisy);
  cpg_run_set_show (fixture->run, COSMOS_SHOW_X0);
  g_free (guess);
  g_free (noisy);

  gint64 start = g_get_monotonic_time ();
  for (int i = 0; i < 200; i++)
    cpg_run_set_current_step (fixture->run, i % N_STEPS);
  g_test_message ("six pictures take another step in %.3f ms", (double) (g_get_monotonic_time () - start) / 200e3);
  start = g_get_monotonic_time ();
  for (int i = 0; i < 6 * 20; i++)
    stage_draw (CPG_PICTURE (pictures[i % 6]), gtk_widget_get_width (pictures[i % 6]), gtk_widget_get_height (pictures[i % 6]));
  g_test_message ("six pictures are drawn in %.2f ms", (double) (g_get_monotonic_time () - start) / 20e3);
  cpg_run_set_current_step (fixture->run, 8);
  stage_photograph (box, "pictures");

  for (int i = 0; i < 6; i++)
    cpg_picture_set_run (CPG_PICTURE (pictures[i]), NULL);
  g_assert_cmpint (cpg_token_view_get_n_tokens (CPG_TOKEN_VIEW (pictures[0])), ==, 0);
  stage_assert_value (pictures[2], "No latents yet");
  stage_assert_value (pictures[4], "No steps yet");
  cpg_run_set_current_step (fixture->run, 3);
  g_assert_cmpint (cpg_step_picture_get_current_step (CPG_STEP_PICTURE (pictures[4])), ==, -1);
  stage_close (window);
}

/* A picture asks its run for another step, holds it, and lets it go. */
static void test_ask (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  finish (fixture);
  GtkWidget *widget = g_object_ref_sink (cpg_change_chart_new ());
  guint references = G_OBJECT (fixture->run)->ref_count;
  g_object_set (widget, "run", fixture->run, NULL);
  g_assert_true (cpg_picture_get_run (CPG_PICTURE (widget)) == fixture->run);
  cpg_run_set_current_step (fixture->run, 3);
  g_assert_true (stage_press (widget, "step.move", "i", 1));
  g_assert_cmpint (cpg_run_get_current_step (fixture->run), ==, 4);
  g_assert_true (stage_press (widget, "step.end", "i", 1));
  g_assert_cmpint (cpg_run_get_current_step (fixture->run), ==, N_STEPS - 1);
  g_object_unref (widget);
  g_assert_cmpuint (G_OBJECT (fixture->run)->ref_count, ==, references);
  cpg_run_set_current_step (fixture->run, 2);
}

/* The style of paper does not follow the desktop. */
static void test_style (void)
{
  CpgStyle paper, again;
  cpg_style_init_for_paper (&paper, "Cantarell 11", FALSE);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  cpg_style_init_for_paper (&again, "Cantarell 22", TRUE);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_LIGHT);
  g_assert_true (gdk_rgba_equal (&paper.foreground, &again.foreground));
  g_assert_cmpfloat (again.line, >, 1.7 * paper.line);
  g_assert_true (again.rtl);
  cpg_style_clear (&paper);
  cpg_style_clear (&again);
  cpg_style_clear (&again);
}

int main (int argc, char **argv)
{
  stage_init (&argc, &argv);
  g_test_add_func ("/picture/style", test_style);
  g_test_add ("/picture/follow", Fixture, NULL, set_up, test_follow, tear_down);
  g_test_add ("/picture/ask", Fixture, NULL, set_up, test_ask, tear_down);
  return g_test_run ();
}
