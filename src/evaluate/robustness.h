/* What is left of texts after the latent vectors, with noise on these: text -> z~, z~ + sigma N(0, 1) -> text. */
#pragma once

#include "evaluate/bench.h"
#include "evaluate/report.h"

/* At one sigma, over all texts. */
typedef struct {
  double token_accuracy; /* of all real tokens, [CLS] and [SEP] included */
  double exact;          /* share of texts that came back token for token */
  double mse;            /* of the normalised encoder states, mean over tokens */
  double bleu;           /* of all texts together against the texts, words of mteval-v13a, unsmoothed */
  double stability;      /* the same against the decode without noise (the paper's figure of robustness) */
} CosmosRobustness;

/* texts: n. sigmas: n_sigmas, in deviations of a latent; results: one a sigma. The noise of text i is N(0, 1) by (seed + i, 0, index), the same for every sigma.
 * Takes one unit of the bench's work a text and sigma. Where it fails or is cancelled, the results are those of the first *n_measured texts (0: there are
 * none). */
bool cosmos_measure_robustness (CosmosBench *bench, const char *const *texts, size_t n, const double *sigmas, size_t n_sigmas,
                                CosmosRobustness *results, size_t *n_measured, CosmosError *err);

/* Columns of a table of it: sigma, then the members in their order. */
enum { COSMOS_ROBUSTNESS_COLUMNS = 6 };
extern const CosmosColumn cosmos_robustness_columns[COSMOS_ROBUSTNESS_COLUMNS];
void cosmos_robustness_to_values (const CosmosRobustness *self, double sigma, double values[COSMOS_ROBUSTNESS_COLUMNS]);
