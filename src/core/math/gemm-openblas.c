/* f32 through CBLAS: always there, and what other back ends are compared with. */
#include "core/math/gemm-private.h"

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the values are floats they are used in place, and `copy` is NULL. */
typedef struct {
  size_t size;
  float *copy;
} Pack;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void use_one_thread (void)
{
  openblas_set_num_threads (1);
}

void cosmos_gemm_openblas_start (void)
{
  pthread_once (&once, use_one_thread);
}

static bool has_precision (CosmosPrecision precision, CosmosError *err)
{
  return precision == COSMOS_PRECISION_F32
         || cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                              "OpenBLAS multiplies in f32 only: choose openblas, or another precision of oneDNN");
}

/* ---- packing ---- */

typedef struct {
  const CosmosWeight *weight;
  float *copy;
  CosmosTiles tiles;
} Unpacking;

static void unpack_panel (int item, void *data)
{
  const Unpacking *self = data;
  CosmosTile tile = cosmos_gemm_get_tile (self->tiles, item);
  cosmos_weight_unpack_rows (self->weight, tile.column, tile.columns, self->copy + tile.column * self->weight->in);
}

static void free_pack (void *pack)
{
  if (pack)
    free (((Pack *) pack)->copy);
  free (pack);
}

static void *pack_values (CosmosPool *pool, const CosmosWeight *weight, void *old, CosmosError *err)
{
  Pack *self = old ? old : calloc (1, sizeof *self);
  if (self && !old && !cosmos_weight_get_floats (weight)) {
    self->size = ((size_t) (weight->out * weight->in) * sizeof (float) + 63) / 64 * 64;
    self->copy = aligned_alloc (64, self->size);
  }
  if (!self || (self->size && !self->copy)) {
    free (self);
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for a matrix of %lld x %lld", (long long) weight->out,
                      (long long) weight->in);
    return NULL;
  }
  if (self->copy) {
    Unpacking unpacking = {weight, self->copy, cosmos_gemm_get_tiles (weight->out, 1)};
    cosmos_pool_run (pool, cosmos_gemm_count_tiles (unpacking.tiles), unpack_panel, &unpacking);
  }
  return self;
}

static size_t get_pack_size (const void *pack)
{
  return ((const Pack *) pack)->size;
}

/* ---- products ---- */

typedef struct {
  const CosmosProduct *product;
  const float *w;
  CosmosTiles tiles;
} Call;

static void multiply_tile (int item, void *data)
{
  const Call *self = data;
  const CosmosProduct *product = self->product;
  CosmosTile tile = cosmos_gemm_get_tile (self->tiles, item);
  blasint in = (blasint) product->weight->in, columns = (blasint) tile.columns;
  const float *x = product->x.data + tile.row * product->x.stride, *w = self->w + tile.column * in;
  float *y = product->y.data + tile.row * product->y.stride + tile.column, sum = product->bias ? 1 : 0;
  for (int64_t row = 0; product->bias && row < tile.rows; row++)
    memcpy (y + row * product->y.stride, product->bias + tile.column, (size_t) tile.columns * sizeof *y);
  if (tile.rows == 1)
    cblas_sgemv (CblasRowMajor, CblasNoTrans, columns, in, 1, w, in, x, 1, sum, y, 1);
  else
    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (blasint) tile.rows, columns, in, 1, x, (blasint) product->x.stride, w,
                 in, sum, y, (blasint) product->y.stride);
}

static bool multiply (CosmosPool *pool, CosmosArena *scratch, const CosmosProduct *product, CosmosError *err)
{
  (void) scratch;
  (void) err;
  const Pack *pack = product->weight->pack;
  cosmos_gemm_openblas_start ();
  Call call = {product, pack->copy ? pack->copy : product->weight->values,
               cosmos_gemm_get_tiles (product->weight->out, product->y.rows)};
  cosmos_pool_run (pool, cosmos_gemm_count_tiles (call.tiles), multiply_tile, &call);
  return true;
}

static void describe (char *text, size_t size)
{
  char name[32] = "OpenBLAS", version[32] = "";
  sscanf (openblas_get_config (), "%31s %31s", name, version);
  snprintf (text, size, "%s %s, kernel %s", name, version, openblas_get_corename ());
}

const CosmosGemmBackend cosmos_gemm_openblas = {
  .has_precision = has_precision,
  .pack = pack_values,
  .free_pack = free_pack,
  .get_pack_size = get_pack_size,
  .multiply = multiply,
  .describe = describe,
};
