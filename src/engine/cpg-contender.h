/* A column of a comparison: one way to write the text, and what came of it, be that a run or what an autoregressive model writes.
 *
 * A way is a variation of the settings that all columns share. What a contender has made is looked at by moments, 0 .. n_done - 1: steps of a run, tokens of a
 * writing; each has a time, counted from the beginning of the work itself, in which nothing else was computed.
 * Properties: state (enum CpgRunState), n-done (int), shown (int: the moment that is shown, -1 none, writable).
 * Signal: "changed": what is shown, or a sentence about it, is another. Main thread only; its work ends with it.
 */
#pragma once

#include "engine/cpg-engine.h"
#include "engine/cpg-writing.h"

G_BEGIN_DECLS

typedef enum {
  CPG_VARIATION_NONE,
  CPG_VARIATION_AUTOREGRESSIVE,    /* path: of the model; NULL: the first for the task */
  CPG_VARIATION_SEED,              /* number: is added to the seed */
  CPG_VARIATION_SAMPLER,           /* number: a CosmosSampler */
  CPG_VARIATION_STEPS,             /* number */
  CPG_VARIATION_SELF_CONDITIONING, /* the other way than the settings say */
  CPG_VARIATION_MODEL,             /* path: of a bundle */
  CPG_VARIATION_TEMPERATURE        /* autoregressive, too; number: thousandths of the temperature that tokens are drawn at */
} CpgVariation;

#define CPG_TYPE_CONTENDER (cpg_contender_get_type ())
G_DECLARE_FINAL_TYPE (CpgContender, cpg_contender, CPG, CONTENDER, GObject)

/* path: of the model, also of a diffusion model for other variations; may be NULL. Nothing is done before it is started. (transfer full) */
CpgContender *cpg_contender_new (CpgVariation variation, guint64 number, const char *path);
/* A file of either kind of model. (transfer full), NULL with error. */
CpgContender *cpg_contender_new_for_model (const char *path, GError **error);
CpgVariation cpg_contender_get_variation (CpgContender *self);

/* How the next start makes it, once: as it was before, with these settings; writing: what it wrote then (NULL: it is a run, which is made again). Both
 * are kept. */
void cpg_contender_restore (CpgContender *self, CpgSettings *settings, CpgWriting *writing);
/* The next start, once, fails for this reason: what it was is not there any more. */
void cpg_contender_set_lost (CpgContender *self, const char *reason);
/* What its moments took before, until it is started again: seconds from the beginning, n of them. */
void cpg_contender_set_times (CpgContender *self, const double *times, int n);

/* The settings that it would be started with. */
void cpg_contender_prepare (CpgContender *self, CpgSettings *base);
/* Begins anew with the settings it was prepared with. */
void cpg_contender_start (CpgContender *self, CpgEngine *engine);
/* Takes a run's steps and result over, without making them again, as far as they are there. */
void cpg_contender_adopt (CpgContender *self, CpgEngine *engine, CpgRun *run);
/* Stops, or will not begin. */
void cpg_contender_cancel (CpgContender *self);
/* Waiting for its turn, as at first. */
void cpg_contender_reset (CpgContender *self);

CpgRunState cpg_contender_get_state (CpgContender *self);
gboolean cpg_contender_is_active (CpgContender *self); /* waiting or running */
gboolean cpg_contender_is_begun (CpgContender *self);
gboolean cpg_contender_is_autoregressive (CpgContender *self);
/* Moments there are and, where that is known (a run), will be. */
int cpg_contender_get_n_done (CpgContender *self);
int cpg_contender_get_n_planned (CpgContender *self);
/* How much of its work is done where a moment is the shown one, 0 .. 1; also of what was stopped. */
double cpg_contender_get_progress (CpgContender *self);
/* Seconds from the beginning until the moment was there: for the last one of a run with the reading of its text. */
double cpg_contender_get_time (CpgContender *self, int moment);
/* The last moment that was there after so many seconds; -1: none yet. */
int cpg_contender_find_moment (CpgContender *self, double seconds);
int cpg_contender_get_shown (CpgContender *self);
/* Clamped to those there are. */
void cpg_contender_show (CpgContender *self, int moment);
/* What is shown; NULL and 0 where it is not read yet. */
const CpgToken *cpg_contender_get_tokens (CpgContender *self, int *n);

/* NULL before it has begun, and where it is none. */
CpgRun *cpg_contender_get_run (CpgContender *self);
CpgWriting *cpg_contender_get_writing (CpgContender *self);
CpgSettings *cpg_contender_get_settings (CpgContender *self); /* NULL before it was prepared */

/* Of the finished text: "", 0 before. */
const char *cpg_contender_get_text (CpgContender *self);
int cpg_contender_get_n_tokens (CpgContender *self);
double cpg_contender_get_seconds (CpgContender *self);
/* Path of the autoregressive model that it has begun to write with, or NULL. */
const char *cpg_contender_get_language_path (CpgContender *self);
const char *cpg_contender_get_error (CpgContender *self);

/* Words for people, translated, (transfer full): what it is; its settings, or in what they differ from those of another, "" in nothing; what happens. */
char *cpg_contender_get_title (CpgContender *self);
char *cpg_contender_describe_way (CpgContender *self, CpgContender *other);
char *cpg_contender_describe (CpgContender *self);
/* For people, translated: "DPM++ SDE". */
const char *cpg_contender_name_sampler (CosmosSampler sampler);

G_END_DECLS
