#include "core/math/gemm-private.h"

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const CosmosWeight *weight;
  const float *w;
  CosmosRows x, y;
  const float *bias;
  int64_t panel;
} Product;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void use_one_thread (void)
{
  openblas_set_num_threads (1);
}

static void start (Product *self)
{
  pthread_once (&once, use_one_thread);
  int64_t panel = (self->weight->out / 8 + 63) / 64 * 64;
  self->panel = panel < 64 ? 64 : panel;
}

static void forward_panel (int item, void *data)
{
  Product *self = data;
  int64_t first = item * self->panel, n = self->weight->out - first, in = self->weight->in;
  n = n < self->panel ? n : self->panel;
  for (int64_t row = 0; self->bias && row < self->y.rows; row++)
    memcpy (self->y.data + row * self->y.stride + first, self->bias + first, (size_t) n * sizeof (float));
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (blasint) self->x.rows, (blasint) n, (blasint) in, 1, self->x.data,
               (blasint) self->x.stride, self->w + first * in, (blasint) in, self->bias ? 1 : 0, self->y.data + first,
               (blasint) self->y.stride);
}

bool cosmos_gemm (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows x, const float *bias, CosmosRows y,
                  CosmosError *err)
{
  (void) scratch;
  if (!cosmos_weight_prepare ((CosmosWeight *) weight, err))
    return false;
  Product product = {.weight = weight, .w = weight->pack, .x = x, .y = y, .bias = bias};
  start (&product);
  cosmos_pool_run (pool, (int) ((weight->out + product.panel - 1) / product.panel), forward_panel, &product);
  return true;
}

bool cosmos_gemm_backward_input (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows dy, CosmosRows dx,
                                 CosmosError *err)
{
  (void) pool;
  (void) scratch;
  if (!cosmos_weight_prepare ((CosmosWeight *) weight, err))
    return false;
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint) dy.rows, (blasint) weight->in, (blasint) weight->out, 1, dy.data,
               (blasint) dy.stride, weight->pack, (blasint) weight->in, 1, dx.data, (blasint) dx.stride);
  return true;
}

bool cosmos_gemm_backward_weight (CosmosPool *pool, CosmosArena *scratch, const CosmosWeight *weight, CosmosRows dy, CosmosRows x,
                                  CosmosError *err)
{
  (void) pool;
  (void) scratch;
  (void) err;
  if (weight->grad)
    cblas_sgemm (CblasRowMajor, CblasTrans, CblasNoTrans, (blasint) weight->out, (blasint) weight->in, (blasint) dy.rows, 1, dy.data,
                 (blasint) dy.stride, x.data, (blasint) x.stride, 1, weight->grad, (blasint) weight->in);
  return true;
}

void cosmos_gemm_describe (CosmosBackend backend, char *text, size_t size)
{
  if (backend == COSMOS_BACKEND_OPENBLAS)
    snprintf (text, size, "%s", openblas_get_config ());
  else
    snprintf (text, size, "not built in");
}

bool cosmos_gemm_is_slowed_by_environment (void)
{
  return getenv ("OPENBLAS_CORETYPE") != NULL;
}
