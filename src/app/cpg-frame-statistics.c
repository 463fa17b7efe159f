#include "app/cpg-frame-statistics.h"

enum {
  HEARTBEAT = 2, /* ms */
  PAUSE = 100    /* ms: frames farther apart than this have had nothing to show between them */
};

/* The longest of a kind, and when it ended. */
typedef struct {
  gint64 length, end;
} Longest;

struct CpgFrameStatistics {
  GdkFrameClock *clock;
  gulong handlers[2], hook;
  guint heartbeat, map_signal;
  gint64 started, first, before, last, beat;
  gint64 painted;      /* in frames since the last heartbeat */
  gboolean is_new;     /* something has appeared since the last frame */
  Longest appearing;   /* frames that show something for the first time: the toolkit lays it out */
  Longest frame, rest; /* other frames; the main loop outside frames: events of the engine, of the user, settings */
  gint64 paint, moving, longest_interval;
  int frames, moving_frames, late;
};

static double ms (gint64 microseconds)
{
  return (double) microseconds / 1000;
}

static void take (Longest *longest, gint64 length, gint64 end)
{
  if (length > longest->length)
    *longest = (Longest) {length, end};
}

static gboolean on_map (GSignalInvocationHint *hint, guint n, const GValue *values, gpointer data)
{
  ((CpgFrameStatistics *) data)->is_new = TRUE;
  return TRUE;
}

static void on_before_paint (GdkFrameClock *clock, CpgFrameStatistics *self)
{
  self->before = g_get_monotonic_time ();
}

static void on_after_paint (GdkFrameClock *clock, CpgFrameStatistics *self)
{
  gint64 now = g_get_monotonic_time (), interval = self->before - self->last, length = now - self->before;
  if (!self->first)
    self->first = now;
  else if (interval < PAUSE * 1000) {
    self->moving += interval;
    self->moving_frames++;
    self->longest_interval = MAX (self->longest_interval, interval);
    self->late += interval > 25000; /* a frame of 60 a second was left out */
  }
  self->frames++;
  self->paint += length;
  self->painted += length;
  take (self->is_new ? &self->appearing : &self->frame, length, now);
  self->is_new = FALSE;
  self->last = self->before;
}

static gboolean on_heartbeat (gpointer data)
{
  CpgFrameStatistics *self = data;
  gint64 now = g_get_monotonic_time ();
  if (self->beat)
    take (&self->rest, now - self->beat - HEARTBEAT * 1000 - self->painted, now);
  self->painted = 0;
  self->beat = self->first ? now : 0;
  return G_SOURCE_CONTINUE;
}

CpgFrameStatistics *cpg_frame_statistics_new (GtkWidget *window, gint64 started)
{
  CpgFrameStatistics *self = g_new0 (CpgFrameStatistics, 1);
  self->started = started;
  self->clock = g_object_ref (gtk_widget_get_frame_clock (window));
  self->handlers[0] = g_signal_connect (self->clock, "before-paint", G_CALLBACK (on_before_paint), self);
  self->handlers[1] = g_signal_connect_after (self->clock, "after-paint", G_CALLBACK (on_after_paint), self);
  self->map_signal = g_signal_lookup ("map", GTK_TYPE_WIDGET);
  self->hook = g_signal_add_emission_hook (self->map_signal, 0, on_map, self, NULL);
  self->heartbeat = g_timeout_add_full (G_PRIORITY_HIGH, HEARTBEAT, on_heartbeat, self, NULL);
  return self;
}

static void print (CpgFrameStatistics *self, const char *what, const Longest *longest)
{
  g_print ("%s: at most %.1f ms, %.0f ms after the beginning\n", what, ms (longest->length),
           longest->end ? ms (longest->end - self->started) : 0);
}

void cpg_frame_statistics_free (CpgFrameStatistics *self)
{
  if (!self)
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (self->handlers); i++)
    if (g_signal_handler_is_connected (self->clock, self->handlers[i])) /* a closed window's clock has dropped them */
      g_signal_handler_disconnect (self->clock, self->handlers[i]);
  g_signal_remove_emission_hook (self->map_signal, self->hook);
  g_source_remove (self->heartbeat);
  g_print ("first frame after %.0f ms\n", ms (self->first - self->started));
  g_print ("%d frames, %.2f ms each to make\n", self->frames, ms (self->paint) / MAX (self->frames, 1));
  if (self->moving_frames > 0)
    g_print ("while the picture moved: %.1f frames a second, at most %.1f ms between two, %d of %d later than 25 ms\n",
             self->moving_frames * 1e6 / (double) self->moving, ms (self->longest_interval), self->late, self->moving_frames);
  print (self, "frames in which something new appears", &self->appearing);
  print (self, "all other frames", &self->frame);
  print (self, "main loop between frames (the engine's events, keys, settings)", &self->rest);
  g_object_unref (self->clock);
  g_free (self);
}
