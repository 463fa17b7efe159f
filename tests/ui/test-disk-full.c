/* A disk that fills up while the window's recorder writes: it says so, runs go on to their ends, and later ones are kept again. */
#include "../cli/command.h"

#include "app/cpg-recorder.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

static volatile gint is_full; /* set here, read by the database's thread */

static ssize_t write_some (int file, const void *data, size_t size)
{
  if (!g_atomic_int_get (&is_full))
    return write (file, data, size);
  errno = ENOSPC;
  return -1;
}

static ssize_t write_some_at (int file, const void *data, size_t size, off_t at)
{
  if (!g_atomic_int_get (&is_full))
    return pwrite (file, data, size, at);
  errno = ENOSPC;
  return -1;
}

static void turn (void)
{
  g_main_context_iteration (NULL, TRUE);
}

static void take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* full_after: steps, after which the disk is full; -1: never. -> the id of the record */
static char *make_run (CpgRecorder *recorder, CpgEngine *engine, int full_after)
{
  g_autoptr (CpgSettings) settings = cpg_settings_new ();
  g_object_set (settings, "steps", 300, NULL);
  g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
  while (cpg_run_is_active (run)) {
    if (full_after >= 0 && cpg_run_get_n_done (run) > full_after)
      g_atomic_int_set (&is_full, TRUE);
    turn ();
  }
  g_assert_cmpint (cpg_run_get_state (run), ==, CPG_RUN_DONE);
  g_assert_cmpint (cpg_run_get_n_done (run), ==, 300);
  return g_strdup (cpg_recorder_get_id (recorder, run));
}

/* -> the run as the log has it now */
static CpgLogRun *load (CpgRecorder *recorder, const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  cpg_session_log_load_async (cpg_recorder_get_log (recorder), (const char *[]) {id, NULL}, FALSE, NULL, take_result, &result);
  while (!result)
    turn ();
  g_autoptr (GPtrArray) runs = cpg_session_log_runs_finish (cpg_recorder_get_log (recorder), result, &error);
  g_assert_no_error (error);
  return cpg_log_run_copy (runs->pdata[0]);
}

/* Until it is written down whole: what is on its way when the disk fills up is not kept. */
static void wait_until_written (CpgRecorder *recorder, const char *id)
{
  for (int n_steps = 0; n_steps < 300;) {
    g_autoptr (CpgLogRun) run = load (recorder, id);
    n_steps = (int) run->n_steps;
  }
}

static void test_disk_full (void)
{
  sqlite3_vfs *vfs = sqlite3_vfs_find (NULL);
  g_autofree char *path = command_path ("sessions.db");
  vfs->xSetSystemCall (vfs, "write", (sqlite3_syscall_ptr) write_some);
  vfs->xSetSystemCall (vfs, "pwrite", (sqlite3_syscall_ptr) write_some_at);
  vfs->xSetSystemCall (vfs, "pwrite64", (sqlite3_syscall_ptr) write_some_at);
  g_autoptr (CpgRecorder) recorder = cpg_recorder_new (path);
  g_autoptr (CpgEngine) engine = cpg_engine_new (1, "auto");
  cpg_recorder_watch_engine (recorder, engine);
  g_autofree char *before = make_run (recorder, engine, -1);
  wait_until_written (recorder, before);
  g_autofree char *during = make_run (recorder, engine, 0);
  while (!cpg_recorder_get_problem (recorder))
    turn ();
  g_test_message ("%s", cpg_recorder_get_problem (recorder));
  g_assert_nonnull (strstr (cpg_recorder_get_problem (recorder), "the disk is full. Free some space"));
  g_assert_nonnull (cpg_recorder_get_log (recorder));
  g_atomic_int_set (&is_full, FALSE);
  g_autofree char *after = make_run (recorder, engine, -1);
  g_autoptr (CpgLogRun) first = load (recorder, before), last = load (recorder, after);
  g_assert_cmpint (first->n_steps, ==, 300);
  g_assert_cmpint (last->n_steps, ==, 300);
  g_assert_cmpint (last->state, ==, CPG_LOG_DONE);
  cpg_recorder_close (recorder);
  vfs->xSetSystemCall (vfs, NULL, NULL);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  command_start ();
  g_test_add_func ("/ui/disk-full", test_disk_full);
  int result = g_test_run ();
  command_finish ();
  return result;
}
