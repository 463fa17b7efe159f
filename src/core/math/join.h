#pragma once

#include "core/math/graph.h"

/* Columns of n tensors with the same rows side by side: (..., D_1) ... (..., D_n) -> (..., D_1 + ... + D_n). A copy. */
CosmosTensor *cosmos_join (CosmosGraph *graph, int n, CosmosTensor *const *parts);
