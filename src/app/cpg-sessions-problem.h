/* A session log that cannot be used, and what can be done about it, as a dialog: begin an empty one, look at it only, try again, or go on without. */
#pragma once

#include "app/cpg-recorder.h"
#include <adwaita.h>

G_BEGIN_DECLS

/* For the recorder's failure, which there must be. What is chosen is done; its outcome is a change of the recorder, or a word said by said () to the
 * owner. (transfer floating) */
AdwDialog *cpg_sessions_problem_new (CpgRecorder *recorder, void (*said) (gpointer owner, const char *text), GObject *owner);

G_END_DECLS
