/* A window may be closed at any moment of a run: it, its session, the engine and the runs are gone afterwards, whatever was open in it. */
#include "../engine/fixture.h"

#include "app/cpg-preferences.h"
#include "app/cpg-window.h"

typedef struct {
  char *folder, *model;
  AdwApplication *application;
  GSettings *preferences;
  CpgSession *session;
  CpgWindow *window;
  gpointer weak_window, weak_session, weak_engine, weak_run;
} Fixture;

static void watch (gpointer object, gpointer *place)
{
  *place = object;
  if (object)
    g_object_add_weak_pointer (object, place);
}

static void set_up (Fixture *self, gconstpointer data)
{
  self->folder = fixture_tiny (&self->model);
  self->application = ADW_APPLICATION (adw_application_new ("org.example.Test", G_APPLICATION_NON_UNIQUE));
  g_assert_true (g_application_register (G_APPLICATION (self->application), NULL, NULL));
  self->preferences = cpg_preferences_open ();
}

static void tear_down (Fixture *self, gconstpointer data)
{
  g_object_unref (self->application);
  g_object_unref (self->preferences);
  model_folder_remove (self->folder);
  g_free (self->model);
}

static void open_window (Fixture *self)
{
  self->session = cpg_session_new ();
  cpg_session_set_engine (self->session, 2, "f32");
  self->window = cpg_window_new (self->application, self->session, self->preferences);
  gtk_window_present (GTK_WINDOW (self->window));
  watch (self->window, &self->weak_window);
  watch (self->session, &self->weak_session);
  watch (cpg_session_get_engine (self->session), &self->weak_engine);
  cpg_session_load (self->session, self->model);
}

static void wait_for_run (Fixture *self)
{
  fixture_wait_until (cpg_session_get_run (self->session));
}

/* What is gone soon, or never. */
static void check_gone (gpointer *place, const char *what)
{
  gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  while (*place && g_get_monotonic_time () < end)
    fixture_sleep (5);
  if (*place)
    g_error ("the %s is still there, with %u references", what, G_OBJECT (*place)->ref_count);
}

/* In the order of the program: the window by its own close, then the session. */
static void close_all (Fixture *self)
{
  if (self->session)
    watch (cpg_session_get_run (self->session), &self->weak_run);
  gtk_window_close (GTK_WINDOW (self->window));
  check_gone (&self->weak_window, "window");
  g_clear_object (&self->session);
  check_gone (&self->weak_session, "session");
  check_gone (&self->weak_engine, "engine");
  check_gone (&self->weak_run, "run");
}

static void test_while_loading (Fixture *self, gconstpointer data)
{
  open_window (self);
  close_all (self);
}

static void test_waiting (Fixture *self, gconstpointer data)
{
  open_window (self);
  wait_for_run (self);
  cpg_session_start_run (self->session);
  g_assert_cmpint (cpg_run_get_state (cpg_session_get_run (self->session)), ==, CPG_RUN_WAITING);
  close_all (self);
}

static void test_running (Fixture *self, gconstpointer data)
{
  open_window (self);
  wait_for_run (self);
  g_object_set (cpg_session_get_settings (self->session), "steps", 1000, NULL);
  cpg_session_start_run (self->session);
  fixture_wait_until (cpg_run_get_n_done (cpg_session_get_run (self->session)) >= 2);
  g_assert_cmpint (cpg_run_get_state (cpg_session_get_run (self->session)), ==, CPG_RUN_RUNNING);
  close_all (self);
}

static void test_paused (Fixture *self, gconstpointer data)
{
  open_window (self);
  wait_for_run (self);
  g_object_set (cpg_session_get_settings (self->session), "steps", 1000, NULL);
  cpg_session_start_run (self->session);
  fixture_wait_until (cpg_run_get_n_done (cpg_session_get_run (self->session)) >= 2);
  cpg_run_pause (cpg_session_get_run (self->session));
  close_all (self);
}

/* All that a user opens, and then the window. */
static void test_used (Fixture *self, gconstpointer data)
{
  static const char *const pages[] = {"compare", "explore", "denoise"};
  open_window (self);
  wait_for_run (self);
  CpgRun *run = cpg_session_get_run (self->session);
  fixture_wait_until (!cpg_run_is_active (run));
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++) {
    g_action_group_activate_action (G_ACTION_GROUP (self->window), "page", g_variant_new_string (pages[i]));
    gtk_test_widget_wait_for_draw (GTK_WIDGET (self->window));
  }
  static const char *const pictures[] = {"path", "change", "schedule", "latents"};
  for (gsize i = 0; i < G_N_ELEMENTS (pictures); i++) {
    g_action_group_activate_action (G_ACTION_GROUP (self->window), "picture", g_variant_new_string (pictures[i]));
    gtk_test_widget_wait_for_draw (GTK_WIDGET (self->window));
  }
  cpg_player_set_playing (cpg_session_get_player (self->session), FALSE);
  cpg_run_set_current_step (run, 10);
  static const char *const actions[] = {"bookmark", "branch", "noisy", "loop", "play", "copy-text", "run", "stop"};
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    g_action_group_activate_action (G_ACTION_GROUP (self->window), actions[i], NULL);
  close_all (self);
}

/* ---- files ---- */

static gboolean drop (Fixture *self, const char *path)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (self->window));
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array (&file, 1));
  for (guint i = 0; i < g_list_model_get_n_items (controllers) && !taken; i++) {
    g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);
    if (GTK_IS_DROP_TARGET (controller))
      g_signal_emit_by_name (controller, "drop", &value, 1., 1., &taken);
  }
  return taken;
}

static AdwDialog *get_dialog (Fixture *self)
{
  return adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (self->window));
}

static void close_dialog (Fixture *self)
{
  fixture_wait_until (get_dialog (self));
  adw_dialog_force_close (get_dialog (self));
  fixture_wait_until (!get_dialog (self));
}

/* What is dropped on the window is opened by its kind: a model, the result of a study, weights that could become a model, a lesson, runs. */
static void test_dropped (Fixture *self, gconstpointer data)
{
  g_autofree char *other = g_build_filename (self->folder, "other.gguf", NULL),
                  *weights = g_build_filename (self->folder, "junk.pth", NULL),
                  *runs = g_build_filename (self->folder, "junk.cosmosrun", NULL), *bytes = NULL,
                  *study = g_build_filename (g_getenv ("SOURCE_ROOT"), "tests", "fuzz", "corpus", "study-result", "whole", NULL),
                  *lesson = g_build_filename (g_getenv ("SOURCE_ROOT"), "tests", "fuzz", "corpus", "lesson", "whole", NULL);
  gsize n;
  g_assert_true (g_file_get_contents (self->model, &bytes, &n, NULL) && g_file_set_contents (other, bytes, (gssize) n, NULL));
  g_assert_true (g_file_set_contents (weights, "no weights", -1, NULL) && g_file_set_contents (runs, "no runs", -1, NULL));
  open_window (self);
  wait_for_run (self);
  g_assert_true (drop (self, other));
  fixture_wait_until (g_strcmp0 (cpg_engine_get_model_path (cpg_session_get_engine (self->session)), other) == 0);

  g_assert_true (drop (self, study));
  close_dialog (self);

  g_assert_true (drop (self, weights));
  close_dialog (self); /* it cannot be imported */
  g_autoptr (GVariant) page = g_action_group_get_action_state (G_ACTION_GROUP (self->window), "page");
  g_assert_cmpstr (g_variant_get_string (page, NULL), ==, "models");

  g_assert_true (drop (self, lesson));
  fixture_wait_until (g_action_group_get_action_enabled (G_ACTION_GROUP (self->window), "end-lesson"));

  g_assert_true (drop (self, runs));
  g_assert_true (drop (self, "/no/such/file.json"));
  close_all (self);
}

static void begin_lesson (Fixture *self, const char *id)
{
  g_action_group_activate_action (G_ACTION_GROUP (self->window), "lesson", g_variant_new_string (id));
}

/* In the middle of a lesson: while its model is looked for, while its run is made, on another page. Its settings do not outlast it. */
static void test_lesson (Fixture *self, gconstpointer data)
{
  static const char *const ids[] = {"noise", "source", "word-by-word", "space"};
  for (gsize i = 0; i < 2 * G_N_ELEMENTS (ids); i++) {
    open_window (self);
    if (i % 2)
      wait_for_run (self);
    begin_lesson (self, ids[i / 2]);
    for (guint k = 0; k < 2; k++) {
      fixture_sleep (30);
      g_action_group_activate_action (G_ACTION_GROUP (self->window), "lesson-next", NULL);
    }
    close_all (self);
  }
  open_window (self);
  wait_for_run (self);
  CpgSettings *settings = cpg_session_get_settings (self->session);
  g_object_set (settings, "seed", (guint64) 77, "steps", 5, NULL);
  g_autoptr (CpgSettings) before = cpg_settings_copy (settings);
  begin_lesson (self, "noise");
  fixture_wait_until (cpg_settings_get_steps (settings) == 50);
  g_action_group_activate_action (G_ACTION_GROUP (self->window), "end-lesson", NULL);
  g_assert_true (cpg_settings_equal (settings, before));
  close_all (self);
}

/* Wherever a run stands when the window goes; from the first moment of loading on. */
static void test_any_moment (Fixture *self, gconstpointer data)
{
  for (int i = 0; i < 20; i++) {
    open_window (self);
    fixture_sleep ((guint) g_test_rand_int_range (0, 60));
    if (cpg_session_has_model (self->session))
      cpg_session_start_run (self->session);
    fixture_sleep ((guint) g_test_rand_int_range (0, 20));
    close_all (self);
  }
}

#define TEST(name, func) g_test_add ("/ui/window-ends/" name, Fixture, NULL, set_up, func, tear_down)

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  TEST ("while-loading", test_while_loading);
  TEST ("waiting", test_waiting);
  TEST ("running", test_running);
  TEST ("paused", test_paused);
  TEST ("used", test_used);
  TEST ("dropped", test_dropped);
  TEST ("lesson", test_lesson);
  TEST ("any-moment", test_any_moment);
  return g_test_run ();
}
