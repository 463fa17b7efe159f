#include "products.h"

#include <errno.h>

/* How often our own code asks for memory (libraries have their own), and how often it still gets some; negative: always. */
static unsigned long allocations;
static long left = -1;

static bool is_refused (void)
{
  allocations++;
  if (left > 0)
    left--;
  return left == 0;
}

void *__real_malloc (size_t size);
void *__real_calloc (size_t n, size_t size);
void *__real_aligned_alloc (size_t alignment, size_t size);
void *__wrap_malloc (size_t size);
void *__wrap_calloc (size_t n, size_t size);
void *__wrap_aligned_alloc (size_t alignment, size_t size);
int __real_posix_memalign (void **memory, size_t alignment, size_t size);
int __wrap_posix_memalign (void **memory, size_t alignment, size_t size);

void *__wrap_malloc (size_t size)
{
  return is_refused () ? NULL : __real_malloc (size);
}

void *__wrap_calloc (size_t n, size_t size)
{
  return is_refused () ? NULL : __real_calloc (n, size);
}

void *__wrap_aligned_alloc (size_t alignment, size_t size)
{
  return is_refused () ? NULL : __real_aligned_alloc (alignment, size);
}

int __wrap_posix_memalign (void **memory, size_t alignment, size_t size)
{
  return is_refused () ? ENOMEM : __real_posix_memalign (memory, alignment, size);
}

typedef struct {
  int64_t out, in, rows, x_gap, y_gap;
} Shape;

/* Numbers between rows must neither be used nor changed. */
static float *spread (const float *values, int64_t rows, int64_t columns, int64_t gap)
{
  float *wide = g_new (float, rows *(columns + gap) + 1);
  for (int64_t i = 0; i < rows * (columns + gap); i++)
    wide[i] = NAN;
  for (int64_t r = 0; values && r < rows; r++)
    memcpy (wide + r * (columns + gap), values + r * columns, (size_t) columns * sizeof (float));
  return wide;
}

static void check_shape (CosmosCompute compute, CosmosPool *pool, Shape shape)
{
  CosmosArena *arena = cosmos_arena_new (1 << 16);
  CosmosError err;
  float *w = products_random (1, (size_t) (shape.out * shape.in)), *bias = products_random (2, (size_t) shape.out);
  float *packed = products_random (3, (size_t) (shape.rows * shape.in)), *x = spread (packed, shape.rows, shape.in, shape.x_gap);
  CosmosWeight *weight = cosmos_weight_new (shape.out, shape.in, COSMOS_DTYPE_F32, w, compute);
  for (int with_bias = 0; with_bias < 2; with_bias++) {
    float *y = spread (NULL, shape.rows, shape.out, shape.y_gap);
    CosmosRows from = {x, shape.rows, shape.in + shape.x_gap}, to = {y, shape.rows, shape.out + shape.y_gap};
    if (!cosmos_gemm (pool, arena, weight, from, with_bias ? bias : NULL, to, &err))
      g_error ("%s, %d x %d x %d: %s", cosmos_compute_get_name (compute), (int) shape.rows, (int) shape.out, (int) shape.in,
               err.message);
    products_check (w, shape.out, shape.in, from, with_bias ? bias : NULL, to, products_get_tolerance (compute.precision));
    for (int64_t i = 0; i < shape.rows * to.stride; i++)
      g_assert_true (i % to.stride < shape.out || isnan (y[i]));
    g_free (y);
  }
  CosmosArenaMark mark = cosmos_arena_mark (arena);
  g_assert_true (mark.chunk == 0 && mark.used == 0); /* scratch is given back */
  cosmos_weight_free (weight);
  cosmos_arena_free (arena);
  g_free (x);
  g_free (packed);
  g_free (bias);
  g_free (w);
}

static void test_values (void)
{
  static const Shape shapes[] = {
    {1, 1, 1, 0, 0},     {1, 64, 3, 0, 0},    {64, 1, 5, 0, 0},      {17, 1, 2, 1, 1},    {17, 64, 5, 0, 0},
    {64, 17, 16, 3, 0},  {64, 64, 1, 0, 5},   {65, 33, 33, 2, 0},    {129, 100, 7, 0, 0}, {192, 96, 48, 0, 0},
    {700, 64, 33, 5, 7}, {513, 31, 31, 1, 0}, {1000, 40, 2, 0, 0},   {96, 50, 529, 0, 3}, {64, 32, 1100, 1, 0},
    {768, 768, 4, 0, 0}, {768, 96, 80, 0, 0}, {100, 768, 128, 0, 0}, {9001, 16, 4, 0, 0},
  };
  CosmosPool *pool = cosmos_pool_new (2);
  for (int c = 0; c < PRODUCTS_COMPUTES; c++)
    for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++)
      if (cosmos_compute_is_available (products_computes[c], NULL))
        check_shape (products_computes[c], pool, shapes[i]);
  cosmos_pool_free (pool);
}

/* Numbers that are exact in every precision multiply exactly. */
static void test_exact (void)
{
  enum { OUT = 70, IN = 128, ROWS = 20 };
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosArena *arena = cosmos_arena_new (1 << 16);
  float w[OUT * IN], x[ROWS * IN], y[ROWS * OUT], bias[OUT];
  for (int i = 0; i < OUT * IN; i++)
    w[i] = i % IN == 0 ? 127 : (float) (i * 7 % 255 - 127);
  for (int i = 0; i < ROWS * IN; i++)
    x[i] = i % IN < 2 ? (float) (255 * (i % IN)) - 100 : (float) (i * 11 % 256 - 100);
  for (int o = 0; o < OUT; o++)
    bias[o] = (float) o / 4;
  for (int c = 0; c < PRODUCTS_COMPUTES; c++) {
    if (!cosmos_compute_is_available (products_computes[c], NULL))
      continue;
    CosmosWeight *weight = cosmos_weight_new (OUT, IN, COSMOS_DTYPE_F32, w, products_computes[c]);
    g_assert_true (cosmos_gemm (pool, arena, weight, (CosmosRows) {x, ROWS, IN}, bias, (CosmosRows) {y, ROWS, OUT}, NULL));
    for (int r = 0; r < ROWS; r++)
      for (int o = 0; o < OUT; o++) {
        float want = bias[o];
        for (int i = 0; i < IN; i++)
          want += x[r * IN + i] * w[o * IN + i];
        g_assert_cmpfloat_with_epsilon (y[r * OUT + o], want, 1e-6f * fabsf (want));
      }
    cosmos_weight_free (weight);
  }
  cosmos_arena_free (arena);
  cosmos_pool_free (pool);
}

static void test_not_finite (void)
{
  enum { OUT = 20, IN = 64 };
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosArena *arena = cosmos_arena_new (1 << 16);
  float *w = products_random (1, OUT * IN), x[3 * IN] = {0}, y[3 * OUT];
  x[5] = NAN;
  x[IN + 7] = INFINITY;
  for (int c = 0; c < PRODUCTS_COMPUTES; c++) {
    if (!cosmos_compute_is_available (products_computes[c], NULL))
      continue;
    CosmosWeight *weight = cosmos_weight_new (OUT, IN, COSMOS_DTYPE_F32, w, products_computes[c]);
    g_assert_true (cosmos_gemm (pool, arena, weight, (CosmosRows) {x, 3, IN}, NULL, (CosmosRows) {y, 3, OUT}, NULL));
    for (int o = 0; o < OUT; o++) {
      g_assert_false (isfinite (y[o]));
      g_assert_false (isfinite (y[OUT + o]));
      g_assert_true (y[2 * OUT + o] == 0); /* other rows are untouched by it */
    }
    cosmos_weight_free (weight);
  }
  g_free (w);
  cosmos_arena_free (arena);
  cosmos_pool_free (pool);
}

/* Forward and both ways back. */
static GBytes *get_bits (CosmosCompute compute, int threads, Shape shape)
{
  CosmosPool *pool = cosmos_pool_new (threads);
  CosmosArena *arena = cosmos_arena_new (1 << 16);
  size_t y_count = (size_t) (shape.rows * shape.out), x_count = (size_t) (shape.rows * shape.in),
         w_count = (size_t) (shape.out * shape.in);
  float *w = products_random (1, w_count), *x = products_random (2, x_count), *bits = g_new0 (float, y_count + x_count + w_count);
  CosmosRows y = {bits, shape.rows, shape.out}, dx = {bits + y_count, shape.rows, shape.in}, from = {x, shape.rows, shape.in};
  CosmosWeight *weight = cosmos_weight_new (shape.out, shape.in, COSMOS_DTYPE_F32, w, compute);
  cosmos_weight_set_grad (weight, bits + y_count + x_count);
  g_assert_true (cosmos_gemm (pool, arena, weight, from, NULL, y, NULL));
  g_assert_true (cosmos_gemm_backward (pool, arena, weight, y, from, dx, NULL));
  cosmos_weight_free (weight);
  g_free (w);
  g_free (x);
  cosmos_arena_free (arena);
  cosmos_pool_free (pool);
  return g_bytes_new_take (bits, (y_count + x_count + w_count) * sizeof (float));
}

static void test_threads (void)
{
  static const Shape shapes[] = {{768, 256, 1, 0, 0}, {1024, 256, 16, 0, 0}, {200, 300, 77, 0, 0}, {130, 90, 1200, 0, 0}};
  for (int c = 0; c < PRODUCTS_COMPUTES; c++)
    for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++) {
      if (!cosmos_compute_is_available (products_computes[c], NULL))
        continue;
      GBytes *one = get_bits (products_computes[c], 1, shapes[i]);
      for (int threads = 2; threads <= 3; threads++) {
        GBytes *more = get_bits (products_computes[c], threads, shapes[i]);
        g_assert_true (g_bytes_equal (one, more));
        g_bytes_unref (more);
      }
      g_bytes_unref (one);
    }
}

static void check_no_allocation (CosmosCompute compute, int64_t rows)
{
  enum { OUT = 520, IN = 64, MOST = 700 };
  CosmosPool *pool = cosmos_pool_new (2);
  CosmosArena *arena = cosmos_arena_new (1 << 10);
  float *w = products_random (1, OUT * IN), *x = products_random (2, MOST * IN), *y = g_new (float, MOST *OUT);
  CosmosWeight *weight = cosmos_weight_new (OUT, IN, COSMOS_DTYPE_F32, w, compute);
  size_t of_arena = 0;
  for (int round = 0; round < 20; round++) {
    unsigned long before = allocations;
    g_assert_true (cosmos_gemm (pool, arena, weight, (CosmosRows) {x, rows, IN}, NULL, (CosmosRows) {y, rows, OUT}, NULL));
    if (round > 0) {
      g_assert_cmpuint (allocations, ==, before);
      g_assert_cmpuint (cosmos_arena_get_allocations (arena), ==, of_arena);
    }
    of_arena = cosmos_arena_get_allocations (arena);
  }
  cosmos_weight_free (weight);
  g_free (w);
  g_free (x);
  g_free (y);
  cosmos_arena_free (arena);
  cosmos_pool_free (pool);
}

static void test_no_allocation (void)
{
  static const int64_t rows[] = {1, 16, 77, 700};
  for (int c = 0; c < PRODUCTS_COMPUTES; c++)
    for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
      if (cosmos_compute_is_available (products_computes[c], NULL))
        check_no_allocation (products_computes[c], rows[i]);
}

/* Wherever memory ends: an error in words, nothing leaks (the address sanitizer looks), and the next try works. */
static void test_no_memory (void)
{
  enum { OUT = 200, IN = 64, ROWS = 33, MOST = 100 };
  CosmosPool *pool = cosmos_pool_new (1);
  float *w = products_random (1, OUT * IN), *x = products_random (2, ROWS * IN), *y = g_new (float, ROWS *OUT);
  uint16_t *brains = g_new (uint16_t, OUT *IN);
  cosmos_dtype_from_float (COSMOS_DTYPE_F16, w, brains, OUT * IN);
  cosmos_dtype_to_float (COSMOS_DTYPE_F16, brains, w, OUT * IN);
  for (int c = 0; c < PRODUCTS_COMPUTES; c++) {
    int failures = 0;
    if (!cosmos_compute_is_available (products_computes[c], NULL))
      continue;
    for (bool done = false; !done; failures += !done) {
      CosmosError err = {COSMOS_STATUS_OK};
      CosmosArena *arena = cosmos_arena_new (64);
      CosmosWeight *weight = cosmos_weight_new (OUT, IN, COSMOS_DTYPE_F16, brains, products_computes[c]);
      CosmosRows from = {x, ROWS, IN}, to = {y, ROWS, OUT};
      left = failures + 1;
      done = cosmos_gemm (pool, arena, weight, from, NULL, to, &err);
      left = -1;
      if (!done) {
        g_assert_cmpint (err.code, ==, COSMOS_STATUS_NO_MEMORY);
        g_assert_true (cosmos_gemm (pool, arena, weight, from, NULL, to, &err));
      }
      products_check (w, OUT, IN, from, NULL, to, products_get_tolerance (products_computes[c].precision));
      cosmos_weight_free (weight);
      cosmos_arena_free (arena);
      g_assert_cmpint (failures, <, MOST);
    }
    g_assert_cmpint (failures, >=, 2);
  }
  float *all[] = {w, x, y, (float *) brains};
  for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
    g_free (all[i]);
  cosmos_pool_free (pool);
}

static void test_no_rows (void)
{
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosArena *arena = cosmos_arena_new (1);
  float w[4] = {1, 2, 3, 4}, grad[4] = {0};
  CosmosWeight *weight = cosmos_weight_new (2, 2, COSMOS_DTYPE_F32, w, products_computes[0]);
  cosmos_weight_set_grad (weight, grad);
  CosmosRows none = {NULL, 0, 2};
  g_assert_true (cosmos_gemm (pool, arena, weight, none, NULL, none, NULL));
  g_assert_true (cosmos_gemm_backward (pool, arena, weight, none, none, none, NULL));
  g_assert_true (grad[0] == 0);
  cosmos_weight_free (weight);
  cosmos_arena_free (arena);
  cosmos_pool_free (pool);
}

/* Both add to what is there. dx = dy W is the product with W^T, dW = dy^T x that of their transposes. */
static void check_backward (CosmosCompute compute, CosmosDtype dtype, Shape shape)
{
  CosmosPool *pool = cosmos_pool_new (2);
  CosmosArena *arena = cosmos_arena_new (1 << 16);
  int64_t out = shape.out, in = shape.in, rows = shape.rows;
  size_t size;
  g_assert_true (cosmos_dtype_get_size (dtype, (size_t) (out * in), &size));
  float *w = products_random (1, (size_t) (out * in)), *turned = g_new (float, out *in);
  void *values = g_malloc (size);
  cosmos_dtype_from_float (dtype, w, values, (size_t) (out * in));
  cosmos_dtype_to_float (dtype, values, w, (size_t) (out * in));
  for (int64_t o = 0; o < out; o++)
    for (int64_t i = 0; i < in; i++)
      turned[i * out + o] = w[o * in + i];
  float *dy = products_random (2, (size_t) (rows * out)), *x = products_random (3, (size_t) (rows * in));
  float *wide = spread (dy, rows, out, shape.y_gap), *dx = g_new0 (float, rows *(in + shape.x_gap)),
        *grad = g_new0 (float, out *in);
  CosmosWeight *weight = cosmos_weight_new (out, in, dtype, values, compute);
  CosmosRows from = {wide, rows, out + shape.y_gap}, to = {dx, rows, in + shape.x_gap};
  CosmosRows input = {x, rows, in}, nothing = {NULL, rows, in};
  g_assert_true (cosmos_gemm_backward (pool, arena, weight, from, input, nothing, NULL)); /* nothing to do */
  cosmos_weight_set_grad (weight, grad);
  for (int round = 0; round < 2; round++) {
    g_assert_true (cosmos_gemm_backward (pool, arena, weight, from, input, round ? to : nothing, NULL));
    if (!round) { /* one way alone */
      cosmos_weight_set_grad (weight, NULL);
      for (int64_t i = 0; i < rows * to.stride; i++)
        dx[i] = i % to.stride < in ? NAN : 0; /* written, not added to */
      g_assert_true (cosmos_gemm_backward_into (pool, arena, weight, from, input, to, true, NULL, NULL));
      cosmos_weight_set_grad (weight, grad);
    }
  }
  for (int64_t i = 0; i < out * in; i++)
    grad[i] /= 2;
  for (int64_t i = 0; i < rows * to.stride; i++) {
    g_assert_true (i % to.stride < in || dx[i] == 0);
    dx[i] /= 2;
  }
  /* int8 is for inference: its ways back are in f32 */
  double tolerance = products_get_tolerance (compute.precision == COSMOS_PRECISION_INT8 ? COSMOS_PRECISION_F32
                                                                                        : compute.precision);
  products_check (turned, in, out, from, NULL, to, tolerance);
  float *dy_turned = g_new (float, rows *out), *x_turned = g_new (float, rows *in);
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t o = 0; o < out; o++)
      dy_turned[o * rows + r] = dy[r * out + o];
    for (int64_t i = 0; i < in; i++)
      x_turned[i * rows + r] = x[r * in + i];
  }
  products_check (x_turned, in, rows, (CosmosRows) {dy_turned, out, rows}, NULL, (CosmosRows) {grad, out, in}, tolerance);
  cosmos_weight_free (weight);
  float *all[] = {w, turned, values, dy, x, wide, dx, grad, dy_turned, x_turned};
  for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
    g_free (all[i]);
  cosmos_arena_free (arena);
  cosmos_pool_free (pool);
}

static void test_backward (void)
{
  static const Shape shapes[] = {{5, 3, 2, 0, 0},   {64, 96, 16, 1, 2},   {200, 130, 33, 0, 3}, {70, 64, 600, 0, 0},
                                 {3, 600, 1, 0, 0}, {48, 80, 2100, 1, 0}, {1000, 33, 40, 0, 0}};
  for (int c = 0; c < PRODUCTS_COMPUTES; c++) {
    if (!cosmos_compute_is_available (products_computes[c], NULL))
      continue;
    for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++)
      check_backward (products_computes[c], COSMOS_DTYPE_F32, shapes[i]);
    check_backward (products_computes[c], COSMOS_DTYPE_BF16, shapes[2]);
    check_backward (products_computes[c], COSMOS_DTYPE_Q8_0, shapes[1]);
  }
}

static void test_describe (void)
{
  char text[80];
  cosmos_gemm_describe (COSMOS_BACKEND_OPENBLAS, text, sizeof text);
  g_assert_true (g_str_has_prefix (text, "OpenBLAS ") && strstr (text, ", kernel "));
  g_test_message ("%s", text);
  cosmos_gemm_describe (COSMOS_BACKEND_ONEDNN, text, sizeof text);
  bool is_built_in = cosmos_compute_is_available (products_computes[1], NULL);
  g_assert_true (is_built_in ? g_str_has_prefix (text, "oneDNN ") : strcmp (text, "not built in") == 0);
  g_test_message ("%s", text);
  g_setenv ("OPENBLAS_CORETYPE", "Prescott", TRUE);
  g_assert_true (cosmos_gemm_is_slowed_by_environment ());
  g_unsetenv ("OPENBLAS_CORETYPE");
  g_unsetenv ("OPENBLAS_L2_SIZE");
  g_assert_false (cosmos_gemm_is_slowed_by_environment ());
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gemm/values", test_values);
  g_test_add_func ("/gemm/exact", test_exact);
  g_test_add_func ("/gemm/not-finite", test_not_finite);
  g_test_add_func ("/gemm/threads", test_threads);
  g_test_add_func ("/gemm/no-allocation", test_no_allocation);
  g_test_add_func ("/gemm/no-memory", test_no_memory);
  g_test_add_func ("/gemm/no-rows", test_no_rows);
  g_test_add_func ("/gemm/backward", test_backward);
  g_test_add_func ("/gemm/describe", test_describe);
  return g_test_run ();
}
