/* What the window's runs leave in the session log, with the bundled model and no display. */
#include "recorder-fixture.h"

#include "app/cpg-sessions-comparison.h"
#include "app/cpg-sessions-record.h"
#include "store/cpg-log-pack.h"
#include "store/cpg-session-log-shelf.h"

#include <math.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* What is read while the noisy state is shown is kept beside what was read of the guess. */
static void test_noisy (Fixture *f, gconstpointer data)
{
  CpgRun *run = cpg_session_get_run (f->session);
  finish (run);
  cpg_run_read_all_async (run, FALSE, NULL, NULL, NULL);
  wait (600);
  g_autofree char *text = g_strdup (cpg_step_get_text (cpg_run_get_step (run, 3)));
  g_object_set (f->session, "noisy", TRUE, NULL);
  cpg_run_set_current_step (run, 3);
  while (!cpg_step_is_decoded (cpg_run_get_step (run, 3)))
    turn ();
  wait (300);
  g_autoptr (GPtrArray) runs = read_log (f);
  const CpgLogStep *step = ((CpgLogRun *) runs->pdata[0])->steps->pdata[3];
  g_assert_true (step->decoded);
  g_assert_cmpstr (step->text, ==, text);
  g_assert_nonnull (step->tokens);
  g_assert_cmpstr (step->noisy_text, ==, cpg_step_get_text (cpg_run_get_step (run, 3)));
  g_assert_cmpstr (step->noisy_text, !=, "");
  g_object_set (f->session, "noisy", FALSE, NULL);
  wait (300);
  g_autoptr (GPtrArray) after = read_log (f);
  const CpgLogStep *back = ((CpgLogRun *) after->pdata[0])->steps->pdata[3];
  g_assert_cmpstr (back->text, ==, text);
  g_assert_cmpstr (back->noisy_text, ==, step->noisy_text);
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

/* ---- comparisons ---- */

static GPtrArray *load_whole (Fixture *f, const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CpgSessionLog *log = cpg_recorder_get_log (f->recorder);
  cpg_session_log_load_whole_async (log, (const char *[]) {id, NULL}, NULL, take_result, &result);
  while (!result)
    turn ();
  GPtrArray *runs = cpg_session_log_runs_finish (log, result, &error);
  g_assert_no_error (error);
  return runs;
}

static void finish_comparison (CpgComparison *comparison)
{
  while (cpg_comparison_is_active (comparison) || !cpg_comparison_get_measures (comparison, 0))
    turn ();
  wait (200);
}

static gboolean is_same_number (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

/* One entry with what was made for it; in a new program it is as it was: texts, times, measurements; and nothing is written twice. */
static void test_comparison (Fixture *f, gconstpointer data)
{
  static const CpgVariation variations[] = {CPG_VARIATION_NONE, CPG_VARIATION_TEMPERATURE, CPG_VARIATION_SEED};
  enum { N = G_N_ELEMENTS (variations) };
  CpgComparison *comparison = cpg_comparison_new ();
  CpgMeasures measures[N];
  double seconds[N], middle[N];
  g_auto (GStrv) texts = g_new0 (char *, N + 1);
  finish (cpg_session_get_run (f->session));
  cpg_recorder_watch_comparison (f->recorder, comparison);
  for (int i = 0; i < N; i++) {
    g_autoptr (CpgContender) contender = cpg_contender_new (variations[i], variations[i] == CPG_VARIATION_TEMPERATURE ? 300 : 1,
                                                            NULL);
    cpg_comparison_add (comparison, contender);
  }
  cpg_comparison_set_reference (comparison, "A reference.");
  cpg_comparison_start_with (comparison, cpg_session_get_engine (f->session), cpg_session_get_run (f->session));
  finish_comparison (comparison);
  for (guint i = 0; i < N; i++) {
    CpgContender *contender = cpg_comparison_get (comparison, i);
    g_assert_cmpint (cpg_contender_get_state (contender), ==, CPG_RUN_DONE);
    texts[i] = g_strdup (cpg_contender_get_text (contender));
    seconds[i] = cpg_contender_get_seconds (contender);
    middle[i] = cpg_contender_get_time (contender, cpg_contender_get_n_done (contender) / 2);
    measures[i] = *cpg_comparison_get_measures (comparison, i);
  }
  g_autofree char *judge = g_strdup (cpg_comparison_get_judge (comparison)),
                  *run_id = g_strdup (cpg_recorder_get_id (f->recorder, cpg_session_get_run (f->session)));
  g_object_unref (comparison);

  /* In the log: the run, and the comparison. */
  g_autoptr (GPtrArray) entries = read_log (f);
  g_assert_cmpuint (entries->len, ==, 2);
  const CpgLogRun *record = entries->pdata[0];
  g_assert_cmpint (record->kind, ==, CPG_LOG_COMPARISON);
  g_assert_cmpint (record->state, ==, CPG_LOG_DONE);
  g_assert_cmpstr (record->judge, ==, judge);
  g_assert_nonnull (strstr (record->output, texts[1]));
  g_assert_cmpuint (record->columns->len, ==, N);
  g_assert_cmpstr (((CpgLogColumn *) record->columns->pdata[0])->run, ==, run_id);
  g_autoptr (GPtrArray) whole = load_whole (f, record->id);
  g_assert_cmpuint (whole->len, ==, 1 + N);
  while (!*((CpgLogRun *) whole->pdata[2])->model_sha256) { /* which is read meanwhile */
    wait (50);
    g_clear_pointer (&whole, g_ptr_array_unref);
    whole = load_whole (f, record->id);
  }
  const CpgLogRun *written = whole->pdata[2], *other = whole->pdata[3];
  g_assert_cmpint (written->kind, ==, CPG_LOG_AUTOREGRESSIVE);
  g_assert_true (written->part && other->part);
  g_assert_cmpstr (written->output, ==, texts[1]);
  g_assert_nonnull (strstr (written->settings, "\"temperature\":0.3,"));
  g_assert_cmpuint (strlen (written->model_sha256), ==, 64);
  g_assert_cmpuint (other->seed, ==, 8);
  close_recorder (f);

  open_recorder (f);
  finish (cpg_session_get_run (f->session));
  wait (200);
  g_autoptr (GPtrArray) before = read_log (f), again = load_whole (f, record->id);
  g_autoptr (CpgSettings) base = cpg_sessions_record_get_settings (again->pdata[0], 1);
  g_autoptr (GPtrArray) contenders = g_ptr_array_new_with_free_func (g_object_unref);
  comparison = cpg_comparison_new ();
  cpg_recorder_watch_comparison (f->recorder, comparison);
  cpg_comparison_set_reference (comparison, ((CpgLogRun *) again->pdata[0])->reference);
  for (guint i = 0; i < N; i++)
    g_ptr_array_add (contenders,
                     cpg_sessions_comparison_restore_contender (record->columns->pdata[i], again->pdata[i + 1], base));
  cpg_recorder_set_comparison_replay (f->recorder, comparison, again->pdata[0]);
  cpg_comparison_restore (comparison, (CpgContender *const *) contenders->pdata, N, cpg_session_get_engine (f->session), base,
                          NULL, cpg_sessions_comparison_restore_report (again->pdata[0]));
  finish_comparison (comparison);
  for (guint i = 0; i < N; i++) {
    CpgContender *contender = cpg_comparison_get (comparison, i);
    const CpgMeasures *now = cpg_comparison_get_measures (comparison, i);
    g_autoptr (GArray) times = cpg_sessions_comparison_get_times (again->pdata[i + 1], record->columns->pdata[i]);
    cpg_contender_set_times (contender, (const double *) (gpointer) times->data, (int) times->len);
    g_assert_cmpint (cpg_contender_get_variation (contender), ==, variations[i]);
    g_assert_cmpstr (cpg_contender_get_text (contender), ==, texts[i]);
    g_assert_cmpfloat_with_epsilon (cpg_contender_get_seconds (contender), seconds[i], 1e-9);
    g_assert_cmpfloat_with_epsilon (cpg_contender_get_time (contender, cpg_contender_get_n_done (contender) / 2), middle[i],
                                    1e-9);
    g_assert_true (is_same_number (now->perplexity, measures[i].perplexity));
    g_assert_true (is_same_number (now->diversity, measures[i].diversity));
    g_assert_true (is_same_number (now->bleu, measures[i].bleu));
    g_assert_cmpint (now->own_judge, ==, measures[i].own_judge);
  }
  g_assert_cmpstr (cpg_comparison_get_judge (comparison), ==, judge);
  g_autoptr (GPtrArray) after = read_log (f);
  g_assert_cmpuint (after->len, ==, before->len);

  /* A column more changes the entry; a new start is another one. */
  g_autoptr (CpgContender) more = cpg_contender_new (CPG_VARIATION_STEPS, 5, NULL);
  cpg_comparison_add (comparison, more);
  finish_comparison (comparison);
  g_autoptr (GPtrArray) changed = read_log (f), changed_whole = load_whole (f, record->id);
  g_assert_cmpuint (changed->len, ==, before->len);
  g_assert_cmpuint (((CpgLogRun *) changed_whole->pdata[0])->columns->len, ==, N + 1);
  g_assert_cmpuint (changed_whole->len, ==, 2 + N);
  cpg_comparison_start (comparison, cpg_session_get_engine (f->session), base);
  finish_comparison (comparison);
  for (guint i = 0; i < N; i++)
    g_assert_cmpstr (cpg_contender_get_text (cpg_comparison_get (comparison, i)), ==, texts[i]);
  g_autoptr (GPtrArray) anew = read_log (f);
  g_assert_cmpuint (anew->len, ==, before->len + 1);
  g_object_unref (comparison);
}

/* Stopped in the middle, it says so, and what there was is kept. */
static void test_comparison_stopped (Fixture *f, gconstpointer data)
{
  g_autoptr (CpgComparison) comparison = cpg_comparison_new ();
  g_autoptr (CpgContender) first = cpg_contender_new (CPG_VARIATION_NONE, 0, NULL);
  g_autoptr (CpgContender) second = cpg_contender_new (CPG_VARIATION_AUTOREGRESSIVE, 0, NULL);
  finish (cpg_session_get_run (f->session));
  cpg_recorder_watch_comparison (f->recorder, comparison);
  cpg_comparison_add (comparison, first);
  cpg_comparison_add (comparison, second);
  cpg_comparison_start (comparison, cpg_session_get_engine (f->session), cpg_session_get_settings (f->session));
  while (cpg_contender_get_n_done (second) < 5)
    turn ();
  cpg_comparison_cancel (comparison);
  wait (300);
  g_autoptr (GPtrArray) entries = read_log (f);
  g_assert_cmpuint (entries->len, ==, 2);
  const CpgLogRun *record = entries->pdata[0];
  g_assert_cmpint (record->state, ==, CPG_LOG_CANCELLED);
  g_autoptr (GPtrArray) whole = load_whole (f, record->id);
  const CpgLogRun *written = whole->pdata[2];
  g_assert_cmpint (written->kind, ==, CPG_LOG_AUTOREGRESSIVE);
  g_assert_cmpint (written->state, ==, CPG_LOG_CANCELLED);
  g_assert_cmpuint (written->steps->len, >=, 5);
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

/* ---- a log that cannot be used, and what is done about it ---- */

static void wait_for_failure (Fixture *f, int code)
{
  while (!cpg_recorder_get_failure (f->recorder))
    turn ();
  g_assert_error (cpg_recorder_get_failure (f->recorder), CPG_DATABASE_ERROR, code);
  g_assert_null (cpg_recorder_get_log (f->recorder));
}

/* Until it is open. */
static void wait_for_log (Fixture *f)
{
  while (cpg_recorder_get_failure (f->recorder))
    turn ();
  g_assert_nonnull (cpg_recorder_get_log (f->recorder));
  g_assert_null (cpg_recorder_get_problem (f->recorder));
}

/* A log with one run, closed. */
static void make_log (Fixture *f)
{
  open_recorder (f);
  finish (cpg_session_get_run (f->session));
  close_recorder (f);
}

static char *read_file (const char *path)
{
  char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* A damaged one is moved aside as it is; the run of the time without a log is kept in the new one. */
static void test_damaged (Fixture *f, gconstpointer data)
{
  static const char letter[] = "This is no database, and nobody should take it for one.\n";
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_set_contents (f->path, letter, -1, NULL));
  open_recorder (f);
  finish (cpg_session_get_run (f->session));
  wait_for_failure (f, CPG_DATABASE_ERROR_DAMAGED);
  cpg_recorder_open (f->recorder, FALSE); /* trying again changes nothing */
  while (cpg_recorder_get_log (f->recorder))
    turn ();
  wait_for_failure (f, CPG_DATABASE_ERROR_DAMAGED);
  g_autofree char *aside = cpg_recorder_begin_anew (f->recorder, &error);
  g_assert_no_error (error);
  wait_for_log (f);
  wait (300);
  g_autofree char *kept = read_file (aside), *name = g_path_get_basename (aside);
  g_assert_cmpstr (kept, ==, letter);
  g_assert_cmpstr (name, ==, "sessions-2.db");
  g_autoptr (GPtrArray) runs = read_log (f);
  g_assert_cmpuint (runs->len, ==, 1);
  const CpgLogRun *record = runs->pdata[0];
  g_assert_cmpint (record->state, ==, CPG_LOG_DONE);
  g_assert_cmpint (record->n_steps, ==, 50);
  g_assert_cmpstr (record->id, ==, cpg_recorder_get_id (f->recorder, cpg_session_get_run (f->session)));
}

/* One of a newer program is left alone. */
static void test_newer (Fixture *f, gconstpointer data)
{
  make_log (f);
  sqlite3 *db;
  g_assert_cmpint (sqlite3_open (f->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 1000", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  open_recorder (f);
  finish (cpg_session_get_run (f->session));
  wait_for_failure (f, CPG_DATABASE_ERROR_NEWER);
  cpg_recorder_open (f->recorder, TRUE); /* nor can it be looked at */
  while (cpg_recorder_get_log (f->recorder))
    turn ();
  wait_for_failure (f, CPG_DATABASE_ERROR_NEWER);
  g_autofree char *aside = cpg_recorder_begin_anew (f->recorder, NULL);
  wait_for_log (f);
  g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
}

/* Looked at without being written, as somebody who may not write (root may always). */
static void test_read_only (Fixture *f, gconstpointer data)
{
  enum { NOBODY = 65534 };
  gboolean root = geteuid () == 0;
  g_autoptr (GError) error = NULL;
  g_autofree char *parent = g_path_get_dirname (f->folder);
  make_log (f);
  g_assert_cmpint (chmod (parent, 0755), ==, 0); /* of this test program; others may look into it */
  g_assert_cmpint (chmod (f->path, 0444), ==, 0);
  g_assert_cmpint (chmod (f->folder, 0555), ==, 0);
  if (root)
    g_assert_cmpint (seteuid (NOBODY), ==, 0);
  f->recorder = cpg_recorder_new (f->path);
  wait_for_failure (f, CPG_DATABASE_ERROR_READ_ONLY);
  g_autofree char *aside = cpg_recorder_begin_anew (f->recorder, &error);
  g_assert_null (aside);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  cpg_recorder_open (f->recorder, TRUE);
  wait_for_log (f);
  g_assert_true (cpg_recorder_is_read_only (f->recorder));
  g_autoptr (GAsyncResult) found = NULL, written = NULL;
  g_autoptr (GError) refused = NULL;
  cpg_session_log_find_async (cpg_recorder_get_log (f->recorder), &(CpgLogQuery) {.words = ""}, NULL, take_result, &found);
  while (!found)
    turn ();
  g_autoptr (GPtrArray) runs = cpg_session_log_runs_finish (cpg_recorder_get_log (f->recorder), found, NULL);
  g_assert_cmpuint (runs->len, ==, 1);
  cpg_session_log_set_title_async (cpg_recorder_get_log (f->recorder), ((CpgLogRun *) runs->pdata[0])->id, "x", NULL, take_result,
                                   &written);
  while (!written)
    turn ();
  g_assert_false (cpg_session_log_write_finish (cpg_recorder_get_log (f->recorder), written, &refused));
  g_assert_error (refused, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_READ_ONLY);
  if (root)
    g_assert_cmpint (seteuid (0), ==, 0);
  g_assert_cmpint (chmod (f->folder, 0755), ==, 0);
  /* A run is made all the same, and no trace of it is kept. */
  CpgRecorder *recorder = f->recorder;
  f->session = cpg_session_new ();
  cpg_session_set_recorder (f->session, recorder);
  cpg_session_set_engine (f->session, 0, "auto");
  cpg_session_load (f->session, NULL);
  while (!cpg_session_get_run (f->session))
    turn ();
  finish (cpg_session_get_run (f->session));
  g_assert_null (cpg_recorder_get_id (recorder, cpg_session_get_run (f->session)));
  g_assert_null (cpg_recorder_get_problem (recorder));
  close_recorder (f);
  g_autoptr (GPtrArray) after = read_log (f);
  g_assert_cmpuint (after->len, ==, 1);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
#define ADD(name, func, data) g_test_add ("/ui/recorder/" name, Fixture, data, set_up, func, tear_down)
  ADD ("run", test_run, NULL);
  ADD ("noisy", test_noisy, NULL);
  ADD ("again", test_again, NULL);
  ADD ("cancelled", test_cancelled, NULL);
  ADD ("closed", test_closed, NULL);
  ADD ("engine-gone", test_engine_gone, NULL);
  ADD ("branch", test_branch, NULL);
  ADD ("edit", test_edit, NULL);
  ADD ("comparison", test_comparison, NULL);
  ADD ("comparison-stopped", test_comparison_stopped, NULL);
  ADD ("no-log", test_no_log, "later");
  ADD ("damaged", test_damaged, "later");
  ADD ("newer", test_newer, "later");
  ADD ("read-only", test_read_only, "later");
  return g_test_run ();
}
