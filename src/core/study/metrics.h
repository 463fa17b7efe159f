/* Measures of texts, over their words or tokens. All are linear in the length of the texts, but for ROUGE-L, which is quadratic. */
#pragma once

#include "core/study/words.h"

/* All return false only when out of memory. */

/* BLEU-4 of sequences against one reference each, with brevity penalty (Papineni et al. 2002); counts are summed over n pairs. 0 .. 1. An
 * order that has no match at all makes it 0, except where smooth adds one to numerator and denominator of the orders above 1 (Lin and Och
 * 2004; for single pairs). Nothing at all on both sides is equal: 1. */
bool cosmos_bleu (const int32_t *const *candidates, const size_t *candidate_lengths, const int32_t *const *references,
                  const size_t *reference_lengths, size_t n, bool smooth, double *bleu);
/* What BLEU is made of, summed over texts; begins as zeros. Precision counts an n-gram as often as the reference that has it most often; of the
 * references' lengths that counts which is nearest, the shorter of two, as in sacrebleu. */
typedef struct {
  double matches[4], totals[4]; /* n-grams of the candidates, n = 1 .. 4 */
  double candidate_length, reference_length;
} CosmosBleu;
bool cosmos_bleu_add (CosmosBleu *self, const int32_t *candidate, size_t n_candidate, const int32_t *const *references,
                      const size_t *lengths, size_t n_references);
double cosmos_bleu_get (const CosmosBleu *self, bool smooth);
/* The same of texts ended by 0, cut into the words of mteval-v13a, as sacrebleu does it by default. */
bool cosmos_bleu_add_texts (CosmosBleu *self, const char *candidate, const char *const *references, size_t n_references);

/* BLEU of two texts, ended by 0, over their words. */
bool cosmos_bleu_texts (const char *candidate, const char *reference, bool smooth, double *bleu);

/* F1 of shared words, shared pairs of neighbours, and the longest common subsequence (Lin 2004); 0 where a side has none. */
typedef struct {
  double rouge_1, rouge_2, rouge_l;
} CosmosRouge;
bool cosmos_rouge (const int32_t *candidate, size_t n_candidate, const int32_t *reference, size_t n_reference,
                   CosmosRouge *rouge);

/* The best F1 of each kind against any of n texts, ended by 0. Words are those of the package rouge-score without its stemmer: runs of a-z and
 * 0-9 in lower case. */
bool cosmos_rouge_texts (const char *candidate, const char *const *references, size_t n_references, CosmosRouge *rouge);

/* Div-4 (spec 1.15): product over n = 2..4 of different n-grams / n-grams, pooled over all texts; 0 where no text has four words. It falls
 * with the number of texts, so compare equal numbers. */
bool cosmos_diversity (const CosmosWords *texts, double *diversity);
