#include "engine/cpg-playhead.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define PACE 10.0     /* moments a second at speed 1, as the player of a run */
#define PASSAGE 5.0   /* seconds from 0 to all of each at speed 1 */
#define RACE_LASTS 4. /* seconds at least, where the slowness is chosen for it */
enum { FRAME_MS = 33, END_PAUSE = G_USEC_PER_SEC };

struct _CpgPlayhead {
  GObject parent_instance;
  CpgComparison *comparison;
  CpgPlayheadMode mode;
  double position, speed;
  gboolean playing, loop;
  int slowness;
  guint timer;
  gint64 last, ended; /* of the timer; when the end was reached */
};

G_DEFINE_FINAL_TYPE (CpgPlayhead, cpg_playhead, G_TYPE_OBJECT)

enum { PROP_MODE = 1, PROP_POSITION, PROP_PLAYING, PROP_LOOP, PROP_SPEED, PROP_SLOWNESS, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { MOVED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- lengths ---- */

int cpg_playhead_get_n_moments (CpgPlayhead *self)
{
  int n = 0;
  for (guint i = 0; i < cpg_comparison_get_n (self->comparison); i++)
    n = MAX (n, cpg_contender_get_n_planned (cpg_comparison_get (self->comparison, i)));
  return n;
}

double cpg_playhead_get_seconds (CpgPlayhead *self)
{
  double seconds = 0;
  for (guint i = 0; i < cpg_comparison_get_n (self->comparison); i++) {
    CpgContender *contender = cpg_comparison_get (self->comparison, i);
    int n = cpg_contender_get_n_done (contender);
    seconds = fmax (seconds, n > 0 ? cpg_contender_get_time (contender, n - 1) : 0);
  }
  return seconds;
}

int cpg_playhead_get_moment (CpgPlayhead *self)
{
  int n = cpg_playhead_get_n_moments (self);
  return n > 0 ? (int) lround (self->position * (n - 1)) : 0;
}

int cpg_playhead_get_slowness (CpgPlayhead *self)
{
  static const int steps[] = {1, 2, 5, 10, 20, 50, 100};
  gsize i = 0;
  if (self->slowness > 0)
    return self->slowness;
  while (i + 1 < G_N_ELEMENTS (steps) && cpg_playhead_get_seconds (self) * steps[i] < RACE_LASTS)
    i++;
  return steps[i];
}

/* ---- showing ---- */

static int find_moment (CpgPlayhead *self, CpgContender *contender)
{
  if (self->position >= 1)
    return G_MAXINT;
  switch (self->mode) {
  case CPG_PLAYHEAD_STEP:
    return cpg_playhead_get_moment (self);
  case CPG_PLAYHEAD_FRACTION:
    return (int) (self->position * MAX (cpg_contender_get_n_planned (contender) - 1, 0));
  case CPG_PLAYHEAD_RACE:
    return cpg_contender_find_moment (contender, self->position * cpg_playhead_get_seconds (self));
  }
  g_return_val_if_reached (0);
}

static void show (CpgPlayhead *self)
{
  for (guint i = 0; i < cpg_comparison_get_n (self->comparison); i++) {
    CpgContender *contender = cpg_comparison_get (self->comparison, i);
    cpg_contender_show (contender, find_moment (self, contender));
  }
  g_signal_emit (self, signals[MOVED], 0);
}

CpgPlayheadMode cpg_playhead_get_mode (CpgPlayhead *self)
{
  return self->mode;
}

double cpg_playhead_get_position (CpgPlayhead *self)
{
  return self->position;
}

void cpg_playhead_set_position (CpgPlayhead *self, double position)
{
  position = CLAMP (position, 0, 1);
  if (isnan (position) || position == self->position)
    return;
  self->position = position;
  show (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_POSITION]);
}

/* The nearest time after (delta > 0) or before the shown one at which something came. */
static double find_event (CpgPlayhead *self, int delta)
{
  double whole = cpg_playhead_get_seconds (self), now = self->position * whole, found = delta > 0 ? whole : 0;
  for (guint i = 0; i < cpg_comparison_get_n (self->comparison); i++) {
    CpgContender *contender = cpg_comparison_get (self->comparison, i);
    int n = cpg_contender_get_n_done (contender), next = cpg_contender_find_moment (contender, now) + 1;
    if (delta > 0 && next < n)
      found = fmin (found, cpg_contender_get_time (contender, next));
    for (int k = next - 1; delta < 0 && k >= 0; k--) {
      double time = cpg_contender_get_time (contender, k);
      if (time < now * (1 - 1e-9)) {
        found = fmax (found, time);
        break;
      }
    }
  }
  return whole > 0 ? found / whole : 0;
}

void cpg_playhead_move (CpgPlayhead *self, int delta)
{
  int n = cpg_playhead_get_n_moments (self);
  if (self->mode == CPG_PLAYHEAD_RACE)
    cpg_playhead_set_position (self, find_event (self, delta));
  else if (n > 1)
    cpg_playhead_set_position (self, (double) (cpg_playhead_get_moment (self) + delta) / (n - 1));
}

/* ---- playing ---- */

/* Shares of the whole a second. */
static double get_pace (CpgPlayhead *self)
{
  double whole = cpg_playhead_get_seconds (self);
  switch (self->mode) {
  case CPG_PLAYHEAD_STEP:
    return self->speed * PACE / MAX (cpg_playhead_get_n_moments (self) - 1, 1);
  case CPG_PLAYHEAD_FRACTION:
    return self->speed / PASSAGE;
  case CPG_PLAYHEAD_RACE:
    return whole > 0 ? 1 / (whole * cpg_playhead_get_slowness (self)) : 1;
  }
  g_return_val_if_reached (1);
}

static gboolean tick (gpointer data)
{
  CpgPlayhead *self = data;
  gint64 now = g_get_monotonic_time ();
  double passed = (double) (now - self->last) / G_USEC_PER_SEC;
  self->last = now;
  if (self->position < 1) {
    cpg_playhead_set_position (self, self->position + passed * get_pace (self));
    self->ended = now;
  } else if (!self->loop) {
    cpg_playhead_set_playing (self, FALSE); /* which removes this */
  } else if (now - self->ended > END_PAUSE) {
    cpg_playhead_set_position (self, 0);
  }
  return G_SOURCE_CONTINUE;
}

gboolean cpg_playhead_is_playing (CpgPlayhead *self)
{
  return self->playing;
}

void cpg_playhead_set_playing (CpgPlayhead *self, gboolean playing)
{
  if (self->playing == playing)
    return;
  self->playing = playing;
  g_clear_handle_id (&self->timer, g_source_remove);
  if (playing) {
    if (self->position >= 1)
      cpg_playhead_set_position (self, 0);
    self->last = self->ended = g_get_monotonic_time ();
    self->timer = g_timeout_add (FRAME_MS, tick, self);
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PLAYING]);
}

/* ---- in words ---- */

static char *describe_clock (CpgPlayhead *self)
{
  double whole = cpg_playhead_get_seconds (self), now = self->position * whole;
  int slowness = cpg_playhead_get_slowness (self), digits = whole < 10 ? 3 : 1;
  /* Translators: a race of columns. The first two are seconds that have passed and that it takes, the last how many times slower than true it is played. */
  return slowness > 1 ? g_strdup_printf (_ ("%.*f of %.*f seconds, %d times slower"), digits, now, digits, whole, slowness)
                      : g_strdup_printf (_ ("%.*f of %.*f seconds"), digits, now, digits, whole);
}

char *cpg_playhead_describe (CpgPlayhead *self)
{
  int n = cpg_playhead_get_n_moments (self);
  if (n == 0)
    return g_strdup (_ ("Nothing to show yet"));
  if (self->position >= 1 && cpg_comparison_is_active (self->comparison))
    /* Translators: while columns are being made, each shows its newest step or word. */
    return g_strdup (_ ("The newest of each"));
  switch (self->mode) {
  case CPG_PLAYHEAD_STEP:
    /* Translators: of all columns: the shown step, or word, and how many the longest has. */
    return g_strdup_printf (_ ("Step %d of %d"), cpg_playhead_get_moment (self) + 1, n);
  case CPG_PLAYHEAD_FRACTION:
    /* Translators: how much of each column's own work is done. */
    return g_strdup_printf (_ ("%.0f %% of each"), 100 * self->position);
  case CPG_PLAYHEAD_RACE:
    return describe_clock (self);
  }
  g_return_val_if_reached (NULL);
}

/* ---- the object ---- */

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  CpgPlayhead *self = CPG_PLAYHEAD (object);
  switch (id) {
  case PROP_MODE:
    g_value_set_int (value, (int) self->mode);
    break;
  case PROP_POSITION:
    g_value_set_double (value, self->position);
    break;
  case PROP_PLAYING:
    g_value_set_boolean (value, self->playing);
    break;
  case PROP_LOOP:
    g_value_set_boolean (value, self->loop);
    break;
  case PROP_SPEED:
    g_value_set_double (value, self->speed);
    break;
  case PROP_SLOWNESS:
    g_value_set_int (value, self->slowness);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  CpgPlayhead *self = CPG_PLAYHEAD (object);
  switch (id) {
  case PROP_MODE:
    self->mode = (CpgPlayheadMode) g_value_get_int (value);
    show (self);
    break;
  case PROP_POSITION:
    cpg_playhead_set_position (self, g_value_get_double (value));
    break;
  case PROP_PLAYING:
    cpg_playhead_set_playing (self, g_value_get_boolean (value));
    break;
  case PROP_LOOP:
    self->loop = g_value_get_boolean (value);
    break;
  case PROP_SPEED:
    self->speed = g_value_get_double (value);
    break;
  case PROP_SLOWNESS:
    self->slowness = g_value_get_int (value);
    g_signal_emit (self, signals[MOVED], 0);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void dispose (GObject *object)
{
  CpgPlayhead *self = CPG_PLAYHEAD (object);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->comparison);
  G_OBJECT_CLASS (cpg_playhead_parent_class)->dispose (object);
}

static void cpg_playhead_class_init (CpgPlayheadClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS, own = flags | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->dispose = dispose;
  props[PROP_MODE] = g_param_spec_int ("mode", NULL, NULL, CPG_PLAYHEAD_STEP, CPG_PLAYHEAD_RACE, CPG_PLAYHEAD_STEP, flags);
  props[PROP_POSITION] = g_param_spec_double ("position", NULL, NULL, 0, 1, 1, own);
  props[PROP_PLAYING] = g_param_spec_boolean ("playing", NULL, NULL, FALSE, own);
  props[PROP_LOOP] = g_param_spec_boolean ("loop", NULL, NULL, FALSE, flags);
  props[PROP_SPEED] = g_param_spec_double ("speed", NULL, NULL, .125, 16, 1, flags);
  props[PROP_SLOWNESS] = g_param_spec_int ("slowness", NULL, NULL, 0, 1000, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[MOVED] = g_signal_new ("moved", CPG_TYPE_PLAYHEAD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void cpg_playhead_init (CpgPlayhead *self)
{
  self->position = 1;
  self->speed = 1;
}

CpgPlayhead *cpg_playhead_new (CpgComparison *comparison)
{
  CpgPlayhead *self = g_object_new (CPG_TYPE_PLAYHEAD, NULL);
  self->comparison = g_object_ref (comparison);
  g_signal_connect_object (comparison, "progressed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (comparison, "items-changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  return self;
}
