/* Position-aligned initialisation of the autoencoder: token positions, latent positions and the compressor's queries start from one table of
 * sinusoids, latent n standing at token position (n + 1/2) L / N, and keys start as copies of queries. So attention is local and monotone from the first
 * step, which saves the autoencoder most of its training (measured: docs/training.md). */
#pragma once

#include "core/model/config.h"
#include "core/model/parameters.h"

/* Of a folded autoencoder whose parameters have random values. */
void cosmos_align_autoencoder (const CosmosConfig *config, CosmosParameters *store);
