/* Between language-model.c, the network, and language-model-file.c, its file. */
#pragma once

#include "core/model/language-model.h"

#include "core/model/block.h"
#include "core/model/gpt2-block.h"

struct CosmosLanguageModel {
  CosmosLanguageModelSizes sizes;
  CosmosGguf *file;                   /* NULL where made from somebody's parameters */
  CosmosParameters *owned_parameters; /* of the file */
  CosmosTokenizer *tokenizer;
  const char *name, *path, *chat_template; /* the last may be NULL */
  int begin;                               /* token, or -1 */
  CosmosLanguageModelTasks tasks;
  CosmosLanguageModelSampling sampling;
  const CosmosWeight *tokens, *head;                  /* (V, D); the same where tied */
  const CosmosTensor *positions;                      /* (context, D); NULL: the blocks turn queries and keys */
  const CosmosTensor *output_norm, *output_norm_bias; /* (D); no bias in LLaMA */
  union {                                             /* by the architecture */
    CosmosBlock llama;
    CosmosGpt2Block gpt2;
  } blocks[];
};
