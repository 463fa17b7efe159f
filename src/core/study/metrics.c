#include "core/study/metrics.h"

#include "core/study/ngrams.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Candidate n-grams that the reference has as well, none counted more often than it is there. */
static bool count_matches (int n, const int32_t *candidate, size_t n_candidate, const int32_t *reference, size_t n_reference,
                           size_t *matches)
{
  CosmosNgrams ngrams;
  if (!cosmos_ngrams_init (&ngrams, n, n_reference + 1))
    return false;
  cosmos_ngrams_add (&ngrams, reference, n_reference);
  *matches = cosmos_ngrams_take (&ngrams, candidate, n_candidate);
  cosmos_ngrams_clear (&ngrams);
  return true;
}

bool cosmos_bleu (const int32_t *const *candidates, const size_t *candidate_lengths, const int32_t *const *references,
                  const size_t *reference_lengths, size_t n, bool smooth, double *bleu)
{
  double matches[COSMOS_MAX_NGRAM] = {0}, totals[COSMOS_MAX_NGRAM] = {0}, candidate_length = 0, reference_length = 0;
  for (size_t i = 0; i < n; i++) {
    for (int order = 1; order <= COSMOS_MAX_NGRAM; order++) {
      size_t matched;
      if (!count_matches (order, candidates[i], candidate_lengths[i], references[i], reference_lengths[i], &matched))
        return false;
      matches[order - 1] += (double) matched;
      totals[order - 1] += (double) cosmos_ngrams_fit (order, candidate_lengths[i]);
    }
    candidate_length += (double) candidate_lengths[i];
    reference_length += (double) reference_lengths[i];
  }
  if (candidate_length == 0 || reference_length == 0) {
    *bleu = candidate_length == reference_length ? 1.0 : 0.0;
    return true;
  }
  double log_precision = 0;
  for (int order = 1; order <= COSMOS_MAX_NGRAM; order++) {
    double added = smooth && order > 1 ? 1.0 : 0.0, found = matches[order - 1] + added;
    if (found == 0) {
      *bleu = 0;
      return true;
    }
    log_precision += log (found / (totals[order - 1] + added)) / COSMOS_MAX_NGRAM;
  }
  *bleu = exp (log_precision + fmin (0.0, 1.0 - reference_length / candidate_length));
  return true;
}

bool cosmos_bleu_texts (const char *candidate, const char *reference, bool smooth, double *bleu)
{
  CosmosWords *words = cosmos_words_new ();
  bool ok = words && cosmos_words_add (words, candidate, strlen (candidate))
            && cosmos_words_add (words, reference, strlen (reference));
  if (ok) {
    size_t n_candidate, n_reference;
    const int32_t *a = cosmos_words_get_text (words, 0, &n_candidate), *b = cosmos_words_get_text (words, 1, &n_reference);
    ok = cosmos_bleu (&a, &n_candidate, &b, &n_reference, 1, smooth, bleu);
  }
  cosmos_words_free (words);
  return ok;
}

static double f1 (size_t shared, size_t n_candidate, size_t n_reference)
{
  return shared > 0 ? 2.0 * (double) shared / (double) (n_candidate + n_reference) : 0.0;
}

/* One row of the table of common subsequences' lengths at a time: row[j] is for the first j of the reference. */
static bool longest_common_subsequence (const int32_t *a, size_t n_a, const int32_t *b, size_t n_b, size_t *length)
{
  size_t *row = calloc (n_b + 1, sizeof *row);
  if (!row)
    return false;
  for (size_t i = 0; i < n_a; i++) {
    size_t diagonal = 0; /* row[j] of the row before */
    for (size_t j = 0; j < n_b; j++) {
      size_t above = row[j + 1];
      row[j + 1] = a[i] == b[j] ? diagonal + 1 : above > row[j] ? above : row[j];
      diagonal = above;
    }
  }
  *length = row[n_b];
  free (row);
  return true;
}

bool cosmos_rouge (const int32_t *candidate, size_t n_candidate, const int32_t *reference, size_t n_reference, CosmosRouge *rouge)
{
  size_t words, pairs, subsequence;
  if (!count_matches (1, candidate, n_candidate, reference, n_reference, &words)
      || !count_matches (2, candidate, n_candidate, reference, n_reference, &pairs)
      || !longest_common_subsequence (candidate, n_candidate, reference, n_reference, &subsequence))
    return false;
  *rouge = (CosmosRouge) {
    .rouge_1 = f1 (words, n_candidate, n_reference),
    .rouge_2 = f1 (pairs, cosmos_ngrams_fit (2, n_candidate), cosmos_ngrams_fit (2, n_reference)),
    .rouge_l = f1 (subsequence, n_candidate, n_reference),
  };
  return true;
}

bool cosmos_diversity (const CosmosWords *texts, double *diversity)
{
  size_t n_texts = cosmos_words_get_n_texts (texts), n_words = 0, length;
  for (size_t i = 0; i < n_texts; i++) {
    cosmos_words_get_text (texts, i, &length);
    n_words += length;
  }
  double product = 1;
  for (int n = 2; n <= 4; n++) {
    CosmosNgrams ngrams;
    size_t total = 0;
    if (!cosmos_ngrams_init (&ngrams, n, n_words))
      return false;
    for (size_t i = 0; i < n_texts; i++) {
      const int32_t *words = cosmos_words_get_text (texts, i, &length);
      cosmos_ngrams_add (&ngrams, words, length);
      total += cosmos_ngrams_fit (n, length);
    }
    product *= total > 0 ? (double) ngrams.n_different / (double) total : 0.0;
    cosmos_ngrams_clear (&ngrams);
  }
  *diversity = product;
  return true;
}
