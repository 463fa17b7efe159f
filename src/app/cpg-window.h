/* The window. Everything that can be done in it is an action "win.*" (cpg-window-actions.c). Property: session (CpgSession). */
#pragma once

#include "app/cpg-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_WINDOW (cpg_window_get_type ())
G_DECLARE_FINAL_TYPE (CpgWindow, cpg_window, CPG, WINDOW, AdwApplicationWindow)

CpgWindow *cpg_window_new (AdwApplication *application, CpgSession *session, GSettings *preferences);
CpgSession *cpg_window_get_session (CpgWindow *self);

/* By its kind: a model, weights that could become one, runs, a lesson, or what a study or an evaluation found. */
void cpg_window_open_file (CpgWindow *self, GFile *file);

G_END_DECLS
