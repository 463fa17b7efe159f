/* What the worker does next: the smallest piece that matters most. Private to the engine.
 *
 * The decoding of the step that is shown (of the run whose wish is the latest); of the step just made, where it is a k-th one, and of the result; a cheap
 * projection; a piece of the first errand; the next step of the first run that is not paused; a dear projection; the decodings that are left, of the newest run first.
 */
#pragma once

#include "engine/cpg-job.h"

G_BEGIN_DECLS

typedef enum {
  CPG_WORK_NONE,
  CPG_WORK_BEGIN,
  CPG_WORK_ADVANCE,
  CPG_WORK_DECODE,  /* index, show */
  CPG_WORK_PROJECT, /* show */
  CPG_WORK_ERRAND,  /* the first one's next piece; no job */
  CPG_WORK_END      /* all is done: to be told */
} CpgWorkKind;

typedef struct {
  CpgWorkKind kind;
  CpgJob *job; /* of the list */
  int index;
  CosmosShow show;
} CpgWork;

/* jobs: in the order of their start. With the worker's lock, on its thread. A projection's wish is taken off. */
CpgWork cpg_work_choose (GPtrArray *jobs, gboolean has_errand);

G_END_DECLS
