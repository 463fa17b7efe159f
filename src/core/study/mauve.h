/* MAUVE (Pillutla et al. 2021, arXiv 2102.01454): how alike two distributions of texts are, from the features that a model has of each text. 0 .. 1, where 1 is
 * "the same".
 *
 * As the package mauve-text with its settings: features of length 1, principal components up to 0.9 of the variance, k-means with a tenth of the smaller
 * set's size as groups (2 at least), the divergence curve at 25 mixtures with the factor 5, and the area under it. It differs in the k-means: k-means++ starts
 * by Philox where the package has Faiss with random ones, so that values differ as they do between seeds of the package. Values depend on the features and
 * on the number of texts: compare like with like. */
#pragma once

#include "core/base/status.h"
#include <stddef.h>
#include <stdint.h>

/* Of two histograms over the same k groups, each with a sum above 0. */
double cosmos_mauve_histograms (const double *p, const double *q, size_t k);
/* Of two sets of features, n_p x d and n_q x d, row-major, 2 each at least and COSMOS_PROJECTION_MAX_POINTS together at most. */
bool cosmos_mauve (const float *p, size_t n_p, const float *q, size_t n_q, size_t d, uint64_t seed, double *mauve,
                   CosmosError *err);
