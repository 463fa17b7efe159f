/* How well a language model foresees a text: exp of the mean negative log-likelihood of its tokens (spec 1.15). */
#pragma once

#include "core/model/language-model.h"

typedef struct {
  double perplexity; /* a token of the judge's own tokenizer, the end token not counted */
  int n_tokens;      /* that were foreseen: without a begin token the first one is not */
} CosmosPerplexity;

/* The text is cleaned first (text.h). task: NULL, or what the text was written for; a judge that was trained for tasks reads the text as one of that task
 * (or of its first) without a source. Resets the graph. Texts with no token to foresee or longer than the context are refused in words. */
bool cosmos_perplexity (const CosmosLanguageModel *judge, CosmosGraph *graph, const char *task, const char *text, size_t size,
                        CosmosPerplexity *result, CosmosError *err);
/* The same, and the model's last hidden state at the text's last token, D numbers of the judge's width: the feature that MAUVE compares texts by. */
bool cosmos_perplexity_and_state (const CosmosLanguageModel *judge, CosmosGraph *graph, const char *task, const char *text,
                                  size_t size, CosmosPerplexity *result, float *state, CosmosError *err);
/* The perplexity of n >= 2 tokens, the first of which is only given. */
bool cosmos_perplexity_tokens (const CosmosLanguageModel *judge, CosmosGraph *graph, const int32_t *ids, size_t n,
                               CosmosPerplexity *result, CosmosError *err);
