#include "app/cpg-player.h"

#define PACE 10.0                /* steps a second at speed 1 */
#define END_PAUSE G_USEC_PER_SEC /* how long a loop shows the last step */

struct _CpgPlayer {
  GObject parent_instance;
  CpgRun *run;
  GSignalGroup *signals;
  gboolean playing, loop;
  double speed;
  gboolean is_moving; /* a change of the current step is the player's own */
  guint timer;
  /* At `since` the shown step was `origin`. */
  gint64 since;
  int origin;
};

enum { PROP_RUN = 1, PROP_PLAYING, PROP_SPEED, PROP_LOOP, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgPlayer, cpg_player, G_TYPE_OBJECT)

static void cpg_player_schedule (CpgPlayer *self);

static void cpg_player_move (CpgPlayer *self, int step)
{
  self->is_moving = TRUE;
  cpg_run_set_current_step (self->run, step);
  self->is_moving = FALSE;
}

static void cpg_player_start_from (CpgPlayer *self, int step)
{
  self->origin = step;
  self->since = g_get_monotonic_time ();
}

static gboolean cpg_player_tick (gpointer data)
{
  CpgPlayer *self = data;
  self->timer = 0;
  gint64 now = g_get_monotonic_time ();
  int last = cpg_run_get_n_done (self->run) - 1;
  int target = self->origin + (int) ((double) (now - self->since) * self->speed * PACE / G_USEC_PER_SEC);
  if (target <= last)
    cpg_player_move (self, target);
  else if (last >= 0 && cpg_run_get_current_step (self->run) < last)
    cpg_player_move (self, last);
  if (target >= last && cpg_run_is_active (self->run))
    cpg_player_start_from (self, MAX (last, 0)); /* what it waits for is not made up for later */
  else if (target >= last && !self->loop) {
    cpg_player_set_playing (self, FALSE);
    return G_SOURCE_REMOVE;
  } else if (target > last
             && now - self->since > END_PAUSE + (gint64) ((last - self->origin) * G_USEC_PER_SEC / (self->speed * PACE))) {
    cpg_player_move (self, 0);
    cpg_player_start_from (self, 0);
  }
  cpg_player_schedule (self);
  return G_SOURCE_REMOVE;
}

static void cpg_player_schedule (CpgPlayer *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  if (!self->playing || !self->run)
    return;
  double passed = (double) (g_get_monotonic_time () - self->since) / G_USEC_PER_SEC * self->speed * PACE;
  double rest = 1 - (passed - (double) (gint64) passed);
  self->timer = g_timeout_add ((guint) (rest * 1000 / (self->speed * PACE)) + 1, cpg_player_tick, self);
}

static void cpg_player_on_step (CpgPlayer *self)
{
  int step = cpg_run_get_current_step (self->run);
  if (self->is_moving || step < 0)
    return;
  cpg_player_start_from (self, step);
  cpg_player_schedule (self);
}

/* The first steps have come, perhaps several at a time. */
static void cpg_player_on_n_done (CpgPlayer *self)
{
  if (cpg_run_get_current_step (self->run) >= 0 || cpg_run_get_n_done (self->run) == 0)
    return;
  cpg_player_move (self, 0);
  cpg_player_start_from (self, 0);
  cpg_player_schedule (self);
}

CpgRun *cpg_player_get_run (CpgPlayer *self)
{
  return self->run;
}

void cpg_player_set_run (CpgPlayer *self, CpgRun *run)
{
  if (!g_set_object (&self->run, run))
    return;
  g_signal_group_set_target (self->signals, run);
  if (run) {
    cpg_run_set_may_follow (run, FALSE);
    cpg_player_on_n_done (self);
    cpg_player_start_from (self, MAX (cpg_run_get_current_step (run), 0));
  }
  cpg_player_schedule (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUN]);
}

gboolean cpg_player_is_playing (CpgPlayer *self)
{
  return self->playing;
}

void cpg_player_set_playing (CpgPlayer *self, gboolean playing)
{
  if (self->playing == playing)
    return;
  self->playing = playing;
  if (playing && self->run) {
    int step = cpg_run_get_current_step (self->run), last = cpg_run_get_n_done (self->run) - 1;
    if (step > 0 && step == last && !cpg_run_is_active (self->run))
      cpg_player_move (self, step = 0);
    cpg_player_start_from (self, MAX (step, 0));
  }
  cpg_player_schedule (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLAYING]);
}

static void cpg_player_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgPlayer *self = CPG_PLAYER (object);
  switch (id) {
  case PROP_RUN:
    g_value_set_object (value, self->run);
    break;
  case PROP_PLAYING:
    g_value_set_boolean (value, self->playing);
    break;
  case PROP_SPEED:
    g_value_set_double (value, self->speed);
    break;
  case PROP_LOOP:
    g_value_set_boolean (value, self->loop);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_player_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CpgPlayer *self = CPG_PLAYER (object);
  switch (id) {
  case PROP_RUN:
    cpg_player_set_run (self, g_value_get_object (value));
    break;
  case PROP_PLAYING:
    cpg_player_set_playing (self, g_value_get_boolean (value));
    break;
  case PROP_SPEED:
    if (self->speed == g_value_get_double (value))
      break;
    self->speed = g_value_get_double (value);
    if (self->run)
      cpg_player_start_from (self, MAX (cpg_run_get_current_step (self->run), 0));
    cpg_player_schedule (self);
    g_object_notify_by_pspec (object, pspec);
    break;
  case PROP_LOOP:
    if (self->loop == g_value_get_boolean (value))
      break;
    self->loop = g_value_get_boolean (value);
    g_object_notify_by_pspec (object, pspec);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_player_dispose (GObject *object)
{
  CpgPlayer *self = CPG_PLAYER (object);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->signals);
  g_clear_object (&self->run);
  G_OBJECT_CLASS (cpg_player_parent_class)->dispose (object);
}

static void cpg_player_class_init (CpgPlayerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = cpg_player_get_property;
  object_class->set_property = cpg_player_set_property;
  object_class->dispose = cpg_player_dispose;
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  properties[PROP_RUN] = g_param_spec_object ("run", NULL, NULL, CPG_TYPE_RUN, flags);
  properties[PROP_PLAYING] = g_param_spec_boolean ("playing", NULL, NULL, FALSE, flags);
  properties[PROP_SPEED] = g_param_spec_double ("speed", NULL, NULL, .125, 16, 1, flags);
  properties[PROP_LOOP] = g_param_spec_boolean ("loop", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void cpg_player_init (CpgPlayer *self)
{
  self->speed = 1;
  self->signals = g_signal_group_new (CPG_TYPE_RUN);
  g_signal_group_connect_swapped (self->signals, "notify::current-step", G_CALLBACK (cpg_player_on_step), self);
  g_signal_group_connect_swapped (self->signals, "notify::n-done", G_CALLBACK (cpg_player_on_n_done), self);
}

CpgPlayer *cpg_player_new (void)
{
  return g_object_new (CPG_TYPE_PLAYER, NULL);
}
