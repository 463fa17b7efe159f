/* A main loop that cannot hang, a folder of one's own, and calls of the log that wait for their answer. */
#pragma once

#include "store/cpg-log-pack.h"
#include "store/cpg-session-log.h"

#include <glib/gstdio.h>

enum { FIXTURE_SECONDS = 120 }; /* sanitizers are slow */

static gboolean fixture_late (gpointer data)
{
  (void) data;
  g_error ("the main loop waited for %d seconds in vain", FIXTURE_SECONDS);
  return G_SOURCE_REMOVE;
}

/* Turns the main loop until the condition holds. */
#define fixture_wait_until(condition)                                       \
  do {                                                                      \
    guint late_ = g_timeout_add_seconds (FIXTURE_SECONDS, fixture_late, 0); \
    while (!(condition))                                                    \
      g_main_context_iteration (NULL, TRUE);                                \
    g_source_remove (late_);                                                \
  } while (0)

static inline void fixture_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  (void) source;
  *(GAsyncResult **) data = g_object_ref (result);
}

/* Declares `result`: the answer of function (arguments..., NULL, callback, data). */
#define FIXTURE_CALL(result, function, ...)                \
  g_autoptr (GAsyncResult) result = NULL;                  \
  function (__VA_ARGS__, NULL, fixture_answer, &(result)); \
  fixture_wait_until (result)

/* The same for a call that only writes, which must succeed. */
#define FIXTURE_WRITE(function, log, ...)                 \
  do {                                                    \
    g_autoptr (GError) error_ = NULL;                     \
    FIXTURE_CALL (result_, function, log, __VA_ARGS__);   \
    cpg_session_log_write_finish (log, result_, &error_); \
    g_assert_no_error (error_);                           \
  } while (0)

/* ---- folders ---- */

static inline char *fixture_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("cosmos-store-XXXXXX", &error);
  g_assert_no_error (error);
  return folder;
}

/* With the files in it. */
static inline void fixture_folder_remove (char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_remove (path);
  }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
}

/* ---- records ---- */

static inline CpgLogStep *fixture_step (int number, const char *text)
{
  CpgLogStep *step = cpg_log_step_new ();
  step->number = number;
  step->t = 1 - 0.01 * number;
  step->alpha = 0.5;
  step->sigma = 0.25;
  step->change = number ? 0.125 : 0;
  step->seconds = 0.01;
  step->decoded = text != NULL;
  step->confidence = 0.75;
  step->entropy = 1.5;
  step->n_changed = 3;
  step->n_settled = 7;
  step->text = g_strdup (text);
  return step;
}

static inline GPtrArray *fixture_steps (int first, int n, const char *text)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_step_free);
  for (int i = first; i < first + n; i++)
    g_ptr_array_add (steps, fixture_step (i, text));
  return steps;
}

static inline CpgLogRun *fixture_run (const char *title, const char *output)
{
  CpgLogRun *run = cpg_log_run_new ();
  run->task = g_strdup ("story");
  run->source = g_strdup ("");
  run->seed = G_MAXUINT64 - 1;
  run->settings = g_strdup ("{\"sampler\":\"dpm-sde\",\"steps\":50}");
  run->model_name = g_strdup ("Story");
  run->model_sha256 = g_strdup ("00ff");
  run->engine = g_strdup ("oneDNN bf16");
  run->program = g_strdup ("0.1.0");
  run->title = g_strdup (title);
  run->output = g_strdup (output);
  return run;
}

/* ---- the log ---- */

static inline CpgSessionLog *fixture_log (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "sessions.db", NULL);
  g_autoptr (GError) error = NULL;
  CpgSessionLog *log = cpg_session_log_new (path);
  FIXTURE_CALL (result, cpg_session_log_open_async, log);
  cpg_session_log_write_finish (log, result, &error);
  g_assert_no_error (error);
  return log;
}

static inline GPtrArray *fixture_find (CpgSessionLog *log, const CpgLogQuery *query)
{
  g_autoptr (GError) error = NULL;
  FIXTURE_CALL (result, cpg_session_log_find_async, log, query);
  GPtrArray *runs = cpg_session_log_runs_finish (log, result, &error);
  g_assert_no_error (error);
  return runs;
}

static inline GPtrArray *fixture_search (CpgSessionLog *log, const char *words)
{
  return fixture_find (log, &(CpgLogQuery) {.words = words});
}

/* How many runs a search finds. */
static inline guint fixture_count (CpgSessionLog *log, const char *words)
{
  g_autoptr (GPtrArray) runs = fixture_search (log, words);
  return runs->len;
}

static inline CpgLogRun *fixture_load (CpgSessionLog *log, const char *id)
{
  g_autoptr (GError) error = NULL;
  FIXTURE_CALL (result, cpg_session_log_load_async, log, (const char *[]) {id, NULL}, TRUE);
  g_autoptr (GPtrArray) runs = cpg_session_log_runs_finish (log, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (runs->len, ==, 1);
  return cpg_log_run_copy (runs->pdata[0]);
}
