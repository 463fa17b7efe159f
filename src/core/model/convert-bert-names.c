#include "core/model/convert-bert-names.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Modules with ".weight" and ".bias". */
typedef struct {
  const char *ours;
  int n_theirs;
  const char *theirs[COSMOS_BERT_MAX_PARTS];
} Module;

static const Module modules[] = {
  {"attention.qkv", 3, {"attention.self.query", "attention.self.key", "attention.self.value"}},
  {"attention.output", 1, {"attention.output.dense"}},
  {"attention_norm", 1, {"attention.output.LayerNorm"}},
  {"ffn.up", 1, {"intermediate.dense"}},
  {"ffn.down", 1, {"output.dense"}},
  {"ffn_norm", 1, {"output.LayerNorm"}},
};

enum {
  N_MODULES = sizeof modules / sizeof *modules,
  OF_A_LAYER = 2 * N_MODULES,
  BEFORE_LAYERS = 4,
  MAX_PREFIX = 32,
};

static const char *end_of (const CosmosBertNames *self, const char *module, bool is_bias)
{
  size_t n = strlen (module), m = strlen ("LayerNorm");
  bool is_norm = n >= m && strcmp (module + n - m, "LayerNorm") == 0;
  if (is_norm && self->has_gamma_beta)
    return is_bias ? "beta" : "gamma";
  return is_bias ? "bias" : "weight";
}

static void get_embedding (const CosmosBertNames *self, size_t index, CosmosBertTensor *tensor)
{
  static const char *const ours[BEFORE_LAYERS] = {"token_embedding.weight", "position_embedding.weight", "embedding_norm.weight",
                                                  "embedding_norm.bias"};
  static const char *const theirs[BEFORE_LAYERS] = {"word_embeddings", "position_embeddings", "LayerNorm", "LayerNorm"};
  snprintf (tensor->ours, sizeof tensor->ours, "encoder.%s", ours[index]);
  snprintf (tensor->parts[0], sizeof tensor->parts[0], "%sembeddings.%s.%s", self->prefix, theirs[index],
            end_of (self, theirs[index], index == 3));
  tensor->n_parts = 1;
  tensor->making = COSMOS_BERT_COPIED;
  if (index == 1) {
    snprintf (tensor->parts[1], sizeof tensor->parts[1], "%sembeddings.token_type_embeddings.weight", self->prefix);
    tensor->n_parts = 2;
    tensor->making = COSMOS_BERT_SUMMED;
  }
}

size_t cosmos_bert_names_count (int layers)
{
  return BEFORE_LAYERS + (size_t) layers * OF_A_LAYER;
}

void cosmos_bert_names_get (const CosmosBertNames *self, size_t index, CosmosBertTensor *tensor)
{
  assert (strlen (self->prefix) <= MAX_PREFIX);
  *tensor = (CosmosBertTensor) {0};
  if (index < BEFORE_LAYERS) {
    get_embedding (self, index, tensor);
    return;
  }
  size_t layer = (index - BEFORE_LAYERS) / OF_A_LAYER, of_layer = (index - BEFORE_LAYERS) % OF_A_LAYER;
  const Module *module = &modules[of_layer / 2];
  bool is_bias = of_layer % 2 == 1;
  snprintf (tensor->ours, sizeof tensor->ours, "encoder.layers.%zu.%s.%s", layer, module->ours, is_bias ? "bias" : "weight");
  for (int i = 0; i < module->n_theirs; i++)
    snprintf (tensor->parts[i], sizeof tensor->parts[i], "%sencoder.layer.%zu.%s.%s", self->prefix, layer, module->theirs[i],
              end_of (self, module->theirs[i], is_bias));
  tensor->n_parts = module->n_theirs;
  tensor->making = module->n_theirs == 1 ? COSMOS_BERT_COPIED : COSMOS_BERT_STACKED;
}

bool cosmos_bert_names_has_no_use (const CosmosBertNames *self, const char *name)
{
  size_t prefix = strlen (self->prefix);
  if (strncmp (name, "cls.", 4) == 0)
    return true;
  return strncmp (name, self->prefix, prefix) == 0
         && (strncmp (name + prefix, "pooler.", 7) == 0 || strcmp (name + prefix, "embeddings.position_ids") == 0);
}
