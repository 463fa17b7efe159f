#include "core/file/dtype.h"

#include <glib.h>
#include <float.h>
#include <math.h>
#include <string.h>

static uint32_t bits_of (float x)
{
  uint32_t bits;
  memcpy (&bits, &x, sizeof bits);
  return bits;
}

static float float_of (uint32_t bits)
{
  float x;
  memcpy (&x, &bits, sizeof x);
  return x;
}

static void test_names (void)
{
  CosmosDtype dtype = COSMOS_DTYPE_Q4_1;
  for (int i = 0; i < COSMOS_N_DTYPES; i++) {
    g_autofree char *lower = g_ascii_strdown (cosmos_dtype_get_name ((CosmosDtype) i), -1);
    g_assert_true (cosmos_dtype_from_name (lower, &dtype));
    g_assert_cmpint (dtype, ==, i);
  }
  g_assert_false (cosmos_dtype_from_name ("Q3_K", &dtype));
  g_assert_false (cosmos_dtype_from_name ("", &dtype));
  g_assert_cmpint (dtype, ==, COSMOS_N_DTYPES - 1);
}

static void test_sizes (void)
{
  static const size_t lengths[] = {1, 1, 1, 32, 32, 32, 32, 32, 256, 256, 256},
                      sizes[] = {4, 2, 2, 34, 18, 20, 22, 24, 144, 176, 210};
  G_STATIC_ASSERT (G_N_ELEMENTS (sizes) == COSMOS_N_DTYPES);
  for (int i = 0; i < COSMOS_N_DTYPES; i++) {
    CosmosDtype dtype = (CosmosDtype) i;
    size_t size = 7;
    g_assert_cmpuint (cosmos_dtype_get_block_length (dtype), ==, lengths[i]);
    g_assert_cmpuint (cosmos_dtype_get_block_size (dtype), ==, sizes[i]);
    g_assert_true (cosmos_dtype_get_size (dtype, 768, &size));
    g_assert_cmpuint (size, ==, 768 / lengths[i] * sizes[i]);
    g_assert_true (cosmos_dtype_get_size (dtype, 0, &size));
    g_assert_cmpuint (size, ==, 0);
    size = 7;
    g_assert_false (cosmos_dtype_get_size (dtype, SIZE_MAX - 31, &size) && size < SIZE_MAX / 2);
    if (lengths[i] > 1)
      g_assert_false (cosmos_dtype_get_size (dtype, 33, &size));
  }
  size_t size = 7;
  g_assert_false (cosmos_dtype_get_size (COSMOS_DTYPE_F32, SIZE_MAX / 4 + 1, &size));
  g_assert_cmpuint (size, ==, 7);
}

/* All 65,536 halves against the compiler's own type, and back. */
static void test_f16_all (void)
{
  enum { N = 1 << 16 };
  g_autofree uint16_t *halves = g_new (uint16_t, N), *back = g_new (uint16_t, N);
  g_autofree float *values = g_new (float, N);
  for (int i = 0; i < N; i++)
    halves[i] = (uint16_t) i;
  cosmos_dtype_to_float (COSMOS_DTYPE_F16, halves, values, N);
  cosmos_dtype_from_float (COSMOS_DTYPE_F16, values, back, N);
  for (int i = 0; i < N; i++) {
    _Float16 half;
    memcpy (&half, &halves[i], sizeof half);
    bool is_nan = (i & 0x7c00) == 0x7c00 && (i & 0x3ff);
    g_assert_true (is_nan ? isnan (values[i]) : bits_of (values[i]) == bits_of ((float) half));
    g_assert_cmpuint (back[i], ==, is_nan ? halves[i] | 0x200 : halves[i]);
  }
}

static void assert_f16 (float x)
{
  uint16_t got, wanted;
  _Float16 half = (_Float16) x;
  memcpy (&wanted, &half, sizeof wanted);
  cosmos_dtype_from_float (COSMOS_DTYPE_F16, &x, &got, 1);
  if (got != wanted)
    g_error ("%a: %04x, not %04x", (double) x, got, wanted);
}

/* Rounding: about every boundary between two halves, and a sweep over all floats. */
static void test_f16_rounding (void)
{
  for (uint32_t i = 0; i < 0x7bff; i++) {
    uint16_t pair[2] = {(uint16_t) i, (uint16_t) (i + 1)};
    float values[2];
    cosmos_dtype_to_float (COSMOS_DTYPE_F16, pair, values, 2);
    uint32_t tie = bits_of ((values[0] + values[1]) / 2);
    for (int step = -1; step <= 1; step++) {
      assert_f16 (float_of (tie + (uint32_t) step));
      assert_f16 (-float_of (tie + (uint32_t) step));
    }
  }
  for (uint64_t bits = 0; bits <= 0x7f800000; bits += 1009)
    assert_f16 (float_of ((uint32_t) bits));
  assert_f16 (65519.996f), assert_f16 (65520), assert_f16 (FLT_MAX), assert_f16 (INFINITY), assert_f16 (-INFINITY);
  assert_f16 (FLT_TRUE_MIN), assert_f16 (0x1p-25f), assert_f16 (0x1.000002p-25f), assert_f16 (-0.0f);
}

/* The nearest of the two neighbours, the even one in the middle; beyond the largest, infinity. */
static uint16_t bf16_reference (float x)
{
  uint32_t bits = bits_of (x), below = bits & 0xffff0000;
  double low = float_of (below), high = (bits >> 16 & 0x7fff) == 0x7f7f ? copysign (0x1p128, x) : float_of (below + 0x10000);
  double to_low = fabs (x - low), to_high = fabs (high - x);
  bool up = to_high < to_low || (to_high == to_low && (bits >> 16 & 1));
  return (uint16_t) ((bits >> 16) + up);
}

static void test_bf16 (void)
{
  for (uint64_t i = 0; i <= UINT32_MAX; i += 1021) {
    float x = float_of ((uint32_t) i), back;
    uint16_t brain;
    cosmos_dtype_from_float (COSMOS_DTYPE_BF16, &x, &brain, 1);
    cosmos_dtype_to_float (COSMOS_DTYPE_BF16, &brain, &back, 1);
    g_assert_cmpuint (bits_of (back), ==, (uint32_t) brain << 16);
    if (isnan (x))
      g_assert_true (isnan (back) && signbit (back) == signbit (x));
    else if (isinf (x))
      g_assert_true (back == x);
    else
      g_assert_cmpuint (brain, ==, bf16_reference (x));
  }
  static const struct {
    uint32_t bits;
    uint16_t brain;
  } known[] = {{0x3f808000, 0x3f80}, {0x3f818000, 0x3f82}, {0x3f808001, 0x3f81}, {0x3f807fff, 0x3f80},
               {0x80000000, 0x8000}, {0x7f7fffff, 0x7f80}, {0x7f800001, 0x7fc0}, {0xffffffff, 0xffff},
               {0x7f800000, 0x7f80}, {0x00008000, 0x0000}, {0x00018000, 0x0002}};
  for (size_t i = 0; i < G_N_ELEMENTS (known); i++) {
    float x = float_of (known[i].bits);
    uint16_t brain;
    cosmos_dtype_from_float (COSMOS_DTYPE_BF16, &x, &brain, 1);
    g_assert_cmphex (brain, ==, known[i].brain);
  }
}

/* Writes a block and takes it apart. */
static void q8_0 (const float *x, float *scale, int8_t *q)
{
  unsigned char block[34];
  uint16_t half;
  cosmos_dtype_from_float (COSMOS_DTYPE_Q8_0, x, block, 32);
  memcpy (&half, block, 2);
  memcpy (q, block + 2, 32);
  cosmos_dtype_to_float (COSMOS_DTYPE_F16, &half, scale, 1);
}

static void test_q8_0 (void)
{
  float scale, x[32] = {127, 0.5f, -0.5f, 1.5f, -1.5f, 2.5f, 0.49999997f, -0.49999997f, 126.5f, -126.5f, 3.4f, -3.6f, -127};
  int8_t q[32];
  static const int8_t wanted[32] = {127, 1, -1, 2, -2, 3, 0, 0, 127, -127, 3, -4, -127};
  q8_0 (x, &scale, q);
  g_assert_true (scale == 1);
  g_assert_cmpmem (q, 32, wanted, 32);

  /* The scale that divides is the one before it became f16. */
  GRand *random = g_rand_new_with_seed (1);
  for (int round = 0; round < 2000; round++) {
    float largest = 0, size = ldexpf (1, g_rand_int_range (random, -10, 10));
    for (int i = 0; i < 32; i++) {
      x[i] = (float) g_rand_double_range (random, -1, 1) * size;
      largest = fmaxf (largest, fabsf (x[i]));
    }
    q8_0 (x, &scale, q);
    float exact = largest / 127, inverse = 1 / exact;
    g_assert_true (scale == (float) (_Float16) exact);
    for (int i = 0; i < 32; i++) {
      volatile float product = x[i] * inverse; /* rounded before it is used */
      g_assert_cmpint (q[i], ==, (int) roundf (product));
    }
  }
  g_rand_free (random);
}

static void test_q8_0_odd (void)
{
  float scale, x[32] = {0};
  int8_t q[32], zeros[32] = {0};
  q8_0 (x, &scale, q);
  g_assert_true (scale == 0);
  g_assert_cmpmem (q, 32, zeros, 32);
  x[5] = 0x1p-140f; /* too small for a scale */
  q8_0 (x, &scale, q);
  g_assert_true (scale == 0);
  g_assert_cmpmem (q, 32, zeros, 32);
  /* No number comes of these, but no accident either. */
  x[1] = NAN, x[2] = INFINITY, x[3] = -INFINITY, x[4] = FLT_MAX;
  q8_0 (x, &scale, q);
  x[2] = x[3] = 0;
  q8_0 (x, &scale, q);
  g_assert_true (isinf (scale));
}

static void test_q4 (void)
{
  unsigned char source[2 * 20];
  float values[64];
  _Float16 scale = -0.375f16, minimum = 1.5f16;
  for (int b = 0; b < 2; b++) {
    memcpy (source + b * 18, &scale, 2);
    for (int j = 0; j < 16; j++)
      source[b * 18 + 2 + j] = (unsigned char) (j * 17 + b);
  }
  cosmos_dtype_to_float (COSMOS_DTYPE_Q4_0, source, values, 64);
  for (int i = 0; i < 64; i++) {
    int j = i % 32, byte = source[i / 32 * 18 + 2 + j % 16], q = j < 16 ? byte % 16 : byte / 16;
    g_assert_true (values[i] == -0.375f * (float) (q - 8));
  }
  for (int b = 0; b < 2; b++) {
    memcpy (source + b * 20, &scale, 2);
    memcpy (source + b * 20 + 2, &minimum, 2);
    for (int j = 0; j < 16; j++)
      source[b * 20 + 4 + j] = (unsigned char) (j * 13 + b * 7);
  }
  cosmos_dtype_to_float (COSMOS_DTYPE_Q4_1, source, values, 64);
  for (int i = 0; i < 64; i++) {
    int j = i % 32, byte = source[i / 32 * 20 + 4 + j % 16], q = j < 16 ? byte % 16 : byte / 16;
    g_assert_true (values[i] == -0.375f * (float) q + 1.5f);
  }
}

/* Any address will do, and lengths that are no multiple of what a processor takes at a time. */
static void test_alignment (void)
{
  for (int d = 0; d < COSMOS_N_DTYPES; d++) {
    CosmosDtype dtype = (CosmosDtype) d;
    size_t block = cosmos_dtype_get_block_length (dtype);
    for (size_t n = block; n < block + 70; n += block) {
      size_t size = 0;
      g_assert_true (cosmos_dtype_get_size (dtype, n, &size));
      g_autofree unsigned char *even = g_malloc0 (size), *odd = g_malloc (size + 1);
      g_autofree float *a = g_new (float, n), *b = g_new (float, n);
      for (size_t i = 0; i < n; i++)
        a[i] = (float) i - 20.5f;
      if (cosmos_dtype_can_write (dtype)) {
        cosmos_dtype_from_float (dtype, a, even, n);
        cosmos_dtype_from_float (dtype, a, odd + 1, n);
        g_assert_cmpmem (even, size, odd + 1, size);
      }
      memcpy (odd + 1, even, size);
      cosmos_dtype_to_float (dtype, even, a, n);
      cosmos_dtype_to_float (dtype, odd + 1, b, n);
      g_assert_cmpmem (a, n * sizeof *a, b, n * sizeof *b);
    }
    cosmos_dtype_to_float (dtype, NULL, NULL, 0);
  }
  for (int d = COSMOS_DTYPE_Q4_0; d < COSMOS_N_DTYPES; d++)
    g_assert_false (cosmos_dtype_can_write ((CosmosDtype) d));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file/dtype/names", test_names);
  g_test_add_func ("/file/dtype/sizes", test_sizes);
  g_test_add_func ("/file/dtype/f16-all", test_f16_all);
  g_test_add_func ("/file/dtype/f16-rounding", test_f16_rounding);
  g_test_add_func ("/file/dtype/bf16", test_bf16);
  g_test_add_func ("/file/dtype/q8_0", test_q8_0);
  g_test_add_func ("/file/dtype/q8_0-odd", test_q8_0_odd);
  g_test_add_func ("/file/dtype/q4", test_q4);
  g_test_add_func ("/file/dtype/alignment", test_alignment);
  return g_test_run ();
}
