/* Sums, products and views of tensors. */
#pragma once

#include "core/math/graph.h"

/* a + b. b has a's shape, or fewer dimensions, or ones: it is repeated along what it lacks (aligned at the last dimension). */
CosmosTensor *cosmos_add (CosmosGraph *graph, const CosmosTensor *a, const CosmosTensor *b);
/* a * b, the same rules. */
CosmosTensor *cosmos_multiply (CosmosGraph *graph, const CosmosTensor *a, const CosmosTensor *b);
/* a * factor. */
CosmosTensor *cosmos_scale (CosmosGraph *graph, const CosmosTensor *a, float factor);
/* (..., D) -> (count, ..., D): the same for every text of a batch. A copy. */
CosmosTensor *cosmos_repeat (CosmosGraph *graph, const CosmosTensor *a, int64_t count);
/* Columns first .. first + count - 1 of the last dimension: a view, nothing is copied (gradients go to a's). */
CosmosTensor *cosmos_slice (CosmosGraph *graph, const CosmosTensor *a, int64_t first, int64_t count);
/* The first `count` of dimension 0 of a table: a view. */
CosmosTensor *cosmos_head (CosmosGraph *graph, const CosmosTensor *a, int64_t count);
/* Rows first .. first + count - 1 of a table (rows, D): a view. */
CosmosTensor *cosmos_rows (CosmosGraph *graph, const CosmosTensor *a, int64_t first, int64_t count);
/* Another shape of as many numbers: a view of a packed tensor. */
CosmosTensor *cosmos_reshape (CosmosGraph *graph, const CosmosTensor *a, int rank, const int64_t *shape);
