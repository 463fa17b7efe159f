/* A run as it is at one moment, for whoever writes it down: settings, steps with their texts and tokens, numbers in rows. Plain data that nothing changes
 * any more, so that another thread may read it.
 *
 * Made and freed on the main thread: it shares latents and texts with the run's steps, which it holds. Every step should be read before
 * (cpg_run_read_all_async ()); one that is not has no tokens and an empty text.
 */
#pragma once

#include "engine/cpg-run.h"

G_BEGIN_DECLS

typedef struct {
  const char *id;  /* "self-conditioning" */
  char *title;     /* for people, translated */
  GVariant *value; /* s, t, i, d or b; NULL: left to the model */
  char *words;     /* the value for people */
} CpgRecordFact;

typedef struct {
  int index; /* from 0 */
  double t, alpha, sigma, change, seconds;
  double confidence, entropy;
  int n_changed, n_settled;
  const char *text;
  CpgToken *tokens;
  int n_tokens;
  const float *latents; /* (n_latents, latent_width), of what is shown */
} CpgRecordStep;

/* Numbers of the steps in rows, as pictures take them; NAN where there is none. */
typedef struct {
  double *alpha, *sigma, *log_snr, *change, *flipped, *confidence, *entropy;
} CpgRecordRows;

typedef struct {
  char *model_name, *model_path;
  GArray *facts; /* CpgRecordFact: the settings */
  char *task, *seed;
  const char *state; /* "done" */
  CosmosShow show;
  double seconds;
  char *result; /* the text that the run gave; NULL where it is not done */
  int n_planned, n_steps, current;
  CpgRecordStep *steps;
  CpgRecordRows rows;
  int n_latents, latent_width;
  double *path; /* 2 numbers a step */
  int n_path;
  gboolean rtl;         /* the window's direction */
  char *language;       /* "de" */
  GPtrArray *originals; /* CpgStep, whose texts and latents are shared */
} CpgRecord;

/* The run must have a step. */
CpgRecord *cpg_record_new (CpgRun *run, gboolean rtl);
void cpg_record_free (CpgRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgRecord, cpg_record_free)

/* At most `most` steps, evenly, the first and the last among them; their number. chosen: room for most. */
int cpg_record_choose_steps (const CpgRecord *self, int most, int *chosen);
/* "Step 12 of 50", translated. (transfer full) */
char *cpg_record_name_step (const CpgRecord *self, int index);
/* "changed", "unsure", "settled", "same": not translated */
const char *cpg_record_name_mark (CosmosMark mark);
const CpgRecordFact *cpg_record_find_fact (const CpgRecord *self, const char *id);

G_END_DECLS
