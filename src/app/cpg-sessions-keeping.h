/* How long runs stay in the session log, and how much room they take: a group of the preferences. */
#pragma once

#include "app/cpg-recorder.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_SESSIONS_KEEPING (cpg_sessions_keeping_get_type ())
G_DECLARE_FINAL_TYPE (CpgSessionsKeeping, cpg_sessions_keeping, CPG, SESSIONS_KEEPING, AdwPreferencesGroup)

/* Once. recorder NULL: there is no log. */
void cpg_sessions_keeping_set_up (CpgSessionsKeeping *self, GSettings *preferences, CpgRecorder *recorder);
/* Takes away what is older than the preferences say, in the background; deleted runs can be had back for a month. */
void cpg_sessions_keeping_tidy (GSettings *preferences, CpgRecorder *recorder);

G_END_DECLS
