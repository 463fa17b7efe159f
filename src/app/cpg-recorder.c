#include "app/cpg-recorder-private.h"

#include "app/cpg-sessions-record.h"
#include "store/cpg-checksum.h"
#include "store/cpg-known-checksums.h"
#include "store/cpg-session-log-shelf.h"

/* Milliseconds between two writes. A step that is read is written at once, unless another one was within that time: then they are written together,
 * as waking the database's thread costs more than a row. One that is not read yet waits as long for that, to be written once. */
enum { GATHER = 100 };

struct _CpgRecorder {
  GObject parent_instance;
  char *path; /* NULL: the default */
  CpgSessionLog *log;
  gboolean read_only;    /* nothing is written into the log */
  GError *failure;       /* why there is no log */
  CpgEngine *engine;     /* whose signal it listens to; not owned, but kept while it does */
  GHashTable *watches;   /* CpgRun -> Watch */
  GPtrArray *comparings; /* CpgComparing */
  GHashTable *waiting;   /* path of a model -> GPtrArray of ids of runs that its hash is still to be told of */
  guint timer;
  gint64 written; /* when steps were sent last */
  char *problem;
};

typedef struct {
  CpgRecorder *recorder;
  CpgRun *run;       /* not owned: it tells when it goes */
  CpgLogRun *record; /* its id is that of the record */
  gboolean foreign;  /* the record is of a run before */
  gboolean begun, ended;
  GHashTable *dirty; /* numbers of steps that are to be written */
} Watch;

enum { PROP_PROBLEM = 1, PROP_READ_ONLY, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CpgRecorder, cpg_recorder, G_TYPE_OBJECT)

/* ---- the log ---- */

static void cpg_recorder_set_problem (CpgRecorder *self, const char *problem)
{
  if (g_set_str (&self->problem, problem))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

CpgSessionLog *cpg_recorder_get_writable (CpgRecorder *self)
{
  return self->read_only ? NULL : self->log;
}

/* Before the problem is told: who hears of it asks for the reason. */
static void cpg_recorder_fail (CpgRecorder *self, const GError *error)
{
  g_clear_object (&self->log);
  g_clear_error (&self->failure);
  self->failure = g_error_copy (error);
  cpg_recorder_set_problem (self, NULL); /* that it is told again where it is the same once more */
  cpg_recorder_set_problem (self, error->message);
}

/* What no later write will mend. */
static gboolean is_final (const GError *error)
{
  return g_error_matches (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_DAMAGED)
         || g_error_matches (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_READ_ONLY)
         || g_error_matches (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_CANNOT_OPEN);
}

/* A record that was cleaned away meanwhile, or a log that is being closed, is no problem. */
static void cpg_recorder_take_error (CpgRecorder *self, CpgSessionLog *log, const GError *error)
{
  if (!error || log != self->log /* of which it was told already */
      || g_error_matches (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_NOT_FOUND)
      || g_error_matches (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_CLOSED))
    return;
  if (is_final (error))
    cpg_recorder_fail (self, error);
  else
    cpg_recorder_set_problem (self, error->message);
}

static void catch_up (CpgRecorder *self);

static void on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgRecorder) self = data;
  g_autoptr (GError) error = NULL;
  gboolean opened = cpg_session_log_write_finish (CPG_SESSION_LOG (source), result, &error);
  if (CPG_SESSION_LOG (source) != self->log)
    return;
  if (!opened) {
    cpg_recorder_fail (self, error);
    return;
  }
  g_clear_error (&self->failure);
  cpg_recorder_set_problem (self, NULL);
  catch_up (self);
  cpg_recorder_changed (self);
}

void cpg_recorder_open (CpgRecorder *self, gboolean read_only)
{
  g_return_if_fail (!self->log);
  self->log = read_only ? cpg_session_log_new_read_only (self->path) : cpg_session_log_new (self->path);
  if (self->read_only != read_only) {
    self->read_only = read_only;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READ_ONLY]);
  }
  cpg_session_log_open_async (self->log, NULL, on_opened, g_object_ref (self));
}

char *cpg_recorder_begin_anew (CpgRecorder *self, GError **error)
{
  g_autofree char *standard = self->path ? NULL : cpg_session_log_get_default_path ();
  char *aside = cpg_session_log_set_aside (self->path ? self->path : standard, error);
  if (aside)
    cpg_recorder_open (self, FALSE);
  return aside;
}

void cpg_recorder_on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgRecorder) self = data;
  g_autoptr (GError) error = NULL;
  cpg_session_log_write_finish (CPG_SESSION_LOG (source), result, &error);
  cpg_recorder_take_error (self, CPG_SESSION_LOG (source), error);
}

void cpg_recorder_on_written_news (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgRecorder) self = g_object_ref (data);
  cpg_recorder_on_written (source, result, data);
  cpg_recorder_changed (self);
}

CpgSessionLog *cpg_recorder_get_log (CpgRecorder *self)
{
  return self->log;
}

const char *cpg_recorder_get_problem (CpgRecorder *self)
{
  return self->problem;
}

const GError *cpg_recorder_get_failure (CpgRecorder *self)
{
  return self->failure;
}

gboolean cpg_recorder_is_read_only (CpgRecorder *self)
{
  return self->read_only;
}

void cpg_recorder_changed (CpgRecorder *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* ---- hashes of models ---- */

static void hash_model (GTask *task, gpointer source, gpointer path, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  char *hash = cpg_checksum_of_file (path, NULL, NULL, &error);
  if (hash) {
    cpg_known_checksums_set (path, hash);
    g_task_return_pointer (task, hash, g_free);
  } else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Where it cannot be had, the runs stay without. */
static void on_hashed (GObject *source, GAsyncResult *result, gpointer data)
{
  CpgRecorder *self = CPG_RECORDER (source);
  const char *path = g_task_get_task_data (G_TASK (result));
  g_autofree char *hash = g_task_propagate_pointer (G_TASK (result), NULL);
  GPtrArray *ids = g_hash_table_lookup (self->waiting, path);
  for (guint i = 0; ids && hash && cpg_recorder_get_writable (self) && i < ids->len; i++)
    cpg_session_log_set_checksum_async (self->log, ids->pdata[i], hash, NULL, cpg_recorder_on_written, g_object_ref (self));
  g_hash_table_remove (self->waiting, path);
}

void cpg_recorder_tell_hash_later (CpgRecorder *self, const char *path, const char *id)
{
  GPtrArray *ids = g_hash_table_lookup (self->waiting, path);
  if (!ids) {
    g_autoptr (GTask) task = g_task_new (self, NULL, on_hashed, NULL);
    g_task_set_task_data (task, g_strdup (path), g_free);
    ids = g_ptr_array_new_with_free_func (g_free);
    g_hash_table_insert (self->waiting, g_strdup (path), ids);
    g_task_run_in_thread (task, hash_model);
  }
  g_ptr_array_add (ids, g_strdup (id));
}

/* ---- a run ---- */

static void write_steps (Watch *watch)
{
  CpgRecorder *self = watch->recorder;
  GHashTableIter iter;
  gpointer number;
  if (!watch->begun || g_hash_table_size (watch->dirty) == 0)
    return;
  GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_step_free);
  g_hash_table_iter_init (&iter, watch->dirty);
  while (g_hash_table_iter_next (&iter, &number, NULL)) {
    CpgStep *step = cpg_run_get_step (watch->run, GPOINTER_TO_INT (number));
    if (step)
      g_ptr_array_add (steps, cpg_sessions_record_step (step, cpg_run_get_show (watch->run)));
  }
  g_hash_table_remove_all (watch->dirty);
  if (cpg_recorder_get_writable (self))
    cpg_session_log_add_steps_async (self->log, watch->record->id, steps, NULL, cpg_recorder_on_written, g_object_ref (self));
  else
    g_ptr_array_unref (steps);
}

static void use_record (Watch *watch, const char *id)
{
  watch->foreign = TRUE;
  g_set_str (&watch->record->id, id);
}

/* NULL: it is a run of its own. Where the column shows what the log has already, that is its record. */
static CpgComparing *find_comparing_of (Watch *watch)
{
  CpgRecorder *self = watch->recorder;
  for (guint i = 0; i < self->comparings->len; i++) {
    const char *id;
    if (!cpg_comparing_has_run (self->comparings->pdata[i], watch->run, &id))
      continue;
    if (id && *id)
      use_record (watch, id);
    watch->record->part = TRUE;
    return self->comparings->pdata[i];
  }
  return NULL;
}

static void begin (Watch *watch)
{
  CpgRecorder *self = watch->recorder;
  CpgComparing *comparing = watch->begun || watch->foreign ? NULL : find_comparing_of (watch);
  if (watch->begun || watch->foreign || !cpg_recorder_get_writable (self))
    return;
  watch->begun = TRUE;
  if (cpg_run_get_model_path (watch->run)) {
    cpg_sessions_record_take_model (watch->record, watch->run);
    g_free (watch->record->model_sha256);
    watch->record->model_sha256 = cpg_known_checksums_get (watch->record->model_path);
  }
  cpg_session_log_begin_run_async (self->log, watch->record, NULL, cpg_recorder_on_written_news, g_object_ref (self));
  if (comparing)
    cpg_comparing_write (comparing); /* at once: nothing comes between a part and what it is a part of */
  if (cpg_run_get_model_path (watch->run) && !watch->record->model_sha256)
    cpg_recorder_tell_hash_later (self, watch->record->model_path, watch->record->id);
}

static void end (Watch *watch)
{
  CpgRecorder *self = watch->recorder;
  write_steps (watch);
  watch->ended = TRUE;
  if (watch->begun && cpg_recorder_get_writable (self))
    cpg_session_log_end_run_async (self->log, watch->record, NULL, cpg_recorder_on_written_news, g_object_ref (self));
}

static void write_all (CpgRecorder *self)
{
  GHashTableIter iter;
  gpointer watch;
  g_clear_handle_id (&self->timer, g_source_remove);
  self->written = g_get_monotonic_time ();
  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, NULL, &watch))
    write_steps (watch);
}

static gboolean on_timer (gpointer data)
{
  CpgRecorder *self = data;
  self->timer = 0;
  write_all (self);
  return G_SOURCE_REMOVE;
}

static void mark_step (Watch *watch, int number)
{
  CpgRecorder *self = watch->recorder;
  if (watch->foreign || number < 0)
    return;
  g_hash_table_add (watch->dirty, GINT_TO_POINTER (number));
  if (!self->timer)
    self->timer = g_timeout_add (GATHER, on_timer, self);
}

static void on_model (Watch *watch)
{
  begin (watch);
  for (int i = 0; i < cpg_run_get_n_done (watch->run); i++) /* of a branch */
    mark_step (watch, i);
}

/* Runs of the time without a log. */
static void catch_up (CpgRecorder *self)
{
  GHashTableIter iter;
  gpointer item;
  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, NULL, &item)) {
    Watch *watch = item;
    if (watch->begun || watch->foreign || !cpg_run_get_model_path (watch->run))
      continue;
    on_model (watch);
    if (watch->ended && watch->begun)
      end (watch);
  }
}

static void on_items (Watch *watch, guint position, guint removed, guint added)
{
  for (guint i = position; i < position + added; i++)
    mark_step (watch, (int) i);
}

/* The text of a noisy state would stand in for the guess. */
static void on_decoded (Watch *watch, CpgStep *step)
{
  if (cpg_run_get_show (watch->run) != COSMOS_SHOW_X0 || cpg_run_get_step (watch->run, cpg_step_get_index (step)) != step)
    return;
  mark_step (watch, cpg_step_get_index (step));
  if (g_get_monotonic_time () - watch->recorder->written >= GATHER * G_TIME_SPAN_MILLISECOND)
    write_all (watch->recorder);
}

/* A run that was stopped before it had a model is nothing to keep; one that could not get one says why. */
static void on_state (Watch *watch)
{
  if (watch->ended || watch->foreign || cpg_run_is_active (watch->run))
    return;
  cpg_sessions_record_take_end (watch->record, watch->run);
  if (watch->record->state == CPG_LOG_FAILED)
    begin (watch);
  end (watch);
}

/* Its steps are gone with it, but what they were is written, but for those that came within the last moment. */
static void on_gone (gpointer data, GObject *run)
{
  Watch *watch = data;
  g_hash_table_remove_all (watch->dirty);
  if (!watch->ended && watch->begun) {
    watch->record->state = CPG_LOG_CANCELLED;
    end (watch);
  }
  watch->run = NULL;
  g_hash_table_remove (watch->recorder->watches, run);
}

static void free_watch (gpointer data)
{
  Watch *watch = data;
  if (watch->run) {
    g_signal_handlers_disconnect_by_data (watch->run, watch);
    g_object_weak_unref (G_OBJECT (watch->run), on_gone, watch);
  }
  cpg_log_run_free (watch->record);
  g_hash_table_unref (watch->dirty);
  g_free (watch);
}

static void cpg_recorder_on_run (CpgRecorder *self, CpgRun *run, CpgRun *parent, int k)
{
  Watch *watch = g_new0 (Watch, 1), *before = parent ? g_hash_table_lookup (self->watches, parent) : NULL;
  *watch = (Watch) {
    .recorder = self,
    .run = run,
    .record = cpg_sessions_record_new (cpg_run_get_settings (run)),
    .dirty = g_hash_table_new (NULL, NULL),
  };
  g_hash_table_insert (self->watches, run, watch);
  if (before && k == cpg_run_get_n_steps (run))
    use_record (watch, before->record->id);
  else if (before) {
    g_set_str (&watch->record->parent, before->record->id);
    watch->record->branched = k;
  }
  g_object_weak_ref (G_OBJECT (run), on_gone, watch);
  g_signal_connect_swapped (run, "notify::model-name", G_CALLBACK (on_model), watch);
  g_signal_connect_swapped (run, "items-changed", G_CALLBACK (on_items), watch);
  g_signal_connect_swapped (run, "step-decoded", G_CALLBACK (on_decoded), watch);
  g_signal_connect_swapped (run, "notify::state", G_CALLBACK (on_state), watch);
}

void cpg_recorder_set_replay (CpgRecorder *self, CpgRun *run, const char *id)
{
  Watch *watch = g_hash_table_lookup (self->watches, run);
  g_return_if_fail (!watch || !watch->begun);
  if (watch)
    use_record (watch, id);
}

const char *cpg_recorder_get_id (CpgRecorder *self, CpgRun *run)
{
  Watch *watch = run && self->log ? g_hash_table_lookup (self->watches, run) : NULL;
  return watch && (watch->begun || watch->foreign) ? watch->record->id : NULL;
}

/* ---- bookmarks, comparisons ---- */

/* What has a number of its own in the log. */
static void on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgRecorder) self = data;
  g_autoptr (GError) error = NULL;
  if (cpg_session_log_add_finish (CPG_SESSION_LOG (source), result, &error) < 0)
    cpg_recorder_take_error (self, CPG_SESSION_LOG (source), error);
}

void cpg_recorder_add_bookmark (CpgRecorder *self, CpgRun *run, int step, const char *title)
{
  const char *id = cpg_recorder_get_id (self, run);
  if (id && cpg_recorder_get_writable (self))
    cpg_session_log_add_bookmark_async (self->log, id, step, title, NULL, on_added, g_object_ref (self));
}

static CpgComparing *find_comparing (CpgRecorder *self, CpgComparison *comparison)
{
  for (guint i = 0; i < self->comparings->len; i++)
    if (cpg_comparing_get_comparison (self->comparings->pdata[i]) == comparison)
      return self->comparings->pdata[i];
  return NULL;
}

void cpg_recorder_watch_comparison (CpgRecorder *self, CpgComparison *comparison)
{
  if (!find_comparing (self, comparison))
    g_ptr_array_add (self->comparings, cpg_comparing_new (self, comparison));
}

void cpg_recorder_set_comparison_replay (CpgRecorder *self, CpgComparison *comparison, const CpgLogRun *record)
{
  CpgComparing *comparing = find_comparing (self, comparison);
  if (comparing)
    cpg_comparing_set_replay (comparing, record);
}

void cpg_recorder_watch_engine (CpgRecorder *self, CpgEngine *engine)
{
  if (self->engine)
    g_signal_handlers_disconnect_by_data (self->engine, self);
  g_set_weak_pointer (&self->engine, engine);
  if (engine)
    g_signal_connect_object (engine, "run-started", G_CALLBACK (cpg_recorder_on_run), self, G_CONNECT_SWAPPED);
}

/* ---- the object ---- */

void cpg_recorder_close (CpgRecorder *self)
{
  write_all (self);
  cpg_recorder_watch_engine (self, NULL);
  g_hash_table_remove_all (self->watches);
  g_ptr_array_set_size (self->comparings, 0);
  if (self->log)
    cpg_session_log_close (self->log);
  g_clear_object (&self->log);
}

static void cpg_recorder_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PROBLEM)
    g_value_set_string (value, CPG_RECORDER (object)->problem);
  else if (id == PROP_READ_ONLY)
    g_value_set_boolean (value, CPG_RECORDER (object)->read_only);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_recorder_dispose (GObject *object)
{
  cpg_recorder_close (CPG_RECORDER (object));
  G_OBJECT_CLASS (cpg_recorder_parent_class)->dispose (object);
}

static void cpg_recorder_finalize (GObject *object)
{
  CpgRecorder *self = CPG_RECORDER (object);
  g_hash_table_unref (self->watches);
  g_hash_table_unref (self->waiting);
  g_ptr_array_unref (self->comparings);
  g_clear_error (&self->failure);
  g_free (self->problem);
  g_free (self->path);
  G_OBJECT_CLASS (cpg_recorder_parent_class)->finalize (object);
}

static void cpg_recorder_class_init (CpgRecorderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = cpg_recorder_get_property;
  object_class->dispose = cpg_recorder_dispose;
  object_class->finalize = cpg_recorder_finalize;
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  properties[PROP_READ_ONLY] = g_param_spec_boolean ("read-only", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  signals[CHANGED] = g_signal_new ("changed", CPG_TYPE_RECORDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void cpg_recorder_init (CpgRecorder *self)
{
  self->watches = g_hash_table_new_full (NULL, NULL, NULL, free_watch);
  self->comparings = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_comparing_free);
  self->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
}

CpgRecorder *cpg_recorder_new (const char *path)
{
  CpgRecorder *self = g_object_new (CPG_TYPE_RECORDER, NULL);
  self->path = g_strdup (path);
  cpg_recorder_open (self, FALSE);
  return self;
}
