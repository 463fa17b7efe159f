#include "core/study/projection.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

enum { BLOCK = 512 }; /* columns that are centred at a time */

/* LAPACK's eigenvectors of a symmetric matrix, in the range il .. iu of ascending eigenvalues. OpenBLAS holds it, but Debian's has no C
 * header for it; the last three are the lengths of the strings. */
void dsyevr_ (const char *jobz, const char *range, const char *uplo, const int *n, double *a, const int *lda, const double *vl,
              const double *vu, const int *il, const int *iu, const double *abstol, int *m, double *w, double *z, const int *ldz,
              int *isuppz, double *work, const int *lwork, int *iwork, const int *liwork, int *info, size_t, size_t, size_t);

/* Columns first .. first + count - 1 of the points, in double and around their mean: n x count. */
static void centre (const float *points, size_t n, size_t d, size_t first, size_t count, double *block)
{
  double mean[BLOCK] = {0};
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < count; j++)
      mean[j] += (double) points[i * d + first + j] / (double) n;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < count; j++)
      block[i * count + j] = (double) points[i * d + first + j] - mean[j];
}

/* Inner products of the centred points; the triangle that LAPACK calls "L", counting by columns. This is the one product outside math/gemm.h:
 * it is in double and no weight takes part. */
static bool gram (const float *points, size_t n, size_t d, double *matrix)
{
  double *block = malloc (n * BLOCK * sizeof *block);
  if (!block)
    return false;
  memset (matrix, 0, n * n * sizeof *matrix);
  for (size_t first = 0; first < d; first += BLOCK) {
    size_t count = d - first < BLOCK ? d - first : BLOCK;
    centre (points, n, d, first, count, block);
    cblas_dsyrk (CblasRowMajor, CblasUpper, CblasNoTrans, (int) n, (int) count, 1.0, block, (int) count, 1.0, matrix, (int) n);
  }
  free (block);
  return true;
}

/* The k largest eigenvalues, ascending, and their vectors, one behind another. 0 or LAPACK's complaint; -1000 when out of memory. */
static int eigenvectors (double *matrix, int n, int k, double *values, double *vectors)
{
  const double none = 0;
  int first = n - k + 1, found, work_size = 40 * n, int_work_size = 10 * n, info = -1000;
  double *work = malloc ((size_t) work_size * sizeof *work);
  int *int_work = malloc ((size_t) int_work_size * sizeof *int_work), *support = malloc (2 * (size_t) k * sizeof *support);
  if (work && int_work && support)
    dsyevr_ ("V", "I", "L", &n, matrix, &n, &none, &none, &first, &n, &none, &found, values, vectors, &n, support, work,
             &work_size, int_work, &int_work_size, &info, 1, 1, 1);
  free (work);
  free (int_work);
  free (support);
  return info;
}

/* A point's coordinate along a direction is its entry of the eigenvector times the root of the eigenvalue. What is only rounding becomes 0. */
static void fill (size_t n, int k, int known, const double *values, const double *vectors, double total, double *coordinates,
                  double *explained)
{
  for (int c = 0; c < k; c++) {
    double value = c < known ? values[known - 1 - c] : 0;
    bool there = value > 1e-12 * total;
    const double *vector = there ? vectors + (size_t) (known - 1 - c) * n : NULL;
    double factor = there ? (vector[0] > 0 ? -1 : 1) * sqrt (value) : 0;
    for (size_t i = 0; i < n; i++)
      coordinates[i * (size_t) k + (size_t) c] = there ? factor * vector[i] : 0;
    if (explained)
      explained[c] = there ? value / total : 0;
  }
}

bool cosmos_projection (const float *points, size_t n, size_t d, int k, double *coordinates, double *explained, CosmosError *err)
{
  if (n < 1 || n > COSMOS_PROJECTION_MAX_POINTS || d < 1 || k < 1)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE,
                             "%zu points of %zu numbers cannot be shown in %d dimensions; 1 to %d points can.", n, d, k,
                             COSMOS_PROJECTION_MAX_POINTS);
  int known = (size_t) k < n ? k : (int) n, info = 0;
  double *matrix = malloc (n * n * sizeof *matrix), *vectors = malloc ((size_t) known * n * sizeof *vectors);
  double *values = malloc (n * sizeof *values), total = 0;
  openblas_set_num_threads (1); /* as all products of the core do: the same bits on any machine's threads */
  bool ok = matrix && vectors && values && gram (points, n, d, matrix);
  for (size_t i = 0; ok && i < n; i++)
    total += matrix[i * n + i];
  if (!ok)
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory to project %zu points.", n);
  else if (!isfinite (total))
    ok = cosmos_error_set (err, COSMOS_STATUS_RANGE, "Points that are not finite numbers cannot be projected.");
  else if ((info = eigenvectors (matrix, (int) n, known, values, vectors)) != 0)
    ok = cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY,
                           "The principal components of %zu points could not be worked out (LAPACK says %d).", n, info);
  else
    fill (n, k, known, values, vectors, total, coordinates, explained);
  free (matrix);
  free (vectors);
  free (values);
  return ok;
}

/* Component c's direction, of length 1: the points weighted by their coordinates, which sum to 0, so that the mean falls out. False: there is none. */
static bool find_direction (const float *points, size_t n, size_t d, int k, const double *coordinates, int c, double *direction)
{
  double value = 0;
  memset (direction, 0, d * sizeof *direction);
  for (size_t i = 0; i < n; i++) {
    double coordinate = coordinates[i * (size_t) k + (size_t) c];
    value += coordinate * coordinate;
    for (size_t j = 0; j < d; j++)
      direction[j] += coordinate * (double) points[i * d + j];
  }
  for (size_t j = 0; j < d && value > 0; j++)
    direction[j] /= value;
  return value > 0;
}

static double dot (const float *point, const double *direction, size_t d)
{
  double sum = 0;
  for (size_t j = 0; j < d; j++)
    sum += (double) point[j] * direction[j];
  return sum;
}

bool cosmos_projection_apply (const float *points, size_t n, size_t d, int k, const double *coordinates, const float *others,
                              size_t m, double *projected, CosmosError *err)
{
  double *direction = malloc (d * sizeof *direction);
  if (!direction)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory to project %zu points.", m);
  for (int c = 0; c < k; c++) {
    bool there = find_direction (points, n, d, k, coordinates, c, direction);
    double middle = 0;
    for (size_t i = 0; there && i < n; i++)
      middle += dot (points + i * d, direction, d) / (double) n;
    for (size_t i = 0; i < m; i++)
      projected[i * (size_t) k + (size_t) c] = there ? dot (others + i * d, direction, d) - middle : 0;
  }
  free (direction);
  return true;
}
