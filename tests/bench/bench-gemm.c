/* Products by every back end, with weights that come from memory as they do in a network: a cycle over more of them than caches hold.
 *
 *   build/tests/bench/bench-gemm [THREADS]
 *
 * Prints milliseconds (the least of some rounds) and ratios to OpenBLAS, all from one run. With one thread it is processor time, which other
 * programs disturb less.
 */
#include "core/base/random.h"
#include "core/math/gemm.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const size_t streamed = 300 << 20; /* bytes of packed weights in a cycle */
enum { MAX_ROWS = 128, ROUNDS = 3, STRETCH = 4 };

static const CosmosCompute computes[] = {
  {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32},
  {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_F32},
  {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_BF16},
  {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_INT8},
};
static const size_t sizes[] = {4, 4, 2, 1};
enum { N_COMPUTES = sizeof computes / sizeof *computes };

static const int64_t rows[] = {1, 16, 64, 128};
enum { N_ROWS = sizeof rows / sizeof *rows };

typedef struct {
  CosmosPool *pool;
  CosmosArena *arena;
  float *x, *y;
} Bench;

static clockid_t watch = CLOCK_MONOTONIC;

static double now (void)
{
  struct timespec time;
  clock_gettime (watch, &time);
  return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

static void multiply (const Bench *self, const CosmosWeight *weight, int64_t n)
{
  int64_t in = cosmos_weight_get_in (weight), out = cosmos_weight_get_out (weight);
  CosmosError err;
  if (!cosmos_gemm (self->pool, self->arena, weight, (CosmosRows) {self->x, n, in}, NULL, (CosmosRows) {self->y, n, out}, &err)) {
    fprintf (stderr, "%s\n", err.message);
    exit (1);
  }
}

/* Seconds for each number of rows, and for packing one weight. The machine may do other things: short stretches of products, the least counts. */
static void measure (const Bench *self, const uint16_t *values, int64_t out, int64_t in, int compute, double seconds[N_ROWS],
                     double *packing)
{
  int count = (int) (streamed / ((size_t) (out * in) * sizes[compute])) + 1;
  CosmosWeight **weights = calloc ((size_t) count, sizeof *weights);
  *packing = 1e9;
  for (int i = 0; i < count; i++) {
    weights[i] = cosmos_weight_new (out, in, COSMOS_DTYPE_BF16, values, computes[compute]);
    double start = now ();
    multiply (self, weights[i], 1);
    double time = now () - start;
    *packing = time < *packing ? time : *packing;
  }
  for (int r = 0; r < N_ROWS; r++) {
    seconds[r] = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i + STRETCH <= count; i += STRETCH) {
        double start = now ();
        for (int k = 0; k < STRETCH; k++)
          multiply (self, weights[i + k], rows[r]);
        double time = (now () - start) / STRETCH;
        seconds[r] = time < seconds[r] ? time : seconds[r];
      }
    }
  }
  for (int i = 0; i < count; i++)
    cosmos_weight_free (weights[i]);
  free (weights);
}

static void print_shape (const Bench *self, const uint16_t *values, int64_t out, int64_t in)
{
  double seconds[N_COMPUTES][N_ROWS], packing[N_COMPUTES];
  for (int c = 0; c < N_COMPUTES; c++)
    if (cosmos_compute_is_available (computes[c], NULL))
      measure (self, values, out, in, c, seconds[c], &packing[c]);
  for (int r = 0; r < N_ROWS; r++) {
    printf ("%4d x %4d x %4d", (int) rows[r], (int) out, (int) in);
    for (int c = 0; c < N_COMPUTES; c++)
      if (cosmos_compute_is_available (computes[c], NULL))
        printf ("   %8.3f %6.2f", 1e3 * seconds[c][r], seconds[0][r] / seconds[c][r]);
    printf ("\n");
  }
  printf ("packing 24 million: ");
  for (int c = 0; c < N_COMPUTES; c++)
    if (cosmos_compute_is_available (computes[c], NULL))
      printf ("  %8.1f ms     ", 1e3 * packing[c] * 24e6 / (double) (out * in));
  printf ("\n");
}

int main (int argc, char **argv)
{
  static const int64_t shapes[][2] = {{768, 768}, {3072, 768}, {768, 3072}};
  enum { MOST = 3072 };
  Bench self = {cosmos_pool_new (argc > 1 ? atoi (argv[1]) : 0), cosmos_arena_new (1 << 22),
                malloc (MAX_ROWS * MOST * sizeof (float)), malloc (MAX_ROWS * MOST * sizeof (float))};
  uint16_t *values = malloc (768 * MOST * sizeof *values);
  float *numbers = malloc (768 * MOST * sizeof *numbers);
  if (!self.pool || !self.arena || !self.x || !self.y || !values || !numbers)
    return 1;
  cosmos_random_normal (1, 0, 0, self.x, MAX_ROWS * MOST);
  cosmos_random_normal (2, 0, 0, numbers, 768 * MOST);
  cosmos_dtype_from_float (COSMOS_DTYPE_BF16, numbers, values, 768 * MOST);

  if (cosmos_pool_get_threads (self.pool) == 1)
    watch = CLOCK_PROCESS_CPUTIME_ID;
  char text[80];
  for (int backend = 0; backend < 2; backend++) {
    cosmos_gemm_describe ((CosmosBackend) backend, text, sizeof text);
    printf ("%s\n", text);
  }
  if (cosmos_gemm_is_slowed_by_environment ())
    printf ("OPENBLAS_CORETYPE or OPENBLAS_L2_SIZE is set: OpenBLAS may be slower than it could be.\n");
  printf ("%d threads; ms, times OpenBLAS\n%-18s", cosmos_pool_get_threads (self.pool), "rows x out x in");
  for (int c = 0; c < N_COMPUTES; c++)
    if (cosmos_compute_is_available (computes[c], NULL))
      printf ("   %15s", cosmos_compute_get_name (computes[c]));
  printf ("\n");
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
    print_shape (&self, values, shapes[i][0], shapes[i][1]);
  free (numbers);
  free (values);
  free (self.y);
  free (self.x);
  cosmos_arena_free (self.arena);
  cosmos_pool_free (self.pool);
  return 0;
}
