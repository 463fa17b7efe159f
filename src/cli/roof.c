#include "cli/roof.h"

#include "cli/progress.h"
#include "cli/terminal.h"
#include "core/base/arena.h"
#include "core/math/gemm.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const size_t BUFFER = (size_t) 512 << 20, SLICE = (size_t) 1 << 20; /* bytes; larger than any cache */
enum { SIDE = 2048, ROWS = 1024, ROUNDS = 5 };

typedef struct {
  const unsigned char *data;
  uint64_t *sums;
} Reading;

static void read_slice (int item, void *data)
{
  const Reading *reading = data;
  const uint64_t *words = (const uint64_t *) (reading->data + (size_t) item * SLICE);
  uint64_t a = 0, b = 0, c = 0, d = 0;
  for (size_t i = 0; i < SLICE / sizeof *words; i += 4) {
    a += words[i];
    b += words[i + 1];
    c += words[i + 2];
    d += words[i + 3];
  }
  reading->sums[item] = a + b + c + d;
}

static bool measure_bandwidth (CliRoof *self, CosmosPool *pool, CosmosError *err)
{
  int slices = (int) (BUFFER / SLICE);
  unsigned char *buffer = malloc (BUFFER);
  Reading reading = {buffer, calloc ((size_t) slices, sizeof *reading.sums)};
  bool ok = (buffer && reading.sums)
            || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the measurement (%zu MB)", BUFFER >> 20);
  double best = INFINITY;
  if (ok)
    memset (buffer, 1, BUFFER);
  for (int round = 0; ok && round < ROUNDS; round++) {
    double start = cli_now ();
    cosmos_pool_run (pool, slices, read_slice, &reading);
    best = fmin (best, cli_now () - start);
    cli_progress_show (0.1 * round / ROUNDS, "reading memory");
  }
  self->bandwidth = fmax (self->bandwidth, (double) BUFFER / best);
  free (reading.sums);
  free (buffer);
  return ok;
}

/* Operations a second of a product that is large enough for both caches and registers. */
static bool measure_peak (CosmosCompute compute, CosmosPool *pool, double *peak, CosmosError *err)
{
  float *values = malloc (sizeof (float) * SIDE * SIDE), *x = malloc (sizeof (float) * ROWS * SIDE),
        *y = malloc (sizeof (float) * ROWS * SIDE);
  CosmosWeight *weight = values ? cosmos_weight_new (SIDE, SIDE, COSMOS_DTYPE_F32, values, compute) : NULL;
  CosmosArena *scratch = cosmos_arena_new (1 << 20);
  bool ok = (weight && x && y && scratch) || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the measurement");
  for (size_t i = 0; ok && i < (size_t) SIDE * SIDE; i++)
    values[i] = (float) (i % 17) / 16 - 0.5f;
  for (size_t i = 0; ok && i < (size_t) ROWS * SIDE; i++)
    x[i] = (float) (i % 13) / 12 - 0.5f;
  double best = INFINITY;
  for (int round = 0; ok && round <= ROUNDS; round++) { /* the first packs */
    double start = cli_now ();
    CosmosArenaMark mark = cosmos_arena_mark (scratch);
    ok = cosmos_gemm (pool, scratch, weight, (CosmosRows) {x, ROWS, SIDE}, NULL, (CosmosRows) {y, ROWS, SIDE}, err);
    cosmos_arena_rewind (scratch, mark);
    best = round ? fmin (best, cli_now () - start) : best;
  }
  *peak = 2.0 * ROWS * SIDE * SIDE / best;
  cosmos_arena_free (scratch);
  cosmos_weight_free (weight);
  free (y);
  free (x);
  free (values);
  return ok;
}

bool cli_roof_measure (CliRoof *self, CosmosPool *pool, CosmosError *err)
{
  static const CosmosCompute computes[] = {
    {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32},
    {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_F32},
    {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_BF16},
    {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_INT8},
  };
  if (!measure_bandwidth (self, pool, err))
    return false;
  for (int i = 0; i < 4; i++) {
    double peak;
    if (!cosmos_compute_is_available (computes[i], NULL))
      continue;
    if (!measure_peak (computes[i], pool, &peak, err))
      return false;
    self->peak[computes[i].precision] = fmax (self->peak[computes[i].precision], peak);
    cli_progress_show (0.1, "multiplying");
  }
  return true;
}

double cli_precision_get_size (CosmosPrecision precision)
{
  return precision == COSMOS_PRECISION_F32 ? 4 : precision == COSMOS_PRECISION_BF16 ? 2 : 1;
}

double cli_roof_get_time (const CliRoof *self, CosmosPrecision precision, double operations, double bytes)
{
  return fmax (operations / self->peak[precision], bytes / self->bandwidth);
}
