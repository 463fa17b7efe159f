/* A few threads that share loops.
 *
 * cosmos_pool_run() calls work (item, data) for item = 0 .. count-1, each once, on the caller and the pool's threads, and
 * returns when all are done. Which thread takes which item is not fixed, so an item must not depend on another.
 * One caller at a time; work must not call the same pool.
 */
#pragma once

typedef struct CosmosPool CosmosPool;

/* threads: in all, the caller's included; 0 means one a core that this process may use. NULL when out of memory. */
CosmosPool *cosmos_pool_new (int threads);
void cosmos_pool_free (CosmosPool *self);
int cosmos_pool_get_threads (const CosmosPool *self);

void cosmos_pool_run (CosmosPool *self, int count, void (*work) (int item, void *data), void *data);
