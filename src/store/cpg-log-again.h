/* Running a logged run once more: with which model file, and why it then did not come out the same. */
#pragma once

#include "store/cpg-log-run.h"

G_BEGIN_DECLS

/* Where its model lies now: where it lay, with the same hash; else a file with that hash in the models folders; else what lies there now. thorough: files whose hash is not known yet are read, which
 * takes seconds; never on the main thread of a window. (transfer full), NULL: not here. */
char *cpg_log_run_find_model (const CpgLogRun *self, gboolean thorough);
/* The hash of a file, computed and remembered where it is not known. (transfer full), NULL: it cannot be read. Takes seconds. */
char *cpg_log_hash_model (const char *path);

/* Why a run that was made once more has other bits, as far as it can be known. */
typedef enum {
  CPG_LOG_CAUSE_MODEL,   /* another model file */
  CPG_LOG_CAUSE_ENGINE,  /* another back end or number format */
  CPG_LOG_CAUSE_PROGRAM, /* another version of the program */
  CPG_LOG_CAUSE_UNKNOWN  /* none of these: another processor or library */
} CpgLogCause;

/* What it was made with now; NULL or "" on either side: not known, which is no cause. */
CpgLogCause cpg_log_run_find_cause (const CpgLogRun *self, const char *model_sha256, const char *engine, const char *program);

G_END_DECLS
