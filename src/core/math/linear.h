#pragma once

#include "core/math/graph.h"
#include "core/math/weight.h"

/* y = x W^T + bias. x (..., in) -> (..., out); bias (out) or NULL. */
CosmosTensor *cosmos_linear (CosmosGraph *graph, const CosmosTensor *x, const CosmosWeight *weight, const CosmosTensor *bias);
