/* A run as the session log keeps it, with its steps and pinned latents; an autoregressive text and a comparison are records of the same kind. Plain values: whoever makes one owns all of it, and fills the fields in.
 *
 * Strings may be NULL when given, which counts as ""; in what the log gives back only the lists and `excerpt` may be NULL. Texts are UTF-8.
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

typedef enum {
  CPG_LOG_DIFFUSION,
  CPG_LOG_AUTOREGRESSIVE, /* a step is a token: its text, seconds, and probability as confidence; one without tokens was given */
  CPG_LOG_COMPARISON,     /* has columns, and their texts as output */
  CPG_LOG_N_KINDS
} CpgLogKind;

/* "diffusion", "autoregressive", "comparison" */
const char *cpg_log_kind_get_name (CpgLogKind kind);
gboolean cpg_log_kind_from_name (const char *name, CpgLogKind *kind);

/* ---- steps ---- */

#define CPG_TYPE_LOG_STEP (cpg_log_step_get_type ())
typedef struct {
  int number; /* from 0 */
  double t, alpha, sigma, change, seconds;
  gboolean decoded; /* whether the rest is known */
  double confidence, entropy;
  int n_changed, n_settled;
  char *text;
  char *noisy_text; /* of the noisy state x_t; "": not known */
  GBytes *tokens;   /* cpg_log_tokens_pack (); NULL: not kept */
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

/* ---- bookmarks ---- */

#define CPG_TYPE_LOG_BOOKMARK (cpg_log_bookmark_get_type ())
typedef struct {
  gint64 number; /* given by the log */
  char *run;     /* id */
  int step;
  char *title;
  gint64 made;
} CpgLogBookmark;

GType cpg_log_bookmark_get_type (void);
CpgLogBookmark *cpg_log_bookmark_copy (const CpgLogBookmark *self);
void cpg_log_bookmark_free (CpgLogBookmark *self);

/* ---- columns of a comparison ---- */

#define CPG_TYPE_LOG_COLUMN (cpg_log_column_get_type ())
typedef struct {
  char *run;       /* id of what it shows; "": it never began, or is not in the log any more */
  char *variation; /* the caller's word: "seed", "sampler" ... */
  int n_tokens;    /* of the finished text; 0: it was not finished */
  double seconds, perplexity, diversity, rouge_1, rouge_2, rouge_l, bleu;
  char *problem;      /* why there is no perplexity */
  gboolean own_judge; /* the judge of perplexity has written it */
} CpgLogColumn;

GType cpg_log_column_get_type (void);
CpgLogColumn *cpg_log_column_new (void);
CpgLogColumn *cpg_log_column_copy (const CpgLogColumn *self);
void cpg_log_column_free (CpgLogColumn *self);

/* ---- runs ---- */

#define CPG_TYPE_LOG_RUN (cpg_log_run_get_type ())
typedef struct {
  char *id;      /* a UUID, the same in every log that the run is imported into */
  gint64 number; /* in this log, for people; 0 where it is in none */
  char *parent;  /* id of the run that this one branched from */
  int branched;  /* first step of its own */
  CpgLogKind kind;
  gboolean part; /* made for a comparison alone: no entry of its own */
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
  GPtrArray *bookmarks;       /* CpgLogBookmark by step; NULL: not loaded */
  int n_columns;              /* of a comparison */
  GPtrArray *columns;         /* CpgLogColumn, with judge and reference; NULL: not loaded, or no comparison */
  char *judge, *reference;    /* name of the judge of perplexity; text that nearness was measured to */
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
