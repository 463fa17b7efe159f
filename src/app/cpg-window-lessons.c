/* The lesson that is being read, at the window's side. */
#include "app/cpg-explore-page.h"
#include "app/cpg-window-private.h"
#include "store/cpg-lessons.h"

static void enable (CpgWindow *self)
{
  static const char *const names[] = {"lesson-next", "lesson-previous", "lesson-again", "end-lesson"};
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), names[i])),
                                 self->lesson && (i != 1 || self->lesson_place > 0));
}

/* ---- a step ---- */

static void hide_sessions (CpgWindow *self, gboolean hides)
{
  if (hides == self->lesson_hid_sessions || (hides && !adw_overlay_split_view_get_show_sidebar (self->sessions_split)))
    return;
  self->lesson_hid_sessions = hides;
  adw_overlay_split_view_set_show_sidebar (self->sessions_split, !hides);
}

static const CpgLessonStep *get_step (CpgWindow *self)
{
  guint n;
  return &cpg_lesson_get_steps (self->lesson, &n)[self->lesson_place];
}

static void show_step (CpgWindow *self)
{
  const CpgLessonStep *step = get_step (self);
  cpg_lesson_pane_show (self->lesson_pane, self->lesson, self->lesson_place);
  if (*step->page)
    adw_view_stack_set_visible_child_name (self->pages, step->page);
  if (*step->experiment)
    cpg_explore_page_show_experiment (CPG_EXPLORE_PAGE (cpg_lazy_page_get_page (self->explore)), step->experiment);
  if (*step->picture)
    adw_view_stack_set_visible_child_name (cpg_denoise_page_get_pictures (self->denoise), step->picture);
  cpg_denoise_page_show_pictures (self->denoise, !(step->hidden & CPG_LESSON_HIDES_PICTURES));
  hide_sessions (self, (step->hidden & CPG_LESSON_HIDES_SESSIONS) != 0);
  cpg_lesson_stage_show (self->lesson_stage, step);
  enable (self);
  /* Where Space and the arrow keys do what lessons say they do. */
  if (cpg_window_get_page (self) == CPG_PAGE (self->denoise) && !adw_overlay_split_view_get_collapsed (self->split))
    gtk_widget_grab_focus (cpg_transport_get_scrubber (self->transport));
}

/* A comparison begins with the run that is there. */
static void on_ready (CpgWindow *self)
{
  const CpgLessonStep *step = get_step (self);
  if (step->run && g_str_equal (step->page, "compare"))
    cpg_compare_page_show_run (CPG_COMPARE_PAGE (cpg_lazy_page_get_page (self->compare)));
}

static void on_said (CpgWindow *self, const char *text)
{
  cpg_lesson_pane_say (self->lesson_pane, text);
}

/* ---- a lesson ---- */

void cpg_window_begin_lesson (CpgWindow *self, CpgLesson *lesson)
{
  g_autoptr (CpgLesson) kept = cpg_lesson_ref (lesson);
  cpg_window_end_lesson (self);
  self->lesson = g_steal_pointer (&kept);
  self->lesson_place = 0;
  self->lesson_stage = cpg_lesson_stage_new (self->session);
  g_signal_connect_object (self->lesson_stage, "ready", G_CALLBACK (on_ready), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lesson_stage, "said", G_CALLBACK (on_said), self, G_CONNECT_SWAPPED);
  g_settings_set_boolean (self->preferences, "first-run-done", TRUE); /* who is shown around needs no banner */
  gtk_stack_set_visible_child_name (self->side, "lesson");
  adw_overlay_split_view_set_show_sidebar (self->split, TRUE);
  show_step (self);
}

void cpg_window_end_lesson (CpgWindow *self)
{
  if (!self->lesson)
    return;
  hide_sessions (self, FALSE);
  cpg_denoise_page_show_pictures (self->denoise, TRUE);
  cpg_lesson_stage_end (self->lesson_stage);
  g_clear_object (&self->lesson_stage);
  g_clear_pointer (&self->lesson, cpg_lesson_unref);
  gtk_stack_set_visible_child_name (self->side, "settings");
  cpg_window_restore_side (self);
  enable (self);
}

static void note_done (CpgWindow *self)
{
  g_auto (GStrv) done = g_settings_get_strv (self->preferences, "lessons-done");
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  const char *id = cpg_lesson_get_id (self->lesson);
  if (g_strv_contains ((const char *const *) done, id))
    return;
  g_strv_builder_addv (all, (const char **) done);
  g_strv_builder_add (all, id);
  g_auto (GStrv) more = g_strv_builder_end (all);
  g_settings_set_strv (self->preferences, "lessons-done", (const char *const *) more);
}

/* ---- actions ---- */

static void on_lesson (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GPtrArray) all = cpg_lessons_find (NULL);
  for (guint i = 0; i < all->len; i++)
    if (g_str_equal (cpg_lesson_get_id (all->pdata[i]), g_variant_get_string (parameter, NULL))) {
      cpg_window_begin_lesson (data, all->pdata[i]);
      return;
    }
}

static void on_end (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cpg_window_end_lesson (data);
  adw_view_stack_set_visible_child_name (CPG_WINDOW (data)->pages, "learn");
}

static void on_next (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgWindow *self = data;
  guint n;
  cpg_lesson_get_steps (self->lesson, &n);
  if (self->lesson_place + 1 == n) {
    note_done (self);
    on_end (action, parameter, self);
    return;
  }
  self->lesson_place++;
  show_step (self);
}

static void on_previous (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgWindow *self = data;
  self->lesson_place--;
  show_step (self);
}

static void on_again (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  show_step (data);
}

static const GActionEntry entries[] = {
  {"lesson", on_lesson, "s"}, {"lesson-next", on_next}, {"lesson-previous", on_previous},
  {"lesson-again", on_again}, {"end-lesson", on_end},
};

void cpg_window_add_lessons_actions (CpgWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  enable (self);
}
