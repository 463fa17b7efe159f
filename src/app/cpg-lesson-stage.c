#include "app/cpg-lesson-stage.h"

#include "core/sample/sampler.h"

#include <glib/gi18n.h>

struct _CpgLessonStage {
  GObject parent_instance;
  CpgSession *session;
  GSignalGroup *run_signals; /* of the run whose step is waited for */
  const CpgLessonStep *step; /* that is shown; NULL: none yet, or the lesson is over */
  gboolean waits;            /* for a model, before the rest of it */

  /* before the lesson */
  CpgSettings *settings;
  CpgRun *run;
  char *chosen; /* the model that a person had chosen, or NULL */
  gboolean noisy;
  GHashTable *sources; /* of the tasks that the lesson chose, by their ids */
  GWeakRef own;        /* the run that the lesson started last */
};

G_DEFINE_FINAL_TYPE (CpgLessonStage, cpg_lesson_stage, G_TYPE_OBJECT)

enum { READY, SAID, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- settings ---- */

static const CpgLessonSetting *find (const CpgLessonStep *step, const char *name)
{
  for (guint i = 0; i < step->n_settings; i++)
    if (g_str_equal (step->settings[i].name, name))
      return &step->settings[i];
  return NULL;
}

static const char *find_text (const CpgLessonStep *step, const char *name, const char *otherwise)
{
  const CpgLessonSetting *setting = find (step, name);
  return setting ? setting->text : otherwise;
}

static void set_number (GObject *settings, const char *name, double number)
{
  GParamSpec *property = g_object_class_find_property (G_OBJECT_GET_CLASS (settings), name);
  g_auto (GValue) value = G_VALUE_INIT, from = G_VALUE_INIT;
  g_value_init (&value, G_PARAM_SPEC_VALUE_TYPE (property));
  if (G_VALUE_HOLDS_BOOLEAN (&value))
    g_value_set_boolean (&value, number != 0);
  else {
    g_value_init (&from, G_TYPE_DOUBLE);
    g_value_set_double (&from, number);
    g_value_transform (&from, &value);
  }
  g_object_set_property (settings, name, &value);
}

/* Task and source stand already. */
static void apply_settings (CpgLessonStage *self)
{
  CpgSettings *settings = cpg_session_get_settings (self->session);
  CosmosSampler sampler;
  cpg_session_reset_settings (self->session);
  g_object_set (settings, "seed", (guint64) 0, NULL);
  for (guint i = 0; i < self->step->n_settings; i++) {
    const CpgLessonSetting *setting = &self->step->settings[i];
    if (!setting->text)
      set_number (G_OBJECT (settings), setting->name, setting->number);
    else if (g_str_equal (setting->name, "sampler") && cosmos_sampler_from_name (setting->text, &sampler, NULL))
      g_object_set (settings, "sampler", sampler, NULL);
  }
}

/* ---- the run ---- */

static void seek (CpgLessonStage *self)
{
  CpgRun *run = cpg_session_get_run (self->session);
  if (!self->step || !run || cpg_run_get_n_done (run) < MIN (self->step->show, cpg_run_get_n_steps (run)))
    return;
  g_signal_group_set_target (self->run_signals, NULL);
  cpg_run_set_current_step (run, self->step->show - 1);
}

static void show_run (CpgLessonStage *self, CpgRun *run)
{
  CpgPlayer *player = cpg_session_get_player (self->session);
  g_signal_group_set_target (self->run_signals, NULL);
  if (self->step->show > 0) {
    cpg_player_set_playing (player, FALSE);
    g_signal_group_set_target (self->run_signals, run);
    seek (self);
  } else if (self->step->run) {
    cpg_run_set_current_step (run, 0);
    cpg_player_set_playing (player, TRUE);
  }
}

/* One that would come out the same, with the same model, is there. */
static gboolean is_as_wanted (CpgLessonStage *self, CpgRun *run)
{
  CpgEngine *engine = cpg_session_get_engine (self->session);
  CpgRunState state = run ? cpg_run_get_state (run) : CPG_RUN_FAILED;
  return state != CPG_RUN_FAILED && state != CPG_RUN_CANCELLED
         && cpg_settings_equal (cpg_run_get_settings (run), cpg_session_get_settings (self->session))
         && g_strcmp0 (cpg_run_get_model_path (run), cpg_engine_get_model_path (engine)) == 0;
}

static void go_on (CpgLessonStage *self)
{
  gboolean loading;
  g_object_get (self->session, "loading", &loading, NULL);
  if (!self->waits || loading || !cpg_session_has_model (self->session))
    return;
  self->waits = FALSE;
  if (self->step->has_settings)
    apply_settings (self);
  if (self->step->run && !is_as_wanted (self, cpg_session_get_run (self->session))) {
    cpg_session_start_run (self->session);
    g_weak_ref_set (&self->own, cpg_session_get_run (self->session));
  }
  CpgRun *run = cpg_session_get_run (self->session);
  if (!run)
    return;
  show_run (self, run);
  g_signal_emit (self, signals[READY], 0);
}

void cpg_lesson_stage_show (CpgLessonStage *self, const CpgLessonStep *step)
{
  const char *task = find_text (step, "task", "story");
  self->step = step;
  self->waits = TRUE;
  if (step->noisy >= 0)
    g_object_set (self->session, "noisy", step->noisy, NULL);
  if (step->has_settings && cpg_session_has_model (self->session) && !cpg_session_has_task (self->session, task)) {
    g_autofree char *words = g_strdup_printf (_ ("No model for “%s” is installed: this step can be read, but not seen"), task);
    self->waits = FALSE;
    g_signal_emit (self, signals[SAID], 0, words);
    return;
  }
  if (step->has_settings) {
    g_object_set (self->session, "task", task, NULL);
    if (!g_hash_table_contains (self->sources, task))
      g_hash_table_insert (self->sources, g_strdup (task),
                           g_strdup (cpg_settings_get_source (cpg_session_get_settings (self->session))));
    g_object_set (cpg_session_get_settings (self->session), "source", find_text (step, "source", ""), NULL);
    cpg_session_load_best (self->session); /* so that a lesson is the same for everybody */
  }
  go_on (self);
}

/* ---- before and after ---- */

static void copy_settings (CpgSettings *from, CpgSettings *to)
{
  guint n;
  g_autofree GParamSpec **all = g_object_class_list_properties (G_OBJECT_GET_CLASS (from), &n);
  g_object_freeze_notify (G_OBJECT (to));
  for (guint i = 0; i < n; i++) {
    g_auto (GValue) value = G_VALUE_INIT;
    g_object_get_property (G_OBJECT (from), all[i]->name, &value);
    g_object_set_property (G_OBJECT (to), all[i]->name, &value);
  }
  g_object_thaw_notify (G_OBJECT (to));
}

static void give_source_back (gpointer task, gpointer source, gpointer data)
{
  cpg_session_keep_source (CPG_LESSON_STAGE (data)->session, task, source);
}

void cpg_lesson_stage_end (CpgLessonStage *self)
{
  g_autoptr (CpgRun) own = g_weak_ref_get (&self->own);
  g_signal_group_set_target (self->run_signals, NULL);
  self->step = NULL;
  self->waits = FALSE;
  g_object_set (self->session, "task", cpg_settings_get_task (self->settings), "noisy", self->noisy, NULL);
  copy_settings (self->settings, cpg_session_get_settings (self->session));
  g_hash_table_foreach (self->sources, give_source_back, self);
  if (!self->chosen)
    cpg_session_load_best (self->session);
  else if (g_strcmp0 (self->chosen, cpg_session_get_model_path (self->session)) != 0
           || !cpg_session_has_chosen_model (self->session))
    cpg_session_load (self->session, self->chosen);
  /* A run of one's own, made meanwhile, stays. */
  if (own && own == cpg_session_get_run (self->session) && self->run) {
    if (cpg_run_is_active (own))
      cpg_run_cancel (own);
    cpg_session_set_run (self->session, self->run);
  }
}

/* ---- the object ---- */

static void cpg_lesson_stage_dispose (GObject *object)
{
  CpgLessonStage *self = CPG_LESSON_STAGE (object);
  g_clear_object (&self->run_signals);
  g_clear_object (&self->settings);
  g_clear_object (&self->run);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (cpg_lesson_stage_parent_class)->dispose (object);
}

static void cpg_lesson_stage_finalize (GObject *object)
{
  CpgLessonStage *self = CPG_LESSON_STAGE (object);
  g_weak_ref_clear (&self->own);
  g_hash_table_unref (self->sources);
  g_free (self->chosen);
  G_OBJECT_CLASS (cpg_lesson_stage_parent_class)->finalize (object);
}

static void cpg_lesson_stage_class_init (CpgLessonStageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cpg_lesson_stage_dispose;
  G_OBJECT_CLASS (klass)->finalize = cpg_lesson_stage_finalize;
  signals[READY] = g_signal_new ("ready", CPG_TYPE_LESSON_STAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SAID] = g_signal_new ("said", CPG_TYPE_LESSON_STAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_STRING);
}

static void cpg_lesson_stage_init (CpgLessonStage *self)
{
  self->run_signals = g_signal_group_new (CPG_TYPE_RUN);
  g_signal_group_connect_swapped (self->run_signals, "notify::n-done", G_CALLBACK (seek), self);
  self->sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_weak_ref_init (&self->own, NULL);
}

CpgLessonStage *cpg_lesson_stage_new (CpgSession *session)
{
  CpgLessonStage *self = g_object_new (CPG_TYPE_LESSON_STAGE, NULL);
  CpgRun *run = cpg_session_get_run (session);
  self->session = g_object_ref (session);
  self->settings = cpg_settings_copy (cpg_session_get_settings (session));
  g_set_object (&self->run, run);
  self->chosen = g_strdup (cpg_session_has_chosen_model (session) ? cpg_session_get_model_path (session) : NULL);
  g_object_get (session, "noisy", &self->noisy, NULL);
  g_signal_connect_object (session, "notify::loading", G_CALLBACK (go_on), self, G_CONNECT_SWAPPED);
  return self;
}
