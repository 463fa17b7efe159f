/* The session and its player, without a window, with the bundled model. */
#include "app/cpg-bookmark.h"
#include "app/cpg-examples.h"
#include "app/cpg-session.h"

#include "../engine/fixture.h"

static CpgSession *open_session_of (const char *model)
{
  CpgSession *session = cpg_session_new ();
  cpg_session_set_engine (session, 0, "auto");
  cpg_session_load (session, model);
  while (!cpg_session_get_run (session))
    g_main_context_iteration (NULL, TRUE);
  return session;
}

static CpgSession *open_session (void)
{
  return open_session_of (NULL);
}

static void finish (CpgRun *run)
{
  while (cpg_run_is_active (run))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (cpg_run_get_state (run), ==, CPG_RUN_DONE);
}

static guint64 seed_of (CpgSettings *settings)
{
  guint64 seed;
  g_object_get (settings, "seed", &seed, NULL);
  return seed;
}

/* Opening the model starts the first story, from the same seed each time, shown from its beginning. */
static void test_first_run (void)
{
  g_autoptr (CpgSession) session = open_session ();
  const gint64 begun = g_get_monotonic_time ();
  CpgRun *run = cpg_session_get_run (session);
  g_assert_true (cpg_session_has_model (session));
  g_assert_true (cpg_session_has_task (session, "story"));
  g_assert_false (cpg_session_has_task (session, "no such task"));
  g_assert_cmpuint (seed_of (cpg_run_get_settings (run)), ==, 7);
  g_assert_true (cpg_player_is_playing (cpg_session_get_player (session)));
  while (cpg_run_get_n_done (run) < 5)
    g_main_context_iteration (NULL, TRUE);
  /* The player leads: ten steps a second, however fast they are made. */
  g_assert_cmpint (cpg_run_get_current_step (run), <=, 2 + (g_get_monotonic_time () - begun) * 10 / G_USEC_PER_SEC);
  finish (run);
}

static void test_player (void)
{
  g_autoptr (CpgSession) session = open_session ();
  CpgRun *run = cpg_session_get_run (session);
  CpgPlayer *player = cpg_session_get_player (session);
  finish (run);
  g_object_set (player, "speed", 16., NULL);
  while (cpg_player_is_playing (player))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (cpg_run_get_current_step (run), ==, cpg_run_get_n_steps (run) - 1);
  /* From the end it begins anew, and goes on from where somebody puts it. */
  cpg_player_set_playing (player, TRUE);
  g_assert_cmpint (cpg_run_get_current_step (run), ==, 0);
  cpg_run_set_current_step (run, 30);
  while (cpg_run_get_current_step (run) == 30)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (cpg_run_get_current_step (run), >, 30);
  g_object_set (player, "loop", TRUE, NULL);
  cpg_run_set_current_step (run, 45);
  while (cpg_run_get_current_step (run) >= 45) /* over the end */
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (cpg_player_is_playing (player));
  cpg_player_set_playing (player, FALSE);
}

static void test_branch (void)
{
  g_autoptr (CpgSession) session = open_session ();
  g_autoptr (CpgRun) run = g_object_ref (cpg_session_get_run (session));
  g_autoptr (GError) error = NULL;
  finish (run);
  cpg_player_set_playing (cpg_session_get_player (session), FALSE);
  cpg_run_set_current_step (run, cpg_run_get_n_steps (run) - 1);
  g_assert_false (cpg_session_can_branch (session)); /* nothing is left to do */
  cpg_run_set_current_step (run, 20);
  g_assert_true (cpg_session_can_branch (session));
  /* The number of steps is the run's, whatever is set. */
  g_object_set (cpg_session_get_settings (session), "seed", (guint64) 99, "steps", 10, NULL);
  g_assert_true (cpg_session_branch (session, &error));
  g_assert_no_error (error);
  CpgRun *branch = cpg_session_get_run (session);
  g_assert_true (branch != run);
  g_assert_cmpint (cpg_run_get_current_step (branch), ==, 19);
  finish (branch);
  g_assert_cmpint (cpg_run_get_n_steps (branch), ==, cpg_run_get_n_steps (run));
  int n, width;
  const float *a = cpg_step_get_latents (cpg_run_get_step (run, 20), COSMOS_SHOW_X0, &n, &width);
  const float *b = cpg_step_get_latents (cpg_run_get_step (branch, 20), COSMOS_SHOW_X0, &n, &width);
  g_assert_cmpmem (a, sizeof *a * n * width, b, sizeof *b * n * width);
  /* The same state at the step itself, and so the same guess; other noise behind it. */
  a = cpg_step_get_latents (cpg_run_get_step (run, 21), COSMOS_SHOW_X0, &n, &width);
  b = cpg_step_get_latents (cpg_run_get_step (branch, 21), COSMOS_SHOW_X0, &n, &width);
  g_assert_cmpint (memcmp (a, b, sizeof *a * n * width), !=, 0);
}

static void test_bookmarks (void)
{
  g_autoptr (CpgSession) session = open_session ();
  CpgRun *run = cpg_session_get_run (session);
  GListModel *bookmarks = cpg_session_get_bookmarks (session);
  finish (run);
  cpg_player_set_playing (cpg_session_get_player (session), FALSE);
  cpg_run_set_current_step (run, 12);
  g_assert_true (cpg_session_add_bookmark (session));
  g_assert_false (cpg_session_add_bookmark (session));
  g_assert_cmpuint (g_list_model_get_n_items (bookmarks), ==, 1);
  cpg_session_start_run (session); /* the bookmark keeps its run */
  g_autoptr (CpgBookmark) bookmark = g_list_model_get_item (bookmarks, 0);
  g_assert_cmpint (cpg_bookmark_get_step (bookmark), ==, 12);
  g_assert_true (cpg_bookmark_get_run (bookmark) != cpg_session_get_run (session));
  g_assert_nonnull (strstr (cpg_bookmark_get_title (bookmark), "13"));
  g_autofree char *excerpt = cpg_bookmark_get_excerpt (bookmark);
  g_assert_cmpuint (strlen (excerpt), >, 10);
}

/* Twenty runs in a row: only the last goes on. */
static void test_many_runs (void)
{
  g_autoptr (CpgSession) session = open_session ();
  for (int i = 0; i < 20; i++) {
    g_autoptr (CpgRun) before = g_object_ref (cpg_session_get_run (session));
    cpg_session_draw_seed (session);
    cpg_session_start_run (session);
    while (cpg_run_is_active (before))
      g_main_context_iteration (NULL, TRUE);
  }
  finish (cpg_session_get_run (session));
}

/* The session goes, and with it its engine, settings, player and run, wherever that stands. */
static void check_end (CpgSession *session)
{
  gpointer objects[] = {session, cpg_session_get_engine (session), cpg_session_get_settings (session),
                        cpg_session_get_player (session), cpg_session_get_run (session)};
  for (gsize i = 0; i < G_N_ELEMENTS (objects); i++)
    g_object_add_weak_pointer (objects[i], &objects[i]);
  g_object_unref (session);
  for (gsize i = 0; i < G_N_ELEMENTS (objects); i++)
    fixture_wait_until (!objects[i]);
}

/* Earlier runs are seen behind the shown one, not too many of them, and not for longer than it needs them. */
static void test_earlier_runs (void)
{
  g_autofree char *model = NULL;
  char *folder = fixture_tiny (&model);
  CpgSession *session = open_session_of (model);
  int n;
  g_autoptr (CpgRun) first = g_object_ref (cpg_session_get_run (session));
  g_object_set (cpg_session_get_settings (session), "steps", 10, NULL);
  for (int i = 0; i < 11; i++) {
    finish (cpg_session_get_run (session));
    cpg_session_draw_seed (session);
    cpg_session_start_run (session);
  }
  CpgRun *run = cpg_session_get_run (session);
  finish (run);
  g_free (cpg_run_project (run, COSMOS_SHOW_X0, &n));
  fixture_wait_until (cpg_run_get_n_others (run, COSMOS_SHOW_X0) == 8);
  g_object_add_weak_pointer (G_OBJECT (first), (gpointer *) &first);
  g_object_unref (first);
  g_assert_null (first);
  g_object_set (cpg_session_get_settings (session), "steps", 1000, NULL);
  for (int i = 0; i < 2; i++) {
    cpg_session_start_run (session);
    fixture_wait_until (cpg_run_get_n_done (cpg_session_get_run (session)) > 0);
  }
  g_free (cpg_run_project (cpg_session_get_run (session), COSMOS_SHOW_X0, &n));
  fixture_wait_until (cpg_run_get_n_others (cpg_session_get_run (session), COSMOS_SHOW_X0) == 1);
  check_end (session);
  model_folder_remove (folder);
}

static void test_ends (void)
{
  g_autofree char *model = NULL;
  char *folder = fixture_tiny (&model);
  for (CpgRunState state = CPG_RUN_WAITING; state <= CPG_RUN_CANCELLED; state++) {
    CpgSession *session = open_session_of (model);
    finish (cpg_session_get_run (session));
    g_object_set (cpg_session_get_settings (session), "steps", state == CPG_RUN_DONE ? 5 : 1000, NULL);
    cpg_session_start_run (session);
    CpgRun *run = cpg_session_get_run (session);
    if (state > CPG_RUN_WAITING)
      fixture_wait_until (cpg_run_get_n_done (run) >= 2);
    if (state == CPG_RUN_PAUSED)
      cpg_run_pause (run);
    else if (state == CPG_RUN_DONE)
      finish (run);
    else if (state == CPG_RUN_CANCELLED)
      cpg_run_cancel (run);
    g_assert_cmpint (cpg_run_get_state (run), ==, state);
    if (cpg_run_get_current_step (run) >= 0)
      cpg_session_add_bookmark (session);
    check_end (session);
  }
  model_folder_remove (folder);
}

/* Cancelled at any moment, a run ends, keeps its steps, and the next one begins. */
static void test_cancel_at_any_moment (void)
{
  g_autofree char *model = NULL;
  char *folder = fixture_tiny (&model);
  CpgSession *session = open_session_of (model);
  g_object_set (cpg_session_get_settings (session), "steps", 200, NULL);
  for (int i = 0; i < 60; i++) {
    cpg_session_start_run (session);
    CpgRun *run = cpg_session_get_run (session);
    if (i % 3)
      fixture_sleep ((guint) g_test_rand_int_range (0, 25));
    if (i % 4 == 1)
      cpg_run_pause (run);
    gboolean was_active = cpg_run_is_active (run);
    cpg_run_cancel (run);
    g_assert_cmpint (cpg_run_get_state (run), ==, was_active ? CPG_RUN_CANCELLED : CPG_RUN_DONE);
    int n_done = cpg_run_get_n_done (run);
    if (i % 5 == 0)
      fixture_sleep (5);
    g_assert_cmpint (cpg_run_get_n_done (run), ==, n_done);
  }
  g_object_set (cpg_session_get_settings (session), "steps", 5, NULL);
  cpg_session_start_run (session);
  finish (cpg_session_get_run (session));
  check_end (session);
  model_folder_remove (folder);
}

static void test_examples (void)
{
  static const char *const tasks[] = {"story", "summary", "detox", "question"};
  for (size_t i = 0; i < G_N_ELEMENTS (tasks); i++) {
    size_t n;
    g_autofree const CpgExample **examples = cpg_examples_find (tasks[i], TRUE, &n);
    g_assert_cmpuint (n, >=, 2);
    for (size_t k = 0; k < n; k++) {
      g_autoptr (CpgSettings) settings = cpg_settings_new (), own = cpg_settings_new ();
      cpg_example_apply (examples[k], settings);
      g_assert_false (cpg_settings_equal (settings, own)); /* each of them changes something */
    }
  }
}

/* ---- tasks ---- */

static void convert (const char *folder, const char *name, void (*write) (const char *folder))
{
  g_autofree char *file = g_strconcat (name, ".gguf", NULL), *weights = g_build_filename (folder, name, NULL),
                  *path = g_build_filename (folder, file, NULL);
  CosmosConversion what = {.input = weights, .output = path, .dtype = COSMOS_DTYPE_F32, .name = name};
  CosmosConverted result;
  CosmosError err;
  write (weights);
  if (!cosmos_convert (&what, &result, NULL, &err))
    g_error ("%s", err.message);
}

/* A folder with story.gguf, for stories and paraphrases, and all.gguf, for all tasks, in the place of the program's. */
static char *install_two (char **all)
{
  char *folder = model_folder_new_temporary ();
  *all = g_build_filename (folder, "all.gguf", NULL);
  convert (folder, "story", model_folder_write_cosmos);
  convert (folder, "all", model_folder_write_cosmos_with_sources);
  g_assert_true (g_setenv ("COSMOS_MODELS", folder, TRUE));
  return folder;
}

static void uninstall (char *folder, const char *before)
{
  if (before)
    g_setenv ("COSMOS_MODELS", before, TRUE);
  else
    g_unsetenv ("COSMOS_MODELS");
  model_folder_remove (folder);
}

static gboolean has_model_of (CpgSession *session, const char *name)
{
  g_autofree char *found = NULL;
  gboolean loading;
  g_object_get (session, "model-name", &found, "loading", &loading, NULL);
  return !loading && g_str_equal (found, name);
}

static const char *source_of (CpgSession *session)
{
  return cpg_settings_get_source (cpg_session_get_settings (session));
}

/* Who chooses a task finds a model that has it, and the source that was there before, at first an example. */
static void test_tasks (void)
{
  g_autofree char *before = g_strdup (g_getenv ("COSMOS_MODELS")), *all = NULL;
  char *folder = install_two (&all);
  CpgSession *session = open_session ();
  g_assert_true (has_model_of (session, "story"));
  g_assert_cmpstr (source_of (session), ==, "");

  g_object_set (session, "task", "summary", NULL);
  g_assert_cmpstr (source_of (session), ==, cpg_examples_get_source ("summary"));
  g_assert_cmpint (strlen (source_of (session)), >, 20);
  fixture_wait_until (has_model_of (session, "all"));
  g_assert_cmpstr (cpg_settings_get_task (cpg_session_get_settings (session)), ==, "summary");
  g_object_set (cpg_session_get_settings (session), "source", "A text of my own.", NULL);

  g_object_set (session, "task", "question", NULL);
  g_assert_cmpstr (source_of (session), ==, cpg_examples_get_source ("question"));
  g_object_set (session, "task", "summary", NULL);
  g_assert_cmpstr (source_of (session), ==, "A text of my own.");
  g_object_set (cpg_session_get_settings (session), "source", "", NULL);

  g_object_set (session, "task", "story", NULL);
  g_assert_cmpstr (source_of (session), ==, "");
  fixture_wait_until (has_model_of (session, "story"));
  g_object_set (session, "task", "summary", NULL);
  g_assert_cmpstr (source_of (session), ==, ""); /* as it was left */
  cpg_session_reset_source (session);
  g_assert_cmpstr (source_of (session), ==, cpg_examples_get_source ("summary"));
  fixture_wait_until (has_model_of (session, "all"));

  cpg_session_load (session, all); /* chosen by a person: it stays */
  fixture_wait_until (has_model_of (session, "all"));
  g_object_set (session, "task", "story", NULL);
  g_assert_true (has_model_of (session, "all"));
  finish (cpg_session_get_run (session));
  check_end (session);
  uninstall (folder, before);
}

static gboolean takes_source (CpgSession *session)
{
  gboolean takes;
  g_object_get (session, "takes-source", &takes, NULL);
  return takes;
}

/* A story can be given its beginning where a model is installed that reads one, which comes when it is written; a model that was chosen stays. */
static void test_opening_sentence (void)
{
  g_autofree char *before = g_strdup (g_getenv ("COSMOS_MODELS")), *all = NULL;
  char *folder = install_two (&all);
  g_autofree char *story = g_build_filename (folder, "story.gguf", NULL);
  CpgSession *session = open_session ();
  CpgSettings *settings = cpg_session_get_settings (session);
  g_assert_true (has_model_of (session, "story"));
  g_assert_true (takes_source (session));
  g_object_set (settings, "source", "The cat sat.", NULL);
  fixture_wait_until (has_model_of (session, "all"));
  g_assert_cmpstr (source_of (session), ==, "The cat sat.");
  cpg_session_start_run (session);
  finish (cpg_session_get_run (session));
  g_assert_cmpint (cpg_run_get_state (cpg_session_get_run (session)), ==, CPG_RUN_DONE);

  g_object_set (session, "task", "detox", NULL);
  g_object_set (session, "task", "story", NULL);
  g_assert_cmpstr (source_of (session), ==, "The cat sat.");
  g_assert_true (has_model_of (session, "all"));

  cpg_session_load (session, story);
  fixture_wait_until (has_model_of (session, "story"));
  g_assert_false (takes_source (session));
  g_assert_cmpstr (source_of (session), ==, "");
  g_object_set (settings, "source", "It ran.", NULL);
  g_assert_true (has_model_of (session, "story"));
  check_end (session);
  uninstall (folder, before);
}

/* Whose last task needs another model than stories do begins with that one, and an example. */
static void test_last_task (void)
{
  g_autofree char *before = g_strdup (g_getenv ("COSMOS_MODELS")), *all = NULL;
  char *folder = install_two (&all);
  CpgSession *session = cpg_session_new ();
  g_object_set (cpg_session_get_settings (session), "task", "question", NULL);
  cpg_session_set_engine (session, 0, "auto");
  cpg_session_load (session, NULL);
  fixture_wait_until (cpg_session_get_run (session));
  g_assert_true (has_model_of (session, "all"));
  g_assert_cmpstr (cpg_settings_get_task (cpg_run_get_settings (cpg_session_get_run (session))), ==, "question");
  g_assert_cmpstr (cpg_settings_get_source (cpg_run_get_settings (cpg_session_get_run (session))), ==,
                   cpg_examples_get_source ("question"));
  finish (cpg_session_get_run (session));
  check_end (session);
  uninstall (folder, before);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/session/first-run", test_first_run);
  g_test_add_func ("/ui/session/player", test_player);
  g_test_add_func ("/ui/session/branch", test_branch);
  g_test_add_func ("/ui/session/bookmarks", test_bookmarks);
  g_test_add_func ("/ui/session/many-runs", test_many_runs);
  g_test_add_func ("/ui/session/earlier-runs", test_earlier_runs);
  g_test_add_func ("/ui/session/ends", test_ends);
  g_test_add_func ("/ui/session/cancel-at-any-moment", test_cancel_at_any_moment);
  g_test_add_func ("/ui/session/examples", test_examples);
  g_test_add_func ("/ui/session/tasks", test_tasks);
  g_test_add_func ("/ui/session/opening-sentence", test_opening_sentence);
  g_test_add_func ("/ui/session/last-task", test_last_task);
  return g_test_run ();
}
