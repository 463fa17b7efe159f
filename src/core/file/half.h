/* A half (IEEE 754 binary16, f16) as a float, in plain bit code that compilers vectorise. */
#pragma once

#include <stdint.h>
#include <string.h>

static inline uint32_t cosmos_float_get_bits (float x)
{
  uint32_t bits;
  memcpy (&bits, &x, sizeof bits);
  return bits;
}

static inline float cosmos_float_from_bits (uint32_t bits)
{
  float x;
  memcpy (&x, &bits, sizeof x);
  return x;
}

static inline float cosmos_half_to_float (uint16_t half)
{
  uint32_t sign = (uint32_t) (half & 0x8000) << 16, rest = half & 0x7fff;
  /* The exponent's bias grows by 112; once more for infinity and NaN, whose exponent is all ones. */
  uint32_t normal = (rest << 13) + (112u << 23) + (rest >= 0x7c00 ? 112u << 23 : 0);
  uint32_t subnormal = cosmos_float_get_bits ((float) (int32_t) rest * 0x1p-24f);
  return cosmos_float_from_bits (sign | (rest < 0x400 ? subnormal : normal));
}
