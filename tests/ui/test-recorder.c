/* What the window's runs leave in the session log, with the bundled model and no display. */
#include "app/cpg-session.h"
#include "app/cpg-sessions-record.h"
#include "store/cpg-log-pack.h"
#include "store/cpg-session-log-shelf.h"

#include <glib/gstdio.h>

/* ---- a log of its own for each test ---- */

typedef struct {
  char *folder, *path;
  CpgRecorder *recorder;
  CpgSession *session;
} Fixture;

static void turn (void)
{
  g_main_context_iteration (NULL, TRUE);
}

static void open_recorder (Fixture *f)
{
  f->recorder = cpg_recorder_new (f->path);
  f->session = cpg_session_new ();
  cpg_session_set_recorder (f->session, f->recorder);
  cpg_session_set_engine (f->session, 0, "auto");
  cpg_session_load (f->session, NULL);
  while (!cpg_session_get_run (f->session))
    turn ();
  cpg_player_set_playing (cpg_session_get_player (f->session), FALSE);
}

static void set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("recorder-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "sessions.db", NULL);
  if (!data)
    open_recorder (f);
}

/* As the program ends. */
static void close_recorder (Fixture *f)
{
  if (f->session)
    g_object_run_dispose (G_OBJECT (f->session));
  g_clear_object (&f->session);
  if (f->recorder)
    cpg_recorder_close (f->recorder);
  g_clear_object (&f->recorder);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void tear_down (Fixture *f, gconstpointer data)
{
  close_recorder (f);
  g_autoptr (GDir) folder = g_dir_open (f->folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (folder));) {
    g_autofree char *path = g_build_filename (f->folder, name, NULL);
    g_remove (path);
  }
  g_rmdir (f->folder);
  g_free (f->folder);
  g_free (f->path);
}

static void take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* All runs with their steps, the newest first, as another program finds them. */
static GPtrArray *read_log (Fixture *f)
{
  g_autoptr (CpgSessionLog) log = cpg_session_log_new (f->path);
  g_autoptr (GAsyncResult) found = NULL, loaded = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  cpg_session_log_find_async (log, &(CpgLogQuery) {0}, NULL, take_result, &found);
  while (!found)
    turn ();
  g_autoptr (GPtrArray) runs = cpg_session_log_runs_finish (log, found, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < runs->len; i++)
    g_ptr_array_add (ids, ((CpgLogRun *) runs->pdata[i])->id);
  g_ptr_array_add (ids, NULL);
  cpg_session_log_load_async (log, (const char *const *) ids->pdata, FALSE, NULL, take_result, &loaded);
  while (!loaded)
    turn ();
  GPtrArray *whole = cpg_session_log_runs_finish (log, loaded, &error);
  g_assert_no_error (error);
  return whole;
}

static void finish (CpgRun *run)
{
  while (cpg_run_is_active (run))
    turn ();
}

static gboolean on_time (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void wait (guint milliseconds)
{
  gboolean over = FALSE;
  g_timeout_add (milliseconds, on_time, &over);
  while (!over)
    turn ();
}

/* ---- tests ---- */

static void test_run (Fixture *f, gconstpointer data)
{
  g_autoptr (CpgRun) run = g_object_ref (cpg_session_get_run (f->session));
  finish (run);
  g_assert_cmpint (cpg_run_get_state (run), ==, CPG_RUN_DONE);
  cpg_run_read_all_async (run, FALSE, NULL, NULL, NULL);
  wait (600);
  cpg_run_set_current_step (run, 11);
  g_assert_true (cpg_session_add_bookmark (f->session));
  g_autofree char *id = g_strdup (cpg_recorder_get_id (f->recorder, run));
  g_assert_null (cpg_recorder_get_problem (f->recorder));
  g_autoptr (GPtrArray) runs = read_log (f);
  g_assert_cmpuint (runs->len, ==, 1);
  const CpgLogRun *record = runs->pdata[0];
  g_assert_cmpstr (record->id, ==, id);
  g_assert_cmpint (record->state, ==, CPG_LOG_DONE);
  g_assert_cmpuint (record->seed, ==, 7);
  g_assert_cmpstr (record->task, ==, "story");
  g_assert_cmpstr (record->model_name, ==, cpg_run_get_model_name (run));
  g_assert_cmpuint (strlen (record->model_sha256), ==, 64);
  g_assert_cmpstr (record->engine, ==, cpg_run_get_compute_name (run));
  g_assert_cmpstr (record->output, ==, cpg_step_get_text (cpg_run_get_result (run)));
  g_assert_cmpuint (strlen (record->output_hash), ==, 64);
  g_assert_cmpuint (record->steps->len, ==, (guint) cpg_run_get_n_steps (run));
  for (guint i = 0; i < record->steps->len; i++) {
    const CpgLogStep *step = record->steps->pdata[i];
    g_assert_true (step->decoded);
    g_assert_cmpstr (step->text, ==, cpg_step_get_text (cpg_run_get_step (run, (int) i)));
  }
  g_autoptr (CpgSettings) settings = cpg_sessions_record_get_settings (record, 1);
  g_assert_true (cpg_settings_equal (settings, cpg_run_get_settings (run)));
}

/* The same settings and seed from the log, on the same machine: the same bits. */
static void test_again (Fixture *f, gconstpointer data)
{
  finish (cpg_session_get_run (f->session));
  wait (100);
  g_autoptr (GPtrArray) runs = read_log (f);
  const CpgLogRun *record = runs->pdata[0];
  g_autoptr (CpgSettings) settings = cpg_sessions_record_get_settings (record, 0);
  g_autoptr (CpgRun) again = cpg_engine_start_run_of (cpg_session_get_engine (f->session), record->model_path, settings);
  g_autoptr (CpgRun) other = NULL;
  cpg_recorder_set_replay (f->recorder, again, record->id);
  finish (again);
  g_autoptr (CpgLogRun) outcome = cpg_sessions_record_new (settings);
  cpg_sessions_record_take_end (outcome, again);
  g_assert_cmpstr (outcome->output_hash, ==, record->output_hash);
  /* Another seed gives another text. */
  g_object_set (settings, "seed", (guint64) 8, NULL);
  other = cpg_engine_start_run (cpg_session_get_engine (f->session), settings);
  finish (other);
  cpg_sessions_record_take_end (outcome, other);
  g_assert_cmpstr (outcome->output_hash, !=, record->output_hash);
  wait (100);
  g_autoptr (GPtrArray) after = read_log (f);
  g_assert_cmpuint (after->len, ==, 2); /* a replay is no run of its own */
}

static void test_cancelled (Fixture *f, gconstpointer data)
{
  CpgRun *run = cpg_session_get_run (f->session);
  while (cpg_run_get_n_done (run) < 5)
    turn ();
  cpg_run_cancel (run);
  int n = cpg_run_get_n_done (run);
  wait (200);
  g_autoptr (GPtrArray) runs = read_log (f);
  const CpgLogRun *record = runs->pdata[0];
  g_assert_cmpint (record->state, ==, CPG_LOG_CANCELLED);
  g_assert_cmpint (record->n_steps, ==, n);
  g_assert_cmpstr (record->output, !=, "");
  g_assert_cmpstr (record->output_hash, ==, "");
}

/* The window is closed in the middle: what was shown is there. */
static void test_closed (Fixture *f, gconstpointer data)
{
  CpgRun *run = cpg_session_get_run (f->session);
  while (cpg_run_get_n_done (run) < 9)
    turn ();
  int n = cpg_run_get_n_done (run);
  close_recorder (f);
  g_autoptr (GPtrArray) runs = read_log (f);
  const CpgLogRun *record = runs->pdata[0];
  g_assert_cmpint (record->state, ==, CPG_LOG_CANCELLED);
  g_assert_cmpint (record->n_steps, >=, n);
}

/* The engine, and then the run itself, go in the middle. */
static void test_engine_gone (Fixture *f, gconstpointer data)
{
  g_autoptr (CpgEngine) engine = cpg_engine_new (1, "auto");
  g_autoptr (CpgSettings) settings = cpg_settings_new ();
  cpg_recorder_watch_engine (f->recorder, engine);
  g_autoptr (CpgRun) first = cpg_engine_start_run (engine, settings), second = cpg_engine_start_run (engine, settings);
  while (cpg_run_get_n_done (first) < 3)
    turn ();
  g_clear_object (&engine);
  finish (first);
  g_clear_object (&second); /* never had a turn */
  CpgRun *run = cpg_session_get_run (f->session);
  finish (run);
  cpg_recorder_watch_engine (f->recorder, cpg_session_get_engine (f->session));
  g_autoptr (CpgRun) let_go = cpg_engine_start_run (cpg_session_get_engine (f->session), settings);
  while (cpg_run_get_n_done (let_go) < 3)
    turn ();
  g_clear_object (&let_go);
  wait (200);
  g_autoptr (GPtrArray) runs = read_log (f);
  g_assert_cmpuint (runs->len, ==, 3);
  g_assert_cmpint (((CpgLogRun *) runs->pdata[0])->state, ==, CPG_LOG_CANCELLED);
  g_assert_cmpint (((CpgLogRun *) runs->pdata[1])->state, ==, CPG_LOG_CANCELLED);
}

/* A branch knows where it comes from; one behind the last step is the run itself. */
static void test_branch (Fixture *f, gconstpointer data)
{
  CpgRun *run = cpg_session_get_run (f->session);
  CpgEngine *engine = cpg_session_get_engine (f->session);
  g_autoptr (CpgSettings) settings = cpg_settings_copy (cpg_run_get_settings (run));
  finish (run);
  g_autofree char *id = g_strdup (cpg_recorder_get_id (f->recorder, run));
  g_object_set (settings, "seed", (guint64) 99, NULL);
  g_autoptr (CpgRun) branch = cpg_engine_branch_run (engine, run, 20, settings, NULL);
  g_autoptr (CpgRun) same = cpg_engine_branch_run (engine, run, 50, cpg_run_get_settings (run), NULL);
  finish (branch);
  finish (same);
  wait (200);
  g_assert_cmpstr (cpg_recorder_get_id (f->recorder, same), ==, id);
  g_autoptr (GPtrArray) runs = read_log (f);
  g_assert_cmpuint (runs->len, ==, 2);
  const CpgLogRun *record = runs->pdata[0];
  g_assert_cmpstr (record->parent, ==, id);
  g_assert_cmpint (record->branched, ==, 20);
  g_assert_cmpint (record->n_steps, ==, 50); /* the shared ones too */
}

/* Latents that an edit keeps are kept by the log, to the bit. */
static void test_edit (Fixture *f, gconstpointer data)
{
  CpgRun *run = cpg_session_get_run (f->session);
  CpgEngine *engine = cpg_session_get_engine (f->session);
  finish (run);
  int n, width;
  const float *latents = cpg_step_get_latents (cpg_run_get_result (run), COSMOS_SHOW_X0, &n, &width);
  g_autofree bool *mask = g_new0 (bool, (gsize) n);
  mask[1] = mask[n - 1] = true;
  g_autoptr (CpgPins) pins = cpg_pins_new (latents, mask, n, width);
  g_autoptr (CpgSettings) settings = cpg_settings_copy (cpg_run_get_settings (run));
  g_object_set (settings, "pins", pins, "seed", (guint64) 3, NULL);
  g_autoptr (CpgRun) edit = cpg_engine_start_run (engine, settings);
  finish (edit);
  wait (200);
  g_autoptr (GPtrArray) runs = read_log (f);
  const CpgLogRun *record = runs->pdata[0];
  g_autoptr (CpgSettings) back = cpg_sessions_record_get_settings (record, 1);
  g_assert_true (cpg_pins_equal (cpg_settings_get_pins (back), pins));
  g_autoptr (CpgRun) again = cpg_engine_start_run (engine, back);
  finish (again);
  g_autoptr (CpgLogRun) outcome = cpg_sessions_record_new (back);
  cpg_sessions_record_take_end (outcome, again);
  g_assert_cmpstr (outcome->output_hash, ==, record->output_hash);
}

static void test_comparison (Fixture *f, gconstpointer data)
{
  g_autoptr (CpgComparison) comparison = cpg_comparison_new ();
  g_autoptr (CpgContender) first = cpg_contender_new (CPG_VARIATION_NONE, 0, NULL);
  g_autoptr (CpgContender) second = cpg_contender_new (CPG_VARIATION_SEED, 1, NULL);
  finish (cpg_session_get_run (f->session));
  cpg_recorder_watch_comparison (f->recorder, comparison);
  cpg_comparison_add (comparison, first);
  cpg_comparison_add (comparison, second);
  cpg_comparison_start_with (comparison, cpg_session_get_engine (f->session), cpg_session_get_run (f->session));
  while (cpg_comparison_is_active (comparison))
    turn ();
  g_autoptr (GAsyncResult) result = NULL;
  cpg_session_log_list_comparisons_async (cpg_recorder_get_log (f->recorder), NULL, take_result, &result);
  while (!result)
    turn ();
  g_autoptr (GPtrArray) all = cpg_session_log_list_comparisons_finish (cpg_recorder_get_log (f->recorder), result, NULL);
  g_assert_cmpuint (all->len, ==, 1);
  const CpgLogComparison *record = all->pdata[0];
  g_assert_cmpstr (record->kind, ==, "seed");
  g_assert_cmpuint (g_strv_length (record->runs), ==, 2);
  g_assert_cmpstr (record->runs[0], ==, cpg_recorder_get_id (f->recorder, cpg_session_get_run (f->session)));
}

/* A log that cannot be opened is told of, and the program goes on. */
static void test_no_log (Fixture *f, gconstpointer data)
{
  g_assert_true (g_file_set_contents (f->path, "This is no database, and nobody should take it for one.\n", -1, NULL));
  open_recorder (f);
  finish (cpg_session_get_run (f->session));
  g_assert_cmpint (cpg_run_get_state (cpg_session_get_run (f->session)), ==, CPG_RUN_DONE);
  while (!cpg_recorder_get_problem (f->recorder))
    turn ();
  g_assert_null (cpg_recorder_get_log (f->recorder));
  g_assert_null (cpg_recorder_get_id (f->recorder, cpg_session_get_run (f->session)));
  g_assert_nonnull (strstr (cpg_recorder_get_problem (f->recorder), "sessions.db"));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
#define ADD(name, func, data) g_test_add ("/ui/recorder/" name, Fixture, data, set_up, func, tear_down)
  ADD ("run", test_run, NULL);
  ADD ("again", test_again, NULL);
  ADD ("cancelled", test_cancelled, NULL);
  ADD ("closed", test_closed, NULL);
  ADD ("engine-gone", test_engine_gone, NULL);
  ADD ("branch", test_branch, NULL);
  ADD ("edit", test_edit, NULL);
  ADD ("comparison", test_comparison, NULL);
  ADD ("no-log", test_no_log, "later");
  return g_test_run ();
}
