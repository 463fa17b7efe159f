/* Elementary functions for vector loops: branch-free, relative error below 1e-6 wherever the result is a normal number.
 *
 * For loops in COSMOS_SIMD_CLONES functions. Infinities and NaN give what the mathematics says.
 */
#pragma once

#include "core/base/simd.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

COSMOS_SIMD_INLINE uint32_t cosmos_bits_of_float (float x)
{
  uint32_t bits;
  memcpy (&bits, &x, sizeof bits);
  return bits;
}

COSMOS_SIMD_INLINE float cosmos_float_of_bits (uint32_t bits)
{
  float x;
  memcpy (&x, &bits, sizeof x);
  return x;
}

/* condition ? yes : no without a branch, which gcc would spread: it computes what follows once for either side. */
COSMOS_SIMD_INLINE float cosmos_choose (bool condition, float yes, float no)
{
  uint32_t mask = -(uint32_t) condition;
  return cosmos_float_of_bits ((cosmos_bits_of_float (yes) & mask) | (cosmos_bits_of_float (no) & ~mask));
}

/* exp (x + y) for |y| < 0.1, without rounding the sum. exp (x + y) = 2^n exp (r), |r| about ln 2 / 2, exp (r) by our own minimax polynomial
 * (error 4e-9). */
COSMOS_SIMD_INLINE float cosmos_exp_of_sum (float x, float y)
{
  const float shift = 0x1.8p23f; /* added, it rounds to a whole number, which then stands in the low bits */
  /* Beyond these the result is 0 or infinity. NaN passes. */
  x = cosmos_choose (x < -105.0f, -105.0f, x);
  x = cosmos_choose (x > 89.0f, 89.0f, x);
  float shifted = x * 0x1.715476p0f + shift;
  float n = shifted - shift;
  /* ln 2 in two parts, n times the first is exact. */
  float r = (x - n * 0.693359375f) + (n * 2.12194440e-4f + y);
  float p = 0.001381454f;
  p = p * r + 0.00836874512f;
  p = p * r + 0.0416683908f;
  p = p * r + 0.166665204f;
  p = p * r + 0.499999934f;
  p = p * (r * r) + r + 1.0f;
  /* 2^n as two factors, so that neither leaves the range of normal numbers. */
  uint32_t whole = cosmos_bits_of_float (shifted) - cosmos_bits_of_float (shift);
  uint32_t half = (uint32_t) ((int32_t) whole >> 1);
  return p * cosmos_float_of_bits ((half + 127) << 23) * cosmos_float_of_bits ((whole - half + 127) << 23);
}

COSMOS_SIMD_INLINE float cosmos_exp (float x)
{
  return cosmos_exp_of_sum (x, 0.0f);
}

/* 1 / (1 + exp (-x)) */
COSMOS_SIMD_INLINE float cosmos_sigmoid (float x)
{
  return 1.0f / (1.0f + cosmos_exp (-x));
}

/* Phi (x), the normal distribution function, 0.5 (1 + erf (x / sqrt 2)); *density: exp (-x^2 / 2), without 1 / sqrt (2 pi).
 *
 * Left of 0 it is not made from erf, which would cancel: with a = |x|, Phi (-a) = exp (-a^2 / 2) R (a), and R (a) / t is a polynomial (error
 * 4e-8, our own fit) in t = 1 / (1 + 0.35 a). */
COSMOS_SIMD_INLINE float cosmos_normal (float x, float *density)
{
  float a = cosmos_float_of_bits (cosmos_bits_of_float (x) & 0x7fffffff);
  a = cosmos_choose (a > 15.0f, 15.0f, a); /* both are 0 there */
  /* a^2 / 2 exactly: the exponential would magnify a rounded square. */
  float head = cosmos_float_of_bits (cosmos_bits_of_float (a) & 0xfffff000);
  float e = cosmos_exp_of_sum (-0.5f * head * head, -0.5f * (a - head) * (a + head));
  float t = 1.0f / (1.0f + 0.35f * a);
  float p = -0.0291638067f;
  p = p * t + 0.144060237f;
  p = p * t - 0.255900732f;
  p = p * t + 0.159391668f;
  p = p * t - 0.0232630173f;
  p = p * t + 0.105574474f;
  p = p * t + 0.119815576f;
  p = p * t + 0.139864326f;
  p = p * t + 0.139621259f;
  float tail = e * (t * p);
  *density = e;
  return cosmos_choose (x < 0.0f, tail, 1.0f - tail);
}
