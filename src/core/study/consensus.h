/* Which of several texts to keep: minimum Bayes risk (Kumar and Byrne 2004), as texts of diffusion are chosen by Li et al. 2022 (Diffusion-LM, arXiv
 * 2205.14217, section 4.3) and Gong et al. 2023 (DiffuSeq, arXiv 2210.08933). */
#pragma once

#include "core/sample/trajectory.h"

/* The one of n >= 1 texts, ended by 0, that the others agree with most: the first with the largest agreement, which is the mean of its smoothed BLEU against
 * each of the others (metrics.h), 0 .. 1; 1 where there is no other. agreement: n of them. False only when out of memory. */
bool cosmos_consensus_find (const char *const *texts, size_t n, double *agreement, size_t *best);
/* The same of all samples of a finished run. agreement: as many; NULL: not wanted. */
bool cosmos_consensus_find_sample (CosmosTrajectory *run, double *agreement, int *best, CosmosProgress *progress,
                                   CosmosError *err);
