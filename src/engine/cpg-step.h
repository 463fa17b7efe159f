/* One step of a run as the window shows it: numbers, latents, and (when decoded) tokens with their marks. Immutable but for the decoding, which
 * arrives once on the main thread and is notified ("decoded"). */
#pragma once

#include "core/sample/trajectory.h"
#include <glib-object.h>

G_BEGIN_DECLS

#define CPG_TYPE_STEP (cpg_step_get_type ())
G_DECLARE_FINAL_TYPE (CpgStep, cpg_step, CPG, STEP, GObject)

/* A token at a position, with what the popover shows. */
typedef struct {
  int position;
  CosmosTokenGuess guess;
  CosmosMark mark;
  char *text;                /* as it stands in the text (leading space kept) */
  char *top_text[COSMOS_TOP_K]; /* NULL beyond */
} CpgToken;

int cpg_step_get_index (CpgStep *self);      /* 0 .. n - 1 */
double cpg_step_get_t (CpgStep *self);
double cpg_step_get_alpha (CpgStep *self);
double cpg_step_get_sigma (CpgStep *self);   /* the noise level */
double cpg_step_get_change (CpgStep *self);
double cpg_step_get_seconds (CpgStep *self);
/* Latents (N, Z), floats; live as long as the step. */
const float *cpg_step_get_latents (CpgStep *self, CosmosShow show, int *n, int *width);
gboolean cpg_step_is_decoded (CpgStep *self);   /* property "decoded" */
const char *cpg_step_get_text (CpgStep *self);  /* "" before it is decoded; property "text" */
/* Real tokens only. */
const CpgToken *cpg_step_get_tokens (CpgStep *self, int *n);
double cpg_step_get_confidence (CpgStep *self); /* means; 0 before it is decoded */
double cpg_step_get_entropy (CpgStep *self);
int cpg_step_get_n_changed (CpgStep *self);     /* tokens that differ from the decoded step before */
int cpg_step_get_n_settled (CpgStep *self);
double cpg_step_get_decode_seconds (CpgStep *self);

G_END_DECLS
