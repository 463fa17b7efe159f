#include "core/file/dtype.h"

#include "core/base/simd.h"
#include "core/file/block-formats.h"
#include "core/file/half.h"

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

static const struct {
  const char *name;
  size_t block_length, block_size;
} formats[COSMOS_N_DTYPES] = {
  [COSMOS_DTYPE_F32] = {"F32", 1, 4},
  [COSMOS_DTYPE_F16] = {"F16", 1, 2},
  [COSMOS_DTYPE_BF16] = {"BF16", 1, 2},
  [COSMOS_DTYPE_Q8_0] = {"Q8_0", COSMOS_BLOCK, sizeof (CosmosBlockQ8_0)},
  [COSMOS_DTYPE_Q4_0] = {"Q4_0", COSMOS_BLOCK, sizeof (CosmosBlockQ4_0)},
  [COSMOS_DTYPE_Q4_1] = {"Q4_1", COSMOS_BLOCK, sizeof (CosmosBlockQ4_1)},
  [COSMOS_DTYPE_Q5_0] = {"Q5_0", COSMOS_BLOCK, sizeof (CosmosBlockQ5_0)},
  [COSMOS_DTYPE_Q5_1] = {"Q5_1", COSMOS_BLOCK, sizeof (CosmosBlockQ5_1)},
  [COSMOS_DTYPE_Q4_K] = {"Q4_K", COSMOS_SUPER_BLOCK, sizeof (CosmosBlockQ4_K)},
  [COSMOS_DTYPE_Q5_K] = {"Q5_K", COSMOS_SUPER_BLOCK, sizeof (CosmosBlockQ5_K)},
  [COSMOS_DTYPE_Q6_K] = {"Q6_K", COSMOS_SUPER_BLOCK, sizeof (CosmosBlockQ6_K)},
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

/* To nearest, ties to even. */
static inline uint16_t f16_from_float (float x)
{
  uint32_t bits = cosmos_float_get_bits (x), rest = bits & 0x7fffffff;
  uint32_t normal = (rest - (112u << 23) + 0xfff + ((rest >> 13) & 1)) >> 13;
  /* Next to 0.5 a float counts in steps of 2^-24, as subnormal halves do: the addition rounds. */
  uint32_t subnormal = cosmos_float_get_bits (cosmos_float_from_bits (rest) + 0.5f) - cosmos_float_get_bits (0.5f);
  uint32_t nan = 0x7e00 | ((rest >> 13) & 0x3ff);
  uint32_t half = rest < 113u << 23 ? subnormal : normal;
  half = rest >= 0x477ff000 ? 0x7c00 : half; /* 65520 and more */
  half = rest > 0x7f800000 ? nan : half;
  return (uint16_t) (half | (bits >> 16 & 0x8000));
}

static inline float bf16_to_float (uint16_t brain)
{
  return cosmos_float_from_bits ((uint32_t) brain << 16);
}

/* To nearest, ties to even. */
static inline uint16_t bf16_from_float (float x)
{
  uint32_t bits = cosmos_float_get_bits (x);
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
    target[i] = cosmos_half_to_float (load_u16 (source + 2 * i));
}

/* bf16 is what training rounds to at every product. Integers alone: all clones give the same bits. */
COSMOS_SIMD_CLONES static void read_bf16 (const unsigned char *source, float *target, size_t n)
{
  for (size_t i = 0; i < n; i++)
    target[i] = bf16_to_float (load_u16 (source + 2 * i));
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
    cosmos_read_q8_0 (source, target, n);
    break;
  case COSMOS_DTYPE_Q4_0:
    cosmos_read_q4_0 (source, target, n);
    break;
  case COSMOS_DTYPE_Q4_1:
    cosmos_read_q4_1 (source, target, n);
    break;
  case COSMOS_DTYPE_Q5_0:
    cosmos_read_q5_0 (source, target, n);
    break;
  case COSMOS_DTYPE_Q5_1:
    cosmos_read_q5_1 (source, target, n);
    break;
  case COSMOS_DTYPE_Q4_K:
    cosmos_read_q4_k (source, target, n);
    break;
  case COSMOS_DTYPE_Q5_K:
    cosmos_read_q5_k (source, target, n);
    break;
  case COSMOS_DTYPE_Q6_K:
    cosmos_read_q6_k (source, target, n);
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
  for (size_t b = 0; b < n / COSMOS_BLOCK; b++) {
    const float *x = source + b * COSMOS_BLOCK;
    float largest = 0;
    for (int j = 0; j < COSMOS_BLOCK; j++)
      largest = fabsf (x[j]) > largest ? fabsf (x[j]) : largest;
    float scale = largest / 127;
    CosmosBlockQ8_0 block = {.scale = f16_from_float (scale)};
    float inverse = block.scale ? 1 / scale : 0;
    for (int j = 0; j < COSMOS_BLOCK; j++) {
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
  default:
    break; /* see can_write */
  }
}
