#pragma once

#include "core/math/graph.h"
#include "core/math/weight.h"

/* Mean over rows with targets[r] >= 0 of -log softmax (x W^T)[targets[r]] -> (1). x (R, in), W (vocabulary, in). The logits are made in chunks of
 * rows that have a target, so that they are never all there; in training the gradients of a chunk are made at once, from the same logits. targets is not
 * needed after the call; 0 where no row has a target. */
CosmosTensor *cosmos_cross_entropy (CosmosGraph *graph, const CosmosTensor *x, const CosmosWeight *head, const int32_t *targets);
/* Mean over rows with keep (NULL: all) of weights (NULL: 1) times |x - y|^2 / columns -> (1). y gets no gradient; keep and weights are not needed after
 * the call; 0 where no row is kept. */
CosmosTensor *cosmos_mean_squared_error (CosmosGraph *graph, const CosmosTensor *x, const CosmosTensor *y, const bool *keep,
                                         const float *weights);
