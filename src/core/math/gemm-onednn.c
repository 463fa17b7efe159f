/* f32, bf16 and int8 through oneDNN, with weights packed into its own layout. */
#include "core/math/gemm-onednn-backward.h"
#include "core/math/gemm-private.h"
#include "core/math/int8.h"
#include "core/math/onednn-panel.h"
#include "core/math/pack-memory.h"
#include "core/math/parallel.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  CosmosPrecision precision;
  CosmosTiles tiles;                 /* of the weight: the panels of one row of output */
  CosmosPanelKind *kind, *last_kind; /* the last panel may be narrower */
  int count;
  void **panels;
  CosmosPackBlock *block; /* where they lie */
  size_t size;
  float *scales; /* int8: of every output, */
  int32_t *sums; /* and the sum of its weights */
} Pack;

static size_t round_up (size_t size)
{
  return (size + 63) / 64 * 64;
}

static CosmosPanelKind *get_kind (const Pack *self, int panel)
{
  return panel == self->count - 1 ? self->last_kind : self->kind;
}

/* ---- packing ---- */

static void free_pack (void *pack)
{
  Pack *self = pack;
  if (!self)
    return;
  for (int i = 0; self->panels && i < self->count; i++)
    cosmos_panel_free (self->panels[i]);
  cosmos_panel_kind_unref (self->kind);
  cosmos_panel_kind_unref (self->last_kind);
  free (self->panels);
  cosmos_pack_memory_release (self->block);
  free (self->scales);
  free (self->sums);
  free (self);
}

static bool get_memory (Pack *self, int64_t out)
{
  size_t panel = round_up (cosmos_panel_kind_get_size (self->kind));
  self->size = panel * (size_t) (self->count - 1) + round_up (cosmos_panel_kind_get_size (self->last_kind));
  unsigned char *memory = cosmos_pack_memory_get (self->size, &self->block);
  self->panels = calloc ((size_t) self->count, sizeof *self->panels);
  if (self->precision == COSMOS_PRECISION_INT8) {
    self->scales = malloc ((size_t) out * sizeof *self->scales);
    self->sums = malloc ((size_t) out * sizeof *self->sums);
  }
  if (!memory || !self->panels || (self->precision == COSMOS_PRECISION_INT8 && (!self->scales || !self->sums)))
    return false;
  for (int i = 0; i < self->count; i++) {
    self->panels[i] = cosmos_panel_new (get_kind (self, i), memory + (size_t) i * panel);
    if (!self->panels[i])
      return false;
  }
  return true;
}

static Pack *new_pack (const CosmosWeight *weight, CosmosError *err)
{
  Pack *self = calloc (1, sizeof *self);
  if (!self) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for a packed matrix");
    return NULL;
  }
  self->precision = weight->compute.precision;
  self->tiles = cosmos_gemm_get_tiles (weight->out, 1);
  self->count = cosmos_gemm_count_tiles (self->tiles);
  CosmosPanelShape shape = {self->precision, weight->in, self->tiles.panel, weight->out};
  self->kind = cosmos_panel_kind_ref (shape, err);
  shape.columns = cosmos_gemm_get_tile (self->tiles, self->count - 1).columns;
  self->last_kind = self->kind ? cosmos_panel_kind_ref (shape, err) : NULL;
  bool ok = self->last_kind != NULL;
  if (ok && !get_memory (self, weight->out))
    ok = cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for a packed matrix of %lld x %lld",
                           (long long) weight->out, (long long) weight->in);
  if (ok)
    return self;
  free_pack (self);
  return NULL;
}

typedef struct {
  const CosmosWeight *weight;
  Pack *pack;
  atomic_bool has_failed;
} Packing;

/* The numbers of a panel in the pack's precision, row after row, in memory that the caller frees; NULL when out of memory. */
static void *round_panel (const Packing *self, CosmosTile tile)
{
  static const size_t sizes[] = {[COSMOS_PRECISION_F32] = 4, [COSMOS_PRECISION_BF16] = 2, [COSMOS_PRECISION_INT8] = 1};
  const CosmosWeight *weight = self->weight;
  CosmosPrecision precision = self->pack->precision;
  size_t in = (size_t) weight->in;
  unsigned char *numbers = malloc ((size_t) tile.columns * in * sizes[precision]);
  float *row = precision == COSMOS_PRECISION_F32 ? NULL : malloc (in * sizeof *row);
  if (!numbers || (!row && precision != COSMOS_PRECISION_F32)) {
    free (numbers);
    free (row);
    return NULL;
  }
  for (int64_t i = 0; i < tile.columns; i++) {
    int64_t column = tile.column + i;
    unsigned char *target = numbers + (size_t) i * in * sizes[precision];
    cosmos_weight_unpack_rows (weight, column, 1, row ? row : (float *) target);
    if (precision == COSMOS_PRECISION_BF16)
      cosmos_dtype_from_float (COSMOS_DTYPE_BF16, row, target, in);
    else if (precision == COSMOS_PRECISION_INT8)
      cosmos_int8_round_weights (row, weight->in, (int8_t *) target, &self->pack->scales[column], &self->pack->sums[column]);
  }
  free (row);
  return numbers;
}

/* True where the file's own numbers are those of the pack. */
static bool has_plain_values (const CosmosWeight *weight)
{
  CosmosDtype dtype = weight->compute.precision == COSMOS_PRECISION_BF16 ? COSMOS_DTYPE_BF16 : COSMOS_DTYPE_F32;
  size_t alignment = dtype == COSMOS_DTYPE_BF16 ? 2 : 4;
  return weight->compute.precision != COSMOS_PRECISION_INT8 && weight->dtype == dtype
         && (uintptr_t) weight->values % alignment == 0;
}

static void pack_panel (int item, void *data)
{
  Packing *self = data;
  CosmosTile tile = cosmos_gemm_get_tile (self->pack->tiles, item);
  void *rounded = has_plain_values (self->weight) ? NULL : round_panel (self, tile);
  const void *plain = has_plain_values (self->weight) ? cosmos_weight_get_row_values (self->weight, tile.column) : rounded;
  if (!plain || !cosmos_panel_pack (get_kind (self->pack, item), self->pack->panels[item], plain))
    atomic_store (&self->has_failed, true);
  free (rounded);
}

static void *pack_values (CosmosPool *pool, const CosmosWeight *weight, void *old, CosmosError *err)
{
  if (weight->compute.precision == COSMOS_PRECISION_INT8 && weight->in > COSMOS_INT8_LONGEST_ROW) {
    cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "A matrix with %lld inputs is too wide for int8: choose bf16 or f32",
                      (long long) weight->in);
    return NULL;
  }
  Packing packing = {.weight = weight, .pack = old ? old : new_pack (weight, err)};
  if (!packing.pack)
    return NULL;
  cosmos_pool_run (pool, packing.pack->count, pack_panel, &packing);
  if (!atomic_load (&packing.has_failed))
    return packing.pack;
  if (!old)
    free_pack (packing.pack);
  cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory while packing a matrix of %lld x %lld", (long long) weight->out,
                    (long long) weight->in);
  return NULL;
}

static size_t get_pack_size (const void *pack)
{
  return ((const Pack *) pack)->size;
}

/* ---- activations in the product's numbers ---- */

typedef struct {
  CosmosPrecision precision;
  int64_t in;
  CosmosRows x;
  void *numbers; /* (rows, in), packed: x itself where nothing is to be done */
  size_t size;   /* of a number */
  float *scales; /* int8: of every row */
  int32_t *zeros;
} Activations;

static void round_rows (int64_t first, int64_t count, void *data)
{
  const Activations *self = data;
  for (int64_t row = first; row < first + count; row++) {
    const float *x = self->x.data + row * self->x.stride;
    unsigned char *target = (unsigned char *) self->numbers + (size_t) (row * self->in) * self->size;
    switch (self->precision) {
    case COSMOS_PRECISION_F32:
      memcpy (target, x, (size_t) self->in * sizeof *x);
      break;
    case COSMOS_PRECISION_BF16:
      cosmos_dtype_from_float (COSMOS_DTYPE_BF16, x, target, (size_t) self->in);
      break;
    case COSMOS_PRECISION_INT8:
      cosmos_int8_round_activations (x, self->in, target, &self->scales[row], &self->zeros[row]);
      break;
    }
  }
}

static bool round_activations (CosmosPool *pool, CosmosArena *scratch, Activations *self)
{
  static const size_t sizes[] = {[COSMOS_PRECISION_F32] = 4, [COSMOS_PRECISION_BF16] = 2, [COSMOS_PRECISION_INT8] = 1};
  size_t rows = (size_t) self->x.rows;
  self->size = sizes[self->precision];
  if (self->precision == COSMOS_PRECISION_F32 && (self->x.stride == self->in || rows == 1)) {
    self->numbers = self->x.data;
    return true;
  }
  self->numbers = cosmos_arena_alloc (scratch, rows * (size_t) self->in * self->size);
  self->scales = cosmos_arena_alloc (scratch, rows * sizeof *self->scales);
  self->zeros = cosmos_arena_alloc (scratch, rows * sizeof *self->zeros);
  if (!self->numbers || !self->scales || !self->zeros)
    return false;
  cosmos_parallel (pool, self->x.rows, 0.15 * (double) self->in, round_rows, self);
  return true;
}

/* ---- products ---- */

typedef struct {
  const Pack *pack;
  Activations x;
  const float *bias;
  CosmosRows y; /* stride: the weight's outputs */
  CosmosTiles tiles;
  atomic_bool has_failed;
} Call;

static void scale_sums (const Call *self, CosmosTile tile, int64_t row, int64_t rows)
{
  CosmosInt8Columns columns = {self->pack->scales + tile.column, self->pack->sums + tile.column,
                               self->bias ? self->bias + tile.column : NULL};
  for (int64_t i = row; i < row + rows; i++)
    cosmos_int8_scale_sums (self->y.data + i * self->y.stride + tile.column, tile.columns, self->x.scales[i], self->x.zeros[i],
                            columns);
}

static void multiply_tile (int item, void *data)
{
  Call *self = data;
  CosmosTile tile = cosmos_gemm_get_tile (self->tiles, item);
  int panel = (int) (tile.column / self->tiles.panel);
  CosmosPanelKind *kind = get_kind (self->pack, panel);
  bool is_int8 = self->pack->precision == COSMOS_PRECISION_INT8;
  const float *bias = self->bias && !is_int8 ? self->bias + tile.column : NULL;
  for (int64_t row = tile.row, end = tile.row + tile.rows, rows; row < end; row += rows) {
    rows = cosmos_panel_split_rows (end - row);
    if (!cosmos_panel_multiply (kind, self->pack->panels[panel], rows,
                                (unsigned char *) self->x.numbers + (size_t) (row * self->x.in) * self->x.size, bias,
                                self->y.data + row * self->y.stride + tile.column))
      atomic_store (&self->has_failed, true);
    else if (is_int8)
      scale_sums (self, tile, row, rows);
  }
}

/* The products of all numbers of rows that tiles will ask for. */
static bool prepare (const Call *self, CosmosError *err)
{
  bool has_bias = self->bias && self->pack->precision != COSMOS_PRECISION_INT8;
  for (int64_t row = 0, rows; row < self->tiles.rows; row += rows) {
    rows = cosmos_panel_split_rows (self->tiles.rows - row);
    if (!cosmos_panel_kind_prepare (self->pack->kind, rows, has_bias, err)
        || !cosmos_panel_kind_prepare (self->pack->last_kind, rows, has_bias, err))
      return false;
  }
  return true;
}

static bool multiply_packed (CosmosPool *pool, Call *self, CosmosError *err)
{
  int threads = cosmos_pool_get_threads (pool);
  cosmos_panel_enter (threads);
  bool ok = prepare (self, err);
  if (ok)
    cosmos_pool_run (pool, cosmos_gemm_count_tiles (self->tiles), multiply_tile, self);
  cosmos_panel_leave (threads);
  if (ok && atomic_load (&self->has_failed))
    ok = cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "oneDNN failed in a matrix product: choose openblas");
  return ok;
}

static bool multiply (CosmosPool *pool, CosmosArena *scratch, const CosmosProduct *product, CosmosError *err)
{
  const CosmosWeight *weight = product->weight;
  size_t out = (size_t) weight->out;
  Call call = {.pack = weight->pack,
               .x = {.precision = weight->compute.precision, .in = weight->in, .x = product->x},
               .bias = product->bias,
               .y = product->y,
               .tiles = cosmos_gemm_get_tiles (weight->out, product->y.rows)};
  call.x.x.rows = product->y.rows;
  if (product->y.stride != weight->out) { /* rare: a kind serves packed outputs only */
    call.y.stride = weight->out;
    call.y.data = cosmos_arena_alloc (scratch, (size_t) product->y.rows * out * sizeof (float));
  }
  if (!call.y.data || !round_activations (pool, scratch, &call.x))
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the activations of a matrix product");
  if (!multiply_packed (pool, &call, err))
    return false;
  for (int64_t row = 0; call.y.data != product->y.data && row < product->y.rows; row++)
    memcpy (product->y.data + row * product->y.stride, call.y.data + row * weight->out, out * sizeof (float));
  return true;
}

const CosmosGemmBackend cosmos_gemm_onednn = {
  .has_precision = cosmos_panel_has_precision,
  .pack = pack_values,
  .free_pack = free_pack,
  .get_pack_size = get_pack_size,
  .multiply = multiply,
  .can_go_back = cosmos_gemm_onednn_can_go_back,
  .go_back = cosmos_gemm_onednn_go_back,
  .describe = cosmos_panel_describe,
};
