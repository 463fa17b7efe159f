/* Networks of an earlier stage, read from its checkpoint or another bundle (origin.h), that a later stage uses but does not train. Constant after opening. */
#pragma once

#include "core/base/hash.h"
#include "core/model/compressor.h"
#include "core/model/decompressor.h"
#include "train/stage.h"

typedef struct CosmosFrozen CosmosFrozen;

/* with_autoencoder: the compressor and decompressor, too, of the autoencoder. */
CosmosFrozen *cosmos_frozen_open (const CosmosTraining *training, bool with_autoencoder, CosmosError *err);
void cosmos_frozen_free (CosmosFrozen *self);
/* Where its parameters are: of the encoder, or of the autoencoder where it has one (else NULL). */
CosmosParameters *cosmos_frozen_get_encoder (const CosmosFrozen *self);
CosmosParameters *cosmos_frozen_get_autoencoder (const CosmosFrozen *self);
/* Of the values of encoder and compressor, as their files have them. */
uint64_t cosmos_frozen_get_hash (const CosmosFrozen *self, CosmosHashKey key);
/* The (V, D) token embedding of the encoder as floats. */
const CosmosWeight *cosmos_frozen_get_tokens (const CosmosFrozen *self);

/* ids, keep: B x L -> encoder states in units of their own statistics (B, L, D). */
CosmosTensor *cosmos_frozen_read (const CosmosFrozen *self, CosmosGraph *graph, const int32_t *ids, const bool *keep,
                                  int64_t batch, int64_t length);
/* The same through the compressor: raw latents (B, N, Z). */
CosmosTensor *cosmos_frozen_encode (const CosmosFrozen *self, CosmosGraph *graph, const int32_t *ids, const bool *keep,
                                    int64_t batch, int64_t length);
