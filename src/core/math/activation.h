#pragma once

#include "core/math/graph.h"

/* x Phi(x), with erf (relative error below 1e-6, vectorised). */
CosmosTensor *cosmos_gelu (CosmosGraph *graph, const CosmosTensor *x);
/* x / (1 + exp (-x)) */
CosmosTensor *cosmos_silu (CosmosGraph *graph, const CosmosTensor *x);
/* SwiGLU's gate on stacked halves: x (..., 2 F) = [gate, up] -> silu (gate) * up (..., F). */
CosmosTensor *cosmos_silu_gate (CosmosGraph *graph, const CosmosTensor *x);
