#pragma once

#include "core/math/graph.h"

/* How the root of the mean square r = |x| / sqrt(n) is kept away from 0. */
typedef enum {
  COSMOS_RMS_CLAMP, /* x / max(r, eps): COSMOS (spec 1.0) */
  COSMOS_RMS_ADD,   /* x / sqrt(r^2 + eps): LLaMA */
} CosmosRmsKind;

/* x / r * weight over each group of n = weight's numbers; the last dimension of x is a whole number of groups, so that a weight of
 * head width normalises every head on its own. x (..., k n) -> the same shape, packed. */
CosmosTensor *cosmos_rms_norm (CosmosGraph *graph, const CosmosTensor *x, const CosmosTensor *weight, CosmosRmsKind kind,
                               float eps);
/* (x - mean) / sqrt(variance + eps) * weight + bias over the last dimension. */
CosmosTensor *cosmos_layer_norm (CosmosGraph *graph, const CosmosTensor *x, const CosmosTensor *weight, const CosmosTensor *bias,
                                 float eps);
