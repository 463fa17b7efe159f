#include "core/study/metrics.h"

#include "core/study/cut.h"
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

/* The same against several references. */
static bool count_best_matches (int n, const int32_t *candidate, size_t n_candidate, const int32_t *const *references,
                                const size_t *lengths, size_t n_references, size_t *matches)
{
  if (n_references == 1)
    return count_matches (n, candidate, n_candidate, references[0], lengths[0], matches);
  size_t length = 1;
  for (size_t i = 0; i < n_references; i++)
    length += lengths[i];
  CosmosNgrams best, one;
  bool ok = cosmos_ngrams_init (&best, n, length);
  for (size_t i = 0; ok && i < n_references; i++) {
    ok = cosmos_ngrams_init (&one, n, lengths[i] + 1);
    if (!ok)
      break;
    cosmos_ngrams_add (&one, references[i], lengths[i]);
    cosmos_ngrams_raise (&best, &one);
    cosmos_ngrams_clear (&one);
  }
  if (ok)
    *matches = cosmos_ngrams_take (&best, candidate, n_candidate);
  cosmos_ngrams_clear (&best);
  return ok;
}

static size_t get_nearest_length (size_t length, const size_t *lengths, size_t n)
{
  size_t nearest = lengths[0], best = SIZE_MAX;
  for (size_t i = 0; i < n; i++) {
    size_t away = lengths[i] > length ? lengths[i] - length : length - lengths[i];
    if (away < best || (away == best && lengths[i] < nearest)) {
      best = away;
      nearest = lengths[i];
    }
  }
  return nearest;
}

bool cosmos_bleu_add (CosmosBleu *self, const int32_t *candidate, size_t n_candidate, const int32_t *const *references,
                      const size_t *lengths, size_t n_references)
{
  size_t matches[COSMOS_MAX_NGRAM];
  for (int order = 1; order <= COSMOS_MAX_NGRAM; order++)
    if (!count_best_matches (order, candidate, n_candidate, references, lengths, n_references, &matches[order - 1]))
      return false;
  for (int order = 1; order <= COSMOS_MAX_NGRAM; order++) {
    self->matches[order - 1] += (double) matches[order - 1];
    self->totals[order - 1] += (double) cosmos_ngrams_fit (order, n_candidate);
  }
  self->candidate_length += (double) n_candidate;
  self->reference_length += (double) get_nearest_length (n_candidate, lengths, n_references);
  return true;
}

double cosmos_bleu_get (const CosmosBleu *self, bool smooth)
{
  if (self->candidate_length == 0 || self->reference_length == 0)
    return self->candidate_length == self->reference_length ? 1.0 : 0.0;
  double log_precision = 0;
  for (int order = 1; order <= COSMOS_MAX_NGRAM; order++) {
    double added = smooth && order > 1 ? 1.0 : 0.0, found = self->matches[order - 1] + added;
    if (found == 0)
      return 0;
    log_precision += log (found / (self->totals[order - 1] + added)) / COSMOS_MAX_NGRAM;
  }
  return exp (log_precision + fmin (0.0, 1.0 - self->reference_length / self->candidate_length));
}

bool cosmos_bleu (const int32_t *const *candidates, const size_t *candidate_lengths, const int32_t *const *references,
                  const size_t *reference_lengths, size_t n, bool smooth, double *bleu)
{
  CosmosBleu counts = {0};
  for (size_t i = 0; i < n; i++)
    if (!cosmos_bleu_add (&counts, candidates[i], candidate_lengths[i], &references[i], &reference_lengths[i], 1))
      return false;
  *bleu = cosmos_bleu_get (&counts, smooth);
  return true;
}

/* Candidate and references as numbers of one collection of words: text 0 and those behind it. cut: makes a text one whose words have blanks
 * between; free() what it gives. */
static CosmosWords *number_texts (char *(*cut) (const char *text), const char *candidate, const char *const *references, size_t n)
{
  CosmosWords *words = cosmos_words_new ();
  bool ok = words != NULL;
  for (size_t i = 0; ok && i <= n; i++) {
    char *text = cut (i == 0 ? candidate : references[i - 1]);
    ok = text && cosmos_words_add_parted (words, text, strlen (text));
    free (text);
  }
  if (ok)
    return words;
  cosmos_words_free (words);
  return NULL;
}

bool cosmos_bleu_add_texts (CosmosBleu *self, const char *candidate, const char *const *references, size_t n_references)
{
  CosmosWords *words = number_texts (cosmos_cut_13a, candidate, references, n_references);
  const int32_t **ids = calloc (n_references + 1, sizeof *ids);
  size_t *lengths = calloc (n_references + 1, sizeof *lengths);
  bool ok = words && ids && lengths;
  for (size_t i = 0; ok && i <= n_references; i++)
    ids[i] = cosmos_words_get_text (words, i, &lengths[i]);
  ok = ok && cosmos_bleu_add (self, ids[0], lengths[0], ids + 1, lengths + 1, n_references);
  cosmos_words_free (words);
  free (ids);
  free (lengths);
  return ok;
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

bool cosmos_rouge_texts (const char *candidate, const char *const *references, size_t n_references, CosmosRouge *rouge)
{
  CosmosWords *words = number_texts (cosmos_cut_alphanumeric, candidate, references, n_references);
  CosmosRouge best = {0}, one;
  bool ok = words != NULL;
  for (size_t i = 1; ok && i <= n_references; i++) {
    size_t n_a, n_b;
    const int32_t *a = cosmos_words_get_text (words, 0, &n_a), *b = cosmos_words_get_text (words, i, &n_b);
    ok = cosmos_rouge (a, n_a, b, n_b, &one);
    if (ok)
      best = (CosmosRouge) {fmax (best.rouge_1, one.rouge_1), fmax (best.rouge_2, one.rouge_2), fmax (best.rouge_l, one.rouge_l)};
  }
  cosmos_words_free (words);
  if (ok)
    *rouge = best;
  return ok;
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
