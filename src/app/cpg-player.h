/* Moves through the steps of a run in time. It waits at the newest step while the run still goes on; the run never waits for it.
 *
 * Properties: run (CpgRun or NULL), playing (boolean), speed (double, a multiple of ten steps a second, .125 .. 16), loop (boolean). Who else moves the run's
 * current step (a scrubber) moves the player with it. Main thread only.
 */
#pragma once

#include "engine/cpg-run.h"

G_BEGIN_DECLS

#define CPG_TYPE_PLAYER (cpg_player_get_type ())
G_DECLARE_FINAL_TYPE (CpgPlayer, cpg_player, CPG, PLAYER, GObject)

CpgPlayer *cpg_player_new (void);
CpgRun *cpg_player_get_run (CpgPlayer *self);
/* A new run is looked at from its beginning. */
void cpg_player_set_run (CpgPlayer *self, CpgRun *run);
gboolean cpg_player_is_playing (CpgPlayer *self);
/* Playing a finished run that stands at its last step begins anew. */
void cpg_player_set_playing (CpgPlayer *self, gboolean playing);

G_END_DECLS
