#include "train/orthogonalise.h"

#include "core/base/simd.h"
#include "core/math/gemm.h"

#include <math.h>

enum { ITERATIONS = 5, ROWS_AT_ONCE = 16 };
static const float a = 3.4445f, b = -4.7750f, c = 2.0315f;

typedef struct {
  CosmosPool *pool;
  CosmosArena *scratch;
  int64_t rows, n;      /* of X, which is tall: rows >= n */
  float *x, *next;      /* (rows, n) */
  float *a, *p;         /* (n, n): A, and the polynomial of it */
  CosmosWeight *weight; /* p as the matrix of a product */
} Iteration;

COSMOS_SIMD_CLONES static void scale (const float *from, float factor, float *to, int64_t n)
{
#pragma omp simd
  for (int64_t i = 0; i < n; i++)
    to[i] = factor * from[i];
}

/* Some rows at a time, whose lines of `to` then stay in the cache. */
static void turn (const float *from, int64_t rows, int64_t columns, float *to)
{
  for (int64_t first = 0; first < rows; first += ROWS_AT_ONCE)
    for (int64_t k = 0; k < columns; k++)
      for (int64_t r = first; r < first + ROWS_AT_ONCE && r < rows; r++)
        to[k * rows + r] = from[r * columns + k];
}

/* y (n, n) += x^T x; x (rows, n) */
static bool add_square (const Iteration *self, float *x, int64_t rows, float *y, CosmosError *err)
{
  const CosmosRows all = {x, rows, self->n};
  return cosmos_gemm_backward_into (self->pool, self->scratch, self->weight, all, all, (CosmosRows) {0}, false, y, err);
}

/* next += x p */
static bool add_product (const Iteration *self, CosmosError *err)
{
  const CosmosRows x = {self->x, self->rows, self->n}, next = {self->next, self->rows, self->n};
  return cosmos_gemm_backward_into (self->pool, self->scratch, self->weight, x, x, next, false, NULL, err);
}

static bool iterate (Iteration *self, CosmosError *err)
{
  const int64_t square = self->n * self->n;
  scale (self->a, 0, self->a, square);
  if (!add_square (self, self->x, self->rows, self->a, err))
    return false;
  scale (self->a, b / c, self->p, square);
  if (!add_square (self, self->a, self->n, self->p, err)) /* A is symmetric */
    return false;
  scale (self->p, c, self->p, square);
  scale (self->x, a, self->next, self->rows * self->n);
  if (!add_product (self, err))
    return false;
  float *before = self->x;
  self->x = self->next;
  self->next = before;
  return true;
}

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the optimiser's step");
}

static bool run (Iteration *self, CosmosCompute compute, float *matrix, bool is_wide, float norm, CosmosError *err)
{
  const int64_t count = self->rows * self->n, square = self->n * self->n;
  float *numbers = cosmos_arena_alloc (self->scratch, (size_t) (2 * count + 2 * square) * sizeof *numbers);
  if (!numbers)
    return no_memory (err);
  self->x = numbers;
  self->next = numbers + count;
  self->a = self->next + count;
  self->p = self->a + square;
  for (int64_t i = 0; i < square; i++)
    self->a[i] = 0;
  if (!(self->weight = cosmos_weight_new (self->n, self->n, COSMOS_DTYPE_F32, self->p, compute)))
    return no_memory (err);
  scale (matrix, 1 / norm, matrix, count);
  if (is_wide)
    turn (matrix, self->n, self->rows, self->x);
  else
    scale (matrix, 1, self->x, count);
  bool ok = true;
  for (int i = 0; ok && i < ITERATIONS; i++)
    ok = iterate (self, err);
  if (is_wide)
    turn (self->x, self->rows, self->n, matrix);
  else
    scale (self->x, 1, matrix, count);
  cosmos_weight_free (self->weight);
  return ok;
}

bool cosmos_orthogonalise (CosmosPool *pool, CosmosArena *scratch, CosmosCompute compute, float *matrix, int64_t rows,
                           int64_t columns, CosmosError *err)
{
  const bool is_wide = rows < columns;
  double squares = 0;
  for (int64_t i = 0; i < rows * columns; i++)
    squares += (double) matrix[i] * (double) matrix[i];
  if (squares <= 0)
    return true;
  CosmosArenaMark mark = cosmos_arena_mark (scratch);
  Iteration self = {.pool = pool, .scratch = scratch, .rows = is_wide ? columns : rows, .n = is_wide ? rows : columns};
  bool ok = run (&self, compute, matrix, is_wide, (float) sqrt (squares), err);
  cosmos_arena_rewind (scratch, mark);
  return ok;
}
