/* For cpg-compare-page.c and cpg-compare-page-actions.c. */
#pragma once

#include "app/cpg-compare-page.h"
#include "app/cpg-compare-table.h"
#include "app/cpg-compare-transport.h"
#include "app/cpg-page.h"
#include "app/cpg-sessions-replay.h"
#include "engine/cpg-playhead.h"

struct _CpgComparePage {
  AdwBin parent_instance;
  CpgSession *session;
  CpgComparison *comparison;
  CpgPlayhead *playhead;
  GBindingGroup *settings_bindings;
  GSimpleActionGroup *actions; /* "compare.*" */
  guint reference_timer;
  gboolean marks;            /* differences are marked */
  gboolean plays_next;       /* when all texts are there */
  CpgSessionsReplay *replay; /* of what the first column of a comparison from the log takes over; or NULL */
  GPtrArray *records;        /* CpgLogRun, the comparison first: what is being restored, until all texts are there; or NULL */
  gboolean opening;          /* it will be there in a moment */
  gboolean wants_focus;      /* where the keys for steps work, once it is shown */

  GtkTextBuffer *source, *reference;
  GtkBox *columns;
  GtkMenuButton *add;
  GMenu *samplers, *steps, *temperatures;
  CpgCompareTable *table;
  CpgCompareTransport *transport;
};

void cpg_compare_page_init_actions (CpgPageInterface *interface);
/* The "compare.*" ones, once. */
void cpg_compare_page_add_actions (CpgComparePage *self);
void cpg_compare_page_update_actions (CpgComparePage *self);
/* All texts are there: if they are from the log, they are as they were, which is said. */
void cpg_compare_page_end_restoring (CpgComparePage *self);
/* Nothing comes from the log any more. */
void cpg_compare_page_abandon (CpgComparePage *self);
/* The next start plays from its beginning once all texts are there. */
void cpg_compare_page_prepare_start (CpgComparePage *self);
/* All columns anew, with the session's settings. */
void cpg_compare_page_start (CpgComparePage *self);
void cpg_compare_page_set_marks (CpgComparePage *self, gboolean marks);
