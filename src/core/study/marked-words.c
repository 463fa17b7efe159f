#include "core/study/marked-words.h"

#include "core/study/cut.h"
#include "core/study/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct CosmosMarkedWords {
  CosmosWords *words;
  bool *kinds; /* of the texts in words: marked or not */
  size_t n_texts, capacity;
  bool *is_marked; /* by a word's number; those that came later are not */
  size_t n_chosen;
};

static const double PRIOR = 0.5; /* counts a word */

CosmosMarkedWords *cosmos_marked_words_new (void)
{
  CosmosMarkedWords *self = calloc (1, sizeof *self);
  if (self && (self->words = cosmos_words_new ()))
    return self;
  free (self);
  return NULL;
}

void cosmos_marked_words_free (CosmosMarkedWords *self)
{
  if (!self)
    return;
  cosmos_words_free (self->words);
  free (self->kinds);
  free (self->is_marked);
  free (self);
}

static bool add_lower_case (CosmosWords *words, const char *text)
{
  char *lower = cosmos_cut_lower_case (text);
  bool ok = lower && cosmos_words_add (words, lower, strlen (lower));
  free (lower);
  return ok;
}

bool cosmos_marked_words_add (CosmosMarkedWords *self, const char *text, bool marked)
{
  if (self->n_texts == self->capacity) {
    size_t capacity = 2 * self->capacity + 64;
    bool *kinds = realloc (self->kinds, capacity * sizeof *kinds);
    if (!kinds)
      return false;
    self->kinds = kinds;
    self->capacity = capacity;
  }
  if (!add_lower_case (self->words, text))
    return false;
  self->kinds[self->n_texts++] = marked;
  return true;
}

/* Monroe et al. 2008, equations 16, 19 and 22 with the flat prior. */
static bool is_marked (double marked, double plain, double all_marked, double all_plain, double n, double ratio,
                       double deviations)
{
  double log_odds = log ((marked + PRIOR) / (all_marked + n * PRIOR - marked - PRIOR))
                    - log ((plain + PRIOR) / (all_plain + n * PRIOR - plain - PRIOR));
  double deviation = sqrt (1 / (marked + PRIOR) + 1 / (plain + PRIOR));
  return log_odds >= log (ratio) && log_odds >= deviations * deviation;
}

bool cosmos_marked_words_choose (CosmosMarkedWords *self, double ratio, double deviations, size_t *n)
{
  size_t n_words = cosmos_words_get_n_different (self->words), length;
  double *counts[2] = {calloc (n_words + 1, sizeof (double)), calloc (n_words + 1, sizeof (double))}, sums[2] = {0};
  bool *chosen = calloc (n_words + 1, sizeof *chosen), ok = counts[0] && counts[1] && chosen;
  for (size_t i = 0; ok && i < self->n_texts; i++) {
    const int32_t *ids = cosmos_words_get_text (self->words, i, &length);
    for (size_t k = 0; k < length; k++)
      counts[self->kinds[i]][ids[k]]++;
    sums[self->kinds[i]] += (double) length;
  }
  size_t found = 0;
  for (size_t w = 0; ok && w < n_words; w++) {
    chosen[w] = is_marked (counts[1][w], counts[0][w], sums[1], sums[0], (double) n_words, ratio, deviations);
    found += chosen[w];
  }
  free (counts[0]);
  free (counts[1]);
  if (!ok) {
    free (chosen);
    return false;
  }
  free (self->is_marked);
  self->is_marked = chosen;
  self->n_chosen = n_words;
  *n = found;
  return true;
}

bool cosmos_marked_words_count (CosmosMarkedWords *self, const char *text, size_t *n)
{
  if (!add_lower_case (self->words, text))
    return false;
  size_t length, found = 0;
  const int32_t *ids = cosmos_words_get_text (self->words, cosmos_words_get_n_texts (self->words) - 1, &length);
  for (size_t i = 0; i < length; i++)
    found += (size_t) ids[i] < self->n_chosen && self->is_marked[ids[i]];
  *n = found;
  return true;
}
