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

/* Vectors of bytes, as compilers take loops of 16 and 32 bytes apart instead. */
typedef uint8_t Bytes16 __attribute__ ((vector_size (16)));
typedef uint8_t Bytes32 __attribute__ ((vector_size (32)));

/* 32 numbers, with a and b of each 16. What fills it is inlined where it is called, so that it is made of that function's instructions. */
typedef struct {
  Bytes32 u;
  float a[2], b[2];
} Piece;

COSMOS_SIMD_INLINE void set_scales (Piece *self, float a, float b)
{
  self->a[0] = self->a[1] = a;
  self->b[0] = self->b[1] = b;
}

COSMOS_SIMD_INLINE void open_halves (Piece *self, const uint8_t *q)
{
  Bytes16 bytes, low, high;
  memcpy (&bytes, q, sizeof bytes);
  low = bytes & 15;
  high = bytes >> 4;
  self->u = __builtin_shufflevector (low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
                                     23, 24, 25, 26, 27, 28, 29, 30, 31);
}

/* Bit j of high is the fifth of number j. */
COSMOS_SIMD_INLINE void add_fifths (Piece *self, const uint8_t *high)
{
  uint8_t fifths[BLOCK];
  Bytes32 bytes;
  for (int j = 0; j < BLOCK; j++)
    fifths[j] = (uint8_t) ((high[j / 8] >> j % 8 & 1) << 4);
  memcpy (&bytes, fifths, sizeof bytes);
  self->u |= bytes;
}

/* 32 numbers of four bits: the low halves of 32 bytes, or the upper ones; above them what stands in 32 other bytes from bit `bit` on (NULL: nothing). */
COSMOS_SIMD_INLINE void open_nibbles (Piece *self, const uint8_t *q, bool upper, const uint8_t *high, int bit, uint8_t mask)
{
  Bytes32 bytes, bits;
  memcpy (&bytes, q, sizeof bytes);
  self->u = upper ? bytes >> 4 : bytes & 15;
  if (!high)
    return;
  memcpy (&bits, high, sizeof bits);
  self->u |= (bits >> bit & mask) << 4;
}

/* Each: the k-th 32 numbers of a block. */

COSMOS_SIMD_INLINE void open_q8_0 (Piece *self, const LooseQ8_0 *block, int k)
{
  (void) k;
  float d = half_to_float (block->scale);
  memcpy (&self->u, block->q, sizeof self->u);
  self->u ^= 128; /* + 128 */
  set_scales (self, d, -128 * d);
}

COSMOS_SIMD_INLINE void open_q4_0 (Piece *self, const LooseQ4_0 *block, int k)
{
  (void) k;
  float d = half_to_float (block->scale);
  open_halves (self, block->q);
  set_scales (self, d, -8 * d);
}

COSMOS_SIMD_INLINE void open_q4_1 (Piece *self, const LooseQ4_1 *block, int k)
{
  (void) k;
  open_halves (self, block->q);
  set_scales (self, half_to_float (block->scale), half_to_float (block->minimum));
}

COSMOS_SIMD_INLINE void open_q5_0 (Piece *self, const LooseQ5_0 *block, int k)
{
  (void) k;
  float d = half_to_float (block->scale);
  open_halves (self, block->q);
  add_fifths (self, block->high);
  set_scales (self, d, -16 * d);
}

COSMOS_SIMD_INLINE void open_q5_1 (Piece *self, const LooseQ5_1 *block, int k)
{
  (void) k;
  open_halves (self, block->q);
  add_fifths (self, block->high);
  set_scales (self, half_to_float (block->scale), half_to_float (block->minimum));
}

COSMOS_SIMD_INLINE void set_scales_of_k (Piece *self, float scale, float minimum, const uint8_t *scales, int k)
{
  int s, m;
  cosmos_block_get_scales (scales, k, &s, &m);
  set_scales (self, scale * (float) s, -minimum * (float) m);
}

COSMOS_SIMD_INLINE void open_q4_k (Piece *self, const LooseQ4_K *block, int k)
{
  open_nibbles (self, block->q + k / 2 * BLOCK, k % 2, NULL, 0, 0);
  set_scales_of_k (self, half_to_float (block->scale), half_to_float (block->minimum), block->scales, k);
}

COSMOS_SIMD_INLINE void open_q5_k (Piece *self, const LooseQ5_K *block, int k)
{
  open_nibbles (self, block->q + k / 2 * BLOCK, k % 2, block->high, k, 1);
  set_scales_of_k (self, half_to_float (block->scale), half_to_float (block->minimum), block->scales, k);
}

COSMOS_SIMD_INLINE void open_q6_k (Piece *self, const LooseQ6_K *block, int k)
{
  float d = half_to_float (block->scale);
  open_nibbles (self, block->low + 64 * (k / 4) + 32 * (k % 2), k % 4 / 2, block->high + 32 * (k / 4), 2 * (k % 4), 3);
  for (int g = 0; g < 2; g++) {
    self->a[g] = d * (float) block->scales[2 * k + g];
    self->b[g] = -32 * self->a[g];
  }
}

/* USE (piece, i): with all pieces of n numbers, from the i-th number on each. */
#define EACH_OF(open, Loose, length, USE)                                     \
  for (int64_t first = 0; first < n; first += (length), at += sizeof (Loose)) \
    _Pragma ("GCC unroll 8") for (int k = 0; k < (length) / BLOCK; k++)       \
    {                                                                         \
      Piece piece;                                                            \
      open (&piece, (const Loose *) at, k);                                   \
      USE (piece, first + k * BLOCK);                                         \
    }                                                                         \
  break
#define EACH_PIECE(USE)                         \
  switch (dtype) {                              \
  case COSMOS_DTYPE_Q8_0:                       \
    EACH_OF (open_q8_0, LooseQ8_0, BLOCK, USE); \
  case COSMOS_DTYPE_Q4_0:                       \
    EACH_OF (open_q4_0, LooseQ4_0, BLOCK, USE); \
  case COSMOS_DTYPE_Q4_1:                       \
    EACH_OF (open_q4_1, LooseQ4_1, BLOCK, USE); \
  case COSMOS_DTYPE_Q5_0:                       \
    EACH_OF (open_q5_0, LooseQ5_0, BLOCK, USE); \
  case COSMOS_DTYPE_Q5_1:                       \
    EACH_OF (open_q5_1, LooseQ5_1, BLOCK, USE); \
  case COSMOS_DTYPE_Q4_K:                       \
    EACH_OF (open_q4_k, LooseQ4_K, SUPER, USE); \
  case COSMOS_DTYPE_Q5_K:                       \
    EACH_OF (open_q5_k, LooseQ5_K, SUPER, USE); \
  case COSMOS_DTYPE_Q6_K:                       \
    EACH_OF (open_q6_k, LooseQ6_K, SUPER, USE); \
  default: /* see cosmos_block_dot_has () */    \
    break;                                      \
  }

COSMOS_SIMD_INLINE void keep (CosmosDotChunk *self, const Piece *piece, int64_t i)
{
  memcpy (self->u + i, &piece->u, sizeof piece->u);
  memcpy (self->a + i / GROUP, piece->a, sizeof piece->a);
  memcpy (self->b + i / GROUP, piece->b, sizeof piece->b);
}

COSMOS_SIMD_INLINE void open_chunk (CosmosDotChunk *self, CosmosDtype dtype, const unsigned char *at, int64_t n)
{
#define KEEP(piece, i) keep (self, &piece, i)
  EACH_PIECE (KEEP)
#undef KEEP
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

typedef struct {
  __m256 products; /* d a sum u q, in eight parts */
  __m128 offsets;  /* b sum x, in two */
} Sums;

/* Of the eight sums of four products each, four belong to the first 16 numbers and four to the second. */
VNNI static inline __attribute__ ((always_inline)) void add_piece (Sums *self, __m256i u, const float *a, const float *b,
                                                                   const int8_t *q, const float *scale, const float *sum)
{
  __m256i sums = _mm256_dpbusd_epi32 (_mm256_setzero_si256 (), u, _mm256_loadu_si256 ((const __m256i *) q));
  __m256 factors = _mm256_set_m128 (_mm_set1_ps (a[1]), _mm_set1_ps (a[0]));
  factors = _mm256_mul_ps (factors, _mm256_set1_ps (*scale));
  self->products = _mm256_fmadd_ps (_mm256_cvtepi32_ps (sums), factors, self->products);
  __m128 offset = _mm_setr_ps (b[0], b[1], 0, 0), x = _mm_castpd_ps (_mm_load_sd ((const double *) (const void *) sum));
  self->offsets = _mm_fmadd_ps (offset, x, self->offsets);
}

VNNI static float finish (const Sums *self)
{
  __m128 y = _mm_add_ps (_mm256_castps256_ps128 (self->products), _mm256_extractf128_ps (self->products, 1));
  y = _mm_add_ps (y, self->offsets);
  y = _mm_add_ps (y, _mm_movehl_ps (y, y));
  y = _mm_add_ss (y, _mm_movehdup_ps (y));
  return _mm_cvtss_f32 (y);
}

VNNI static float dot_vnni (const CosmosDotChunk *self, const int8_t *q, const float *scale, const float *sum)
{
  Sums sums = {_mm256_setzero_ps (), _mm_setzero_ps ()};
  for (int64_t i = 0; i < self->n; i += BLOCK)
    add_piece (&sums, _mm256_load_si256 ((const __m256i *) (self->u + i)), self->a + i / GROUP, self->b + i / GROUP, q + i,
               scale + i / BLOCK, sum + i / GROUP);
  return finish (&sums);
}

/* The same numbers without the way through a chunk. */
VNNI static float dot_at_once_vnni (CosmosDtype dtype, const unsigned char *at, int64_t n, const int8_t *q, const float *scale,
                                    const float *sum)
{
  Sums sums = {_mm256_setzero_ps (), _mm_setzero_ps ()};
#define ADD(piece, i) add_piece (&sums, (__m256i) piece.u, piece.a, piece.b, q + (i), scale + (i) / BLOCK, sum + (i) / GROUP)
  EACH_PIECE (ADD)
#undef ADD
  return finish (&sums);
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

float cosmos_block_dot_at_once (CosmosDtype dtype, const void *source, int64_t n, CosmosRoundedRow row)
{
#if HAVE_X86
  if (has_vnni ())
    return dot_at_once_vnni (dtype, source, n, row.q, row.scale, row.sum);
#endif
  CosmosDotChunk chunk;
  const size_t length = cosmos_dtype_get_block_length (dtype), size = cosmos_dtype_get_block_size (dtype);
  float y = 0;
  for (int64_t first = 0; first < n; first += COSMOS_DOT_CHUNK) {
    int64_t some = n - first < COSMOS_DOT_CHUNK ? n - first : COSMOS_DOT_CHUNK;
    cosmos_block_dot_open (&chunk, dtype, (const unsigned char *) source + (size_t) first / length * size, some);
    y += cosmos_block_dot (&chunk, row, first);
  }
  return y;
}
