#include "core/study/mauve.h"

#include "core/study/projection.h"
#include "core/study/quantise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MIXTURES = 25, STARTS = 5 };
static const double FACTOR = 5, VARIANCE = 0.9, EDGE = 1e-6;

/* ---- the divergence curve ---- */

typedef struct {
  double x, y;
} Point;

/* KL (p | r), r > 0 wherever p > 0. */
static double diverge (const double *p, double p_sum, const double *r, size_t k)
{
  double sum = 0;
  for (size_t i = 0; i < k; i++)
    if (p[i] > 0)
      sum += p[i] / p_sum * log (p[i] / p_sum / r[i]);
  return sum;
}

static double add_up (const double *p, size_t k)
{
  double sum = 0;
  for (size_t i = 0; i < k; i++)
    sum += p[i];
  return sum;
}

static int compare_points (const void *a, const void *b)
{
  const Point *p = a, *q = b;
  if (p->x != q->x)
    return p->x < q->x ? -1 : 1;
  return (p->y < q->y) - (p->y > q->y); /* the curve falls */
}

/* Trapezoids between points that are sorted by x. */
static double get_area (Point *points, size_t n)
{
  double area = 0;
  qsort (points, n, sizeof *points, compare_points);
  for (size_t i = 1; i < n; i++)
    area += (points[i].x - points[i - 1].x) * (points[i].y + points[i - 1].y) / 2;
  return area;
}

double cosmos_mauve_histograms (const double *p, const double *q, size_t k)
{
  double sum_p = add_up (p, k), sum_q = add_up (q, k), *r = malloc (k * sizeof *r);
  Point curve[MIXTURES + 2] = {{1, 0}, {0, 1}}, turned[MIXTURES + 2];
  if (!r)
    return NAN;
  for (int m = 0; m < MIXTURES; m++) {
    double share = EDGE + (1 - 2 * EDGE) * m / (MIXTURES - 1);
    for (size_t i = 0; i < k; i++)
      r[i] = share * p[i] / sum_p + (1 - share) * q[i] / sum_q;
    curve[m + 2] = (Point) {exp (-FACTOR * diverge (q, sum_q, r, k)), exp (-FACTOR * diverge (p, sum_p, r, k))};
  }
  free (r);
  for (int m = 0; m < MIXTURES + 2; m++)
    turned[m] = (Point) {curve[m].y, curve[m].x};
  return (get_area (curve, MIXTURES + 2) + get_area (turned, MIXTURES + 2)) / 2;
}

/* ---- features to histograms ---- */

static void copy_at_length_1 (const float *from, size_t n, size_t d, float *to)
{
  for (size_t i = 0; i < n; i++) {
    double square = 0;
    for (size_t j = 0; j < d; j++)
      square += (double) from[i * d + j] * (double) from[i * d + j];
    for (size_t j = 0; j < d; j++)
      to[i * d + j] = square == 0 ? 0
                                  : (float) ((double) from[i * d + j] / sqrt (square)); /* not finite stays so, and is refused */
  }
}

/* The first components that explain enough, packed: n x *kept. */
static void keep_components (double *coordinates, const double *explained, size_t n, size_t k, size_t *kept)
{
  double sum = 0;
  *kept = 0;
  while (*kept < k && sum < VARIANCE)
    sum += explained[(*kept)++];
  for (size_t i = 0; i < n; i++)
    memmove (coordinates + i * *kept, coordinates + i * k, *kept * sizeof *coordinates);
}

bool cosmos_mauve (const float *p, size_t n_p, const float *q, size_t n_q, size_t d, uint64_t seed, double *mauve,
                   CosmosError *err)
{
  size_t n = n_p + n_q, smaller = n_p < n_q ? n_p : n_q, kept = 0;
  if (smaller < 2 || d < 1)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "MAUVE compares sets of 2 texts and more; there are %zu and %zu", n_p,
                             n_q);
  size_t k = n < d ? n : d, groups = (size_t) fmax (2, nearbyint ((double) smaller / 10));
  float *points = malloc (n * d * sizeof *points);
  double *coordinates = malloc (n * k * sizeof *coordinates), *explained = malloc (k * sizeof *explained);
  double *histograms = calloc (2 * groups, sizeof *histograms);
  int32_t *labels = malloc (n * sizeof *labels);
  bool ok = (points && coordinates && explained && histograms && labels)
            || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory to compare %zu texts", n);
  if (ok) {
    copy_at_length_1 (p, n_p, d, points);
    copy_at_length_1 (q, n_q, d, points + n_p * d);
    ok = cosmos_projection (points, n, d, (int) k, coordinates, explained, err);
  }
  if (ok) {
    keep_components (coordinates, explained, n, k, &kept);
    ok = cosmos_quantise (coordinates, n, kept, groups, STARTS, seed, labels, NULL, err);
  }
  for (size_t i = 0; ok && i < n; i++)
    histograms[(i < n_p ? 0 : groups) + (size_t) labels[i]]++;
  if (ok)
    *mauve = cosmos_mauve_histograms (histograms, histograms + groups, groups);
  free (points);
  free (coordinates);
  free (explained);
  free (histograms);
  free (labels);
  return ok;
}
