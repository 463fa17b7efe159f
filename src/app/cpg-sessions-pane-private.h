/* For cpg-sessions-pane.c and cpg-sessions-pane-actions.c. */
#pragma once

#include "app/cpg-sessions-list.h"
#include "app/cpg-sessions-pane.h"
#include "app/cpg-sessions-replay.h"

struct _CpgSessionsPane {
  AdwBin parent_instance;
  CpgSession *session;
  gboolean collapsed;
  CpgSessionsList *runs;
  CpgSessionsReplay *replay; /* the last one */
  char *deleted;             /* id of the run that was deleted last */

  GtkSearchEntry *search;
  GtkStack *stack;
  GtkListView *list;
};

void cpg_sessions_pane_say (CpgSessionsPane *self, const char *text);
void cpg_sessions_pane_tell_deleted (CpgSessionsPane *self, const char *title);
void cpg_sessions_pane_tell_opened (CpgSessionsPane *self);
void cpg_sessions_pane_tell_compared (CpgSessionsPane *self, const char *id);
CpgSessionLog *cpg_sessions_pane_get_log (CpgSessionsPane *self);
CpgRecorder *cpg_sessions_pane_get_recorder (CpgSessionsPane *self);

/* id as in the log. */
void cpg_sessions_pane_open (CpgSessionsPane *self, const char *id, CpgSessionsMode mode);
void cpg_sessions_pane_install_actions (GtkWidgetClass *klass);
