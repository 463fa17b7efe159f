/* Keys and values of the positions that a network has read: what makes writing token by token as cheap as it can be. */
#pragma once

#include "core/math/graph.h"

/* (1, capacity, kv width) each, for one text; `used` of them are filled. A block writes its own behind them; whoever owns the cache moves `used` when
 * all blocks are done. */
typedef struct {
  float *k, *v;
  int64_t capacity, used;
} CosmosKvCache;

/* Puts new keys and values (1, T, kv width) behind those of the cache: *k and *v become all of them, (1, used + T, kv width). self NULL: nothing. */
void cosmos_kv_cache_join (const CosmosKvCache *self, CosmosGraph *graph, CosmosTensor **k, CosmosTensor **v);
