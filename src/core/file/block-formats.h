/* GGUF's block formats: numbers of few bits that share a scale, block after block. For dtype.c.
 *
 *   block    numbers  value
 *   Q8_0          32  d q
 *   Q4_0          32  d (q - 8)
 *   Q4_1          32  d q + m
 *   Q5_0          32  d (q - 16)
 *   Q5_1          32  d q + m
 *   Q4_K, Q5_K   256  d s q - e m    s, m: whole numbers of 6 bits for each 32
 *   Q6_K         256  d s (q - 32)   s: a whole number of 8 bits for each 16
 *
 * d, e and (in the blocks of 32) m are f16. Sources may have any alignment; n is a whole number of blocks.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { COSMOS_BLOCK = 32, COSMOS_SUPER_BLOCK = 256 };

typedef struct {
  uint16_t scale;
  int8_t q[COSMOS_BLOCK];
} CosmosBlockQ8_0;

/* Half a byte a number: the low halves are the numbers 0 .. 15, the high halves 16 .. 31. */
typedef struct {
  uint16_t scale;
  uint8_t q[COSMOS_BLOCK / 2];
} CosmosBlockQ4_0;

typedef struct {
  uint16_t scale, minimum;
  uint8_t q[COSMOS_BLOCK / 2];
} CosmosBlockQ4_1;

/* Bit i of `high` (as one number, little endian) is the fifth of number i. */
typedef struct {
  uint16_t scale;
  uint8_t high[COSMOS_BLOCK / 8];
  uint8_t q[COSMOS_BLOCK / 2];
} CosmosBlockQ5_0;

typedef struct {
  uint16_t scale, minimum;
  uint8_t high[COSMOS_BLOCK / 8];
  uint8_t q[COSMOS_BLOCK / 2];
} CosmosBlockQ5_1;

/* 8 scales and 8 minima of 6 bits in 12 bytes. Numbers in pairs of 32, whose low and high halves share 32 bytes. */
typedef struct {
  uint16_t scale, minimum;
  uint8_t scales[12];
  uint8_t q[COSMOS_SUPER_BLOCK / 2];
} CosmosBlockQ4_K;

/* Bit k of high[i] is the fifth of number 32 k + i. */
typedef struct {
  uint16_t scale, minimum;
  uint8_t scales[12];
  uint8_t high[COSMOS_SUPER_BLOCK / 8];
  uint8_t q[COSMOS_SUPER_BLOCK / 2];
} CosmosBlockQ5_K;

/* In each half of 128 numbers: number 32 j + i has its low four bits in a half of low[i] (j = 0, 2) or low[32 + i] (1, 3), the high half where
 * j > 1, and the upper two are bits 2 j and 2 j + 1 of high[i]. */
typedef struct {
  uint8_t low[COSMOS_SUPER_BLOCK / 2];
  uint8_t high[COSMOS_SUPER_BLOCK / 4];
  int8_t scales[COSMOS_SUPER_BLOCK / 16];
  uint16_t scale;
} CosmosBlockQ6_K;

/* Of Q4_K and Q5_K: scale and minimum of the k-th 32 numbers. Those of 0 .. 3 are the low six bits of a byte; those of 4 .. 7 share a byte, four bits each, and
 * have their upper two where the first ones leave two free. */
static inline void cosmos_block_get_scales (const uint8_t *scales, int k, int *scale, int *minimum)
{
  if (k < 4) {
    *scale = scales[k] & 63;
    *minimum = scales[k + 4] & 63;
  } else {
    *scale = (scales[k + 4] & 15) | scales[k - 4] >> 6 << 4;
    *minimum = scales[k + 4] >> 4 | scales[k] >> 6 << 4;
  }
}

void cosmos_read_q8_0 (const unsigned char *source, float *target, size_t n);
void cosmos_read_q4_0 (const unsigned char *source, float *target, size_t n);
void cosmos_read_q4_1 (const unsigned char *source, float *target, size_t n);
void cosmos_read_q5_0 (const unsigned char *source, float *target, size_t n);
void cosmos_read_q5_1 (const unsigned char *source, float *target, size_t n);
void cosmos_read_q4_k (const unsigned char *source, float *target, size_t n);
void cosmos_read_q5_k (const unsigned char *source, float *target, size_t n);
void cosmos_read_q6_k (const unsigned char *source, float *target, size_t n);
