#include "train/orthogonalise.h"

#include <cblas.h>

#include <math.h>
#include <stdlib.h>

enum { ITERATIONS = 5 };
static const float a = 3.4445f, b = -4.7750f, c = 2.0315f;

/* The short side of X is the one whose products are made: X X^T where it is wide, X^T X where it is tall. */
typedef struct {
  blasint rows, columns, n; /* n: the short side */
  bool is_tall;
} Shape;

/* product = X X^T, or X^T X */
static void square (const Shape *shape, const float *x, float *product)
{
  const blasint k = shape->is_tall ? shape->rows : shape->columns;
  cblas_sgemm (CblasRowMajor, shape->is_tall ? CblasTrans : CblasNoTrans, shape->is_tall ? CblasNoTrans : CblasTrans, shape->n,
               shape->n, k, 1, x, shape->columns, x, shape->columns, 0, product, shape->n);
}

/* next = a X + P X, or a X + X P */
static void apply (const Shape *shape, const float *polynomial, const float *x, float *next)
{
  const int64_t count = (int64_t) shape->rows * shape->columns;
  for (int64_t i = 0; i < count; i++)
    next[i] = x[i];
  if (shape->is_tall)
    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, shape->rows, shape->n, shape->n, 1, x, shape->n, polynomial, shape->n,
                 a, next, shape->n);
  else
    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, shape->n, shape->columns, shape->n, 1, polynomial, shape->n, x,
                 shape->columns, a, next, shape->columns);
}

/* polynomial = b A + c A A */
static void make_polynomial (const Shape *shape, const float *product, float *polynomial)
{
  const int64_t count = (int64_t) shape->n * shape->n;
  for (int64_t i = 0; i < count; i++)
    polynomial[i] = product[i];
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, shape->n, shape->n, shape->n, c, product, shape->n, product, shape->n,
               b, polynomial, shape->n);
}

static void iterate (const Shape *shape, float *matrix, float *next, float *product, float *polynomial)
{
  const int64_t count = (int64_t) shape->rows * shape->columns;
  double squares = 0;
  for (int64_t i = 0; i < count; i++)
    squares += (double) matrix[i] * (double) matrix[i];
  if (squares <= 0)
    return;
  const float scale = (float) (1 / sqrt (squares));
  float *x = matrix;
  for (int64_t i = 0; i < count; i++)
    x[i] *= scale;
  for (int k = 0; k < ITERATIONS; k++) {
    square (shape, x, product);
    make_polynomial (shape, product, polynomial);
    apply (shape, polynomial, x, next);
    float *before = x;
    x = next;
    next = before;
  }
  for (int64_t i = 0; x != matrix && i < count; i++)
    matrix[i] = x[i];
}

bool cosmos_orthogonalise (float *matrix, int64_t rows, int64_t columns)
{
  const Shape shape = {(blasint) rows, (blasint) columns, (blasint) (rows < columns ? rows : columns), rows > columns};
  const size_t count = (size_t) (rows * columns), square_count = (size_t) shape.n * (size_t) shape.n;
  float *memory = malloc ((count + 2 * square_count) * sizeof *memory);
  if (!memory)
    return false;
  iterate (&shape, matrix, memory, memory + count, memory + count + square_count);
  free (memory);
  return true;
}
