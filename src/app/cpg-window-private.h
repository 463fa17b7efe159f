/* For cpg-window.c and cpg-window-*.c. */
#pragma once

#include "app/cpg-window.h"
#include "app/cpg-compare-page.h"
#include "app/cpg-lazy-page.h"
#include "app/cpg-denoise-page.h"
#include "app/cpg-lesson-pane.h"
#include "app/cpg-lesson-stage.h"
#include "app/cpg-page.h"
#include "app/cpg-sessions-pane.h"
#include "app/cpg-sessions-replay.h"
#include "app/cpg-transport.h"

struct _CpgWindow {
  AdwApplicationWindow parent_instance;
  CpgSession *session;
  GSettings *preferences;
  GSignalGroup *run_signals;
  guint stop_timer;
  gboolean run_seen;
  gboolean stoppable; /* something has gone on for so long that Stop is worth a button */

  AdwOverlaySplitView *sessions_split;
  CpgSessionsPane *sessions;
  AdwToast *sessions_toast;          /* what they said last, while it is there; weak */
  CpgSessionsReplay *sessions_first; /* the run that was shown last time, until it is there; or NULL */
  AdwDialog *sessions_problem;       /* why there is no log, while it is asked what to do; weak */
  AdwOverlaySplitView *split;
  GtkStack *side; /* "settings", or "lesson" while one is read */
  CpgLessonPane *lesson_pane;
  CpgLesson *lesson; /* NULL: none is read */
  guint lesson_place;
  CpgLessonStage *lesson_stage;
  gboolean lesson_hid_sessions;
  AdwBanner *banner;
  AdwToastOverlay *toasts;
  GtkStack *stack;
  AdwViewStack *pages;
  CpgLazyPage *compare, *explore;
  CpgDenoisePage *denoise;
  CpgTransport *transport;
};

void cpg_window_init_sessions (CpgWindow *self); /* cpg-window-sessions.c: once, when session and preferences are there */
void cpg_window_end_sessions (CpgWindow *self);  /* before the session goes */
void cpg_window_add_sessions_actions (CpgWindow *self);
void cpg_window_add_files_actions (CpgWindow *self);
void cpg_window_add_lessons_actions (CpgWindow *self); /* cpg-window-lessons.c */
/* From its first step; one that is being read ends. */
void cpg_window_begin_lesson (CpgWindow *self, CpgLesson *lesson);
/* The settings of before come back. Nothing where none is read. */
void cpg_window_end_lesson (CpgWindow *self);
void cpg_window_restore_side (CpgWindow *self); /* shows or hides the side bar as it was left */
CpgPage *cpg_window_get_page (CpgWindow *self); /* that is shown */
void cpg_window_show_toast (CpgWindow *self, const char *text);
/* Once, when the session is there. */
void cpg_window_add_actions (CpgWindow *self);
/* Property actions hold widgets of the window, which hold its actions: before the widgets go, or none of them does. */
void cpg_window_remove_actions (CpgWindow *self);
/* What can be done depends on the page that is shown and on the model. */
void cpg_window_update_actions (CpgWindow *self);
