/* kill -9 at any instant: the log opens again, and every step that was answered is in it.
 *
 * The child logs runs and reports on standard output what was answered; the parent kills it, opens the log and compares. */
#include "fixture.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* $COSMOS_KILLS: another number of them. With a real run and downloads beside it: ../ui/test-kill.c. */
enum { KILLS = 15, KILLS_OF_A_FILE = 20, LONGEST = 60 /* ms */, STEPS = 20, END = -1 };

/* ---- the child ---- */

typedef struct {
  int run, step;
} Report;

static int n_open; /* not answered yet */

static void on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Report *report = data;
  g_autoptr (GError) error = NULL;
  char line[64];
  n_open--;
  if (!cpg_session_log_write_finish (CPG_SESSION_LOG (source), result, &error))
    g_error ("%s", error->message);
  int length = g_snprintf (line, sizeof line, "%d %d\n", report->run, report->step);
  if (write (STDOUT_FILENO, line, (gsize) length) != length)
    exit (1);
}

static Report *expect (int run, int step)
{
  Report *report = g_new (Report, 1);
  *report = (Report) {run, step};
  n_open++;
  return report;
}

/* Runs without end; some wait for their answers now and then, some do not. */
G_NORETURN static void log_for_ever (const char *path, guint32 seed)
{
  g_autoptr (CpgSessionLog) log = cpg_session_log_new (path);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  for (int number = 0;; number++) {
    g_autoptr (CpgLogRun) run = fixture_run ("A run", "");
    g_free (run->id);
    run->id = g_strdup_printf ("%u/%d", seed, number);
    cpg_session_log_begin_run_async (log, run, NULL, NULL, NULL);
    int patience = g_rand_int_range (random, 1, 64);
    for (int i = 0; i < STEPS; i++) {
      g_autofree char *text = g_strnfill ((gsize) g_rand_int_range (random, 0, 2000), 'x');
      cpg_session_log_add_steps_async (log, run->id, fixture_steps (i, 1, text), NULL, on_answer, expect (number, i));
      while (n_open >= patience)
        g_main_context_iteration (NULL, TRUE);
    }
    run->state = CPG_LOG_DONE;
    cpg_session_log_end_run_async (log, run, NULL, on_answer, expect (number, END));
  }
}

/* ---- the parent ---- */

/* Starts the child, kills it some time later -> what it had reported. from_report: the time runs from its first report on, as else a busy machine
 * has only kills before there is anything. */
static char *run_and_kill (const char *program, const char *path, guint32 seed, int milliseconds, gboolean from_report)
{
  char first[1] = "";
  g_autoptr (GError) error = NULL;
  g_autofree char *digits = g_strdup_printf ("%u", seed);
  const char *const words[] = {program, "--child", path, digits, NULL};
  g_autoptr (GSubprocess) child = g_subprocess_newv (words, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  if (from_report)
    g_assert_cmpint (g_input_stream_read (g_subprocess_get_stdout_pipe (child), first, 1, NULL, &error), ==, 1);
  g_assert_no_error (error);
  g_usleep ((gulong) milliseconds * 1000);
  g_subprocess_force_exit (child); /* SIGKILL */
  g_autofree char *reported = NULL;
  g_autoptr (GBytes) out = NULL;
  g_assert_true (g_subprocess_communicate (child, NULL, NULL, &out, NULL, &error));
  g_assert_true (g_subprocess_get_if_signaled (child));
  g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGKILL);
  gsize size;
  const char *text = g_bytes_get_data (out, &size);
  return g_strdup_printf ("%.1s%.*s", first, (int) size, size ? text : "");
}

static const CpgLogRun *find_run (GHashTable *loaded, CpgSessionLog *log, guint32 seed, int number)
{
  CpgLogRun *run = g_hash_table_lookup (loaded, GINT_TO_POINTER (number));
  if (run)
    return run;
  g_autofree char *id = g_strdup_printf ("%u/%d", seed, number);
  run = fixture_load (log, id);
  g_hash_table_insert (loaded, GINT_TO_POINTER (number), run);
  return run;
}

/* -> lines */
static int check (CpgSessionLog *log, guint32 seed, char *reported)
{
  g_autoptr (GHashTable) loaded = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) cpg_log_run_free);
  int n = 0, number, step, length;
  for (const char *at = reported; sscanf (at, "%d %d\n%n", &number, &step, &length) == 2; at += length, n++) {
    const CpgLogRun *run = find_run (loaded, log, seed, number);
    if (step == END)
      g_assert_cmpint (run->state, ==, CPG_LOG_DONE);
    else
      g_assert_cmpint (step, <, run->n_steps); /* they come in order */
  }
  GHashTableIter iter;
  const CpgLogRun *run;
  g_hash_table_iter_init (&iter, loaded);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &run)) {
    g_assert_cmpint (run->state, !=, CPG_LOG_RUNNING);
    for (guint i = 0; i < run->steps->len; i++)
      g_assert_cmpint (((CpgLogStep *) run->steps->pdata[i])->number, ==, i);
  }
  return n;
}

static void test_kill (gconstpointer program)
{
  char *folder = NULL;
  int kills = g_getenv ("COSMOS_KILLS") ? atoi (g_getenv ("COSMOS_KILLS")) : KILLS, n = 0, n_silent = 0;
  gint64 begin = g_get_monotonic_time ();
  for (int i = 0; i < kills; i++) {
    if (i % KILLS_OF_A_FILE == 0) {
      g_clear_pointer (&folder, fixture_folder_remove);
      folder = fixture_folder_new ();
    }
    guint32 seed = (guint32) g_test_rand_int ();
    int milliseconds = g_test_rand_int_range (0, LONGEST);
    g_autofree char *path = g_build_filename (folder, "sessions.db", NULL);
    g_autofree char *reported = run_and_kill (program, path, seed, milliseconds, i % 4 != 0);
    g_autoptr (CpgSessionLog) log = fixture_log (folder);
    int lines = check (log, seed, reported);
    n += lines;
    n_silent += lines == 0;
    g_test_message ("seed %u, killed after %d ms: %d answers, all there", seed, milliseconds, lines);
  }
  g_clear_pointer (&folder, fixture_folder_remove);
  g_test_message ("%d kills, %d of them before the first answer; %d answers in all; %.1f s", kills, n_silent, n,
                  1e-6 * (double) (g_get_monotonic_time () - begin));
  g_assert_cmpint (n_silent, <, kills); /* something was tested */
}

int main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], "--child") == 0)
    log_for_ever (argv[2], (guint32) g_ascii_strtoull (argv[3], NULL, 10));
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/kill/at-any-instant", argv[0], test_kill);
  return g_test_run ();
}
