#pragma once

#include "core/math/graph.h"

/* x Phi(x), with erf (relative error below 1e-6, vectorised). */
CosmosTensor *cosmos_gelu (CosmosGraph *graph, const CosmosTensor *x);
/* The same with tanh in the place of erf, as GPT-2 has it (arXiv 1606.08415): x / (1 + exp (-2 u)), u = sqrt (2 / pi) (x + 0.044715 x^3). */
CosmosTensor *cosmos_gelu_tanh (CosmosGraph *graph, const CosmosTensor *x);
/* x / (1 + exp (-x)) */
CosmosTensor *cosmos_silu (CosmosGraph *graph, const CosmosTensor *x);
/* SwiGLU's gate on stacked halves: x (..., 2 F) = [gate, up] -> silu (gate) * up (..., F). */
CosmosTensor *cosmos_silu_gate (CosmosGraph *graph, const CosmosTensor *x);
