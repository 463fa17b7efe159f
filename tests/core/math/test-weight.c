#include "products.h"

#include <stdatomic.h>

enum { OUT = 300, IN = 96, ROWS = 9 };

static CosmosPool *pool;

static float *multiply (CosmosWeight *weight, const float *x)
{
  CosmosArena *arena = cosmos_arena_new (1 << 16);
  CosmosError err;
  float *y = g_new (float, ROWS *OUT);
  if (!cosmos_gemm (pool, arena, weight, (CosmosRows) {(float *) x, ROWS, IN}, NULL, (CosmosRows) {y, ROWS, OUT}, &err))
    g_error ("%s", err.message);
  cosmos_arena_free (arena);
  return y;
}

static void test_properties (void)
{
  float *w = products_random (1, OUT * IN), grad[1], row[IN];
  uint16_t *brains = g_new (uint16_t, OUT *IN);
  cosmos_dtype_from_float (COSMOS_DTYPE_BF16, w, brains, OUT * IN);
  CosmosWeight *weight = cosmos_weight_new (OUT, IN, COSMOS_DTYPE_BF16, brains, products_computes[0]);
  g_assert_cmpint (cosmos_weight_get_out (weight), ==, OUT);
  g_assert_cmpint (cosmos_weight_get_in (weight), ==, IN);
  g_assert_cmpint (cosmos_weight_get_dtype (weight), ==, COSMOS_DTYPE_BF16);
  g_assert_true (cosmos_weight_get_values (weight) == brains);
  g_assert_null (cosmos_weight_get_grad (weight));
  cosmos_weight_set_grad (weight, grad);
  g_assert_true (cosmos_weight_get_grad (weight) == grad);
  cosmos_weight_get_row (weight, 17, row);
  for (int i = 0; i < IN; i++)
    g_assert_cmpfloat_with_epsilon (row[i], w[17 * IN + i], 0x1p-8f * fabsf (row[i]));
  g_assert_cmpuint (cosmos_weight_get_packed_size (weight), ==, 0);
  cosmos_weight_free (weight);
  cosmos_weight_free (NULL);
  g_free (brains);
  g_free (w);
}

/* Every number format of files, at an odd address where that is allowed. */
static void test_formats (void)
{
  float *w = products_random (1, OUT * IN), *x = products_random (2, ROWS * IN), *rounded = g_new (float, OUT *IN);
  for (int c = 0; c < PRODUCTS_COMPUTES; c++) {
    if (!cosmos_compute_is_available (products_computes[c], NULL))
      continue;
    for (CosmosDtype dtype = 0; dtype < COSMOS_N_DTYPES; dtype++) {
      if (IN % cosmos_dtype_get_block_length (dtype) != 0)
        continue; /* a row is no whole number of blocks: see test-block-formats.c */
      for (int shift = 0; shift < 2; shift++) {
        size_t size;
        g_assert_true (cosmos_dtype_get_size (dtype, OUT * IN, &size));
        unsigned char *values = g_malloc0 (size + 1);
        if (cosmos_dtype_can_write (dtype))
          cosmos_dtype_from_float (dtype, w, values + shift, OUT * IN);
        else /* blocks of 4 bits: a scale of 1 in f16, and any nibbles */
          for (size_t block = 0; block < size / cosmos_dtype_get_block_size (dtype); block++)
            for (size_t i = 0; i < cosmos_dtype_get_block_size (dtype); i++)
              values[shift + block * cosmos_dtype_get_block_size (dtype) + i] = i == 1  ? 0x3c
                                                                                : i < 4 ? 0
                                                                                        : (unsigned char) (i * 37 + block);
        cosmos_dtype_to_float (dtype, values + shift, rounded, OUT * IN);
        CosmosWeight *weight = cosmos_weight_new (OUT, IN, dtype, values + shift, products_computes[c]);
        float *y = multiply (weight, x);
        products_check (rounded, OUT, IN, (CosmosRows) {x, ROWS, IN}, NULL, (CosmosRows) {y, ROWS, OUT},
                        products_get_tolerance (products_computes[c].precision));
        g_free (y);
        cosmos_weight_free (weight);
        g_free (values);
      }
    }
  }
  g_free (rounded);
  g_free (x);
  g_free (w);
}

static void test_touch (void)
{
  float *w = products_random (1, OUT * IN), *x = products_random (2, ROWS * IN);
  for (int c = 0; c < PRODUCTS_COMPUTES; c++) {
    if (!cosmos_compute_is_available (products_computes[c], NULL))
      continue;
    CosmosWeight *weight = cosmos_weight_new (OUT, IN, COSMOS_DTYPE_F32, w, products_computes[c]);
    float *before = multiply (weight, x);
    size_t size = cosmos_weight_get_packed_size (weight);
    g_assert_true (products_computes[c].backend == COSMOS_BACKEND_OPENBLAS || size > 0);
    for (int i = 0; i < OUT * IN; i++)
      w[i] *= 2;
    cosmos_weight_touch (weight);
    float *after = multiply (weight, x);
    g_assert_cmpuint (cosmos_weight_get_packed_size (weight), ==, size);
    for (int i = 0; i < ROWS * OUT; i++)
      g_assert_true (after[i] == 2 * before[i]); /* a power of two changes no rounding */
    g_free (before);
    g_free (after);
    cosmos_weight_free (weight);
  }
  g_free (x);
  g_free (w);
}

/* ---- many threads use a weight for the first time ---- */

typedef struct {
  CosmosWeight *weights[PRODUCTS_COMPUTES];
  const float *x;
  atomic_int waiting;
} Shared;

static gpointer use_all (gpointer data)
{
  Shared *self = data;
  CosmosPool *own = cosmos_pool_new (2);
  CosmosArena *arena = cosmos_arena_new (1 << 16);
  float *y = g_new0 (float, PRODUCTS_COMPUTES *ROWS *OUT);
  atomic_fetch_sub (&self->waiting, 1);
  while (atomic_load (&self->waiting) > 0)
    g_thread_yield ();
  for (int c = 0; c < PRODUCTS_COMPUTES; c++)
    for (int round = 0; self->weights[c] && round < 20; round++)
      g_assert_true (cosmos_gemm (own, arena, self->weights[c], (CosmosRows) {(float *) self->x, ROWS, IN}, NULL,
                                  (CosmosRows) {y + c * ROWS * OUT, ROWS, OUT}, NULL));
  cosmos_arena_free (arena);
  cosmos_pool_free (own);
  return y;
}

static void test_first_use_by_many_threads (void)
{
  enum { THREADS = 4 };
  float *w = products_random (1, OUT * IN), *x = products_random (2, ROWS * IN), *results[THREADS];
  Shared shared = {.x = x};
  GThread *threads[THREADS];
  atomic_init (&shared.waiting, THREADS);
  for (int c = 0; c < PRODUCTS_COMPUTES; c++)
    if (cosmos_compute_is_available (products_computes[c], NULL))
      shared.weights[c] = cosmos_weight_new (OUT, IN, COSMOS_DTYPE_F32, w, products_computes[c]);
  for (int t = 0; t < THREADS; t++)
    threads[t] = g_thread_new (NULL, use_all, &shared);
  for (int t = 0; t < THREADS; t++)
    results[t] = g_thread_join (threads[t]);
  for (int c = 0; c < PRODUCTS_COMPUTES; c++) {
    if (shared.weights[c])
      products_check (w, OUT, IN, (CosmosRows) {x, ROWS, IN}, NULL, (CosmosRows) {results[0] + c * ROWS * OUT, ROWS, OUT},
                      products_get_tolerance (products_computes[c].precision));
    cosmos_weight_free (shared.weights[c]);
  }
  for (int t = 1; t < THREADS; t++)
    g_assert_cmpmem (results[0], PRODUCTS_COMPUTES * ROWS * OUT * sizeof (float), results[t],
                     PRODUCTS_COMPUTES * ROWS * OUT * sizeof (float));
  for (int t = 0; t < THREADS; t++)
    g_free (results[t]);
  g_free (x);
  g_free (w);
}

/* A compute that is not there is an error in words, at the product. */
static void test_unavailable (void)
{
  CosmosCompute none = {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_INT8};
  CosmosArena *arena = cosmos_arena_new (1 << 10);
  CosmosError err = {COSMOS_STATUS_OK};
  float w[4] = {1, 2, 3, 4}, y[2] = {5, 6};
  CosmosWeight *weight = cosmos_weight_new (2, 2, COSMOS_DTYPE_F32, w, none);
  g_assert_false (cosmos_gemm (pool, arena, weight, (CosmosRows) {w, 1, 2}, NULL, (CosmosRows) {y, 1, 2}, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_UNSUPPORTED);
  g_assert_cmpstr (err.message, !=, "");
  g_assert_true (y[0] == 5 && y[1] == 6);
  cosmos_weight_free (weight);
  cosmos_arena_free (arena);
}

static void test_too_wide_for_int8 (void)
{
  CosmosCompute int8 = {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_INT8};
  if (!cosmos_compute_is_available (int8, NULL)) {
    g_test_skip ("no int8 here");
    return;
  }
  enum { WIDE = 65537 };
  CosmosArena *arena = cosmos_arena_new (1 << 10);
  CosmosError err = {COSMOS_STATUS_OK};
  float *w = products_random (1, WIDE), y[1] = {5};
  CosmosWeight *weight = cosmos_weight_new (1, WIDE, COSMOS_DTYPE_F32, w, int8);
  g_assert_false (cosmos_gemm (pool, arena, weight, (CosmosRows) {w, 1, WIDE}, NULL, (CosmosRows) {y, 1, 1}, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_UNSUPPORTED);
  g_assert_true (y[0] == 5);
  cosmos_weight_free (weight);
  g_free (w);
  cosmos_arena_free (arena);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  pool = cosmos_pool_new (2);
  g_test_add_func ("/weight/properties", test_properties);
  g_test_add_func ("/weight/formats", test_formats);
  g_test_add_func ("/weight/touch", test_touch);
  g_test_add_func ("/weight/first-use-by-many-threads", test_first_use_by_many_threads);
  g_test_add_func ("/weight/unavailable", test_unavailable);
  g_test_add_func ("/weight/too-wide-for-int8", test_too_wide_for_int8);
  int status = g_test_run ();
  cosmos_pool_free (pool);
  return status;
}
