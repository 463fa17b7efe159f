/* A text that an autoregressive model writes, token by token, as it comes: what a run is compared with.
 *
 * Properties: state (enum CpgRunState; never paused), n-tokens (int), seconds (double: of reading the beginning and writing so far), model-name (string or
 * NULL before it is open), error (string or NULL). Main thread only. Its work goes on until it is done or cancelled, whoever holds it.
 * The opening sentence, where there is one, is the first token, with no probability.
 */
#pragma once

#include "core/sample/autoregress.h"
#include "core/sample/instruction.h"
#include "engine/cpg-engine.h"

G_BEGIN_DECLS

#define CPG_TYPE_WRITING (cpg_writing_get_type ())
G_DECLARE_FINAL_TYPE (CpgWriting, cpg_writing, CPG, WRITING, GObject)

/* model: path of a .gguf of architecture "llama" or "gpt2". settings: seed and source, the beginning of the text, are used; tokens are drawn
 * as the model says of itself (cosmos_autoregress_settings_default ()), as the cosmos command does, but at this temperature, if it is not NAN.
 * (transfer full) */
CpgWriting *cpg_writing_new (CpgEngine *engine, const char *model, CpgSettings *settings, double temperature);
/* One that was written before, as it was: done, or cancelled. Texts of the tokens are copied. (transfer full) */
CpgWriting *cpg_writing_new_written (const char *model_name, const CosmosAutoregressSettings *drawing, const char *text,
                                     const CpgToken *tokens, const double *times, int n, CpgRunState state);
void cpg_writing_cancel (CpgWriting *self);

CpgRunState cpg_writing_get_state (CpgWriting *self);
gboolean cpg_writing_is_active (CpgWriting *self);
int cpg_writing_get_n_tokens (CpgWriting *self);
/* Those there are, *n; until the next one comes. All are marked COSMOS_MARK_SAME. */
const CpgToken *cpg_writing_get_tokens (CpgWriting *self, int *n);
/* When token i had been written, since the beginning. */
double cpg_writing_get_time (CpgWriting *self, int i);
double cpg_writing_get_seconds (CpgWriting *self);
/* The whole text, once it is done; "" before. */
const char *cpg_writing_get_text (CpgWriting *self);
const char *cpg_writing_get_model_name (CpgWriting *self);
/* How the model was asked, and how its tokens are drawn, once it is open. */
CosmosAsking cpg_writing_get_asking (CpgWriting *self);
const CosmosAutoregressSettings *cpg_writing_get_drawing (CpgWriting *self);
const char *cpg_writing_get_error (CpgWriting *self);

G_END_DECLS
