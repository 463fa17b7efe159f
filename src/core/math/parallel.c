#include "core/math/parallel.h"

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
