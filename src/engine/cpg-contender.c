#include "engine/cpg-contender-private.h"

#include "core/sample/instruction.h"
#include "engine/cpg-error.h"
#include "engine/cpg-model.h"

#include <glib/gi18n-lib.h>
#include <math.h>

G_DEFINE_FINAL_TYPE (CpgContender, cpg_contender, G_TYPE_OBJECT)

enum { PROP_STATE = 1, PROP_N_DONE, PROP_SHOWN, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void changed (CpgContender *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* ---- making ---- */

CpgContender *cpg_contender_new (CpgVariation variation, guint64 number, const char *path)
{
  CpgContender *self = g_object_new (CPG_TYPE_CONTENDER, NULL);
  self->variation = variation;
  self->number = number;
  self->path = g_strdup (path);
  return self;
}

CpgContender *cpg_contender_new_for_model (const char *path, GError **error)
{
  CpgModelKind kind = cpg_models_get_kind (path, error);
  if (kind == CPG_MODEL_OTHER)
    return NULL;
  return cpg_contender_new (kind == CPG_MODEL_BUNDLE ? CPG_VARIATION_MODEL : CPG_VARIATION_AUTOREGRESSIVE, 0, path);
}

CpgVariation cpg_contender_get_variation (CpgContender *self)
{
  return self->variation;
}

void cpg_contender_restore (CpgContender *self, CpgSettings *settings, CpgWriting *writing)
{
  g_set_object (&self->restored, settings);
  g_set_object (&self->written, writing);
}

void cpg_contender_set_lost (CpgContender *self, const char *reason)
{
  g_set_str (&self->lost, reason);
}

void cpg_contender_set_times (CpgContender *self, const double *times, int n)
{
  g_clear_pointer (&self->times, g_array_unref);
  self->times = g_array_new (FALSE, FALSE, sizeof *times);
  g_array_append_vals (self->times, times, (guint) n);
  changed (self);
}

void cpg_contender_prepare (CpgContender *self, CpgSettings *base)
{
  guint64 seed;
  gboolean self_conditioning;
  g_object_get (base, "seed", &seed, "self-conditioning", &self_conditioning, NULL);
  g_clear_object (&self->settings);
  self->settings = cpg_settings_copy (self->restored ? self->restored : base);
  g_object_set (self->settings, "decode-every", 1, NULL); /* every moment can be looked at */
  if (self->restored)
    return;
  if (self->variation == CPG_VARIATION_SEED)
    g_object_set (self->settings, "seed", seed + self->number, NULL);
  else if (self->variation == CPG_VARIATION_SAMPLER)
    g_object_set (self->settings, "sampler", (int) self->number, NULL);
  else if (self->variation == CPG_VARIATION_STEPS)
    g_object_set (self->settings, "steps", (int) self->number, NULL);
  else if (self->variation == CPG_VARIATION_SELF_CONDITIONING)
    g_object_set (self->settings, "self-conditioning", !self_conditioning, NULL);
}

/* ---- what happens to its work ---- */

static void on_state (CpgContender *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
  changed (self);
}

/* The newest moment is followed where the end is shown. */
static void on_n_done (CpgContender *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_DONE]);
  if (self->at_end)
    cpg_contender_show (self, G_MAXINT);
}

static void on_step_decoded (CpgContender *self, CpgStep *step)
{
  if (cpg_step_get_index (step) == self->shown)
    changed (self);
}

static void take_run (CpgContender *self, CpgRun *run)
{
  self->run = run;
  cpg_run_set_may_follow (run, FALSE);
  g_signal_connect_object (run, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "notify::n-done", G_CALLBACK (on_n_done), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "step-decoded", G_CALLBACK (on_step_decoded), self, G_CONNECT_SWAPPED);
}

/* Nobody listens to what is let go. */
static void let_go (CpgContender *self)
{
  if (self->run) {
    g_signal_handlers_disconnect_by_data (self->run, self);
    cpg_run_cancel (self->run);
  }
  if (self->writing) {
    g_signal_handlers_disconnect_by_data (self->writing, self);
    cpg_writing_cancel (self->writing);
  }
  g_clear_object (&self->run);
  g_clear_object (&self->writing);
  g_clear_pointer (&self->error, g_free);
  g_clear_pointer (&self->times, g_array_unref);
  self->stopped = FALSE;
  self->shown = -1;
  self->at_end = TRUE;
}

static void start_writing (CpgContender *self, CpgEngine *engine)
{
  const char *task = cpg_settings_get_task (self->settings);
  g_free (self->used);
  self->used = NULL;
  if (self->written) {
    self->used = g_strdup (self->path);
    self->writing = g_steal_pointer (&self->written);
    return;
  }
  self->used = self->path ? g_strdup (self->path) : cpg_engine_find_language_model (task);
  if (!self->used) {
    self->error = g_strdup (
        cosmos_instruction_needs_source (task)
            ? _ ("No autoregressive model that is installed does this; one that was tuned to talk would: see the Models page")
            : _ ("No autoregressive model is installed: put a GGUF of architecture “llama” or “gpt2” into a models folder"));
    return;
  }
  double temperature = self->variation == CPG_VARIATION_TEMPERATURE ? (double) self->number / 1000 : NAN;
  self->writing = cpg_writing_new (engine, self->used, self->settings, temperature);
  g_signal_connect_object (self->writing, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->writing, "notify::n-tokens", G_CALLBACK (on_n_done), self, G_CONNECT_SWAPPED);
}

void cpg_contender_start (CpgContender *self, CpgEngine *engine)
{
  g_return_if_fail (self->settings);
  let_go (self);
  if (self->lost)
    self->error = g_steal_pointer (&self->lost);
  else if (cpg_contender_is_autoregressive (self))
    start_writing (self, engine);
  else if (self->path)
    take_run (self, cpg_engine_start_run_of (engine, self->path, self->settings));
  else
    take_run (self, cpg_engine_start_run (engine, self->settings));
  g_clear_object (&self->restored);
  on_state (self);
  on_n_done (self);
}

/* A branch behind the last step has all steps and makes none; so each of the two has a moment of its own that is shown. */
void cpg_contender_adopt (CpgContender *self, CpgEngine *engine, CpgRun *run)
{
  let_go (self);
  g_clear_object (&self->restored);
  cpg_contender_prepare (self, cpg_run_get_settings (run));
  int n = cpg_run_get_n_done (run);
  CpgRun *branch = n > 0 ? cpg_engine_branch_run (engine, run, n, self->settings, NULL) : NULL;
  take_run (self, branch ? branch : cpg_engine_start_run (engine, self->settings));
  on_state (self);
  on_n_done (self);
}

void cpg_contender_cancel (CpgContender *self)
{
  if (!cpg_contender_is_active (self))
    return;
  if (self->run)
    cpg_run_cancel (self->run);
  else if (self->writing)
    cpg_writing_cancel (self->writing);
  else {
    self->stopped = TRUE;
    on_state (self);
  }
}

void cpg_contender_reset (CpgContender *self)
{
  let_go (self);
  on_state (self);
  on_n_done (self);
}

/* ---- how it stands ---- */

CpgRunState cpg_contender_get_state (CpgContender *self)
{
  if (self->error)
    return CPG_RUN_FAILED;
  if (self->run)
    return cpg_run_get_state (self->run);
  if (self->writing)
    return cpg_writing_get_state (self->writing);
  return self->stopped ? CPG_RUN_CANCELLED : CPG_RUN_WAITING;
}

gboolean cpg_contender_is_active (CpgContender *self)
{
  CpgRunState state = cpg_contender_get_state (self);
  return state == CPG_RUN_WAITING || state == CPG_RUN_RUNNING;
}

gboolean cpg_contender_is_begun (CpgContender *self)
{
  return self->run || self->writing || self->error || self->stopped;
}

gboolean cpg_contender_is_autoregressive (CpgContender *self)
{
  return self->variation == CPG_VARIATION_AUTOREGRESSIVE || self->variation == CPG_VARIATION_TEMPERATURE;
}

CpgRun *cpg_contender_get_run (CpgContender *self)
{
  return self->run;
}

CpgWriting *cpg_contender_get_writing (CpgContender *self)
{
  return self->writing;
}

CpgSettings *cpg_contender_get_settings (CpgContender *self)
{
  return self->settings;
}

int cpg_contender_get_n_done (CpgContender *self)
{
  return self->run ? cpg_run_get_n_done (self->run) : self->writing ? cpg_writing_get_n_tokens (self->writing) : 0;
}

int cpg_contender_get_n_planned (CpgContender *self)
{
  gboolean goes_on = self->run && cpg_run_get_state (self->run) != CPG_RUN_CANCELLED
                     && cpg_run_get_state (self->run) != CPG_RUN_FAILED;
  return goes_on ? cpg_run_get_n_steps (self->run) : cpg_contender_get_n_done (self);
}

double cpg_contender_get_progress (CpgContender *self)
{
  int n = self->run ? cpg_run_get_n_steps (self->run) : cpg_contender_get_n_done (self);
  return n > 0 ? (double) (self->shown + 1) / n : 0;
}

static gboolean is_last (CpgContender *self, int moment)
{
  return self->run && cpg_run_get_state (self->run) == CPG_RUN_DONE && moment == cpg_run_get_n_done (self->run) - 1;
}

double cpg_contender_get_time (CpgContender *self, int moment)
{
  if (self->times && moment < (int) self->times->len)
    return g_array_index (self->times, double, moment);
  if (self->writing)
    return cpg_writing_get_time (self->writing, moment);
  double seconds = is_last (self, moment) ? cpg_step_get_decode_seconds (cpg_run_get_result (self->run)) : 0;
  for (int i = 0; i <= moment; i++)
    seconds += cpg_step_get_seconds (cpg_run_get_step (self->run, i));
  return seconds;
}

/* With a tolerance for sums in another order. */
int cpg_contender_find_moment (CpgContender *self, double seconds)
{
  int low = -1, high = cpg_contender_get_n_done (self) - 1;
  while (low < high) {
    int middle = low + (high - low + 1) / 2;
    if (cpg_contender_get_time (self, middle) <= seconds * (1 + 1e-9))
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

int cpg_contender_get_shown (CpgContender *self)
{
  return self->shown;
}

void cpg_contender_show (CpgContender *self, int moment)
{
  int newest = cpg_contender_get_n_done (self) - 1;
  self->at_end = moment >= newest;
  moment = CLAMP (moment, -1, newest);
  if (self->run && moment >= 0)
    cpg_run_set_current_step (self->run, moment); /* which asks for its text */
  if (moment != self->shown) {
    self->shown = moment;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SHOWN]);
  }
  changed (self);
}

const CpgToken *cpg_contender_get_tokens (CpgContender *self, int *n)
{
  const CpgToken *tokens = NULL;
  *n = 0;
  if (self->shown < 0)
    return NULL;
  if (self->writing) {
    tokens = cpg_writing_get_tokens (self->writing, n);
    *n = MIN (*n, self->shown + 1);
  } else if (self->run) {
    CpgStep *step = is_last (self, self->shown) ? cpg_run_get_result (self->run) : cpg_run_get_step (self->run, self->shown);
    tokens = step ? cpg_step_get_tokens (step, n) : NULL;
  }
  return tokens;
}

/* ---- the finished text ---- */

const char *cpg_contender_get_text (CpgContender *self)
{
  if (self->writing)
    return cpg_writing_get_text (self->writing);
  CpgStep *result = self->run ? cpg_run_get_result (self->run) : NULL;
  return result ? cpg_step_get_text (result) : "";
}

/* Those it has made: a given beginning does not count. */
int cpg_contender_get_n_tokens (CpgContender *self)
{
  int n = 0;
  if (cpg_contender_get_state (self) != CPG_RUN_DONE)
    return 0;
  if (self->run) {
    cpg_step_get_tokens (cpg_run_get_result (self->run), &n);
    return n;
  }
  const CpgToken *tokens = cpg_writing_get_tokens (self->writing, &n);
  return n > 0 && tokens[0].guess.id < 0 ? n - 1 : n;
}

double cpg_contender_get_seconds (CpgContender *self)
{
  int n = cpg_contender_get_n_done (self);
  return cpg_contender_get_state (self) == CPG_RUN_DONE && n > 0 ? cpg_contender_get_time (self, n - 1) : 0;
}

const char *cpg_contender_get_language_path (CpgContender *self)
{
  return self->used;
}

const char *cpg_contender_get_error (CpgContender *self)
{
  return self->error     ? self->error
         : self->run     ? cpg_run_get_error (self->run)
         : self->writing ? cpg_writing_get_error (self->writing)
                         : NULL;
}

/* ---- the object ---- */

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  CpgContender *self = CPG_CONTENDER (object);
  switch (id) {
  case PROP_STATE:
    g_value_set_enum (value, (int) cpg_contender_get_state (self));
    break;
  case PROP_N_DONE:
    g_value_set_int (value, cpg_contender_get_n_done (self));
    break;
  case PROP_SHOWN:
    g_value_set_int (value, self->shown);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  if (id == PROP_SHOWN)
    cpg_contender_show (CPG_CONTENDER (object), g_value_get_int (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void dispose (GObject *object)
{
  CpgContender *self = CPG_CONTENDER (object);
  let_go (self);
  g_clear_object (&self->settings);
  g_clear_object (&self->restored);
  g_clear_object (&self->written);
  G_OBJECT_CLASS (cpg_contender_parent_class)->dispose (object);
}

static void finalize (GObject *object)
{
  g_free (CPG_CONTENDER (object)->path);
  g_free (CPG_CONTENDER (object)->used);
  g_free (CPG_CONTENDER (object)->lost);
  G_OBJECT_CLASS (cpg_contender_parent_class)->finalize (object);
}

static void cpg_contender_class_init (CpgContenderClass *class)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, CPG_TYPE_RUN_STATE, CPG_RUN_WAITING, flags);
  props[PROP_N_DONE] = g_param_spec_int ("n-done", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_SHOWN] = g_param_spec_int ("shown", NULL, NULL, -1, G_MAXINT, -1,
                                        flags | G_PARAM_WRITABLE | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[CHANGED] = g_signal_new ("changed", CPG_TYPE_CONTENDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void cpg_contender_init (CpgContender *self)
{
  self->shown = -1;
  self->at_end = TRUE;
}
