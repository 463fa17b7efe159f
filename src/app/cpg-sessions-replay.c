#include "app/cpg-sessions-replay.h"

#include "app/cpg-config.h"
#include "app/cpg-sessions-item.h"
#include "app/cpg-sessions-record.h"
#include "store/cpg-log-again.h"
#include "store/cpg-log-settings.h"
#include "store/cpg-session-log-shelf.h"

#include <glib/gi18n.h>

/* A chain of branches that is longer is none that somebody made by hand. */
enum { MAX_CHAIN = 100 };

struct _CpgSessionsReplay {
  GObject parent_instance;
  CpgSession *session;
  char *id;
  CpgSessionsMode mode;
  GPtrArray *chain; /* CpgLogRun: the run, the one that it branched from ... */
  guint at;         /* which of them is being made */
  GPtrArray *runs;  /* CpgRun, as far as they were started: a branch needs those before */
  CpgRun *run;      /* the newest of them */
  gboolean alive;   /* has a reference to itself */
  gboolean abandoned;
};

enum { SAID, FAILED, ENDED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CpgSessionsReplay, cpg_sessions_replay, G_TYPE_OBJECT)

static const CpgLogRun *record_at (CpgSessionsReplay *self, guint i)
{
  return self->chain->pdata[i];
}

static void say (CpgSessionsReplay *self, char *text)
{
  if (!self->abandoned)
    g_signal_emit (self, signals[SAID], 0, text);
  g_free (text);
}

static void fail (CpgSessionsReplay *self, const char *reason)
{
  if (!self->abandoned)
    g_signal_emit (self, signals[FAILED], 0, reason, self->chain->len > 0 ? self->chain->pdata[0] : NULL);
  self->abandoned = TRUE;
}

/* The last thing that it does. */
static void finish (CpgSessionsReplay *self)
{
  if (self->run)
    g_signal_handlers_disconnect_by_data (self->run, self);
  if (self->alive) {
    self->alive = FALSE;
    g_signal_emit (self, signals[ENDED], 0);
    g_object_unref (self);
  }
}

/* ---- the model ---- */

/* Also the open one where it has the same name. NULL: not here. */
static char *find_model (CpgSessionsReplay *self, const CpgLogRun *record)
{
  CpgEngine *engine = cpg_session_get_engine (self->session);
  char *found = cpg_log_run_find_model (record, FALSE);
  if (!found && g_strcmp0 (cpg_engine_get_model_name (engine), record->model_name) == 0)
    found = g_strdup (cpg_engine_get_model_path (engine));
  return found;
}

/* ---- the outcome ---- */

static void hash_model (GTask *task, gpointer source, gpointer path, GCancellable *cancellable)
{
  g_task_return_pointer (task, cpg_log_hash_model (path), g_free);
}

/* Another text than before: the reason, as far as it can be known. */
static void on_hashed (GObject *source, GAsyncResult *result, gpointer data)
{
  CpgSessionsReplay *self = CPG_SESSIONS_REPLAY (source);
  const CpgLogRun *record = record_at (self, 0);
  g_autofree char *hash = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autofree char *when = cpg_sessions_item_name_time (record->started);
  const char *compute = cpg_run_get_compute_name (self->run);
  switch (cpg_log_run_find_cause (record, hash, compute, CPG_VERSION)) {
  case CPG_LOG_CAUSE_MODEL:
    say (self, g_strdup_printf (_ ("Not the text of %s: the model file is another one"), when));
    break;
  case CPG_LOG_CAUSE_ENGINE:
    say (self, g_strdup_printf (_ ("Not quite the text of %s: that was computed with %s, this with %s"), when, record->engine,
                                compute));
    break;
  case CPG_LOG_CAUSE_PROGRAM:
    say (self, g_strdup_printf (_ ("Not quite the text of %s: version %s of the program made that, this is version %s"), when,
                                record->program, CPG_VERSION));
    break;
  case CPG_LOG_CAUSE_UNKNOWN:
    say (self, g_strdup_printf (_ ("Not quite the text of %s: another computer made that"), when));
    break;
  }
}

static void compare (CpgSessionsReplay *self)
{
  const CpgLogRun *record = record_at (self, 0);
  g_autofree char *when = cpg_sessions_item_name_time (record->started);
  g_autoptr (CpgLogRun) outcome = cpg_sessions_record_new (cpg_run_get_settings (self->run));
  cpg_sessions_record_take_end (outcome, self->run);
  if (self->mode == CPG_SESSIONS_NEW_SEED)
    return;
  if (!*record->output_hash)
    say (self, g_strdup_printf (_ ("The run of %s did not reach its end; here it is whole"), when));
  else if (g_str_equal (outcome->output_hash, record->output_hash))
    say (self, g_strdup_printf (_ ("The same to the last bit as on %s"), when));
  else {
    g_autoptr (GTask) task = g_task_new (self, NULL, on_hashed, NULL);
    g_task_set_task_data (task, g_strdup (cpg_run_get_model_path (self->run)), g_free);
    g_task_run_in_thread (task, hash_model);
  }
}

/* ---- one run after the other ---- */

static void go_on (CpgSessionsReplay *self);

static void on_progress (CpgSessionsReplay *self)
{
  CpgRun *run = self->run;
  gboolean is_last = self->at == 0;
  if (self->abandoned)
    return;
  if (!is_last && cpg_run_get_n_done (run) >= record_at (self, self->at - 1)->branched) {
    g_signal_handlers_disconnect_by_data (run, self);
    self->at--;
    go_on (self);
    cpg_run_cancel (run);
    return;
  }
  CpgRunState state = cpg_run_get_state (run); /* which is told last of all that happens in a turn */
  if (state != CPG_RUN_DONE && state != CPG_RUN_FAILED && state != CPG_RUN_CANCELLED)
    return;
  if (state == CPG_RUN_FAILED)
    fail (self, cpg_run_get_error (run));
  else if (state == CPG_RUN_DONE && is_last)
    compare (self);
  else if (state == CPG_RUN_DONE)
    fail (self, _ ("The run that it branched from has too few steps."));
  finish (self);
}

/* Bookmarks of the record become those of the run that shows it. */
static void on_bookmarks (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgSessionsReplay) self = data;
  g_autoptr (GPtrArray) all = cpg_session_log_list_bookmarks_finish (CPG_SESSION_LOG (source), result, NULL);
  for (guint i = all ? all->len : 0; i > 0; i--) {
    const CpgLogBookmark *bookmark = all->pdata[i - 1];
    if (g_str_equal (bookmark->run, self->id) && self->run)
      cpg_session_restore_bookmark (self->session, self->run, bookmark->step);
  }
}

static void show (CpgSessionsReplay *self, CpgRun *run)
{
  CpgRecorder *recorder = cpg_session_get_recorder (self->session);
  CpgSettings *settings = cpg_session_get_settings (self->session), *own = cpg_run_get_settings (run);
  /* The side bar has the run's settings too; but what it pins cannot be seen there. */
  g_autofree char *json = cpg_log_settings_new (G_OBJECT (own), (const char *[]) {"decode-every", "pins", NULL});
  cpg_log_settings_apply (json, G_OBJECT (settings));
  cpg_session_replace_run (self->session, run);
  if (record_at (self, 0)->branched > 0 && self->chain->len > 1)
    cpg_run_set_current_step (run,
                              record_at (self, 0)->branched - 1); /* the last one that both have; the player goes on from there */
  if (self->mode == CPG_SESSIONS_OPEN && cpg_recorder_get_log (recorder))
    cpg_session_log_list_bookmarks_async (cpg_recorder_get_log (recorder), NULL, on_bookmarks, g_object_ref (self));
}

static CpgRun *start_run (CpgSessionsReplay *self, CpgSettings *settings)
{
  CpgEngine *engine = cpg_session_get_engine (self->session);
  const CpgLogRun *record = record_at (self, self->at);
  g_autoptr (GError) error = NULL;
  CpgRun *run = NULL;
  if (self->run) {
    run = cpg_engine_branch_run (engine, self->run, record->branched, settings, &error);
    if (!run)
      fail (self, error->message);
    return run;
  }
  g_autofree char *path = find_model (self, record);
  if (path)
    return cpg_engine_start_run_of (engine, path, settings);
  g_autofree char *reason = g_strdup_printf (_ ("The model “%s” is not on this computer any more."), record->model_name);
  fail (self, reason);
  return NULL;
}

static void go_on (CpgSessionsReplay *self)
{
  const CpgLogRun *record = record_at (self, self->at);
  gboolean is_last = self->at == 0;
  g_autoptr (CpgSettings) settings = cpg_sessions_record_get_settings (
      record, cpg_settings_get_decode_every (cpg_session_get_settings (self->session)));
  if (!settings) {
    fail (self, _ ("The log has no settings of this run."));
    finish (self);
    return;
  }
  if (is_last && self->mode == CPG_SESSIONS_NEW_SEED) {
    guint64 seed;
    cpg_session_draw_seed (self->session);
    g_object_get (cpg_session_get_settings (self->session), "seed", &seed, NULL);
    g_object_set (settings, "seed", seed, NULL);
  }
  CpgRun *run = start_run (self, settings);
  if (!run) {
    finish (self);
    return;
  }
  self->run = run;
  g_ptr_array_add (self->runs, self->run);
  if (!is_last || self->mode == CPG_SESSIONS_OPEN)
    cpg_recorder_set_replay (cpg_session_get_recorder (self->session), self->run, record->id);
  g_signal_connect_swapped (self->run, "notify::state", G_CALLBACK (on_progress), self);
  g_signal_connect_swapped (self->run, "notify::n-done", G_CALLBACK (on_progress), self);
  if (is_last)
    show (self, self->run);
}

/* ---- loading ---- */

static void load (CpgSessionsReplay *self, const char *id);

static void on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  CpgSessionsReplay *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = cpg_session_log_runs_finish (CPG_SESSION_LOG (source), result, &error);
  if (!runs || runs->len == 0) {
    if (self->chain->len > 0)
      fail (self, _ ("The run that it branched from is not in the log any more."));
    else
      fail (self, error ? error->message : "");
    finish (self);
    return;
  }
  g_ptr_array_add (self->chain, cpg_log_run_copy (runs->pdata[0]));
  const CpgLogRun *record = record_at (self, self->chain->len - 1);
  if (*record->parent && record->branched > 0 && self->chain->len < MAX_CHAIN) {
    load (self, record->parent);
    return;
  }
  self->at = self->chain->len - 1;
  if (self->abandoned || !cpg_session_get_engine (self->session))
    finish (self);
  else
    go_on (self);
}

static void load (CpgSessionsReplay *self, const char *id)
{
  CpgRecorder *recorder = cpg_session_get_recorder (self->session);
  CpgSessionLog *log = recorder ? cpg_recorder_get_log (recorder) : NULL;
  if (log)
    cpg_session_log_load_async (log, (const char *[]) {id, NULL}, FALSE, NULL, on_loaded, self);
  else
    finish (self);
}

void cpg_sessions_replay_start (CpgSessionsReplay *self)
{
  g_object_ref (self);
  self->alive = TRUE;
  load (self, self->id);
}

void cpg_sessions_replay_abandon (CpgSessionsReplay *self)
{
  self->abandoned = TRUE;
  if (self->run)
    finish (self);
}

/* ---- the object ---- */

static void cpg_sessions_replay_finalize (GObject *object)
{
  CpgSessionsReplay *self = CPG_SESSIONS_REPLAY (object);
  for (guint i = 0; i < self->runs->len; i++)
    g_signal_handlers_disconnect_by_data (self->runs->pdata[i], self);
  g_ptr_array_unref (self->runs);
  g_ptr_array_unref (self->chain);
  g_object_unref (self->session);
  g_free (self->id);
  G_OBJECT_CLASS (cpg_sessions_replay_parent_class)->finalize (object);
}

static void cpg_sessions_replay_class_init (CpgSessionsReplayClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cpg_sessions_replay_finalize;
  signals[SAID] = g_signal_new ("said", CPG_TYPE_SESSIONS_REPLAY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_STRING);
  signals[FAILED] = g_signal_new ("failed", CPG_TYPE_SESSIONS_REPLAY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                  G_TYPE_STRING, CPG_TYPE_LOG_RUN);
  signals[ENDED] = g_signal_new ("ended", CPG_TYPE_SESSIONS_REPLAY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void cpg_sessions_replay_init (CpgSessionsReplay *self)
{
  self->chain = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_run_free);
  self->runs = g_ptr_array_new_with_free_func (g_object_unref);
}

CpgSessionsReplay *cpg_sessions_replay_new (CpgSession *session, const char *id, CpgSessionsMode mode)
{
  CpgSessionsReplay *self = g_object_new (CPG_TYPE_SESSIONS_REPLAY, NULL);
  self->session = g_object_ref (session);
  self->id = g_strdup (id);
  self->mode = mode;
  return self;
}
