/* What the session log costs a run: processor time of the same runs with and without it.
 *
 *   build/tests/bench/bench-log [REPETITIONS [RUNS [THREADS]]]
 *
 * Each repetition starts this program twice, once with the window's recorder and once without, the one first and then the other by turns: each makes
 * RUNS runs of the model that comes with the program, every step of which is read. Counted are the runs after the first one and the closing of the
 * log. What the log does by itself is told from the rest in two ways: as the whole process's time with it less that without (which other programs
 * disturb), and as the time of the database's thread and that of the main thread less that without, the rest being the engine's threads, which have
 * nothing to do with it. Prints medians, all from one run of the program.
 */
#include "app/cpg-recorder.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- one process ---- */

typedef struct {
  double whole, main, database; /* seconds of processor time */
} Cost;

static double read_clock (clockid_t clock)
{
  struct timespec time;
  clock_gettime (clock, &time);
  return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

/* Of the thread of that name, as the kernel counts it. */
static double read_thread (const char *name)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  for (const char *task; (task = g_dir_read_name (tasks));) {
    g_autofree char *comm = g_build_filename ("/proc/self/task", task, "comm", NULL);
    g_autofree char *times = g_build_filename ("/proc/self/task", task, "schedstat", NULL), *found = NULL, *text = NULL;
    if (g_file_get_contents (comm, &found, NULL, NULL) && g_str_has_prefix (found, name)
        && g_file_get_contents (times, &text, NULL, NULL))
      return 1e-9 * (double) g_ascii_strtoull (text, NULL, 10);
  }
  return 0;
}

static Cost read_cost (void)
{
  return (Cost) {read_clock (CLOCK_PROCESS_CPUTIME_ID), read_clock (CLOCK_THREAD_CPUTIME_ID), read_thread ("cpg-database")};
}

static void on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  if (!cpg_run_read_all_finish (CPG_RUN (source), result, &error))
    g_error ("%s", error->message);
  *(gboolean *) data = TRUE;
}

static void make_run (CpgEngine *engine, guint64 seed)
{
  g_autoptr (CpgSettings) settings = cpg_settings_new ();
  gboolean is_read = FALSE;
  g_object_set (settings, "seed", seed, NULL);
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  while (cpg_run_is_active (run))
    g_main_context_iteration (NULL, TRUE);
  if (cpg_run_get_state (run) != CPG_RUN_DONE)
    g_error ("%s", cpg_run_get_error (run));
  cpg_run_read_all_async (run, FALSE, NULL, on_read, &is_read);
  while (!is_read)
    g_main_context_iteration (NULL, TRUE);
}

/* path: of the log, or "" */
static int measure (int runs, int threads, const char *path)
{
  CpgRecorder *recorder = *path ? cpg_recorder_new (path) : NULL;
  CpgEngine *engine = cpg_engine_new (threads, "auto");
  if (recorder)
    cpg_recorder_watch_engine (recorder, engine);
  make_run (engine, 0);
  Cost before = read_cost ();
  for (int i = 1; i <= runs; i++)
    make_run (engine, (guint64) i);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  double database = read_thread ("cpg-database"); /* before it ends */
  if (recorder)
    cpg_recorder_close (recorder);
  Cost after = read_cost ();
  printf ("%.9f %.9f %.9f\n", after.whole - before.whole, after.main - before.main, database - before.database);
  g_object_unref (engine);
  g_clear_object (&recorder);
  return 0;
}

/* ---- all of them ---- */

static Cost start (const char *program, const char *runs, const char *threads, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  const char *const words[] = {program, "--measure", runs, threads, path, NULL};
  Cost cost;
  int status;
  if (!g_spawn_sync (NULL, (char **) words, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, &error)
      || !g_spawn_check_wait_status (status, &error))
    g_error ("%s", error->message);
  if (sscanf (output, "%lf %lf %lf", &cost.whole, &cost.main, &cost.database) != 3)
    g_error ("%s", output);
  return cost;
}

static int compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

static double median (double *numbers, guint n)
{
  qsort (numbers, n, sizeof *numbers, compare);
  return 0.5 * (numbers[(n - 1) / 2] + numbers[n / 2]);
}

static void remove_log (const char *path)
{
  for (const char *const *end = (const char *const[]) {"", "-wal", "-shm", "-users", NULL}; *end; end++) {
    g_autofree char *file = g_strconcat (path, *end, NULL);
    g_remove (file);
  }
}

int main (int argc, char **argv)
{
  if (argc == 5 && strcmp (argv[1], "--measure") == 0)
    return measure (atoi (argv[2]), atoi (argv[3]), argv[4]);
  int repetitions = argc > 1 ? MAX (1, atoi (argv[1])) : 20;
  const char *runs = argc > 2 ? argv[2] : "5", *threads = argc > 3 ? argv[3] : "0";
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("bench-log-XXXXXX", &error);
  if (!folder)
    g_error ("%s", error->message);
  g_autofree char *path = g_build_filename (folder, "sessions.db", NULL);
  g_autofree double *whole = g_new (double, repetitions), *differences = g_new (double, repetitions),
                    *mains = g_new (double, repetitions), *databases = g_new (double, repetitions);
  for (int i = 0; i < repetitions; i++) {
    Cost with = {0}, without = {0};
    for (int turn = 0; turn < 2; turn++) {
      if ((turn + i) % 2)
        with = start (argv[0], runs, threads, path);
      else
        without = start (argv[0], runs, threads, "");
    }
    remove_log (path);
    whole[i] = without.whole;
    differences[i] = with.whole - without.whole;
    mains[i] = with.main - without.main;
    databases[i] = with.database;
  }
  g_rmdir (folder);
  double n = atof (runs), time = median (whole, (guint) repetitions), own = median (mains, (guint) repetitions),
         thread = median (databases, (guint) repetitions), difference = median (differences, (guint) repetitions),
         spread = differences[repetitions * 3 / 4] - differences[repetitions / 4];
  printf ("%d pairs of %s runs; processor time of a run, medians\n", repetitions, runs);
  printf ("without the log             %9.3f ms\n", 1e3 * time / n);
  printf ("the database's thread       %9.3f ms  %6.3f %%\n", 1e3 * thread / n, 100 * thread / time);
  printf ("more in the main thread     %9.3f ms  %6.3f %%\n", 1e3 * own / n, 100 * own / time);
  printf ("both together               %9.3f ms  %6.3f %%\n", 1e3 * (own + thread) / n, 100 * (own + thread) / time);
  printf ("more in the whole process   %9.3f ms  %6.3f %%, half of the pairs within %.3f %%\n", 1e3 * difference / n,
          100 * difference / time, 100 * spread / time);
  return 0;
}
