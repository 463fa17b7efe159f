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

bool cosmos_consensus_find_sample (CosmosTrajectory *run, double *agreement, int *best, CosmosProgress *progress,
                                   CosmosError *err)
{
  const CosmosSettings *settings = cosmos_trajectory_get_settings (run);
  const char *texts[COSMOS_MAX_BATCH];
  double agreements[COSMOS_MAX_BATCH];
  size_t found;
  for (int b = 0; b < settings->batch; b++) {
    const CosmosDecoding *text = cosmos_trajectory_decode (run, settings->steps, COSMOS_SHOW_X0, b, progress, err);
    if (!text)
      return false;
    texts[b] = text->text;
  }
  if (!cosmos_consensus_find (texts, (size_t) settings->batch, agreement ? agreement : agreements, &found))
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory to choose among the texts");
  *best = (int) found;
  return true;
}
