/* Where the columns of a comparison stand: one position for all, by hand or played.
 *
 * A position is a share, 0 .. 1, of the whole length, which the mode measures: in moments of the contender that has the most (each shows the same moment, as
 * far as it has it), of each contender's own moments, or in seconds of the slowest (each shows what it had by then; a race).
 * At position 1 each shows its newest moment, also while it is being made.
 * Properties: mode (int CpgPlayheadMode), position (double), playing (boolean), loop (boolean), speed (double: a multiple; .125 .. 16), slowness (int: a
 * race is played in so many times its true time; 0: what makes it last some seconds). All writable. Signal "moved": position, or what it means, is
 * another. Holds the comparison. Main thread only.
 */
#pragma once

#include "engine/cpg-comparison.h"

G_BEGIN_DECLS

typedef enum { CPG_PLAYHEAD_STEP, CPG_PLAYHEAD_FRACTION, CPG_PLAYHEAD_RACE } CpgPlayheadMode;

#define CPG_TYPE_PLAYHEAD (cpg_playhead_get_type ())
G_DECLARE_FINAL_TYPE (CpgPlayhead, cpg_playhead, CPG, PLAYHEAD, GObject)

CpgPlayhead *cpg_playhead_new (CpgComparison *comparison);
CpgPlayheadMode cpg_playhead_get_mode (CpgPlayhead *self);
double cpg_playhead_get_position (CpgPlayhead *self);
void cpg_playhead_set_position (CpgPlayhead *self, double position);
/* Moments of the longest, or seconds of the slowest. */
int cpg_playhead_get_n_moments (CpgPlayhead *self);
double cpg_playhead_get_seconds (CpgPlayhead *self);
/* The one that is shown in mode STEP, from 0. */
int cpg_playhead_get_moment (CpgPlayhead *self);
/* By a moment of the longest; in a race from one event to the next or the one before. */
void cpg_playhead_move (CpgPlayhead *self, int delta);
gboolean cpg_playhead_is_playing (CpgPlayhead *self);
/* Begins anew from the end. */
void cpg_playhead_set_playing (CpgPlayhead *self, gboolean playing);
/* The one that is used: never 0. */
int cpg_playhead_get_slowness (CpgPlayhead *self);

/* "Step 12 of 50", "40 % of each", "0.031 of 0.078 seconds, 50 times slower". (transfer full) */
char *cpg_playhead_describe (CpgPlayhead *self);

G_END_DECLS
