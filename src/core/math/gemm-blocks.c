/* Weights in the blocks of their file: nothing is packed, memory is that of the file. */
#include "core/math/block-dot.h"
#include "core/math/gemm-private.h"
#include "core/math/parallel.h"

#include <stdio.h>

static bool has_precision (CosmosPrecision precision, CosmosError *err)
{
  return precision == COSMOS_PRECISION_INT8
         || cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "Weights in blocks are multiplied in int8 only");
}

/* The weight's own values are the packed form. */
static void *pack_values (CosmosPool *pool, const CosmosWeight *weight, void *pack, CosmosError *err)
{
  (void) pool;
  (void) pack;
  (void) err;
  return (void *) weight->values;
}

static void free_pack (void *pack)
{
  (void) pack;
}

static size_t get_pack_size (const void *pack)
{
  (void) pack;
  return 0;
}

typedef struct {
  const CosmosProduct *product;
  CosmosRoundedRow x; /* of all rows, one behind the other */
  CosmosTiles tiles;
  size_t row_size; /* of weights, in bytes */
} Call;

static CosmosRoundedRow get_row (const Call *self, int64_t row)
{
  const int64_t in = self->product->weight->in;
  return (CosmosRoundedRow) {self->x.q + row * in, self->x.scale + row * (in / 32), self->x.sum + row * (in / COSMOS_DOT_GROUP)};
}

static void round_rows (int64_t first, int64_t count, void *data)
{
  const Call *self = data;
  const CosmosRows *x = &self->product->x;
  for (int64_t row = first; row < first + count; row++)
    cosmos_block_dot_round (x->data + row * x->stride, self->product->weight->in, get_row (self, row));
}

/* Each part of a row of weights is opened once for all rows of activations, where there are several. */
static void multiply_column (const Call *self, int64_t column)
{
  const CosmosProduct *product = self->product;
  const CosmosWeight *weight = product->weight;
  const unsigned char *values = (const unsigned char *) weight->values + (size_t) column * self->row_size;
  if (product->y.rows == 1) { /* a token being written */
    product->y.data[column] = cosmos_block_dot_at_once (weight->dtype, values, weight->in, get_row (self, 0))
                              + (product->bias ? product->bias[column] : 0);
    return;
  }
  CosmosDotChunk chunk;
  float *y = product->y.data + column;
  for (int64_t row = 0; row < product->y.rows; row++)
    y[row * product->y.stride] = product->bias ? product->bias[column] : 0;
  for (int64_t first = 0; first < weight->in; first += COSMOS_DOT_CHUNK) {
    int64_t n = weight->in - first < COSMOS_DOT_CHUNK ? weight->in - first : COSMOS_DOT_CHUNK;
    size_t before = 0;
    cosmos_dtype_get_size (weight->dtype, (size_t) first, &before);
    cosmos_block_dot_open (&chunk, weight->dtype, values + before, n);
    for (int64_t row = 0; row < product->y.rows; row++)
      y[row * product->y.stride] += cosmos_block_dot (&chunk, get_row (self, row), first);
  }
}

static void multiply_panel (int item, void *data)
{
  const Call *self = data;
  CosmosTile tile = cosmos_gemm_get_tile (self->tiles, item);
  for (int64_t column = tile.column; column < tile.column + tile.columns; column++)
    multiply_column (self, column);
}

static bool multiply (CosmosPool *pool, CosmosArena *scratch, const CosmosProduct *product, CosmosError *err)
{
  const CosmosWeight *weight = product->weight;
  const size_t n = (size_t) (product->y.rows * weight->in);
  Call call = {product,
               {cosmos_arena_alloc (scratch, n), cosmos_arena_alloc (scratch, n / 32 * sizeof (float)),
                cosmos_arena_alloc (scratch, n / COSMOS_DOT_GROUP * sizeof (float))},
               cosmos_gemm_get_tiles (weight->out, 1),
               0};
  cosmos_dtype_get_size (weight->dtype, (size_t) weight->in, &call.row_size);
  if (!call.x.q || !call.x.scale || !call.x.sum)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the activations of a matrix product");
  cosmos_parallel (pool, product->y.rows, 0.15 * (double) weight->in, round_rows, &call);
  cosmos_pool_run (pool, cosmos_gemm_count_tiles (call.tiles), multiply_panel, &call);
  return true;
}

static void describe (char *text, size_t size)
{
  snprintf (text, size, "blocks of the file, in int8");
}

const CosmosGemmBackend cosmos_gemm_blocks = {
  .has_precision = has_precision,
  .pack = pack_values,
  .free_pack = free_pack,
  .get_pack_size = get_pack_size,
  .multiply = multiply,
  .describe = describe,
};
