#pragma once

#include "core/math/graph.h"
#include "core/math/weight.h"

/* Rows of a table. ids: B x T, all inside the table -> (B, T, D). ids are copied. */
CosmosTensor *cosmos_embedding (CosmosGraph *graph, const CosmosWeight *table, const int32_t *ids, int64_t batch, int64_t length);
/* The same from a table of floats (rows, D), ids: B -> (B, D). */
CosmosTensor *cosmos_gather (CosmosGraph *graph, const CosmosTensor *table, const int32_t *ids, int64_t count);
/* phi(t) = [cos (t f_i), sin (t f_i)], f_i = max_period^(-i / (width / 2)), i = 0 .. width / 2 - 1 (spec 1.9) -> (B, width). No gradient. */
CosmosTensor *cosmos_time_embedding (CosmosGraph *graph, const double *t, int64_t batch, int64_t width, double max_period);
