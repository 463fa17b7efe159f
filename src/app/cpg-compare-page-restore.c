/* A comparison of the session log, opened once more on the page that compares (cpg-compare-page.h). */
#include "app/cpg-compare-page-private.h"
#include "app/cpg-sessions-comparison.h"
#include "app/cpg-sessions-item.h"
#include "app/cpg-sessions-record.h"
#include "store/cpg-log-settings.h"

#include <glib/gi18n.h>

static const CpgLogRun *get_comparison (CpgComparePage *self)
{
  return self->records->pdata[0];
}

/* NULL: it is not in the log any more. */
static const CpgLogRun *get_shown (CpgComparePage *self, guint column)
{
  const char *id = ((CpgLogColumn *) get_comparison (self)->columns->pdata[column])->run;
  for (guint i = 1; i < self->records->len; i++)
    if (g_str_equal (((CpgLogRun *) self->records->pdata[i])->id, id))
      return self->records->pdata[i];
  return NULL;
}

void cpg_compare_page_abandon (CpgComparePage *self)
{
  if (self->replay) {
    g_signal_handlers_disconnect_by_data (self->replay, self);
    cpg_sessions_replay_abandon (self->replay);
  }
  g_clear_object (&self->replay);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  self->opening = FALSE;
}

/* ---- the end ---- */

static gboolean is_as_it_was (CpgContender *contender, const CpgLogRun *record)
{
  CpgRun *run = cpg_contender_get_run (contender);
  if (!run || !record || !*record->output_hash)
    return TRUE; /* what was written is what the log has; and what did not end cannot be told */
  g_autoptr (CpgLogRun) outcome = cpg_sessions_record_new (cpg_run_get_settings (run));
  cpg_sessions_record_take_end (outcome, run);
  return g_strcmp0 (outcome->output_hash, record->output_hash) == 0;
}

void cpg_compare_page_end_restoring (CpgComparePage *self)
{
  gboolean same = TRUE;
  if (!self->records || self->opening)
    return;
  const CpgLogRun *comparison = get_comparison (self);
  guint n = MIN (cpg_comparison_get_n (self->comparison), comparison->columns->len);
  for (guint i = 0; i < n; i++) {
    CpgContender *contender = cpg_comparison_get (self->comparison, i);
    const CpgLogRun *record = get_shown (self, i);
    same = same && is_as_it_was (contender, record);
    if (!record)
      continue;
    g_autoptr (GArray) times = cpg_sessions_comparison_get_times (record, comparison->columns->pdata[i]);
    cpg_contender_set_times (contender, (const double *) (gpointer) times->data, (int) times->len);
  }
  g_autofree char *when = cpg_sessions_item_name_time (comparison->started);
  cpg_page_say (CPG_PAGE (self),
                same ? _ ("The same to the last bit as on %s")
                     : _ ("Not quite the texts of %s: another computer or version made them"),
                when);
  cpg_compare_page_abandon (self);
}

/* ---- the start ---- */

static void restore (CpgComparePage *self, CpgRun *run)
{
  const CpgLogRun *comparison = get_comparison (self);
  CpgEngine *engine = cpg_session_get_engine (self->session);
  CpgSettings *settings = cpg_session_get_settings (self->session);
  g_autoptr (CpgSettings) base = cpg_sessions_record_get_settings (comparison, 1);
  g_autoptr (GPtrArray) contenders = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *json = cpg_log_settings_new (G_OBJECT (base), (const char *[]) {"decode-every", "pins", NULL});
  for (guint i = 0; i < comparison->columns->len && i < CPG_COMPARISON_MAX; i++)
    g_ptr_array_add (contenders,
                     cpg_sessions_comparison_restore_contender (comparison->columns->pdata[i], get_shown (self, i), base));
  cpg_log_settings_apply (json, G_OBJECT (settings));
  cpg_comparison_cancel (self->comparison);
  cpg_comparison_set_reference (self->comparison, comparison->reference);
  g_object_set (self->reference, "text", comparison->reference, NULL);
  cpg_player_set_playing (cpg_session_get_player (self->session), FALSE);
  cpg_compare_page_prepare_start (self);
  self->opening = FALSE;
  self->wants_focus = TRUE;
  cpg_recorder_set_comparison_replay (cpg_session_get_recorder (self->session), self->comparison, comparison);
  cpg_comparison_restore (self->comparison, (CpgContender *const *) contenders->pdata, contenders->len, engine, base, run,
                          cpg_sessions_comparison_restore_report (comparison));
}

/* The first column took over a run that was shown: now it is again, or cannot be. */
static void on_ended (CpgComparePage *self)
{
  CpgRun *run = cpg_session_get_run (self->session);
  CpgRecorder *recorder = cpg_session_get_recorder (self->session);
  const CpgLogRun *first = get_shown (self, 0);
  gboolean there = run && cpg_run_get_state (run) == CPG_RUN_DONE
                   && g_strcmp0 (cpg_recorder_get_id (recorder, run), first->id) == 0;
  g_signal_handlers_disconnect_by_data (self->replay, self);
  g_clear_object (&self->replay);
  restore (self, there ? run : NULL);
}

static void on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgComparePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = cpg_session_log_runs_finish (CPG_SESSION_LOG (source), result, &error);
  const CpgLogRun *comparison = runs && runs->len > 0 ? runs->pdata[0] : NULL;
  if (!self->session || !self->comparison || !self->opening)
    return;
  g_autoptr (CpgSettings) settings = comparison ? cpg_sessions_record_get_settings (comparison, 1) : NULL;
  if (!comparison || !settings || !comparison->columns || comparison->columns->len < CPG_COMPARISON_MIN
      || !cpg_session_get_engine (self->session)) {
    cpg_compare_page_abandon (self);
    cpg_page_say (CPG_PAGE (self), "%s", error ? error->message : _ ("The log has not enough of this comparison to show it."));
    return;
  }
  self->records = g_steal_pointer (&runs);
  const CpgLogRun *first = get_shown (self, 0);
  if (!first || first->part || first->kind != CPG_LOG_DIFFUSION) {
    restore (self, NULL);
    return;
  }
  self->replay = cpg_sessions_replay_new (self->session, first->id, CPG_SESSIONS_OPEN);
  g_signal_connect_swapped (self->replay, "ended", G_CALLBACK (on_ended), self);
  cpg_sessions_replay_start (self->replay);
}

void cpg_compare_page_open (CpgComparePage *self, const char *id)
{
  CpgRecorder *recorder = self->session ? cpg_session_get_recorder (self->session) : NULL;
  CpgSessionLog *log = recorder ? cpg_recorder_get_log (recorder) : NULL;
  if (!log)
    return;
  cpg_compare_page_abandon (self);
  self->opening = TRUE;
  cpg_session_log_load_whole_async (log, (const char *[]) {id, NULL}, NULL, on_loaded, g_object_ref (self));
}
