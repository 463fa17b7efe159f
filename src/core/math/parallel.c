#include "core/math/parallel.h"

#include "core/math/vector.h"

#include <string.h>

/* Nanoseconds. A round of the pool costs about one microsecond while its threads are awake. */
static const double shortest_piece = 4000.0;
enum { MAX_PIECES = 128, GRAIN_OF_COLUMNS = 32 };

typedef struct {
  int64_t n, per_piece;
  void (*work) (int64_t first, int64_t count, void *data);
  void *data;
} Loop;

static void run_piece (int item, void *data)
{
  const Loop *self = data;
  int64_t first = item * self->per_piece, left = self->n - first;
  self->work (first, left < self->per_piece ? left : self->per_piece, self->data);
}

/* Pieces of whole grains, but for the last. */
static void run (CosmosPool *pool, int64_t n, int64_t grain, double cost, void (*work) (int64_t first, int64_t count, void *data),
                 void *data)
{
  if (n <= 0)
    return;
  int64_t grains = (n + grain - 1) / grain;
  double wanted = (double) n * cost / shortest_piece;
  int64_t pieces = wanted > MAX_PIECES ? MAX_PIECES : (int64_t) wanted;
  if (pieces > grains)
    pieces = grains;
  if (pieces < 2) {
    work (0, n, data);
    return;
  }
  Loop loop = {n, (grains + pieces - 1) / pieces * grain, work, data};
  cosmos_pool_run (pool, (int) ((n + loop.per_piece - 1) / loop.per_piece), run_piece, &loop);
}

void cosmos_parallel (CosmosPool *pool, int64_t n, double cost, void (*work) (int64_t first, int64_t count, void *data),
                      void *data)
{
  run (pool, n, 1, cost, work, data);
}

void cosmos_parallel_columns (CosmosPool *pool, int64_t columns, double cost,
                              void (*work) (int64_t first, int64_t count, void *data), void *data)
{
  run (pool, columns, GRAIN_OF_COLUMNS, cost, work, data);
}

/* ---- sums ---- */

enum { SUM_BLOCKS = 16 };

typedef struct {
  int64_t per_block, size; /* rows; numbers of the sums of a block */
  float *sums;
  void (*work) (int64_t first, int64_t count, float *sums, void *data);
  void *data;
} Sums;

static void sum_block (int64_t first, int64_t count, void *data)
{
  const Sums *self = data;
  float *sums = self->sums + first / self->per_block * self->size;
  memset (sums, 0, (size_t) self->size * sizeof *sums);
  self->work (first, count, sums, self->data);
}

bool cosmos_parallel_sums (CosmosPool *pool, CosmosArena *scratch, int64_t n_rows, double cost,
                           void (*work) (int64_t first, int64_t count, float *sums, void *data), void *data, int64_t n,
                           int n_totals, float *const *totals)
{
  if (n_rows <= 0)
    return true;
  CosmosArenaMark mark = cosmos_arena_mark (scratch);
  /* Clearing and adding up the sums of a block costs about as much as a row of them. */
  int64_t wanted = (int64_t) ((double) n_rows * cost / (4 * shortest_piece));
  int64_t blocks = wanted < 1 ? 1 : wanted < SUM_BLOCKS ? wanted : SUM_BLOCKS;
  blocks = blocks < n_rows ? blocks : n_rows;
  Sums self = {(n_rows + blocks - 1) / blocks, n * n_totals, NULL, work, data};
  blocks = (n_rows + self.per_block - 1) / self.per_block;
  self.sums = cosmos_arena_alloc (scratch, (size_t) (blocks * self.size) * sizeof *self.sums);
  if (!self.sums)
    return false;
  Loop loop = {n_rows, self.per_block, sum_block, &self};
  cosmos_pool_run (pool, (int) blocks, run_piece, &loop);
  for (int64_t block = 0; block < blocks; block++)
    for (int i = 0; i < n_totals; i++)
      if (totals[i])
        cosmos_vector_add (totals[i], self.sums + block * self.size + i * n, n);
  cosmos_arena_rewind (scratch, mark);
  return true;
}
