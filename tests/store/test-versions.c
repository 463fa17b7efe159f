/* Logs of every version that there was: versions/N.sql makes one. They open, nothing is lost, and their schema becomes the same as a new one's. */
#include "fixture.h"

#include "store/cpg-connection.h"
#include "store/cpg-session-log-shelf.h"

/* ---- without the log ---- */

static CpgConnection *open_bare (const char *path)
{
  static const char *const none[] = {NULL};
  g_autoptr (GError) error = NULL;
  CpgConnection *connection = cpg_connection_open (path, none, &error);
  g_assert_no_error (error);
  return connection;
}

/* FALSE: there is no such version. */
static gboolean make_version (int version, const char *path)
{
  g_autofree char *name = g_strdup_printf ("%d.sql", version), *text = NULL,
                  *script = g_build_filename (g_getenv ("SOURCE_ROOT"), "tests", "store", "versions", name, NULL);
  g_autoptr (GError) error = NULL;
  if (!g_file_get_contents (script, &text, NULL, NULL))
    return FALSE;
  CpgConnection *connection = open_bare (path);
  cpg_connection_execute (connection, text, &error);
  g_assert_no_error (error);
  cpg_connection_free (connection);
  return TRUE;
}

/* Every statement that made the schema, without comments and spaces, by name. */
static char *schema (const char *path)
{
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GRegex) blanks = g_regex_new ("--[^\n]*|\\s+", 0, 0, NULL);
  sqlite3 *db;
  sqlite3_stmt *rows;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name", -1, &rows, NULL),
                   ==, SQLITE_OK);
  while (sqlite3_step (rows) == SQLITE_ROW)
    g_string_append_printf (all, "%s\n", (const char *) sqlite3_column_text (rows, 0));
  sqlite3_finalize (rows);
  sqlite3_close (db);
  return g_regex_replace (blanks, all->str, -1, 0, "", 0, NULL);
}

/* ---- what is in versions/N.sql ---- */

#define FIRST "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
#define SECOND "6ba7b811-9dad-41d1-80b4-00c04fd430c8"

static void check_runs (CpgSessionLog *log)
{
  g_autoptr (CpgLogRun) run = fixture_load (log, FIRST), branch = fixture_load (log, SECOND);
  g_assert_cmpstr (run->title, ==, "The owl");
  g_assert_cmpuint (run->seed, ==, G_MAXUINT64 - 1);
  g_assert_cmpstrv (run->tags, ((const char *[]) {"one", "two", NULL}));
  g_assert_cmpint (run->state, ==, CPG_LOG_DONE);
  g_assert_cmpuint (run->steps->len, ==, 2);
  g_assert_cmpstr (((CpgLogStep *) run->steps->pdata[0])->text, ==, "An ox");
  g_assert_cmpuint (run->latents->len, ==, 1);
  g_assert_cmpstr (branch->parent, ==, FIRST);
  g_assert_cmpint (branch->state, ==, CPG_LOG_INTERRUPTED);
  g_assert_cmpuint (fixture_count (log, ""), ==, 3); /* with the comparison, and not what is a part of it */
  g_assert_cmpuint (fixture_count (log, "owl moon"), ==, 1);
  g_autoptr (GPtrArray) deleted = fixture_find (log, &(CpgLogQuery) {.deleted = TRUE});
  g_assert_cmpuint (deleted->len, ==, 1);
}

static void check_comparison (CpgSessionLog *log, int version)
{
  g_autoptr (GPtrArray) found = fixture_search (log, "Two"); /* which is also a tag of another */
  const CpgLogRun *first_found = found->pdata[0], *second_found = found->pdata[1];
  g_autoptr (CpgLogRun) comparison = fixture_load (log, *first_found->tags ? second_found->id : first_found->id);
  g_assert_true (g_uuid_string_is_valid (comparison->id));
  g_assert_cmpint (comparison->kind, ==, CPG_LOG_COMPARISON);
  g_assert_cmpuint (comparison->columns->len, ==, (guint) version + 1);
  const CpgLogColumn *first = comparison->columns->pdata[0], *last = comparison->columns->pdata[1];
  g_assert_cmpstr (first->run, ==, SECOND);
  g_assert_cmpstr (first->variation, ==, "same");
  g_assert_cmpstr (last->run, ==, FIRST);
  g_assert_cmpstr (last->variation, ==, "samplers");
  if (version == 1)
    return;
  const CpgLogColumn *written = comparison->columns->pdata[2];
  g_autoptr (CpgLogRun) run = fixture_load (log, FIRST);
  g_assert_cmpstr (((CpgLogStep *) run->steps->pdata[1])->noisy_text, ==, "Owls owls");
  g_assert_cmpfloat (written->perplexity, ==, 12.5);
  g_assert_true (written->own_judge);
  g_assert_cmpstr (comparison->judge, ==, "Baseline");
  g_assert_cmpstr (comparison->reference, ==, "A text.");
  g_autoptr (CpgLogRun) text = fixture_load (log, written->run);
  g_assert_cmpint (text->kind, ==, CPG_LOG_AUTOREGRESSIVE);
  g_assert_true (text->part);
}

static void check_shelf (CpgSessionLog *log)
{
  FIXTURE_CALL (one, cpg_session_log_list_bookmarks_async, log);
  FIXTURE_CALL (three, cpg_session_log_list_trainings_async, log);
  g_autoptr (GPtrArray) bookmarks = cpg_session_log_list_bookmarks_finish (log, one, NULL),
                        trainings = cpg_session_log_list_trainings_finish (log, three, NULL);
  g_assert_cmpuint (bookmarks->len, ==, 1);
  g_assert_cmpuint (trainings->len, ==, 1);
  g_assert_cmpint (((CpgLogTraining *) trainings->pdata[0])->state, ==, CPG_LOG_INTERRUPTED);
}

static void test_versions (void)
{
  char *fresh = fixture_folder_new ();
  g_autofree char *fresh_path = g_build_filename (fresh, "sessions.db", NULL);
  g_object_unref (fixture_log (fresh));
  g_autofree char *wanted = schema (fresh_path);
  int version = 1;
  for (;; version++) {
    char *folder = fixture_folder_new ();
    g_autofree char *path = g_build_filename (folder, "sessions.db", NULL);
    gboolean there = make_version (version, path);
    if (there) {
      CpgSessionLog *log = fixture_log (folder);
      check_runs (log);
      check_shelf (log);
      check_comparison (log, version);
      g_object_unref (log);
      g_autofree char *found = schema (path);
      g_assert_cmpstr (found, ==, wanted);
    }
    fixture_folder_remove (folder);
    if (!there)
      break;
  }
  g_assert_cmpint (version, >, 2);
  fixture_folder_remove (fresh);
}

/* Of a program that is to come, and then of this one again: not touched. */
static void test_newer (void)
{
  char *folder = fixture_folder_new ();
  g_autofree char *path = g_build_filename (folder, "sessions.db", NULL), *before = NULL, *after = NULL;
  gsize size, size_after;
  g_autoptr (GError) error = NULL;
  g_object_unref (fixture_log (folder));
  sqlite3 *db;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 1000", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  g_assert_true (g_file_get_contents (path, &before, &size, NULL));
  g_autoptr (CpgSessionLog) log = cpg_session_log_new (path);
  FIXTURE_CALL (opened, cpg_session_log_open_async, log);
  g_assert_false (cpg_session_log_write_finish (log, opened, &error));
  g_assert_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_NEWER);
  g_clear_error (&error);
  g_autoptr (CpgLogRun) run = fixture_run ("", "");
  FIXTURE_CALL (begun, cpg_session_log_begin_run_async, log, run); /* the program goes on, and nothing comes of it */
  g_assert_false (cpg_session_log_write_finish (log, begun, &error));
  g_assert_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_NEWER);
  g_clear_object (&log);
  g_assert_true (g_file_get_contents (path, &after, &size_after, NULL));
  g_assert_cmpmem (before, size, after, size_after);
  fixture_folder_remove (folder);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/versions/all", test_versions);
  g_test_add_func ("/versions/newer", test_newer);
  return g_test_run ();
}
