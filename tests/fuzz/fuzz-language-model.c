/* A language model's file of any bytes: opened with its tokenizer, and made to read what it can. */
#include "core/model/language-model.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Sizes that would take memory and minutes, not bugs, are left out. */
static bool is_small (const CosmosLanguageModelSizes *sizes)
{
  return sizes->vocabulary <= 4096 && sizes->width <= 256 && sizes->ffn <= 1024 && sizes->layers <= 4 && sizes->heads <= 64
         && sizes->head <= 64;
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const CosmosCompute compute = {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};
  CosmosError err;
  CosmosMapping *mapping = cosmos_mapping_new_borrowed (data, size, "fuzz", &err);
  CosmosGguf *gguf = mapping ? cosmos_gguf_new (mapping, &err) : NULL;
  CosmosLanguageModel *model = gguf ? cosmos_language_model_new_from_gguf (gguf, compute, &err) : NULL;
  if (model && is_small (cosmos_language_model_get_sizes (model))) {
    const int32_t ids[] = {0, cosmos_language_model_get_sizes (model)->vocabulary - 1, 0, 1};
    CosmosPool *pool = cosmos_pool_new (1);
    CosmosGraph *graph = cosmos_graph_new (pool, NULL);
    CosmosLanguageState *state = cosmos_language_state_new (model, 4);
    cosmos_language_state_read (state, graph, ids, 3);
    cosmos_language_state_read (state, graph, ids + 3, 1);
    cosmos_language_state_free (state);
    cosmos_graph_free (graph);
    cosmos_pool_free (pool);
  }
  cosmos_language_model_free (model);
  return 0;
}
