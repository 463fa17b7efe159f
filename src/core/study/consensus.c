#include "core/study/consensus.h"

#include "core/study/metrics.h"

#include <string.h>

static bool measure (const CosmosWords *words, size_t i, size_t j, double *bleu)
{
  size_t n_text, n_other;
  const int32_t *text = cosmos_words_get_text (words, i, &n_text), *other = cosmos_words_get_text (words, j, &n_other);
  return cosmos_bleu (&text, &n_text, &other, &n_other, 1, true, bleu);
}

bool cosmos_consensus_find (const char *const *texts, size_t n, double *agreement, size_t *best)
{
  CosmosWords *words = cosmos_words_new ();
  bool ok = words;
  for (size_t i = 0; ok && i < n; i++)
    ok = cosmos_words_add (words, texts[i], strlen (texts[i]));
  *best = 0;
  for (size_t i = 0; ok && i < n; i++) {
    double sum = 0, bleu;
    for (size_t j = 0; ok && j < n; j++)
      if (j != i && (ok = measure (words, i, j, &bleu)))
        sum += bleu;
    agreement[i] = n > 1 ? sum / (double) (n - 1) : 1;
    if (agreement[i] > agreement[*best])
      *best = i;
  }
  cosmos_words_free (words);
  return ok;
}
