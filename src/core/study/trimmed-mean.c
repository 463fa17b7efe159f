#include "core/study/trimmed-mean.h"

#include <math.h>
#include <stdlib.h>

static int compare_numbers (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

double cosmos_trimmed_mean (const double *numbers, size_t n)
{
  double *sorted = malloc ((n + 1) * sizeof *sorted), sum = 0;
  size_t m = 0;
  for (size_t i = 0; sorted && i < n; i++)
    if (!isnan (numbers[i]))
      sorted[m++] = numbers[i];
  if (m == 0) {
    free (sorted);
    return NAN;
  }
  qsort (sorted, m, sizeof *sorted, compare_numbers);
  size_t cut = m / 20;
  for (size_t i = cut; i < m - cut; i++)
    sum += sorted[i];
  free (sorted);
  return sum / (double) (m - 2 * cut);
}
