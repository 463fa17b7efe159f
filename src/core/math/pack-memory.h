/* Memory of packed weights: in large pages, one matrix after the other in the order of their first use.
 *
 * Products of few rows read weights from memory faster where a page is 2 MB (measured on a denoising step of the paper's size: 6 %). Weights are
 * smaller than that, so they share blocks; a block goes back to the system when its last piece was given back. Any thread may call.
 */
#pragma once

#include <stddef.h>

typedef struct CosmosPackBlock CosmosPackBlock;

/* size bytes, not cleared, 64-byte aligned, until the block gets cosmos_pack_memory_release(). NULL when out of memory. */
void *cosmos_pack_memory_get (size_t size, CosmosPackBlock **block);
/* Gives one piece back. NULL: nothing. */
void cosmos_pack_memory_release (CosmosPackBlock *block);
