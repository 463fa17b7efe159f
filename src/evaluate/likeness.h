/* How alike texts are in the space of a bundle's encoder. */
#pragma once

#include "core/model/pipeline.h"

/* Mean over n pairs of the cosine between the means of both texts' states, over real tokens, in units of the states' statistics. -1 .. 1. */
bool cosmos_measure_likeness (const CosmosPipeline *pipeline, CosmosPool *pool, const char *const *a, const char *const *b,
                              size_t n, double *likeness, CosmosProgress *progress, CosmosError *err);
