/* Measures of texts. Words are runs of letters, digits and apostrophes, or single marks, in lower case where said. */
#pragma once

#include "core/base/status.h"
#include <stddef.h>
#include <stdint.h>

/* Words of a text as numbers: equal words of all texts of a collection have equal numbers. */
typedef struct CosmosWords CosmosWords;

CosmosWords *cosmos_words_new (void);
void cosmos_words_free (CosmosWords *self);
/* Appends a text's words. False when out of memory. */
bool cosmos_words_add (CosmosWords *self, const char *text, size_t size);
size_t cosmos_words_get_n_texts (const CosmosWords *self);
const int32_t *cosmos_words_get_text (const CosmosWords *self, size_t index, size_t *n);

/* BLEU-4 of sequences against one reference each, with brevity penalty (Papineni et al. 2002); corpus = sums over n pairs. 0 .. 1. An order
 * that has no match at all makes it 0, except where smooth adds one to numerator and denominator of the orders above 1 (for single pairs). */
double cosmos_bleu (const int32_t *const *candidates, const size_t *candidate_lengths, const int32_t *const *references,
                    const size_t *reference_lengths, size_t n, bool smooth);
/* BLEU of two texts over their words. */
bool cosmos_bleu_texts (const char *candidate, const char *reference, bool smooth, double *bleu);
/* ROUGE-1/2/L F1 of two word sequences. */
typedef struct {
  double rouge_1, rouge_2, rouge_l;
} CosmosRouge;
bool cosmos_rouge (const int32_t *candidate, size_t n_candidate, const int32_t *reference, size_t n_reference, CosmosRouge *rouge);
/* Div-4 (spec 1.15): product over n = 2..4 of different n-grams / n-grams, pooled over all texts. Depends on the number of texts. */
bool cosmos_diversity (const CosmosWords *texts, double *diversity);
