#include "cli/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { LONGEST = 63 };

static int min (int a, int b)
{
  return a < b ? a : b;
}

static bool equal (char a, char b)
{
  return tolower ((unsigned char) a) == tolower ((unsigned char) b);
}

int cli_edit_distance (const char *a, const char *b)
{
  int n = (int) strnlen (a, LONGEST), m = (int) strnlen (b, LONGEST);
  int d[LONGEST + 1][LONGEST + 1];
  for (int i = 0; i <= n; i++)
    d[i][0] = i;
  for (int j = 0; j <= m; j++)
    d[0][j] = j;
  for (int i = 1; i <= n; i++) {
    for (int j = 1; j <= m; j++) {
      d[i][j] = min (min (d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + !equal (a[i - 1], b[j - 1]));
      if (i > 1 && j > 1 && equal (a[i - 1], b[j - 2]) && equal (a[i - 2], b[j - 1]))
        d[i][j] = min (d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[n][m];
}

const char *cli_nearest (const char *word, const char *const *names, size_t n)
{
  const char *best = NULL;
  int least = 0;
  for (size_t i = 0; i < n; i++) {
    int distance = cli_edit_distance (word, names[i]), length = (int) strlen (names[i]);
    if (distance <= (length > 3 ? length / 3 : 1) && (!best || distance < least)) {
      best = names[i];
      least = distance;
    }
  }
  return best;
}
