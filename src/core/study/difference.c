#include "core/study/difference.h"

#include <stdlib.h>

/* Lengths of the longest common subsequences of what is left behind i and j, (n_a + 1) x (n_b + 1). */
static uint32_t *measure_rests (const int32_t *a, size_t n_a, const int32_t *b, size_t n_b)
{
  size_t columns = n_b + 1;
  if (n_a + 1 > ((size_t) 1 << 26) / columns)
    return NULL;
  uint32_t *rests = calloc ((n_a + 1) * columns, sizeof *rests);
  for (size_t i = n_a; rests && i-- > 0;) {
    uint32_t *row = rests + i * columns, *below = row + columns;
    for (size_t j = n_b; j-- > 0;)
      row[j] = a[i] == b[j] ? below[j + 1] + 1 : below[j] > row[j + 1] ? below[j] : row[j + 1];
  }
  return rests;
}

bool cosmos_difference (const int32_t *a, size_t n_a, const int32_t *b, size_t n_b, bool *differs)
{
  size_t first = 0;
  while (first < n_a && first < n_b && a[first] == b[first])
    first++;
  while (n_a > first && n_b > first && a[n_a - 1] == b[n_b - 1]) {
    differs[--n_a] = false;
    n_b--;
  }
  size_t rest_a = n_a - first, rest_b = n_b - first;
  uint32_t *rests = measure_rests (a + first, rest_a, b + first, rest_b);
  if (!rests)
    return false;
  for (size_t i = 0; i < first; i++)
    differs[i] = false;
  for (size_t i = 0, j = 0; i < rest_a; i++) {
    const uint32_t *row = rests + i * (rest_b + 1), *below = row + rest_b + 1;
    while (j < rest_b && a[first + i] != b[first + j] && row[j + 1] > below[j])
      j++; /* this word of b is left out */
    differs[first + i] = j == rest_b || a[first + i] != b[first + j];
    j += !differs[first + i];
  }
  free (rests);
  return true;
}
