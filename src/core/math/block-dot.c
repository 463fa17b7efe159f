#include "core/math/block-dot.h"

#include "core/base/simd.h"
#include "core/file/block-formats.h"
#include "core/file/half.h"

#include <float.h>
#include <math.h>
#include <string.h>

#if defined __x86_64__
#include <immintrin.h>
#define HAVE_X86 1
#define VNNI __attribute__ ((target ("avx2,f16c,fma,avx512f,avx512bw,avx512vl,avx512vnni")))
#else
#define HAVE_X86 0
#endif

enum { GROUP = COSMOS_DOT_GROUP, BLOCK = COSMOS_BLOCK, SUPER = COSMOS_SUPER_BLOCK };

bool cosmos_block_dot_has (CosmosDtype dtype)
{
  return cosmos_dtype_get_block_length (dtype) > 1;
}

/* ---- activations ---- */

COSMOS_SIMD_CLONES static void round_block (const float *x, int8_t *q, float *scale, float *sum)
{
  float largest = 0;
  bool is_finite = true;
  for (int j = 0; j < BLOCK; j++) {
    float size = fabsf (x[j]);
    is_finite &= size <= FLT_MAX;
    largest = size > largest ? size : largest;
  }
  float inverse = is_finite && largest > FLT_MIN ? 127 / largest : 0; /* subnormal numbers have no inverse */
  int32_t sums[2] = {0, 0};
  *scale = is_finite ? (inverse > 0 ? largest / 127 : 0) : NAN;
  for (int j = 0; j < BLOCK; j++) {
    float y = is_finite ? x[j] * inverse : 0;
    int32_t number = (int32_t) (y + 127.5f) - 127; /* to nearest: what is cut is positive */
    q[j] = (int8_t) number;
    sums[j / GROUP] += number;
  }
  sum[0] = *scale * (float) sums[0];
  sum[1] = *scale * (float) sums[1];
}

void cosmos_block_dot_round (const float *x, int64_t n, CosmosRoundedRow row)
{
  for (int64_t i = 0; i < n; i += BLOCK)
    round_block (x + i, row.q + i, row.scale + i / BLOCK, row.sum + i / GROUP);
}

/* ---- weights: u, a and b ---- */

/* Blocks where they lie in a file, at any byte: a copy on the stack would be read back before it is written. */
#define LOOSE(name) typedef CosmosBlock##name __attribute__ ((aligned (1))) Loose##name
LOOSE (Q8_0);
LOOSE (Q4_0);
LOOSE (Q4_1);
LOOSE (Q5_0);
LOOSE (Q5_1);
LOOSE (Q4_K);
LOOSE (Q5_K);
LOOSE (Q6_K);

/* One instruction where the function that this is inlined in may use it. */
COSMOS_SIMD_INLINE float half_to_float (uint16_t bits)
{
#if HAVE_X86
  _Float16 half;
  memcpy (&half, &bits, sizeof half);
  return (float) half;
#else
  return cosmos_half_to_float (bits);
#endif
}

/* A block in its place of a chunk; what fills it is inlined where it is called, so that it is made of that function's instructions. */
typedef struct {
  uint8_t *u;
  float *a, *b;
} Place;

COSMOS_SIMD_INLINE void set_scales (Place place, int group, int n, float a, float b)
{
  for (int g = group; g < group + n; g++) {
    place.a[g] = a;
    place.b[g] = b;
  }
}

/* Vectors of bytes, as compilers take loops of 16 and 32 bytes apart instead. */
typedef uint8_t Bytes16 __attribute__ ((vector_size (16)));
typedef uint8_t Bytes32 __attribute__ ((vector_size (32)));

COSMOS_SIMD_INLINE void open_halves (uint8_t *u, const uint8_t *q)
{
  Bytes16 bytes, low, high;
  memcpy (&bytes, q, sizeof bytes);
  low = bytes & 15;
  high = bytes >> 4;
  memcpy (u, &low, sizeof low);
  memcpy (u + sizeof low, &high, sizeof high);
}

/* Bit j of high is the fifth of number j. */
COSMOS_SIMD_INLINE void add_fifths (uint8_t *restrict u, const uint8_t *restrict high)
{
  for (int j = 0; j < BLOCK; j++)
    u[j] |= (uint8_t) ((high[j / 8] >> j % 8 & 1) << 4);
}

/* 32 numbers of four bits: the low halves of 32 bytes, or the high ones; above them what stands in 32 other bytes from bit `bit` on (NULL: nothing). */
COSMOS_SIMD_INLINE void open_nibbles (uint8_t *u, const uint8_t *q, bool upper, const uint8_t *high, int bit, uint8_t mask)
{
  Bytes32 bytes, bits;
  memcpy (&bytes, q, sizeof bytes);
  bytes = upper ? bytes >> 4 : bytes & 15;
  if (high) {
    memcpy (&bits, high, sizeof bits);
    bytes |= (bits >> bit & mask) << 4;
  }
  memcpy (u, &bytes, sizeof bytes);
}

COSMOS_SIMD_INLINE void open_bytes (uint8_t *u, const int8_t *q)
{
  Bytes32 bytes;
  memcpy (&bytes, q, sizeof bytes);
  bytes ^= 128;
  memcpy (u, &bytes, sizeof bytes);
}

COSMOS_SIMD_INLINE void open_q8_0 (Place place, const LooseQ8_0 *block)
{
  float d = half_to_float (block->scale);
  open_bytes (place.u, block->q);
  set_scales (place, 0, 2, d, -128 * d);
}

COSMOS_SIMD_INLINE void open_q4_0 (Place place, const LooseQ4_0 *block)
{
  float d = half_to_float (block->scale);
  open_halves (place.u, block->q);
  set_scales (place, 0, 2, d, -8 * d);
}

COSMOS_SIMD_INLINE void open_q4_1 (Place place, const LooseQ4_1 *block)
{
  open_halves (place.u, block->q);
  set_scales (place, 0, 2, half_to_float (block->scale), half_to_float (block->minimum));
}

COSMOS_SIMD_INLINE void open_q5_0 (Place place, const LooseQ5_0 *block)
{
  float d = half_to_float (block->scale);
  open_halves (place.u, block->q);
  add_fifths (place.u, block->high);
  set_scales (place, 0, 2, d, -16 * d);
}

COSMOS_SIMD_INLINE void open_q5_1 (Place place, const LooseQ5_1 *block)
{
  open_halves (place.u, block->q);
  add_fifths (place.u, block->high);
  set_scales (place, 0, 2, half_to_float (block->scale), half_to_float (block->minimum));
}

/* What Q4_K and Q5_K share; high: where the fifth bits are, or NULL. */
COSMOS_SIMD_INLINE void open_with_minima (Place place, float scale, float minimum, const uint8_t *scales, const uint8_t *high,
                                          const uint8_t *q)
{
  for (int k = 0; k < SUPER / BLOCK; k++) {
    int s, m;
    cosmos_block_get_scales (scales, k, &s, &m);
    set_scales (place, 2 * k, 2, scale * (float) s, -minimum * (float) m);
    open_nibbles (place.u + k * BLOCK, q + k / 2 * BLOCK, k % 2, high, k, 1);
  }
}

COSMOS_SIMD_INLINE void open_q4_k (Place place, const LooseQ4_K *block)
{
  open_with_minima (place, half_to_float (block->scale), half_to_float (block->minimum), block->scales, NULL, block->q);
}

COSMOS_SIMD_INLINE void open_q5_k (Place place, const LooseQ5_K *block)
{
  open_with_minima (place, half_to_float (block->scale), half_to_float (block->minimum), block->scales, block->high, block->q);
}

COSMOS_SIMD_INLINE void open_q6_k (Place place, const LooseQ6_K *block)
{
  float d = half_to_float (block->scale);
  for (int k = 0; k < SUPER / BLOCK; k++) /* 32 numbers: a quarter of a half */
    open_nibbles (place.u + k * BLOCK, block->low + 64 * (k / 4) + 32 * (k % 2), k % 4 / 2, block->high + 32 * (k / 4),
                  2 * (k % 4), 3);
  for (int g = 0; g < SUPER / GROUP; g++)
    set_scales (place, g, 1, d * (float) block->scales[g], -32 * d * (float) block->scales[g]);
}

#define OPEN_ALL(open, Loose, length)                                                           \
  for (int64_t i = 0; i < n; i += (length), at += sizeof (Loose))                               \
    open ((Place) {self->u + i, self->a + i / GROUP, self->b + i / GROUP}, (const Loose *) at); \
  break

COSMOS_SIMD_INLINE void open_chunk (CosmosDotChunk *self, CosmosDtype dtype, const unsigned char *at, int64_t n)
{
  switch (dtype) {
  case COSMOS_DTYPE_Q8_0:
    OPEN_ALL (open_q8_0, LooseQ8_0, BLOCK);
  case COSMOS_DTYPE_Q4_0:
    OPEN_ALL (open_q4_0, LooseQ4_0, BLOCK);
  case COSMOS_DTYPE_Q4_1:
    OPEN_ALL (open_q4_1, LooseQ4_1, BLOCK);
  case COSMOS_DTYPE_Q5_0:
    OPEN_ALL (open_q5_0, LooseQ5_0, BLOCK);
  case COSMOS_DTYPE_Q5_1:
    OPEN_ALL (open_q5_1, LooseQ5_1, BLOCK);
  case COSMOS_DTYPE_Q4_K:
    OPEN_ALL (open_q4_k, LooseQ4_K, SUPER);
  case COSMOS_DTYPE_Q5_K:
    OPEN_ALL (open_q5_k, LooseQ5_K, SUPER);
  case COSMOS_DTYPE_Q6_K:
    OPEN_ALL (open_q6_k, LooseQ6_K, SUPER);
  default: /* see cosmos_block_dot_has () */
    break;
  }
  self->n = n;
}

/* ---- products ---- */

/* sum b sum x, of all groups */
COSMOS_SIMD_INLINE float add_offsets (const float *b, const float *sum, int64_t n)
{
  float total[GROUP] = {0}, y = 0;
  int64_t g = 0;
  for (; g + GROUP <= n; g += GROUP)
    for (int j = 0; j < GROUP; j++)
      total[j] += b[g + j] * sum[g + j];
  for (; g < n; g++)
    total[0] += b[g] * sum[g];
  for (int j = 0; j < GROUP; j++)
    y += total[j];
  return y;
}

COSMOS_SIMD_CLONES static void open_plainly (CosmosDotChunk *self, CosmosDtype dtype, const unsigned char *source, int64_t n)
{
  open_chunk (self, dtype, source, n);
}

COSMOS_SIMD_CLONES static float dot_plainly (const CosmosDotChunk *self, const int8_t *q, const float *scale, const float *sum)
{
  float y = add_offsets (self->b, sum, self->n / GROUP);
  for (int64_t i = 0; i < self->n; i += GROUP) {
    int32_t s = 0;
    for (int j = 0; j < GROUP; j++)
      s += self->u[i + j] * q[i + j];
    y += self->a[i / GROUP] * scale[i / BLOCK] * (float) s;
  }
  return y;
}

static bool is_plain;

void cosmos_block_dot_set_plain (bool plain)
{
  is_plain = plain;
}

#if HAVE_X86
static bool has_vnni (void)
{
  return !is_plain && __builtin_cpu_supports ("avx512vnni") && __builtin_cpu_supports ("avx512vl")
         && __builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("fma");
}

VNNI static void open_vnni (CosmosDotChunk *self, CosmosDtype dtype, const unsigned char *source, int64_t n)
{
  open_chunk (self, dtype, source, n);
}

/* Of the eight sums of four products each, four belong to the first group and four to the second. */
VNNI static float dot_vnni (const CosmosDotChunk *self, const int8_t *q, const float *scale, const float *sum)
{
  const __m256i spread = _mm256_setr_epi32 (0, 0, 0, 0, 1, 1, 1, 1);
  __m256 total = _mm256_setzero_ps ();
  for (int64_t i = 0; i < self->n; i += BLOCK) {
    __m256i u = _mm256_load_si256 ((const __m256i *) (self->u + i)), x = _mm256_loadu_si256 ((const __m256i *) (q + i));
    __m256i sums = _mm256_dpbusd_epi32 (_mm256_setzero_si256 (), u, x);
    double pair; /* two floats */
    memcpy (&pair, self->a + i / GROUP, sizeof pair);
    __m256 a = _mm256_permutevar8x32_ps (_mm256_castpd_ps (_mm256_set1_pd (pair)), spread);
    total = _mm256_fmadd_ps (_mm256_cvtepi32_ps (sums), _mm256_mul_ps (a, _mm256_set1_ps (scale[i / BLOCK])), total);
  }
  __m128 half = _mm_add_ps (_mm256_castps256_ps128 (total), _mm256_extractf128_ps (total, 1));
  half = _mm_add_ps (half, _mm_movehl_ps (half, half));
  half = _mm_add_ss (half, _mm_movehdup_ps (half));
  return _mm_cvtss_f32 (half) + add_offsets (self->b, sum, self->n / GROUP);
}
#endif

void cosmos_block_dot_open (CosmosDotChunk *self, CosmosDtype dtype, const void *source, int64_t n)
{
#if HAVE_X86
  if (has_vnni ()) {
    open_vnni (self, dtype, source, n);
    return;
  }
#endif
  open_plainly (self, dtype, source, n);
}

float cosmos_block_dot (const CosmosDotChunk *self, CosmosRoundedRow row, int64_t first)
{
  const int8_t *q = row.q + first;
  const float *scale = row.scale + first / BLOCK, *sum = row.sum + first / GROUP;
#if HAVE_X86
  if (has_vnni ())
    return dot_vnni (self, q, scale, sum);
#endif
  return dot_plainly (self, q, scale, sum);
}
