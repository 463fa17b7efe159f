/* A run as the session log keeps it, with its steps and pinned latents. Plain values: whoever makes one owns all of it, and fills the fields in.
 *
 * Strings may be NULL when given, which counts as ""; in what the log gives back only `steps`, `latents` and `excerpt` may be NULL. Texts are UTF-8.
 * Numbers that nobody measured are not a number (NAN). Times are microseconds since 1970, UTC.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum {
  CPG_LOG_RUNNING,
  CPG_LOG_DONE,
  CPG_LOG_CANCELLED,
  CPG_LOG_FAILED,
  CPG_LOG_INTERRUPTED, /* the program ended before the run did */
  CPG_LOG_N_STATES
} CpgLogState;

/* "running", "done" ... */
const char *cpg_log_state_get_name (CpgLogState state);
gboolean cpg_log_state_from_name (const char *name, CpgLogState *state);

/* ---- steps ---- */

#define CPG_TYPE_LOG_STEP (cpg_log_step_get_type ())
typedef struct {
  int number; /* from 0 */
  double t, alpha, sigma, change, seconds;
  gboolean decoded; /* whether the rest is known */
  double confidence, entropy;
  int n_changed, n_settled;
  char *text;
  GBytes *tokens; /* cpg_log_tokens_pack (); NULL: not kept */
} CpgLogStep;

GType cpg_log_step_get_type (void);
CpgLogStep *cpg_log_step_new (void);
CpgLogStep *cpg_log_step_copy (const CpgLogStep *self);
void cpg_log_step_free (CpgLogStep *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgLogStep, cpg_log_step_free)

/* ---- latents ---- */

enum { CPG_LOG_RESULT = -1 }; /* as a step: what the run gave back */

#define CPG_TYPE_LOG_LATENTS (cpg_log_latents_get_type ())
typedef struct {
  int step;       /* or CPG_LOG_RESULT */
  gboolean noisy; /* x_t and not the guess x0 */
  int n, width;
  GBytes *packed; /* cpg_log_latents_pack () */
} CpgLogLatents;

GType cpg_log_latents_get_type (void);
CpgLogLatents *cpg_log_latents_new (int step, gboolean noisy, const float *numbers, int n, int width);
CpgLogLatents *cpg_log_latents_copy (const CpgLogLatents *self);
void cpg_log_latents_free (CpgLogLatents *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgLogLatents, cpg_log_latents_free)

/* ---- runs ---- */

#define CPG_TYPE_LOG_RUN (cpg_log_run_get_type ())
typedef struct {
  char *id;      /* a UUID, the same in every log that the run is imported into */
  gint64 number; /* in this log, for people; 0 where it is in none */
  char *parent;  /* id of the run that this one branched from */
  int branched;  /* first step of its own */
  char *task, *source;
  guint64 seed;
  char *settings; /* a JSON object (cpg-log-settings.h) */
  char *model_name, *model_path, *model_sha256;
  char *engine;  /* back end and number format */
  char *program; /* version */
  gint64 started;
  double seconds;
  CpgLogState state;
  char *error; /* where it failed */
  char *title, *note;
  char **tags;
  char *output, *output_hash; /* cpg_log_hash_output () */
  int n_steps;                /* logged so far */
  gboolean deleted;           /* can still be had back */
  char *excerpt;              /* of a search: words around what was found, which stands between U+0001 and U+0002 */
  GPtrArray *steps;           /* CpgLogStep by number; NULL: not loaded */
  GPtrArray *latents;         /* CpgLogLatents; NULL: not loaded */
} CpgLogRun;

GType cpg_log_run_get_type (void);
/* A running run with a new id that begins now. */
CpgLogRun *cpg_log_run_new (void);
CpgLogRun *cpg_log_run_copy (const CpgLogRun *self);
void cpg_log_run_free (CpgLogRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgLogRun, cpg_log_run_free)

/* What a list shows: the title, else how the output or the source begins, else "". (transfer full) */
char *cpg_log_run_get_heading (const CpgLogRun *self);

G_END_DECLS
