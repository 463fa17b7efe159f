/* kill -9 at any instant while runs are logged and models are fetched, both at once: the log is whole, every step that was reported is in it, and no
 * file under its final name is bad.
 *
 * Two children work on one home: this program once more, with the engine and the recorder of the window but no window, which makes runs without end
 * and reports steps on standard output; and `cosmos models get`, again and again, from a server on this machine. Both die at one moment, by chance.
 * The log is then looked at by SQLite itself, before the program's own code opens it.
 */
#include "../cli/command.h"

#include "../faulty-server.h"
#include "../model-folder.h"
#include "app/cpg-recorder.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* $COSMOS_KILLS: another number of them. */
enum {
  KILLS = 15,
  KILLS_OF_A_HOME = 25,
  LONGEST = 500 /* ms */,
  STEPS = 400,
  FETCHES = 12,
  GATHER = 100 /* ms, the recorder's */
};

static char *home, *right, *huge;

/* ---- the child that runs ---- */

typedef struct {
  char *id;
  int n_done;
} Report;

static void report (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Report *self = data;
  g_autofree char *id = self->id, *line = g_strdup_printf ("%s %d\n", id, self->n_done);
  g_autoptr (GError) error = NULL;
  if (!cpg_session_log_write_finish (CPG_SESSION_LOG (source), result, &error))
    g_error ("%s", error->message);
  if (write (STDOUT_FILENO, line, strlen (line)) != (gssize) strlen (line))
    exit (1);
}

static CpgRecorder *recorder;

/* The log answers in order. So this comes when what the recorder has sent before is written: steps, a tenth of a second after they came. */
static void ask (gpointer data)
{
  Report *self = data;
  cpg_session_log_open_async (cpg_recorder_get_log (recorder), NULL, report, self);
}

static void on_items (CpgRun *run, guint position, guint removed, guint added)
{
  Report self = {g_strdup (cpg_recorder_get_id (recorder, run)), (int) (position + added)};
  g_timeout_add_once (GATHER, ask, g_memdup2 (&self, sizeof self));
}

G_NORETURN static void run_for_ever (const char *path)
{
  recorder = cpg_recorder_new (path);
  CpgEngine *engine = cpg_engine_new (1, "auto");
  cpg_recorder_watch_engine (recorder, engine);
  for (guint64 seed = 0;; seed++) {
    g_autoptr (CpgSettings) settings = cpg_settings_new ();
    g_object_set (settings, "seed", seed, "steps", STEPS, NULL);
    g_autoptr (CpgRun) run = cpg_engine_start_run (engine, settings);
    g_signal_connect (run, "items-changed", G_CALLBACK (on_items), NULL);
    while (cpg_run_is_active (run))
      g_main_context_iteration (NULL, TRUE);
    g_assert_cmpint (cpg_run_get_state (run), ==, CPG_RUN_DONE);
  }
}

/* ---- the child that fetches ---- */

static void add_model (GString *json, const char *id, const char *fault, const char *sha256)
{
  g_autofree char *url = faulty_server_get_url (fault);
  g_string_append_printf (
      json,
      "%s{\"id\":\"%s\",\"name\":\"%s\",\"kind\":\"tokenizer\",\"files\":[{\"name\":\"%s.bin\",\"url\":\"%s\","
      "\"sha256\":\"%s\"}]}",
      json->len ? "," : "", id, id, id, url, sha256);
}

/* One that takes many kills, and small ones that are new each time: whole, slow, broken off, and of other bytes. */
static void write_catalog (int round)
{
  static const char *const faults[] = {"good", "good", "drip", "cut/70000", "other"};
  static char *slow; /* the same address each time: it goes on */
  g_autoptr (GString) models = g_string_new (NULL);
  g_autofree char *folder = g_build_filename (home, "data", "cosmos-playground", "catalogs", NULL),
                  *path = g_build_filename (folder, "mine.json", NULL);
  if (!slow) {
    add_model (models, "slow", "slow", huge);
    slow = g_strdup (models->str);
  } else
    g_string_append (models, slow);
  for (int i = 0; i < FETCHES; i++) {
    g_autofree char *id = g_strdup_printf ("small-%d-%d", round, i);
    add_model (models, id, faults[g_test_rand_int_range (0, G_N_ELEMENTS (faults))], right);
  }
  g_autofree char *text = g_strdup_printf ("{\"version\":1,\"models\":[%s]}", models->str);
  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* ---- both, and their death ---- */

static void lead_group (gpointer data)
{
  setpgid (0, 0);
}

static GPid start (const char *const *words, int *output)
{
  g_autoptr (GError) error = NULL;
  GPid pid;
  GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL | (output ? 0 : G_SPAWN_STDOUT_TO_DEV_NULL);
  g_spawn_async_with_pipes (NULL, (char **) words, NULL, flags, lead_group, NULL, &pid, NULL, output, NULL, &error);
  g_assert_no_error (error);
  return pid;
}

/* -> what was reported until then. Most die some time after the first report: else a busy machine has only deaths before there is anything. */
static char *run_and_kill (const char *program, const char *path, int round)
{
  const char *const runs[] = {program, "--child", path, NULL};
  g_autofree char *script = round % 2 ? g_strdup ("exec \"$COSMOS\" models get slow")
                                      : g_strdup_printf ("i=0; while [ $i -lt %d ]; do \"$COSMOS\" models get small-%d-$i; "
                                                         "i=$((i + 1)); done",
                                                         FETCHES, round);
  const char *const fetches[] = {"/bin/sh", "-c", script, NULL};
  GString *reported = g_string_new (NULL);
  char piece[4096];
  int output, status;
  GPid running = start (runs, &output), fetching = start (fetches, NULL);
  GPollFD poll = {.fd = output, .events = G_IO_IN};
  if (g_test_rand_int_range (0, 4))
    g_poll (&poll, 1, -1);
  gint64 end = g_get_monotonic_time () + g_test_rand_int_range (0, LONGEST) * G_TIME_SPAN_MILLISECOND;
  while (g_get_monotonic_time () < end) { /* read, so that the child never waits for the pipe */
    if (g_poll (&poll, 1, (int) ((end - g_get_monotonic_time ()) / 1000)) > 0) {
      gssize n = read (output, piece, sizeof piece);
      g_assert_cmpint (n, >, 0); /* it does not end by itself */
      g_string_append_len (reported, piece, n);
    }
  }
  g_assert_cmpint (kill (-running, SIGKILL), ==, 0);
  kill (-fetching, SIGKILL); /* which may have ended */
  g_assert_cmpint (waitpid (running, &status, 0), ==, running);
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (waitpid (fetching, &status, 0), ==, fetching);
  for (gssize n; (n = read (output, piece, sizeof piece)) > 0;)
    g_string_append_len (reported, piece, n);
  close (output);
  return g_string_free (reported, FALSE);
}

/* ---- what is left ---- */

static char *ask_sqlite (sqlite3 *db, const char *sql, const char *id)
{
  sqlite3_stmt *statement;
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  if (id)
    sqlite3_bind_text (statement, 1, id, -1, SQLITE_STATIC);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  char *text = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  return text;
}

/* -> steps that were reported, all of which are there */
static int check_log (const char *path, const char *reported)
{
  g_autoptr (GHashTable) most = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) lines = g_strsplit (reported, "\n", -1);
  sqlite3 *db;
  int n = 0;
  if (!g_file_test (path, G_FILE_TEST_EXISTS)) { /* killed before it was made */
    g_assert_cmpstr (reported, ==, "");
    return 0;
  }
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_autofree char *whole = ask_sqlite (db, "PRAGMA integrity_check", NULL), *keys = NULL;
  g_assert_cmpstr (whole, ==, "ok");
  for (guint i = 0; lines[i] && lines[i + 1]; i++) { /* the last line may be half a line: it was not reported */
    char *space = strchr (lines[i], ' ');
    g_hash_table_replace (most, g_strndup (lines[i], (gsize) (space - lines[i])), GINT_TO_POINTER (atoi (space)));
  }
  GHashTableIter iter;
  gpointer id, n_done;
  g_hash_table_iter_init (&iter, most);
  while (g_hash_table_iter_next (&iter, &id, &n_done)) {
    /* From 0 on, without a gap */
    g_autofree char *there = ask_sqlite (
        db, "SELECT count (*) * (max (step) = count (*) - 1) FROM steps JOIN runs ON run = number WHERE id = ?", id);
    g_assert_cmpint (atoi (there), >=, GPOINTER_TO_INT (n_done));
    n += GPOINTER_TO_INT (n_done);
  }
  sqlite3_close (db);
  return n;
}

static void take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* As the next start of the program does it. */
static void check_opens (const char *path)
{
  g_autoptr (CpgSessionLog) log = cpg_session_log_new (path);
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GError) error = NULL;
  cpg_session_log_open_async (log, NULL, take_result, &opened);
  while (!opened)
    g_main_context_iteration (NULL, TRUE);
  cpg_session_log_write_finish (log, opened, &error);
  g_assert_no_error (error);
}

/* Whole models, which are removed then -> their number. What is not whole goes by another name. */
static int check_models (void)
{
  g_autoptr (GDir) folder = g_dir_open (command_get_folder (), 0, NULL);
  int n = 0;
  for (const char *name; (name = g_dir_read_name (folder));) {
    g_autofree char *path = g_build_filename (command_get_folder (), name, NULL), *data = NULL;
    gsize size;
    if (!g_str_has_suffix (name, ".bin"))
      continue;
    g_assert_true (g_file_get_contents (path, &data, &size, NULL));
    g_autofree char *sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) data, size);
    g_assert_cmpstr (sha256, ==, g_str_has_prefix (name, "slow") ? huge : right);
    g_remove (path);
    n++;
  }
  return n;
}

static void test_kill (gconstpointer program)
{
  int kills = g_getenv ("COSMOS_KILLS") ? atoi (g_getenv ("COSMOS_KILLS")) : KILLS, n_steps = 0, n_files = 0, n_silent = 0;
  g_autofree char *path = g_build_filename (home, "data", "cosmos-playground", "sessions.db", NULL);
  gint64 begin = g_get_monotonic_time ();
  for (int round = 0; round < kills; round++) {
    write_catalog (round);
    g_autofree char *reported = run_and_kill (program, path, round);
    int steps = check_log (path, reported), files = check_models ();
    check_opens (path);
    n_steps += steps;
    n_files += files;
    n_silent += steps == 0;
    if (round % KILLS_OF_A_HOME == KILLS_OF_A_HOME - 1) { /* a log that is not there yet is another case */
      for (const char *const *end = (const char *const[]) {"", "-wal", "-shm", "-users", NULL}; *end; end++) {
        g_autofree char *file = g_strconcat (path, *end, NULL);
        g_remove (file);
      }
    }
  }
  g_test_message (
      "%d kills, %d of them before the first report; %d steps were reported and %d models whole, none lost or bad; %.1f s", kills,
      n_silent, n_steps, n_files, 1e-6 * (double) (g_get_monotonic_time () - begin));
  g_assert_cmpint (n_steps, >, 0); /* something was tested */
  g_assert_cmpint (n_files, >, 0);
}

int main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--child") == 0)
    run_for_ever (argv[2]);
  g_test_init (&argc, &argv, NULL);
  command_start ();
  home = model_folder_new_temporary ();
  g_autofree char *data = g_build_filename (home, "data", NULL), *cache = g_build_filename (home, "cache", NULL);
  g_setenv ("HOME", home, TRUE);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  faulty_server_start ();
  right = faulty_server_get_sha256 ("content.bin");
  huge = faulty_server_get_sha256 ("huge.bin");
  g_test_add_data_func ("/ui/kill/at-any-instant", argv[0], test_kill);
  int result = g_test_run ();
  faulty_server_stop ();
  command_finish ();
  model_folder_remove (home);
  g_free (right);
  g_free (huge);
  return result;
}
