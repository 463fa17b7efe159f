/* What the recorder writes of a comparison (cpg-recorder.h): one entry from its start on, and what its columns write that are no runs. */
#include "app/cpg-recorder-private.h"
#include "app/cpg-sessions-comparison.h"
#include "store/cpg-known-checksums.h"
#include "store/cpg-session-log-shelf.h"

struct _CpgComparing {
  CpgRecorder *recorder;     /* which owns it */
  CpgComparison *comparison; /* not owned: it tells when it goes */
  CpgLogRun *record;         /* NULL: not started since it is watched */
  guint serial;              /* of the start that the record is of */
  GHashTable *ids;           /* CpgContender -> id of its record, where that is not its run's */
  CpgLogRun *next;           /* what the next start shows once more; or NULL */
  gboolean replays;          /* nothing is written before it becomes another */
};

CpgComparison *cpg_comparing_get_comparison (CpgComparing *self)
{
  return self->comparison;
}

static const char *get_id (CpgComparing *self, guint i)
{
  CpgContender *contender = cpg_comparison_get (self->comparison, i);
  const char *known = g_hash_table_lookup (self->ids, contender);
  CpgRun *run = cpg_contender_get_run (contender);
  return known ? known : run ? cpg_recorder_get_id (self->recorder, run) : NULL;
}

void cpg_comparing_write (CpgComparing *self)
{
  CpgSessionLog *log = cpg_recorder_get_writable (self->recorder);
  const char *ids[CPG_COMPARISON_MAX];
  if (!self->comparison || !self->record || self->replays || !log)
    return;
  for (guint i = 0; i < cpg_comparison_get_n (self->comparison); i++)
    ids[i] = get_id (self, i);
  cpg_sessions_comparison_take (self->record, self->comparison, ids);
  cpg_session_log_write_comparison_async (log, self->record, NULL, cpg_recorder_on_written_news, g_object_ref (self->recorder));
}

/* Where it has begun and is in no record yet. */
static void write_text (CpgComparing *self, CpgContender *contender)
{
  CpgSessionLog *log = cpg_recorder_get_writable (self->recorder);
  CpgWriting *writing = cpg_contender_get_writing (contender);
  if (!log || !writing || !cpg_writing_get_model_name (writing) || g_hash_table_contains (self->ids, contender))
    return;
  CpgLogRun *record = cpg_sessions_comparison_new_writing (contender);
  record->model_sha256 = cpg_known_checksums_get (record->model_path);
  g_hash_table_insert (self->ids, contender, g_strdup (record->id));
  cpg_session_log_begin_run_async (log, record, NULL, cpg_recorder_on_written, g_object_ref (self->recorder));
  if (!record->model_sha256)
    cpg_recorder_tell_hash_later (self->recorder, record->model_path, record->id);
  cpg_log_run_free (record);
}

/* A start: another record. */
static void begin (CpgComparing *self)
{
  self->serial = cpg_comparison_get_serial (self->comparison);
  g_clear_pointer (&self->record, cpg_log_run_free);
  g_hash_table_remove_all (self->ids);
  self->replays = self->next != NULL;
  self->record = self->next ? g_steal_pointer (&self->next) : cpg_sessions_comparison_new (self->comparison);
  for (guint i = 0; self->replays && i < self->record->columns->len && i < cpg_comparison_get_n (self->comparison); i++)
    g_hash_table_insert (self->ids, cpg_comparison_get (self->comparison, i),
                         g_strdup (((CpgLogColumn *) self->record->columns->pdata[i])->run));
}

static void on_active (CpgComparing *self)
{
  gboolean active = cpg_comparison_is_active (self->comparison);
  if (active && self->serial != cpg_comparison_get_serial (self->comparison))
    begin (self);
  else if (active)
    self->replays = FALSE; /* a column was added */
  for (guint i = 0; !active && !self->replays && i < cpg_comparison_get_n (self->comparison); i++)
    write_text (self, cpg_comparison_get (self->comparison, i));
  cpg_comparing_write (self);
}

static void on_measured (CpgComparing *self)
{
  if (!cpg_comparison_is_active (self->comparison) && cpg_comparison_get_measures (self->comparison, 0))
    cpg_comparing_write (self);
}

gboolean cpg_comparing_has_run (CpgComparing *self, CpgRun *run, const char **id)
{
  for (guint i = 0; self->comparison && i < cpg_comparison_get_n (self->comparison); i++) {
    CpgContender *contender = cpg_comparison_get (self->comparison, i);
    if (cpg_contender_get_run (contender) != run)
      continue;
    *id = g_hash_table_lookup (self->ids, contender);
    return TRUE;
  }
  return FALSE;
}

void cpg_comparing_set_replay (CpgComparing *self, const CpgLogRun *record)
{
  g_clear_pointer (&self->next, cpg_log_run_free);
  self->next = cpg_log_run_copy (record);
}

static void on_gone (gpointer data, GObject *comparison)
{
  ((CpgComparing *) data)->comparison = NULL;
}

void cpg_comparing_free (CpgComparing *self)
{
  if (self->comparison) {
    g_signal_handlers_disconnect_by_data (self->comparison, self);
    g_object_weak_unref (G_OBJECT (self->comparison), on_gone, self);
  }
  g_clear_pointer (&self->record, cpg_log_run_free);
  g_clear_pointer (&self->next, cpg_log_run_free);
  g_hash_table_unref (self->ids);
  g_free (self);
}

CpgComparing *cpg_comparing_new (CpgRecorder *recorder, CpgComparison *comparison)
{
  CpgComparing *self = g_new0 (CpgComparing, 1);
  self->recorder = recorder;
  self->comparison = comparison;
  self->ids = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_object_weak_ref (G_OBJECT (comparison), on_gone, self);
  g_signal_connect_swapped (comparison, "notify::active", G_CALLBACK (on_active), self);
  g_signal_connect_swapped (comparison, "measured", G_CALLBACK (on_measured), self);
  return self;
}
