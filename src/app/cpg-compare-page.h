/* Two to four texts of one input side by side: other seeds, other samplers, another model, an autoregressive one.
 *
 * Its first showing compares the run of the session with what there is to compare it with. The session's recorder keeps what it runs. Property: session (CpgSession). Main thread only.
 */
#pragma once

#include "app/cpg-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_COMPARE_PAGE (cpg_compare_page_get_type ())
G_DECLARE_FINAL_TYPE (CpgComparePage, cpg_compare_page, CPG, COMPARE_PAGE, AdwBin)

/* The session's run, as it is, against an autoregressive text or, where there is no model for that, another seed. */
void cpg_compare_page_show_run (CpgComparePage *self);
/* A comparison of the session log, by its id, as it was: what was measured then is shown, and its time runs as it did. */
void cpg_compare_page_open (CpgComparePage *self, const char *id);

G_END_DECLS
