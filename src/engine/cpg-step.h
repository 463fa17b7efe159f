/* One step of a run as the window shows it: numbers, latents, and (when decoded) tokens with their marks.
 *
 * Numbers and latents are constant. The decoding arrives later, on the main thread; it belongs to what the run shows (x0 or x_t), and when that
 * changes it is notified anew. Properties: decoded (boolean), text (string, "" before). Both are notified when a decoding arrives, and when one
 * of an earlier step changed the marks, which are relative to the steps decoded before this one: once all are decoded they are the same as if the
 * steps had been decoded in order.
 * Made on the worker's thread, used on the main thread.
 */
#pragma once

#include "core/sample/trajectory.h"
#include "engine/cpg-token.h"
#include <glib-object.h>

G_BEGIN_DECLS

#define CPG_TYPE_STEP (cpg_step_get_type ())
G_DECLARE_FINAL_TYPE (CpgStep, cpg_step, CPG, STEP, GObject)

int cpg_step_get_index (CpgStep *self); /* 0 .. n - 1; n for a result that is no step (the mean) */
double cpg_step_get_t (CpgStep *self);
double cpg_step_get_alpha (CpgStep *self);
double cpg_step_get_sigma (CpgStep *self); /* the noise level */
double cpg_step_get_change (CpgStep *self);
double cpg_step_get_seconds (CpgStep *self);
/* Latents (N, Z), floats; live as long as the step. */
const float *cpg_step_get_latents (CpgStep *self, CosmosShow show, int *n, int *width);
gboolean cpg_step_is_decoded (CpgStep *self);
const char *cpg_step_get_text (CpgStep *self);
/* Real tokens only; until the next "decoded" of this step. */
const CpgToken *cpg_step_get_tokens (CpgStep *self, int *n);
double cpg_step_get_confidence (CpgStep *self); /* means; 0 before it is decoded */
double cpg_step_get_entropy (CpgStep *self);
int cpg_step_get_n_changed (CpgStep *self); /* tokens that differ from the decoded step before */
int cpg_step_get_n_settled (CpgStep *self);
double cpg_step_get_decode_seconds (CpgStep *self);

G_END_DECLS
