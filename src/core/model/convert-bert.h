/* A BERT in a safetensors file: whether there is one, and its sizes. */
#pragma once

#include "core/file/safetensors.h"
#include "core/model/config.h"
#include "core/model/convert-bert-names.h"

#include <yyjson.h>

typedef struct {
  CosmosBertNames names;
  CosmosConfig config; /* vocabulary and encoder alone */
  bool guessed_heads;  /* no config.json says how many: heads of 64, as Google's own */
} CosmosBert;

/* How the names of the BERT in a file begin; NULL: there is none. Constant. */
const char *cosmos_bert_find_prefix (const CosmosSafetensors *weights);
/* Sizes by the tensors' shapes; heads and norm_eps by config.json (the root of it, NULL: there is none). Refuses what our encoder would compute otherwise
 * (another activation, relative positions, a decoder). Paths are for messages. */
bool cosmos_bert_read (CosmosBert *self, const CosmosSafetensors *weights, const char *weights_path, yyjson_val *config,
                       const char *config_path, CosmosError *err);
