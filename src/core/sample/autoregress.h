/* Writing with a language model, token by token: the baseline that diffusion is compared with. One thread at a time. */
#pragma once

#include "core/model/language-model.h"
#include "core/sample/decoding.h"

typedef struct {
  double temperature; /* 0: greedy; at most 100 */
  int top_k;          /* 0: all */
  double top_p;       /* 1: all; of what temperature and top_k left */
  uint64_t seed;
  int max_tokens; /* >= 1 */
} CosmosAutoregressSettings;

typedef struct {
  int32_t id;
  float probability; /* under the model, before temperature and cuts */
  float entropy;
  int32_t top[COSMOS_TOP_K];
  float top_probability[COSMOS_TOP_K];
  double seconds;
} CosmosWrittenToken;

typedef struct CosmosAutoregress CosmosAutoregress;

/* As the model is best drawn from (temperature 1, no cuts, where its file says nothing, or model is NULL), seed 0, 256 tokens. */
CosmosAutoregressSettings cosmos_autoregress_settings_default (const CosmosLanguageModel *model);
bool cosmos_autoregress_settings_check (const CosmosAutoregressSettings *self, CosmosError *err);

/* One of n tokens by their logits: the choice number `index` of the seed, U(seed, index, 0). Exact: a heap gives the tokens from the most likely
 * one down until the cuts are reached. weights and ids: scratch, n of each. -1 where no logit is a number. */
int32_t cosmos_autoregress_choose (const CosmosAutoregressSettings *self, const float *logits, int64_t n, uint32_t index,
                                   float *weights, int32_t *ids);

/* prompt: what the text begins with (an opening sentence), may be empty; it is cleaned, and framed as the model was trained (its begin token
 * first). A prompt that leaves no room in the model's context is refused. model and pool are borrowed. */
CosmosAutoregress *cosmos_autoregress_new (const CosmosLanguageModel *model, CosmosPool *pool,
                                           const CosmosAutoregressSettings *settings, const char *prompt, size_t size,
                                           CosmosError *err);
/* What a task asks for. A model that knows the task reads the source (NULL or "": none; cut where it is too long) and writes the target, which alone
 * is its text, but begins with a story's opening sentence; one that was tuned to talk is asked in words (instruction.h) and answers; any other goes on with the source as its prompt, as above. A
 * model of other tasks is refused. task NULL: its first, or none. */
CosmosAutoregress *cosmos_autoregress_new_for_task (const CosmosLanguageModel *model, CosmosPool *pool,
                                                    const CosmosAutoregressSettings *settings, const char *task,
                                                    const char *source, size_t size, CosmosError *err);
/* The same with the prompt as n >= 1 tokens, framed. end: the token that ends a text, -1 for none. */
CosmosAutoregress *cosmos_autoregress_new_from_tokens (const CosmosLanguageModel *model, CosmosPool *pool,
                                                       const CosmosAutoregressSettings *settings, const int32_t *prompt, size_t n,
                                                       int32_t end, CosmosError *err);
void cosmos_autoregress_free (CosmosAutoregress *self);

/* Writes one token more. *done: nothing was written, because the text ended, it has max_tokens, or the context is full. A call that failed or
 * was cancelled leaves no trace. */
bool cosmos_autoregress_advance (CosmosAutoregress *self, CosmosProgress *progress, bool *done, CosmosError *err);
int cosmos_autoregress_get_n_tokens (const CosmosAutoregress *self);
/* Lives as long as the writer. */
const CosmosWrittenToken *cosmos_autoregress_get_token (const CosmosAutoregress *self, int index);
/* Prompt (but no source) and what was written, detokenised; free() it. NULL when out of memory. Empty where the model has no tokenizer. */
char *cosmos_autoregress_get_text (const CosmosAutoregress *self);
/* Seconds spent on reading the prompt and packing, in the first call of advance(). */
double cosmos_autoregress_get_prompt_seconds (const CosmosAutoregress *self);
