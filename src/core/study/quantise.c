#include "core/study/quantise.h"

#include "core/base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

enum { ROUNDS = 500 };

typedef struct {
  const double *points, *norms; /* n x d; their squares */
  size_t n, d, k;
  double *centres;  /* k x d */
  double *products; /* n x k */
  double *nearest;  /* n: squared distances */
  double *sizes;    /* k */
  int32_t *labels;  /* n */
} Work;

static double get_square (const double *a, size_t d)
{
  double sum = 0;
  for (size_t j = 0; j < d; j++)
    sum += a[j] * a[j];
  return sum;
}

static double get_distance (const double *a, const double *b, size_t d)
{
  double sum = 0;
  for (size_t j = 0; j < d; j++)
    sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

/* A point as the next centre, drawn by its squared distance to those that are there. */
static size_t draw (const Work *self, double chance)
{
  double sum = 0, at = 0;
  for (size_t i = 0; i < self->n; i++)
    sum += self->nearest[i];
  for (size_t i = 0; i < self->n; i++) {
    at += self->nearest[i];
    if (at > chance * sum)
      return i;
  }
  return (size_t) (chance * (double) self->n); /* all points lie on centres */
}

static void begin (Work *self, uint64_t seed, uint32_t start)
{
  for (size_t i = 0; i < self->n; i++)
    self->nearest[i] = 1;
  for (size_t c = 0; c < self->k; c++) {
    size_t chosen = draw (self, cosmos_random_uniform (seed, start, c));
    double *centre = self->centres + c * self->d;
    memcpy (centre, self->points + chosen * self->d, self->d * sizeof *centre);
    for (size_t i = 0; i < self->n; i++) {
      double distance = get_distance (self->points + i * self->d, centre, self->d);
      self->nearest[i] = c == 0 ? distance : fmin (self->nearest[i], distance);
    }
  }
}

/* Every point to its nearest centre -> whether any changed. The products are in double and no weight takes part, so they do not go through math/gemm.h. */
static bool assign (Work *self)
{
  bool changed = false;
  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (int) self->n, (int) self->k, (int) self->d, 1.0, self->points,
               (int) self->d, self->centres, (int) self->d, 0.0, self->products, (int) self->k);
  for (size_t c = 0; c < self->k; c++)
    self->sizes[c] = get_square (self->centres + c * self->d, self->d);
  for (size_t i = 0; i < self->n; i++) {
    const double *products = self->products + i * self->k;
    int32_t best = 0;
    for (size_t c = 1; c < self->k; c++)
      if (self->sizes[c] - 2 * products[c] < self->sizes[best] - 2 * products[best])
        best = (int32_t) c;
    self->nearest[i] = fmax (self->norms[i] + self->sizes[best] - 2 * products[best], 0);
    changed |= self->labels[i] != best;
    self->labels[i] = best;
  }
  return changed;
}

static void move (Work *self)
{
  memset (self->sizes, 0, self->k * sizeof *self->sizes);
  for (size_t i = 0; i < self->n; i++)
    self->sizes[self->labels[i]]++;
  for (size_t c = 0; c < self->k; c++)
    if (self->sizes[c] > 0)
      memset (self->centres + c * self->d, 0, self->d * sizeof *self->centres);
  for (size_t i = 0; i < self->n; i++) {
    size_t c = (size_t) self->labels[i];
    for (size_t j = 0; j < self->d; j++)
      self->centres[c * self->d + j] += self->points[i * self->d + j] / self->sizes[c];
  }
}

static double run (Work *self, uint64_t seed, uint32_t start)
{
  double sum = 0;
  begin (self, seed, start);
  for (size_t i = 0; i < self->n; i++)
    self->labels[i] = -1;
  for (int round = 0; assign (self) && round < ROUNDS; round++)
    move (self);
  for (size_t i = 0; i < self->n; i++)
    sum += self->nearest[i];
  return sum;
}

bool cosmos_quantise (const double *points, size_t n, size_t d, size_t k, int starts, uint64_t seed, int32_t *labels,
                      double *error, CosmosError *err)
{
  if (k < 1 || k > n || d < 1 || starts < 1)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%zu points cannot be made %zu groups", n, k);
  double *norms = malloc (n * sizeof *norms), best = INFINITY;
  Work work = {.points = points,
               .norms = norms,
               .n = n,
               .d = d,
               .k = k,
               .centres = malloc (k * d * sizeof (double)),
               .products = malloc (n * k * sizeof (double)),
               .nearest = malloc (n * sizeof (double)),
               .sizes = malloc (k * sizeof (double)),
               .labels = malloc (n * sizeof (int32_t))};
  bool ok = norms && work.centres && work.products && work.nearest && work.sizes && work.labels;
  if (!ok)
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory to group %zu points", n);
  openblas_set_num_threads (1); /* as all products of the core do: the same bits on any machine's threads */
  for (size_t i = 0; ok && i < n; i++)
    norms[i] = get_square (points + i * d, d);
  for (int start = 0; ok && start < starts; start++) {
    double sum = run (&work, seed, (uint32_t) start);
    if (start > 0 && !(sum < best))
      continue;
    best = sum;
    memcpy (labels, work.labels, n * sizeof *labels);
  }
  if (ok && error)
    *error = best;
  free (norms);
  free (work.centres);
  free (work.products);
  free (work.nearest);
  free (work.sizes);
  free (work.labels);
  return ok;
}
