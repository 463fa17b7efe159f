#include "core/math/gemm-private.h"

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>

/* A panel is a multiple of GRAIN columns; about PANELS of them keep some threads busy, without much overhead for each. */
enum { GRAIN = 64, PANELS = 8, WIDEST_PANEL = 1024, LARGEST_BLOCK = 512 };
/* What would be a narrower panel at the end joins the last one. (It would be slow, and oneDNN 3.7 writes a panel of one column as if it were packed.) */
enum { NARROWEST_PANEL = 16 };

const CosmosGemmBackend *cosmos_gemm_get_backend (CosmosBackend backend)
{
#if HAVE_ONEDNN
  if (backend == COSMOS_BACKEND_ONEDNN)
    return &cosmos_gemm_onednn;
#endif
  if (backend == COSMOS_BACKEND_BLOCKS)
    return &cosmos_gemm_blocks;
  return backend == COSMOS_BACKEND_OPENBLAS ? &cosmos_gemm_openblas : NULL;
}

/* ---- tiles ---- */

static int64_t get_panel (int64_t n)
{
  int64_t panel = (n + PANELS * GRAIN - 1) / (PANELS * GRAIN) * GRAIN;
  panel = panel < WIDEST_PANEL ? panel : WIDEST_PANEL;
  return panel < n ? panel : n;
}

CosmosTiles cosmos_gemm_get_tiles (int64_t columns, int64_t rows)
{
  return (CosmosTiles) {columns, get_panel (columns), rows, rows < LARGEST_BLOCK ? rows : LARGEST_BLOCK};
}

static int64_t count_panels (CosmosTiles self)
{
  int64_t panels = (self.columns - NARROWEST_PANEL + self.panel) / self.panel;
  return panels > 1 ? panels : 1;
}

static int64_t count_blocks (CosmosTiles self)
{
  return (self.rows + self.block - 1) / self.block;
}

int cosmos_gemm_count_tiles (CosmosTiles self)
{
  return (int) (count_panels (self) * count_blocks (self));
}

CosmosTile cosmos_gemm_get_tile (CosmosTiles self, int item)
{
  int64_t panels = count_panels (self), panel = item % panels, column = panel * self.panel, row = item / panels * self.block;
  int64_t columns = panel == panels - 1 ? self.columns - column : self.panel, rows = self.rows - row;
  return (CosmosTile) {column, columns, row, rows < self.block ? rows : self.block};
}

/* ---- products ---- */

bool cosmos_gemm (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows x, const float *bias,
                  CosmosRows y, CosmosError *err)
{
  if (y.rows == 0)
    return true;
  if (!cosmos_weight_prepare (weight, pool, err))
    return false;
  CosmosArenaMark mark = cosmos_arena_mark (scratch);
  CosmosProduct product = {weight, x, y, bias};
  bool ok = cosmos_gemm_get_backend (weight->compute.backend)->multiply (pool, scratch, &product, err);
  cosmos_arena_rewind (scratch, mark);
  return ok;
}

/* ---- backward: through the weight's back end where it can, else f32 through CBLAS ---- */

typedef struct {
  const CosmosWeight *weight;
  const float *w;
  float *dw;
  CosmosRows dy, x;
  bool writes; /* x, else adds */
  CosmosTiles tiles;
} Backward;

/* dx (rows, columns) = or += dy (rows, out) W (out, columns) */
static void add_input_tile (int item, void *data)
{
  const Backward *self = data;
  CosmosTile tile = cosmos_gemm_get_tile (self->tiles, item);
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint) tile.rows, (blasint) tile.columns,
               (blasint) self->weight->out, 1, self->dy.data + tile.row * self->dy.stride, (blasint) self->dy.stride,
               self->w + tile.column, (blasint) self->weight->in, self->writes ? 0 : 1,
               self->x.data + tile.row * self->x.stride + tile.column, (blasint) self->x.stride);
}

/* Columns of dy are rows of the gradient: grad (columns, in) += dy (R, columns)^T x (R, in) */
static void add_weight_panel (int item, void *data)
{
  const Backward *self = data;
  CosmosTile tile = cosmos_gemm_get_tile (self->tiles, item);
  blasint in = (blasint) self->weight->in;
  cblas_sgemm (CblasRowMajor, CblasTrans, CblasNoTrans, (blasint) tile.columns, in, (blasint) self->dy.rows, 1,
               self->dy.data + tile.column, (blasint) self->dy.stride, self->x.data, (blasint) self->x.stride, 1,
               self->dw + tile.column * in, in);
}

static void unpack_panel (int item, void *data)
{
  const Backward *self = data;
  CosmosTile tile = cosmos_gemm_get_tile (self->tiles, item);
  cosmos_weight_unpack_rows (self->weight, tile.column, tile.columns, (float *) self->w + tile.column * self->weight->in);
}

static bool add_input (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows dy, CosmosRows dx,
                       bool writes, CosmosError *err)
{
  Backward self = {.weight = weight, .w = cosmos_weight_get_floats (weight), .dy = dy, .x = dx, .writes = writes};
  if (!self.w) { /* a frozen network in a file's own numbers */
    self.w = cosmos_arena_alloc (scratch, (size_t) (weight->out * weight->in) * sizeof (float));
    if (!self.w)
      return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the gradient through a matrix of %lld x %lld",
                               (long long) weight->out, (long long) weight->in);
    self.tiles = cosmos_gemm_get_tiles (weight->out, 1);
    cosmos_pool_run (pool, cosmos_gemm_count_tiles (self.tiles), unpack_panel, &self);
  }
  self.tiles = cosmos_gemm_get_tiles (weight->in, dy.rows);
  cosmos_pool_run (pool, cosmos_gemm_count_tiles (self.tiles), add_input_tile, &self);
  return true;
}

static void add_weight (CosmosPool *pool, const CosmosWeight *weight, CosmosRows dy, CosmosRows x, float *dw)
{
  Backward self = {.weight = weight, .dw = dw, .dy = dy, .x = x, .tiles = cosmos_gemm_get_tiles (weight->out, 1)};
  cosmos_pool_run (pool, cosmos_gemm_count_tiles (self.tiles), add_weight_panel, &self);
}

bool cosmos_gemm_backward (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows dy, CosmosRows x,
                           CosmosRows dx, CosmosError *err)
{
  return cosmos_gemm_backward_into (pool, scratch, weight, dy, x, dx, false, weight->grad, err);
}

bool cosmos_gemm_backward_into (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows dy, CosmosRows x,
                                CosmosRows dx, bool writes, float *dw, CosmosError *err)
{
  if (dy.rows == 0 || (!dx.data && !dw))
    return true;
  const CosmosGemmBackend *backend = cosmos_gemm_get_backend (weight->compute.backend);
  CosmosArenaMark mark = cosmos_arena_mark (scratch);
  bool ok = true;
  if (backend && backend->can_go_back && backend->can_go_back (weight))
    ok = backend->go_back (pool, scratch, weight, dy, x, dx, writes, dw, err);
  else {
    cosmos_gemm_openblas_start ();
    ok = !dx.data || add_input (pool, scratch, weight, dy, dx, writes, err);
    if (ok && dw)
      add_weight (pool, weight, dy, x, dw);
  }
  cosmos_arena_rewind (scratch, mark);
  return ok;
}

/* ---- what the libraries say of themselves ---- */

void cosmos_gemm_describe (CosmosBackend backend, char *text, size_t size)
{
  const CosmosGemmBackend *self = cosmos_gemm_get_backend (backend);
  if (self)
    self->describe (text, size);
  else
    snprintf (text, size, "not built in");
}

bool cosmos_gemm_is_slowed_by_environment (void)
{
  return getenv ("OPENBLAS_CORETYPE") || getenv ("OPENBLAS_L2_SIZE");
}
