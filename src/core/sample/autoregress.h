/* Writing with a language model, token by token: the baseline that diffusion is compared with. */
#pragma once

#include "core/model/language-model.h"

typedef struct {
  double temperature; /* 0: greedy */
  int top_k;          /* 0: all */
  double top_p;       /* 1: all */
  uint64_t seed;
  int max_tokens;
} CosmosAutoregressSettings;

typedef struct {
  int32_t id;
  float probability; /* under the model, before temperature and cuts */
  float entropy;
  int32_t top[5];
  float top_probability[5];
  double seconds;
} CosmosWrittenToken;

typedef struct CosmosAutoregress CosmosAutoregress;

CosmosAutoregressSettings cosmos_autoregress_settings_default (void);
bool cosmos_autoregress_settings_check (const CosmosAutoregressSettings *self, CosmosError *err);
/* prompt: what the text begins with (an opening sentence), may be empty; it is framed as the model was trained ([CLS] first). */
CosmosAutoregress *cosmos_autoregress_new (const CosmosLanguageModel *model, CosmosPool *pool, const CosmosAutoregressSettings *settings,
                                           const char *prompt, size_t size, CosmosError *err);
void cosmos_autoregress_free (CosmosAutoregress *self);
/* One token more; *done becomes true at the end token, at max_tokens or where the context is full (then nothing was written). */
bool cosmos_autoregress_advance (CosmosAutoregress *self, CosmosProgress *progress, bool *done, CosmosError *err);
int cosmos_autoregress_get_n_tokens (const CosmosAutoregress *self);
const CosmosWrittenToken *cosmos_autoregress_get_token (const CosmosAutoregress *self, int index);
/* Prompt and what was written, detokenised; free() it. NULL when out of memory. */
char *cosmos_autoregress_get_text (const CosmosAutoregress *self);
/* Seconds spent on reading the prompt and packing. */
double cosmos_autoregress_get_prompt_seconds (const CosmosAutoregress *self);
