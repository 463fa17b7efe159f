/* A session log of its own for each test, a session with the bundled model that writes into it, and what is in it. */
#pragma once

#include "app/cpg-session.h"

#include <glib/gstdio.h>

typedef struct {
  char *folder, *path;
  CpgRecorder *recorder;
  CpgSession *session;
} Fixture;

static inline void turn (void)
{
  g_main_context_iteration (NULL, TRUE);
}

static inline void open_recorder (Fixture *f)
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

static inline void set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("recorder-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "sessions.db", NULL);
  if (!data)
    open_recorder (f);
}

/* As the program ends. */
static inline void close_recorder (Fixture *f)
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

static inline void tear_down (Fixture *f, gconstpointer data)
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

static inline void take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* All runs with their steps, the newest first, as another program finds them. */
static inline GPtrArray *read_log (Fixture *f)
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

static inline void finish (CpgRun *run)
{
  while (cpg_run_is_active (run))
    turn ();
}

static inline gboolean on_time (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static inline void wait (guint milliseconds)
{
  gboolean over = FALSE;
  g_timeout_add (milliseconds, on_time, &over);
  while (!over)
    turn ();
}
