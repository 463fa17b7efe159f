#include "core/math/gemm-onednn-backward.h"

#include "core/math/onednn-panel.h"
#include "core/math/parallel.h"

#include <string.h>

/* Rows that are summed in one product: long sums read and write the gradient less often. */
enum { LONG_SUM = 2048, SHORT_SUM = 512 };
/* Numbers of a square that is turned at once, so that both sides stay in the cache. */
enum { TURN = 32 };
/* Nanoseconds for one number. */
static const double cost_of_rounding = 0.15, cost_of_turning = 0.4, cost_of_packing = 0.2;

bool cosmos_gemm_onednn_can_go_back (const CosmosWeight *weight)
{
  return weight->compute.precision != COSMOS_PRECISION_INT8 && cosmos_weight_get_floats (weight);
}

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the gradient of a matrix product");
}

static size_t size_of (CosmosPrecision precision)
{
  return precision == COSMOS_PRECISION_BF16 ? 2 : 4;
}

/* ---- operands in the product's numbers ---- */

static void round_numbers (CosmosPrecision precision, const float *from, void *to, int64_t n)
{
  if (precision == COSMOS_PRECISION_BF16)
    cosmos_dtype_from_float (COSMOS_DTYPE_BF16, from, to, (size_t) n);
  else
    memcpy (to, from, (size_t) n * sizeof *from);
}

typedef struct {
  CosmosPrecision precision;
  CosmosRows from;
  int64_t columns;
  unsigned char *to; /* (rows, columns), or turned: (columns, rows) */
} Rounding;

static void round_rows (int64_t first, int64_t count, void *data)
{
  const Rounding *self = data;
  for (int64_t r = first; r < first + count; r++)
    round_numbers (self->precision, self->from.data + r * self->from.stride,
                   self->to + (size_t) (r * self->columns) * size_of (self->precision), self->columns);
}

/* (rows, columns), packed; NULL when out of memory. Floats that lie so are taken as they are. */
static const void *round_matrix (CosmosPool *pool, CosmosArena *scratch, CosmosPrecision precision, CosmosRows from,
                                 int64_t columns)
{
  if (precision == COSMOS_PRECISION_F32 && (from.stride == columns || from.rows == 1))
    return from.data;
  Rounding self = {precision, from, columns, cosmos_arena_alloc (scratch, (size_t) (from.rows * columns) * size_of (precision))};
  if (self.to)
    cosmos_parallel (pool, from.rows, cost_of_rounding * (double) columns, round_rows, &self);
  return self.to;
}

/* Columns first .. first + count - 1 of `from` become rows. */
static void turn_columns (int64_t first, int64_t count, void *data)
{
  const Rounding *self = data;
  const int64_t rows = self->from.rows;
  float square[TURN][TURN];
  for (int64_t column = first; column < first + count; column += TURN)
    for (int64_t row = 0; row < rows; row += TURN) {
      int64_t n = first + count - column < TURN ? first + count - column : TURN, m = rows - row < TURN ? rows - row : TURN;
      for (int64_t i = 0; i < m; i++)
        for (int64_t k = 0; k < n; k++)
          square[k][i] = self->from.data[(row + i) * self->from.stride + column + k];
      for (int64_t k = 0; k < n; k++)
        round_numbers (self->precision, square[k], self->to + (size_t) ((column + k) * rows + row) * size_of (self->precision),
                       m);
    }
}

/* ---- products ---- */

/* y (rows, columns) += x (rows, in) w (in, columns), x and w in the product's numbers, packed row after row. */
typedef struct {
  CosmosPrecision precision;
  const unsigned char *x, *w;
  int64_t in;
  CosmosRows y;
  CosmosTiles tiles;

  CosmosPanelKind *kind, *last_kind; /* the last panel may be narrower */
  int count;
  void **panels;
  atomic_bool has_failed;
} Sum;

static CosmosPanelKind *get_kind (const Sum *self, int panel)
{
  return panel == self->count - 1 ? self->last_kind : self->kind;
}

static void pack_panels (int64_t first, int64_t count, void *data)
{
  Sum *self = data;
  CosmosTiles panels = cosmos_gemm_get_tiles (self->tiles.columns, 1);
  for (int64_t i = first; i < first + count; i++) {
    size_t column = (size_t) cosmos_gemm_get_tile (panels, (int) i).column;
    if (!cosmos_panel_pack (get_kind (self, (int) i), self->panels[i], self->w + column * size_of (self->precision)))
      atomic_store (&self->has_failed, true);
  }
}

static void multiply_tile (int item, void *data)
{
  Sum *self = data;
  CosmosTile tile = cosmos_gemm_get_tile (self->tiles, item);
  int panel = (int) (tile.column / self->tiles.panel);
  for (int64_t row = tile.row, end = tile.row + tile.rows, rows; row < end; row += rows) {
    rows = cosmos_panel_split_rows (end - row);
    if (!cosmos_panel_multiply (get_kind (self, panel), self->panels[panel], rows,
                                self->x + (size_t) (row * self->in) * size_of (self->precision), NULL,
                                self->y.data + row * self->y.stride + tile.column))
      atomic_store (&self->has_failed, true);
  }
}

/* Kinds of sums are kept for good: they are few, and made anew they would cost more than the product. */
static CosmosPanelKind *get_kept_kind (CosmosPanelShape shape, CosmosError *err)
{
  enum { KEPT = 512 };
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  static struct {
    CosmosPanelShape shape;
    CosmosPanelKind *kind;
  } kept[KEPT];
  static int n_kept;
  CosmosPanelKind *kind = NULL;
  pthread_mutex_lock (&mutex);
  for (int i = 0; i < n_kept && !kind; i++)
    if (cosmos_panel_is_same_shape (kept[i].shape, shape))
      kind = kept[i].kind;
  if (!kind && n_kept == KEPT)
    cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "There are too many shapes of gradients");
  else if (!kind && (kind = cosmos_panel_kind_ref (shape, err))) {
    kept[n_kept].shape = shape;
    kept[n_kept++].kind = kind;
  }
  pthread_mutex_unlock (&mutex);
  return kind;
}

static bool prepare_kinds (Sum *self, CosmosError *err)
{
  CosmosTiles panels = cosmos_gemm_get_tiles (self->tiles.columns, 1);
  self->count = cosmos_gemm_count_tiles (panels);
  CosmosPanelShape shape = {.precision = self->precision,
                            .in = self->in,
                            .columns = panels.panel,
                            .stride = self->y.stride,
                            .plain = self->tiles.columns,
                            .adds = true};
  self->kind = get_kept_kind (shape, err);
  shape.columns = cosmos_gemm_get_tile (panels, self->count - 1).columns;
  self->last_kind = self->kind ? get_kept_kind (shape, err) : NULL;
  for (int64_t row = 0, rows; self->last_kind && row < self->tiles.rows; row += rows) {
    rows = cosmos_panel_split_rows (self->tiles.rows - row);
    if (!cosmos_panel_kind_prepare (self->kind, rows, false, err)
        || !cosmos_panel_kind_prepare (self->last_kind, rows, false, err))
      return false;
  }
  return self->last_kind;
}

static bool make_panels (Sum *self, CosmosArena *scratch)
{
  self->panels = cosmos_arena_alloc (scratch, (size_t) self->count * sizeof *self->panels);
  for (int i = 0; self->panels && i < self->count; i++)
    self->panels[i] = NULL;
  for (int i = 0; self->panels && i < self->count; i++) {
    void *memory = cosmos_arena_alloc (scratch, cosmos_panel_kind_get_size (get_kind (self, i)));
    if (!memory || !(self->panels[i] = cosmos_panel_new (get_kind (self, i), memory)))
      return false;
  }
  return self->panels;
}

static bool run_sum (Sum *self, CosmosPool *pool, CosmosArena *scratch, CosmosError *err)
{
  int threads = cosmos_pool_get_threads (pool);
  cosmos_panel_enter (threads);
  bool ok = prepare_kinds (self, err) && (make_panels (self, scratch) || no_memory (err));
  if (ok) {
    double cost = cost_of_packing * (double) (self->in * self->tiles.columns) / self->count;
    cosmos_parallel (pool, self->count, cost, pack_panels, self);
    cosmos_pool_run (pool, cosmos_gemm_count_tiles (self->tiles), multiply_tile, self);
  }
  cosmos_panel_leave (threads);
  for (int i = 0; self->panels && i < self->count; i++)
    cosmos_panel_free (self->panels[i]);
  if (ok && atomic_load (&self->has_failed))
    ok = cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "oneDNN failed in a gradient: choose openblas");
  return ok;
}

/* ---- the ways back ---- */

bool cosmos_gemm_onednn_add_input (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows dy,
                                   CosmosRows dx, CosmosError *err)
{
  const CosmosPrecision precision = weight->compute.precision;
  const CosmosRows w = {(float *) cosmos_weight_get_floats (weight), weight->out, weight->in};
  Sum sum = {.precision = precision,
             .x = round_matrix (pool, scratch, precision, dy, weight->out),
             .w = round_matrix (pool, scratch, precision, w, weight->in),
             .in = weight->out,
             .y = dx,
             .tiles = cosmos_gemm_get_tiles (weight->in, dy.rows)};
  return sum.x && sum.w ? run_sum (&sum, pool, scratch, err) : no_memory (err);
}

/* Of some rows. */
static bool add_piece (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows dy, CosmosRows x,
                       CosmosError *err)
{
  const CosmosPrecision precision = weight->compute.precision;
  Rounding turned = {precision, dy, weight->out,
                     cosmos_arena_alloc (scratch, (size_t) (dy.rows * weight->out) * size_of (precision))};
  if (!turned.to)
    return no_memory (err);
  cosmos_parallel_columns (pool, weight->out, cost_of_turning * (double) dy.rows, turn_columns, &turned);
  Sum sum = {.precision = precision,
             .x = turned.to,
             .w = round_matrix (pool, scratch, precision, x, weight->in),
             .in = dy.rows,
             .y = {weight->grad, weight->out, weight->in},
             .tiles = cosmos_gemm_get_tiles (weight->in, weight->out)};
  return sum.w ? run_sum (&sum, pool, scratch, err) : no_memory (err);
}

/* Few different numbers, each of which needs products of its own. */
static int64_t split_sum (int64_t rows)
{
  return rows >= LONG_SUM ? LONG_SUM : rows >= SHORT_SUM ? SHORT_SUM : cosmos_panel_split_rows (rows);
}

bool cosmos_gemm_onednn_add_weight (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows dy,
                                    CosmosRows x, CosmosError *err)
{
  bool ok = true;
  for (int64_t row = 0, rows; ok && row < dy.rows; row += rows) {
    CosmosArenaMark mark = cosmos_arena_mark (scratch);
    rows = split_sum (dy.rows - row);
    ok = add_piece (pool, scratch, weight, (CosmosRows) {dy.data + row * dy.stride, rows, dy.stride},
                    (CosmosRows) {x.data + row * x.stride, rows, x.stride}, err);
    cosmos_arena_rewind (scratch, mark);
  }
  return ok;
}
