/* How well a language model foresees a text: exp of the mean negative log-likelihood of its tokens (spec 1.15). */
#pragma once

#include "core/model/language-model.h"

typedef struct {
  double perplexity; /* a token of the judge's own tokenizer, the end token not counted */
  int n_tokens;
} CosmosPerplexity;

/* Texts of no token or longer than the context are refused in words. */
bool cosmos_perplexity (const CosmosLanguageModel *judge, CosmosGraph *graph, const char *text, size_t size, CosmosPerplexity *result,
                        CosmosError *err);
