#include "core/file/dtype.h"

#include "core/base/simd.h"

#include <math.h>
#include <string.h>
#include <strings.h>

_Static_assert (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "files are little endian and read as they are");

/* The loops below are plain bit code that compilers vectorise; where that pays, a wide clone is taken at run time if the processor
 * has it. No clone has fused multiply-add, so all give the same bits. (The choice is made before the thread sanitizer is up.) */
#if defined __x86_64__ && defined __has_attribute && !defined __SANITIZE_THREAD__
#if __has_attribute(target_clones)
#define WIDE __attribute__ ((target_clones ("avx2", "default")))
#endif
#endif
#ifndef WIDE
#define WIDE
#endif

enum { BLOCK = 32 };

typedef struct {
  uint16_t scale; /* f16 */
  int8_t q[BLOCK];
} BlockQ8_0;

typedef struct {
  uint16_t scale;
  uint8_t q[BLOCK / 2]; /* low halves: numbers 0 .. 15, high halves: 16 .. 31 */
} BlockQ4_0;

typedef struct {
  uint16_t scale;
  uint16_t minimum;
  uint8_t q[BLOCK / 2];
} BlockQ4_1;

static const struct {
  const char *name;
  size_t block_length, block_size;
} formats[COSMOS_N_DTYPES] = {
  [COSMOS_DTYPE_F32] = {"F32", 1, 4},
  [COSMOS_DTYPE_F16] = {"F16", 1, 2},
  [COSMOS_DTYPE_BF16] = {"BF16", 1, 2},
  [COSMOS_DTYPE_Q8_0] = {"Q8_0", BLOCK, sizeof (BlockQ8_0)},
  [COSMOS_DTYPE_Q4_0] = {"Q4_0", BLOCK, sizeof (BlockQ4_0)},
  [COSMOS_DTYPE_Q4_1] = {"Q4_1", BLOCK, sizeof (BlockQ4_1)},
};

const char *cosmos_dtype_get_name (CosmosDtype dtype)
{
  return formats[dtype].name;
}

bool cosmos_dtype_from_name (const char *name, CosmosDtype *dtype)
{
  for (int i = 0; i < COSMOS_N_DTYPES; i++) {
    if (strcasecmp (name, formats[i].name) == 0) {
      *dtype = (CosmosDtype) i;
      return true;
    }
  }
  return false;
}

size_t cosmos_dtype_get_block_length (CosmosDtype dtype)
{
  return formats[dtype].block_length;
}

size_t cosmos_dtype_get_block_size (CosmosDtype dtype)
{
  return formats[dtype].block_size;
}

bool cosmos_dtype_get_size (CosmosDtype dtype, size_t n, size_t *size)
{
  size_t bytes;
  if (n % formats[dtype].block_length != 0
      || __builtin_mul_overflow (n / formats[dtype].block_length, formats[dtype].block_size, &bytes))
    return false;
  *size = bytes;
  return true;
}

static inline uint32_t bits_of (float x)
{
  uint32_t bits;
  memcpy (&bits, &x, sizeof bits);
  return bits;
}

static inline float float_of (uint32_t bits)
{
  float x;
  memcpy (&x, &bits, sizeof x);
  return x;
}

static inline float f16_to_float (uint16_t half)
{
  uint32_t sign = (uint32_t) (half & 0x8000) << 16, rest = half & 0x7fff;
  /* The exponent's bias grows by 112; once more for infinity and NaN, whose exponent is all ones. */
  uint32_t normal = (rest << 13) + (112u << 23) + (rest >= 0x7c00 ? 112u << 23 : 0);
  uint32_t subnormal = bits_of ((float) (int32_t) rest * 0x1p-24f);
  return float_of (sign | (rest < 0x400 ? subnormal : normal));
}

/* To nearest, ties to even. */
static inline uint16_t f16_from_float (float x)
{
  uint32_t bits = bits_of (x), rest = bits & 0x7fffffff;
  uint32_t normal = (rest - (112u << 23) + 0xfff + ((rest >> 13) & 1)) >> 13;
  /* Next to 0.5 a float counts in steps of 2^-24, as subnormal halves do: the addition rounds. */
  uint32_t subnormal = bits_of (float_of (rest) + 0.5f) - bits_of (0.5f);
  uint32_t nan = 0x7e00 | ((rest >> 13) & 0x3ff);
  uint32_t half = rest < 113u << 23 ? subnormal : normal;
  half = rest >= 0x477ff000 ? 0x7c00 : half; /* 65520 and more */
  half = rest > 0x7f800000 ? nan : half;
  return (uint16_t) (half | (bits >> 16 & 0x8000));
}

static inline float bf16_to_float (uint16_t brain)
{
  return float_of ((uint32_t) brain << 16);
}

/* To nearest, ties to even. */
static inline uint16_t bf16_from_float (float x)
{
  uint32_t bits = bits_of (x);
  uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  uint32_t nan = bits >> 16 | 0x40; /* rounding could carry its bits away */
  return (uint16_t) ((bits & 0x7fffffff) > 0x7f800000 ? nan : rounded);
}

static inline uint16_t load_u16 (const unsigned char *at)
{
  uint16_t x;
  memcpy (&x, at, sizeof x);
  return x;
}

WIDE static void read_f16 (const unsigned char *source, float *target, size_t n)
{
  for (size_t i = 0; i < n; i++)
    target[i] = f16_to_float (load_u16 (source + 2 * i));
}

/* bf16 is what training rounds to at every product. Integers alone: all clones give the same bits. */
COSMOS_SIMD_CLONES static void read_bf16 (const unsigned char *source, float *target, size_t n)
{
  for (size_t i = 0; i < n; i++)
    target[i] = bf16_to_float (load_u16 (source + 2 * i));
}

static void read_q8_0 (const unsigned char *source, float *target, size_t n)
{
  for (size_t b = 0; b < n / BLOCK; b++) {
    BlockQ8_0 block;
    memcpy (&block, source + b * sizeof block, sizeof block);
    float scale = f16_to_float (block.scale);
    for (int j = 0; j < BLOCK; j++)
      target[b * BLOCK + j] = scale * block.q[j];
  }
}

static void read_q4_0 (const unsigned char *source, float *target, size_t n)
{
  for (size_t b = 0; b < n / BLOCK; b++) {
    BlockQ4_0 block;
    memcpy (&block, source + b * sizeof block, sizeof block);
    float scale = f16_to_float (block.scale);
    float *x = target + b * BLOCK;
    for (int j = 0; j < BLOCK / 2; j++) {
      x[j] = scale * (float) ((block.q[j] & 15) - 8);
      x[j + BLOCK / 2] = scale * (float) ((block.q[j] >> 4) - 8);
    }
  }
}

static void read_q4_1 (const unsigned char *source, float *target, size_t n)
{
  for (size_t b = 0; b < n / BLOCK; b++) {
    BlockQ4_1 block;
    memcpy (&block, source + b * sizeof block, sizeof block);
    float scale = f16_to_float (block.scale), minimum = f16_to_float (block.minimum);
    float *x = target + b * BLOCK;
    for (int j = 0; j < BLOCK / 2; j++) {
      x[j] = scale * (float) (block.q[j] & 15) + minimum;
      x[j + BLOCK / 2] = scale * (float) (block.q[j] >> 4) + minimum;
    }
  }
}

void cosmos_dtype_to_float (CosmosDtype dtype, const void *source, float *target, size_t n)
{
  switch (dtype) {
  case COSMOS_DTYPE_F32:
    if (n)
      memcpy (target, source, n * sizeof *target);
    break;
  case COSMOS_DTYPE_F16:
    read_f16 (source, target, n);
    break;
  case COSMOS_DTYPE_BF16:
    read_bf16 (source, target, n);
    break;
  case COSMOS_DTYPE_Q8_0:
    read_q8_0 (source, target, n);
    break;
  case COSMOS_DTYPE_Q4_0:
    read_q4_0 (source, target, n);
    break;
  case COSMOS_DTYPE_Q4_1:
    read_q4_1 (source, target, n);
    break;
  case COSMOS_N_DTYPES:
    break;
  }
}

bool cosmos_dtype_can_write (CosmosDtype dtype)
{
  return dtype <= COSMOS_DTYPE_Q8_0;
}

WIDE static void write_f16 (const float *source, unsigned char *target, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    uint16_t half = f16_from_float (source[i]);
    memcpy (target + 2 * i, &half, sizeof half);
  }
}

COSMOS_SIMD_CLONES static void write_bf16 (const float *source, unsigned char *target, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    uint16_t brain = bf16_from_float (source[i]);
    memcpy (target + 2 * i, &brain, sizeof brain);
  }
}

/* scale = largest magnitude / 127, q = x / scale rounded half away from zero; the division uses the scale before it becomes f16, as
 * the format's other writers do. */
WIDE static void write_q8_0 (const float *source, unsigned char *target, size_t n)
{
  for (size_t b = 0; b < n / BLOCK; b++) {
    const float *x = source + b * BLOCK;
    float largest = 0;
    for (int j = 0; j < BLOCK; j++)
      largest = fabsf (x[j]) > largest ? fabsf (x[j]) : largest;
    float scale = largest / 127;
    BlockQ8_0 block = {.scale = f16_from_float (scale)};
    float inverse = block.scale ? 1 / scale : 0;
    for (int j = 0; j < BLOCK; j++) {
      float y = x[j] * inverse;
      y = y > -127 ? y : -127; /* also NaN, which no integer can hold */
      y = y < 127 ? y : 127;
      int32_t whole = (int32_t) y;
      float rest = y - (float) whole;
      block.q[j] = (int8_t) (whole + (rest >= 0.5f) - (rest <= -0.5f));
    }
    memcpy (target + b * sizeof block, &block, sizeof block);
  }
}

void cosmos_dtype_from_float (CosmosDtype dtype, const float *source, void *target, size_t n)
{
  switch (dtype) {
  case COSMOS_DTYPE_F32:
    if (n)
      memcpy (target, source, n * sizeof *source);
    break;
  case COSMOS_DTYPE_F16:
    write_f16 (source, target, n);
    break;
  case COSMOS_DTYPE_BF16:
    write_bf16 (source, target, n);
    break;
  case COSMOS_DTYPE_Q8_0:
    write_q8_0 (source, target, n);
    break;
  case COSMOS_DTYPE_Q4_0:
  case COSMOS_DTYPE_Q4_1:
  case COSMOS_N_DTYPES:
    break; /* see can_write */
  }
}
