#include "app/cpg-frame-statistics.h"

enum {
  HEARTBEAT = 2, /* ms */
  PAUSE = 100    /* ms: frames farther apart than this have had nothing to show between them */
};

struct CpgFrameStatistics {
  GdkFrameClock *clock;
  gulong handlers[2];
  guint heartbeat;
  gint64 started, first, before, last, beat;
  gint64 longest_beat, longest_frame, paint, longest_paint, moving;
  int frames, moving_frames, late;
};

static double ms (gint64 microseconds)
{
  return (double) microseconds / 1000;
}

static void on_before_paint (GdkFrameClock *clock, CpgFrameStatistics *self)
{
  self->before = g_get_monotonic_time ();
}

static void on_after_paint (GdkFrameClock *clock, CpgFrameStatistics *self)
{
  gint64 now = g_get_monotonic_time (), interval = self->before - self->last;
  if (!self->first)
    self->first = now;
  else if (interval < PAUSE * 1000) {
    self->moving += interval;
    self->moving_frames++;
    self->longest_frame = MAX (self->longest_frame, interval);
    self->late += interval > 25000; /* a frame of 60 a second was left out */
  }
  self->frames++;
  self->paint += now - self->before;
  if (self->frames > 1)
    self->longest_paint = MAX (self->longest_paint, now - self->before);
  self->last = self->before;
}

static gboolean on_heartbeat (gpointer data)
{
  CpgFrameStatistics *self = data;
  gint64 now = g_get_monotonic_time ();
  if (self->first && self->beat)
    self->longest_beat = MAX (self->longest_beat, now - self->beat - HEARTBEAT * 1000);
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
  self->heartbeat = g_timeout_add (HEARTBEAT, on_heartbeat, self);
  return self;
}

void cpg_frame_statistics_free (CpgFrameStatistics *self)
{
  if (!self)
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (self->handlers); i++)
    if (g_signal_handler_is_connected (self->clock, self->handlers[i])) /* a closed window's clock has dropped them */
      g_signal_handler_disconnect (self->clock, self->handlers[i]);
  g_source_remove (self->heartbeat);
  g_print ("first frame after %.0f ms\n", ms (self->first - self->started));
  g_print ("%d frames, %.2f ms each to paint, at most %.1f ms\n", self->frames, ms (self->paint) / MAX (self->frames, 1),
           ms (self->longest_paint));
  if (self->moving_frames > 0)
    g_print ("while the picture moved: %.1f frames a second, at most %.1f ms between two, %d of %d later than 25 ms\n",
             self->moving_frames * 1e6 / (double) self->moving, ms (self->longest_frame), self->late, self->moving_frames);
  g_print ("main loop held up for at most %.1f ms\n", ms (self->longest_beat));
  g_object_unref (self->clock);
  g_free (self);
}
