/* What the side bar opens and runs again: with the bundled model, and no display. */
#include "recorder-fixture.h"

#include "app/cpg-sessions-record.h"
#include "app/cpg-sessions-replay.h"

#include <sqlite3.h>

static void on_said (CpgSessionsReplay *replay, const char *text, char **said)
{
  g_set_str (said, text);
}

static void on_failed (CpgSessionsReplay *replay, const char *reason, CpgLogRun *record, char **said)
{
  g_autofree char *text = g_strconcat ("failed: ", reason, NULL);
  g_set_str (said, text);
}

/* What is said in the end; the session then shows the run. *first (may be NULL): the step that it was shown at. */
static char *replay_from (Fixture *f, const char *id, CpgSessionsMode mode, int *first)
{
  char *said = NULL;
  CpgRun *before = cpg_session_get_run (f->session);
  g_autoptr (CpgSessionsReplay) replay = cpg_sessions_replay_new (f->session, id, mode);
  g_signal_connect (replay, "said", G_CALLBACK (on_said), &said);
  g_signal_connect (replay, "failed", G_CALLBACK (on_failed), &said);
  cpg_sessions_replay_start (replay);
  while (cpg_session_get_run (f->session) == before && !said)
    turn ();
  if (first)
    *first = cpg_run_get_current_step (cpg_session_get_run (f->session)); /* before the player moves it */
  while (!said)
    turn ();
  return said;
}

static char *replay (Fixture *f, const char *id, CpgSessionsMode mode)
{
  return replay_from (f, id, mode, NULL);
}

/* As if the log had been written elsewhere. */
static void change_log (Fixture *f, const char *sql)
{
  sqlite3 *db;
  g_assert_cmpint (sqlite3_open (f->path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 5000);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void assert_said (Fixture *f, const char *id, const char *words)
{
  g_autofree char *said = replay (f, id, CPG_SESSIONS_AGAIN);
  g_test_message ("%s", said);
  g_assert_nonnull (strstr (said, words));
}

/* Why it is not the same: each reason in words. */
static void test_words (Fixture *f, gconstpointer data)
{
  finish (cpg_session_get_run (f->session));
  wait (300);
  g_autofree char *id = g_strdup (cpg_recorder_get_id (f->recorder, cpg_session_get_run (f->session)));
  const char *compute = cpg_run_get_compute_name (cpg_session_get_run (f->session));
  assert_said (f, id, "The same to the last bit as on");
  change_log (f, "UPDATE runs SET output_hash = 'other' WHERE number = 1");
  assert_said (f, id, "another computer made that");
  change_log (f, "UPDATE runs SET program = '0.0.1' WHERE number = 1");
  assert_said (f, id, "version 0.0.1 of the program made that");
  change_log (f, "UPDATE runs SET engine = 'Abacus f64' WHERE number = 1");
  g_autofree char *words = g_strdup_printf ("computed with Abacus f64, this with %s", compute);
  assert_said (f, id, words);
  change_log (f, "UPDATE runs SET model_sha256 = '00ff' WHERE number = 1");
  assert_said (f, id, "the model file is another one");
  change_log (f, "UPDATE runs SET output_hash = '' WHERE number = 1");
  assert_said (f, id, "did not reach its end; here it is whole");
  change_log (f, "UPDATE runs SET model_path = '/nowhere.gguf', model_name = 'Nobody' WHERE number = 1");
  assert_said (f, id, "failed: The model “Nobody” is not on this computer any more");
}

/* In a new program, a branch of a branch comes out as it was, with its steps, from where it left the run before. */
static void test_branch (Fixture *f, gconstpointer data)
{
  CpgEngine *engine = cpg_session_get_engine (f->session);
  CpgRun *run = cpg_session_get_run (f->session);
  g_autoptr (CpgSettings) settings = cpg_settings_copy (cpg_run_get_settings (run));
  finish (run);
  g_object_set (settings, "seed", (guint64) 99, NULL);
  g_autoptr (CpgRun) first = cpg_engine_branch_run (engine, run, 20, settings, NULL);
  finish (first);
  g_object_set (settings, "seed", (guint64) 100, "sampler", COSMOS_SAMPLER_DDIM, NULL);
  g_autoptr (CpgRun) second = cpg_engine_branch_run (engine, first, 30, settings, NULL);
  finish (second);
  g_autofree char *id = g_strdup (cpg_recorder_get_id (f->recorder, second));
  g_autofree char *text = g_strdup (cpg_step_get_text (cpg_run_get_result (second)));
  g_clear_object (&first);
  g_clear_object (&second);
  close_recorder (f);

  open_recorder (f);
  finish (cpg_session_get_run (f->session));
  int step;
  g_autofree char *said = replay_from (f, id, CPG_SESSIONS_OPEN, &step);
  g_assert_nonnull (strstr (said, "The same to the last bit"));
  CpgRun *shown = cpg_session_get_run (f->session);
  g_assert_cmpstr (cpg_recorder_get_id (f->recorder, shown), ==, id);
  g_assert_cmpstr (cpg_step_get_text (cpg_run_get_result (shown)), ==, text);
  g_assert_true (cpg_settings_equal (cpg_run_get_settings (shown), settings));
  g_assert_cmpint (cpg_run_get_n_done (shown), ==, 50);
  /* Where it begins to be another: the last step that both have. */
  g_assert_cmpint (step, ==, 29);
  wait (300);
  g_autoptr (GPtrArray) runs = read_log (f);
  g_assert_cmpuint (runs->len, ==, 4); /* the three, and the one of the second start */
}

/* What an edit pinned is pinned again, and a branch of it keeps that. */
static void test_edit (Fixture *f, gconstpointer data)
{
  CpgEngine *engine = cpg_session_get_engine (f->session);
  CpgRun *run = cpg_session_get_run (f->session);
  finish (run);
  int n, width;
  const float *latents = cpg_step_get_latents (cpg_run_get_result (run), COSMOS_SHOW_X0, &n, &width);
  g_autofree bool *mask = g_new0 (bool, (gsize) n);
  mask[0] = mask[n / 2] = true;
  g_autoptr (CpgPins) pins = cpg_pins_new (latents, mask, n, width);
  g_autoptr (CpgSettings) settings = cpg_settings_copy (cpg_run_get_settings (run));
  g_object_set (settings, "pins", pins, "seed", (guint64) 3, NULL);
  g_autoptr (CpgRun) edit = cpg_engine_start_run (engine, settings);
  finish (edit);
  g_object_set (settings, "seed", (guint64) 4, NULL);
  g_autoptr (CpgRun) branch = cpg_engine_branch_run (engine, edit, 10, settings, NULL);
  finish (branch);
  g_autofree char *edit_id = g_strdup (cpg_recorder_get_id (f->recorder, edit));
  g_autofree char *branch_id = g_strdup (cpg_recorder_get_id (f->recorder, branch));
  const char *ids[] = {edit_id, branch_id};
  g_clear_object (&edit);
  g_clear_object (&branch);
  close_recorder (f);

  open_recorder (f);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autofree char *said = replay (f, ids[i], CPG_SESSIONS_OPEN);
    g_assert_nonnull (strstr (said, "The same to the last bit"));
    CpgRun *shown = cpg_session_get_run (f->session);
    g_assert_true (cpg_pins_equal (cpg_settings_get_pins (cpg_run_get_settings (shown)), pins));
    int shown_n, shown_width;
    const float *now = cpg_step_get_latents (cpg_run_get_result (shown), COSMOS_SHOW_X0, &shown_n, &shown_width);
    for (int k = 0; k < n; k++)
      if (mask[k])
        g_assert_cmpmem (now + k * width, (gsize) width * sizeof *now, pins->latents + k * width, (gsize) width * sizeof *now);
    /* The next run of the window pins nothing. */
    g_assert_null (cpg_settings_get_pins (cpg_session_get_settings (f->session)));
  }
}

/* A branch whose run before was deleted for good is told of. */
static void test_orphan (Fixture *f, gconstpointer data)
{
  CpgRun *run = cpg_session_get_run (f->session);
  g_autoptr (CpgSettings) settings = cpg_settings_copy (cpg_run_get_settings (run));
  finish (run);
  g_object_set (settings, "seed", (guint64) 99, NULL);
  g_autoptr (CpgRun) branch = cpg_engine_branch_run (cpg_session_get_engine (f->session), run, 20, settings, NULL);
  finish (branch);
  wait (300);
  change_log (f, "DELETE FROM runs WHERE number = 1");
  g_autofree char *said = replay (f, cpg_recorder_get_id (f->recorder, branch), CPG_SESSIONS_OPEN);
  g_assert_cmpstr (said, ==, "failed: The run that it branched from is not in the log any more.");
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
#define ADD(name, func) g_test_add ("/ui/replay/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("words", test_words);
  ADD ("branch", test_branch);
  ADD ("edit", test_edit);
  ADD ("orphan", test_orphan);
  return g_test_run ();
}
