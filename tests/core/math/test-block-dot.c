#include "core/math/block-dot.h"

#include "core/base/random.h"
#include "core/math/gemm.h"

#include <glib.h>
#include <math.h>
#include <string.h>

enum { OUT = 70, IN = 2560, ROWS = 3 }; /* more than a chunk, and a rest */

static const struct {
  CosmosDtype dtype;
  int halves[2]; /* where a block has its scales, in bytes; -1: there is none */
} formats[] = {
  {COSMOS_DTYPE_Q8_0, {0, -1}}, {COSMOS_DTYPE_Q4_0, {0, -1}}, {COSMOS_DTYPE_Q4_1, {0, 2}}, {COSMOS_DTYPE_Q5_0, {0, -1}},
  {COSMOS_DTYPE_Q5_1, {0, 2}},  {COSMOS_DTYPE_Q4_K, {0, 2}},  {COSMOS_DTYPE_Q5_K, {0, 2}}, {COSMOS_DTYPE_Q6_K, {208, -1}},
};

/* Any bytes, with scales that are numbers between 1/2 and 2 in size. */
static unsigned char *make_blocks (int format, size_t *row)
{
  const size_t block = cosmos_dtype_get_block_size (formats[format].dtype);
  g_assert_true (cosmos_dtype_get_size (formats[format].dtype, IN, row));
  unsigned char *bytes = g_malloc (OUT * *row);
  for (size_t i = 0; i < OUT * *row; i++)
    bytes[i] = (unsigned char) (256 * cosmos_random_uniform (3, (uint32_t) i, (uint32_t) format));
  for (size_t at = 0; at < OUT * *row; at += block)
    for (int k = 0; k < 2; k++)
      if (formats[format].halves[k] >= 0) {
        unsigned char *high = bytes + at + formats[format].halves[k] + 1;
        *high = (unsigned char) ((*high & 0x83) | 0x38);
      }
  return bytes;
}

/* What the rounded numbers of both sides give, exactly; and that it is near to what was meant. */
static void test_format (gconstpointer data)
{
  const int format = GPOINTER_TO_INT (data) / 2;
  cosmos_block_dot_set_plain (GPOINTER_TO_INT (data) % 2);
  size_t row;
  g_autofree unsigned char *bytes = make_blocks (format, &row);
  float x[ROWS * IN], y[ROWS * OUT], w[IN], bias[OUT];
  cosmos_random_normal (4, 0, 0, x, ROWS * IN);
  cosmos_random_normal (5, 0, 0, bias, OUT);
  memset (x + 64, 0, 32 * sizeof *x); /* a block of nothing */
  CosmosError err;
  const CosmosCompute compute = {COSMOS_BACKEND_BLOCKS, COSMOS_PRECISION_INT8};
  CosmosWeight *weight = cosmos_weight_new (OUT, IN, formats[format].dtype, bytes, compute);
  for (int threads = 1; threads <= 2; threads++) {
    CosmosPool *pool = cosmos_pool_new (threads);
    CosmosArena *arena = cosmos_arena_new (1 << 16);
    float again[ROWS * OUT];
    g_assert_true (cosmos_gemm (pool, arena, weight, (CosmosRows) {x, ROWS, IN}, bias,
                                (CosmosRows) {threads == 1 ? y : again, ROWS, OUT}, &err));
    g_assert_true (threads == 1 || memcmp (y, again, sizeof y) == 0);
    cosmos_arena_free (arena);
    cosmos_pool_free (pool);
  }
  g_assert_cmpuint (cosmos_weight_get_packed_size (weight), ==, 0);
  CosmosPool *one = cosmos_pool_new (1);
  CosmosArena *scratch = cosmos_arena_new (1 << 16);
  float alone[OUT];
  g_assert_true (cosmos_gemm (one, scratch, weight, (CosmosRows) {x, 1, IN}, bias, (CosmosRows) {alone, 1, OUT}, &err));
  cosmos_arena_free (scratch);
  cosmos_pool_free (one);
  double square_error = 0, square = 0;
  for (int r = 0; r < ROWS; r++) {
    int8_t q[IN];
    float scale[IN / 32], sum[IN / COSMOS_DOT_GROUP];
    cosmos_block_dot_round (x + r * IN, IN, (CosmosRoundedRow) {q, scale, sum});
    for (int o = 0; o < OUT; o++) {
      double rounded = bias[o], meant = bias[o], size = 1;
      cosmos_weight_get_row (weight, o, w);
      for (int i = 0; i < IN; i++) {
        rounded += (double) w[i] * (double) scale[i / 32] * q[i];
        meant += (double) w[i] * (double) x[r * IN + i];
        size += fabs ((double) w[i] * (double) x[r * IN + i]);
      }
      g_assert_cmpfloat (fabs ((double) y[r * OUT + o] - rounded), <, 4e-6 * size);
      g_assert_true (r > 0 || fabs ((double) alone[o] - rounded) < 4e-6 * size);
      square_error += ((double) y[r * OUT + o] - meant) * ((double) y[r * OUT + o] - meant);
      square += meant * meant;
    }
  }
  g_test_message ("%s: error %.4f of the deviation", cosmos_dtype_get_name (formats[format].dtype), sqrt (square_error / square));
  g_assert_cmpfloat (sqrt (square_error / square), <, 0.02);
  cosmos_weight_free (weight);
  cosmos_block_dot_set_plain (false);
}

/* What is not finite must not become a number. */
static void test_odd_numbers (void)
{
  float x[64] = {0}, scale[2], sum[4];
  int8_t q[64];
  x[3] = INFINITY;
  x[40] = 1e-39f;
  cosmos_block_dot_round (x, 64, (CosmosRoundedRow) {q, scale, sum});
  g_assert_true (isnan (scale[0]) && isnan (sum[0]) && isnan (sum[1]));
  g_assert_true (scale[1] == 0 && sum[2] == 0 && q[40] == 0);
  x[3] = NAN;
  cosmos_block_dot_round (x, 64, (CosmosRoundedRow) {q, scale, sum});
  g_assert_true (isnan (scale[0]));
}

/* Other formats are multiplied in the best way there is. */
static void test_others (void)
{
  const float w[2] = {1, 2};
  float x[1] = {3}, y[2];
  CosmosError err;
  CosmosWeight *weight = cosmos_weight_new (2, 1, COSMOS_DTYPE_F32, w,
                                            (CosmosCompute) {COSMOS_BACKEND_BLOCKS, COSMOS_PRECISION_INT8});
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosArena *arena = cosmos_arena_new (1 << 16);
  g_assert_true (cosmos_gemm (pool, arena, weight, (CosmosRows) {x, 1, 1}, NULL, (CosmosRows) {y, 1, 2}, &err));
  g_assert_true (y[0] == 3 && y[1] == 6);
  cosmos_arena_free (arena);
  cosmos_pool_free (pool);
  cosmos_weight_free (weight);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (int i = 0; i < 2 * (int) G_N_ELEMENTS (formats); i++) {
    g_autofree char *name = g_strdup_printf ("/block-dot/%s%s", cosmos_dtype_get_name (formats[i / 2].dtype),
                                             i % 2 ? "-plain" : "");
    g_test_add_data_func (name, GINT_TO_POINTER (i), test_format);
  }
  g_test_add_func ("/block-dot/odd-numbers", test_odd_numbers);
  g_test_add_func ("/block-dot/others", test_others);
  return g_test_run ();
}
