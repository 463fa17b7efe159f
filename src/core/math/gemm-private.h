/* What a back end of the gemm seam provides, and what a weight shows to it. */
#pragma once

#include "core/math/gemm.h"

#include <pthread.h>
#include <stdatomic.h>

/* The matrix of one product: y = x W^T + bias. */
typedef struct {
  const CosmosWeight *weight;
  CosmosRows x, y; /* at least one row */
  const float *bias;
} CosmosProduct;

typedef struct {
  bool (*has_precision) (CosmosPrecision precision, CosmosError *err);
  /* Brings the values into the back end's form; `pack` is the form of older values or NULL, and stays the weight's on failure. NULL with
   * the error set on failure. */
  void *(*pack) (CosmosPool *pool, const CosmosWeight *weight, void *pack, CosmosError *err);
  void (*free_pack) (void *pack);
  size_t (*get_pack_size) (const void *pack);
  bool (*multiply) (CosmosPool *pool, CosmosArena *scratch, const CosmosProduct *product, CosmosError *err);
  /* cosmos_gemm_backward_into () in the weight's precision; NULL, or false from can_go_back: through CBLAS. At least one row. */
  bool (*can_go_back) (const CosmosWeight *weight);
  bool (*go_back) (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows dy, CosmosRows x, CosmosRows dx,
                   bool writes, float *dw, CosmosError *err);
  void (*describe) (char *text, size_t size);
} CosmosGemmBackend;

/* NULL where it is not built in. */
const CosmosGemmBackend *cosmos_gemm_get_backend (CosmosBackend backend);
extern const CosmosGemmBackend cosmos_gemm_openblas;
extern const CosmosGemmBackend cosmos_gemm_onednn;
extern const CosmosGemmBackend cosmos_gemm_blocks;
/* Once before any call of CBLAS: one thread a call. */
void cosmos_gemm_openblas_start (void);

struct CosmosWeight {
  int64_t out, in;
  CosmosDtype dtype;
  const void *values;
  float *grad;
  CosmosCompute compute;
  pthread_mutex_t mutex; /* of packing */
  atomic_bool is_packed;
  void *pack; /* the back end's own */
  atomic_size_t pack_size;
};

/* Packs where that is still to be done. */
bool cosmos_weight_prepare (const CosmosWeight *self, CosmosPool *pool, CosmosError *err);
/* Where row `first` begins among the values. */
const void *cosmos_weight_get_row_values (const CosmosWeight *self, int64_t first);
/* Values of rows first .. first + n - 1 as floats, n x in. */
void cosmos_weight_unpack_rows (const CosmosWeight *self, int64_t first, int64_t n, float *values);
/* The values as an array of floats in place; NULL where they are other numbers or lie askew. */
const float *cosmos_weight_get_floats (const CosmosWeight *self);

/* ---- tiles: what one task of the pool computes, whatever the number of threads ---- */

/* A grid of panels of columns (the last takes a small rest along), and blocks of rows: neighbours share a block, so that many rows
 * come from memory once. (Where there are many, in training, the panels are those of a small matrix.) */
typedef struct {
  int64_t columns, panel;
  int64_t rows, block;
} CosmosTiles;

CosmosTiles cosmos_gemm_get_tiles (int64_t columns, int64_t rows);
int cosmos_gemm_count_tiles (CosmosTiles self);

typedef struct {
  int64_t column, columns;
  int64_t row, rows;
} CosmosTile;

CosmosTile cosmos_gemm_get_tile (CosmosTiles self, int item);
