/* How smooth a window is, measured at its frame clock and at the main loop: for --frame-statistics. Prints when it is freed.
 *
 * Three things are told apart: frames in which something appears for the first time, which the toolkit then lays out; all other frames; and the main
 * loop between frames, which is ours: events of the engine, keys, settings. */
#pragma once

#include <gtk/gtk.h>

typedef struct CpgFrameStatistics CpgFrameStatistics;

/* started: the monotonic time when the program began. The window must be realized and outlive this. */
CpgFrameStatistics *cpg_frame_statistics_new (GtkWidget *window, gint64 started);
void cpg_frame_statistics_free (CpgFrameStatistics *self);
