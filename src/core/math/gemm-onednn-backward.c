#include "core/math/gemm-onednn-backward.h"

#include "core/math/onednn-panel.h"
#include "core/math/parallel.h"

#include <string.h>

/* Rows that are summed in one product: long sums read and write the gradient less often. */
enum { LONG_SUM = 2048, SHORT_SUM = 512 };
/* Of sums over rows: oneDNN turns x anew for every panel, so these are wide. */
enum { TURNED_PANEL = 256, TURNED_BLOCK = 128 };
/* Panels are laid out for as many rows at least, of what is turned here. */
enum { LEAST_OUT = 16 };
/* Nanoseconds for one number. */
static const double cost_of_rounding = 0.15, cost_of_packing = 0.2;

bool cosmos_gemm_onednn_can_go_back (const CosmosWeight *weight)
{
  return weight->compute.precision != COSMOS_PRECISION_INT8 && weight->out >= LEAST_OUT && cosmos_weight_get_floats (weight);
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
  unsigned char *to; /* (rows, columns) */
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

/* ---- products ---- */

/* y (rows, columns) += or = x (rows, in) w (in, columns), x and w in the product's numbers, packed row after row; x turned where x_turned: (in, rows). */
typedef struct {
  CosmosPrecision precision;
  const unsigned char *x, *w;
  int64_t in;
  bool x_turned, writes;
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

/* The panels of one row of tiles. */
static CosmosTiles get_panels (const Sum *self)
{
  return (CosmosTiles) {self->tiles.columns, self->tiles.panel, 1, 1};
}

static void pack_panels (int64_t first, int64_t count, void *data)
{
  Sum *self = data;
  CosmosTiles panels = get_panels (self);
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
                                self->x + (size_t) (row * (self->x_turned ? 1 : self->in)) * size_of (self->precision), NULL,
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
  CosmosTiles panels = get_panels (self);
  self->count = cosmos_gemm_count_tiles (panels);
  CosmosPanelShape shape = {.precision = self->precision,
                            .in = self->in,
                            .columns = panels.panel,
                            .stride = self->y.stride,
                            .plain = self->tiles.columns,
                            .turned = self->x_turned ? self->tiles.rows : 0,
                            .adds = !self->writes};
  self->kind = get_kept_kind (shape, err);
  shape.columns = cosmos_gemm_get_tile (panels, self->count - 1).columns;
  self->last_kind = self->kind ? get_kept_kind (shape, err) : NULL;
  /* Whole blocks, and what is left for the last. */
  const int64_t blocks[] = {self->tiles.block, self->tiles.rows % self->tiles.block};
  for (int i = 0; i < 2; i++)
    for (int64_t row = 0, rows; self->last_kind && row < blocks[i]; row += rows) {
      rows = cosmos_panel_split_rows (blocks[i] - row);
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

/* What both ways share: the same numbers once. */
typedef struct {
  const CosmosWeight *weight;
  CosmosPrecision precision;
  CosmosPool *pool;
  CosmosArena *scratch;
  int64_t rows;
  const unsigned char *dy; /* (rows, out) */
} Back;

/* dx += dy W, or = */
static bool add_input (const Back *self, CosmosRows dx, bool writes, CosmosError *err)
{
  const CosmosWeight *weight = self->weight;
  const CosmosRows w = {(float *) cosmos_weight_get_floats (weight), weight->out, weight->in};
  Sum sum = {.precision = self->precision,
             .x = self->dy,
             .w = round_matrix (self->pool, self->scratch, self->precision, w, weight->in),
             .in = weight->out,
             .writes = writes,
             .y = dx,
             .tiles = cosmos_gemm_get_tiles (weight->in, self->rows)};
  return sum.w ? run_sum (&sum, self->pool, self->scratch, err) : no_memory (err);
}

/* Few different numbers, each of which needs products of its own. */
static int64_t split_sum (int64_t rows)
{
  return rows >= LONG_SUM ? LONG_SUM : rows >= SHORT_SUM ? SHORT_SUM : cosmos_panel_split_rows (rows);
}

/* dw += dy^T x, some rows at a time */
static bool add_weight (const Back *self, CosmosRows x, float *dw, CosmosError *err)
{
  const CosmosWeight *weight = self->weight;
  const unsigned char *numbers = round_matrix (self->pool, self->scratch, self->precision, x, weight->in);
  bool ok = numbers || no_memory (err);
  for (int64_t row = 0, rows; ok && row < self->rows; row += rows) {
    CosmosArenaMark mark = cosmos_arena_mark (self->scratch);
    rows = split_sum (self->rows - row);
    Sum sum = {.precision = self->precision,
               .x = self->dy + (size_t) (row * weight->out) * size_of (self->precision),
               .w = numbers + (size_t) (row * weight->in) * size_of (self->precision),
               .in = rows,
               .x_turned = true,
               .y = {dw, weight->out, weight->in},
               .tiles = {weight->in, weight->in < TURNED_PANEL ? weight->in : TURNED_PANEL, weight->out,
                         weight->out < TURNED_BLOCK ? weight->out : TURNED_BLOCK}};
    ok = run_sum (&sum, self->pool, self->scratch, err);
    cosmos_arena_rewind (self->scratch, mark);
  }
  return ok;
}

bool cosmos_gemm_onednn_go_back (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows dy, CosmosRows x,
                                 CosmosRows dx, bool writes, float *dw, CosmosError *err)
{
  const CosmosPrecision precision = weight->compute.precision;
  Back self = {weight, precision, pool, scratch, dy.rows, round_matrix (pool, scratch, precision, dy, weight->out)};
  return (self.dy || no_memory (err)) && (!dx.data || add_input (&self, dx, writes, err))
         && (!dw || add_weight (&self, x, dw, err));
}
