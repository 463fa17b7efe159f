/* Loops over independent items, on the pool where they are long enough to be worth waking it. */
#pragma once

#include "core/base/arena.h"
#include "core/base/pool.h"

#include <stdbool.h>
#include <stdint.h>

/* work (first, count, data) covers the items 0 .. n-1 in pieces of neighbours. cost: about how many nanoseconds one item takes on one thread. The
 * pieces depend on n and cost alone, never on the number of threads; short loops are one piece on the caller's thread. */
void cosmos_parallel (CosmosPool *pool, int64_t n, double cost, void (*work) (int64_t first, int64_t count, void *data),
                      void *data);
/* The same over columns, for sums over all rows of some columns: pieces begin at multiples of 32 columns, so that rows are read in whole cache
 * lines and vectors. */
void cosmos_parallel_columns (CosmosPool *pool, int64_t columns, double cost,
                              void (*work) (int64_t first, int64_t count, void *data), void *data);
/* Sums over rows: work adds those of rows first .. first + count - 1 to `sums`, n_totals arrays of n numbers one behind the other, zeros before. Blocks
 * of rows depend on n_rows and cost alone, and their sums go to the totals (NULL: nowhere) in order. cost: of a row. scratch: given back. False
 * when out of memory. */
bool cosmos_parallel_sums (CosmosPool *pool, CosmosArena *scratch, int64_t n_rows, double cost,
                           void (*work) (int64_t first, int64_t count, float *sums, void *data), void *data, int64_t n,
                           int n_totals, float *const *totals);
