/* A step that somebody wants to find again. Keeps its run. Immutable. Property: title (what a list shows). */
#pragma once

#include "engine/cpg-run.h"

G_BEGIN_DECLS

#define CPG_TYPE_BOOKMARK (cpg_bookmark_get_type ())
G_DECLARE_FINAL_TYPE (CpgBookmark, cpg_bookmark, CPG, BOOKMARK, GObject)

CpgBookmark *cpg_bookmark_new (CpgRun *run, int step);
CpgRun *cpg_bookmark_get_run (CpgBookmark *self);
int cpg_bookmark_get_step (CpgBookmark *self);
/* "Step 12 of 50, seed 7" */
const char *cpg_bookmark_get_title (CpgBookmark *self);
/* The step's text where it has been decoded. (transfer full) */
char *cpg_bookmark_get_excerpt (CpgBookmark *self);

G_END_DECLS
