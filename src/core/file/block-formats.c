#include "core/file/block-formats.h"

#include "core/file/half.h"

enum { BLOCK = COSMOS_BLOCK, HALF = BLOCK / 2, SUPER = COSMOS_SUPER_BLOCK };

/* ---- blocks of 32 ---- */

void cosmos_read_q8_0 (const unsigned char *source, float *target, size_t n)
{
  for (size_t b = 0; b < n / BLOCK; b++) {
    CosmosBlockQ8_0 block;
    memcpy (&block, source + b * sizeof block, sizeof block);
    float scale = cosmos_half_to_float (block.scale);
    for (int j = 0; j < BLOCK; j++)
      target[b * BLOCK + j] = scale * block.q[j];
  }
}

void cosmos_read_q4_0 (const unsigned char *source, float *target, size_t n)
{
  for (size_t b = 0; b < n / BLOCK; b++) {
    CosmosBlockQ4_0 block;
    memcpy (&block, source + b * sizeof block, sizeof block);
    float scale = cosmos_half_to_float (block.scale);
    float *x = target + b * BLOCK;
    for (int j = 0; j < HALF; j++) {
      x[j] = scale * (float) ((block.q[j] & 15) - 8);
      x[j + HALF] = scale * (float) ((block.q[j] >> 4) - 8);
    }
  }
}

void cosmos_read_q4_1 (const unsigned char *source, float *target, size_t n)
{
  for (size_t b = 0; b < n / BLOCK; b++) {
    CosmosBlockQ4_1 block;
    memcpy (&block, source + b * sizeof block, sizeof block);
    float scale = cosmos_half_to_float (block.scale), minimum = cosmos_half_to_float (block.minimum);
    float *x = target + b * BLOCK;
    for (int j = 0; j < HALF; j++) {
      x[j] = scale * (float) (block.q[j] & 15) + minimum;
      x[j + HALF] = scale * (float) (block.q[j] >> 4) + minimum;
    }
  }
}

/* The 32 numbers of five bits of a block. */
static inline void join_five (const uint8_t *high, const uint8_t *q, int *numbers)
{
  uint32_t fifths;
  memcpy (&fifths, high, sizeof fifths);
  for (int j = 0; j < HALF; j++) {
    numbers[j] = (q[j] & 15) | (int) (fifths >> j & 1) << 4;
    numbers[j + HALF] = q[j] >> 4 | (int) (fifths >> (j + HALF) & 1) << 4;
  }
}

void cosmos_read_q5_0 (const unsigned char *source, float *target, size_t n)
{
  for (size_t b = 0; b < n / BLOCK; b++) {
    CosmosBlockQ5_0 block;
    int numbers[BLOCK];
    memcpy (&block, source + b * sizeof block, sizeof block);
    join_five (block.high, block.q, numbers);
    float scale = cosmos_half_to_float (block.scale);
    for (int j = 0; j < BLOCK; j++)
      target[b * BLOCK + j] = scale * (float) (numbers[j] - 16);
  }
}

void cosmos_read_q5_1 (const unsigned char *source, float *target, size_t n)
{
  for (size_t b = 0; b < n / BLOCK; b++) {
    CosmosBlockQ5_1 block;
    int numbers[BLOCK];
    memcpy (&block, source + b * sizeof block, sizeof block);
    join_five (block.high, block.q, numbers);
    float scale = cosmos_half_to_float (block.scale), minimum = cosmos_half_to_float (block.minimum);
    for (int j = 0; j < BLOCK; j++)
      target[b * BLOCK + j] = scale * (float) numbers[j] + minimum;
  }
}

/* ---- blocks of 256 ---- */

/* high: where the fifth bits are, or NULL for numbers of four bits. */
static inline void read_with_minima (float scale, float minimum, const uint8_t *scales, const uint8_t *high, const uint8_t *q,
                                     float *target)
{
  for (int k = 0; k < SUPER / BLOCK; k++) {
    int s, m;
    cosmos_block_get_scales (scales, k, &s, &m);
    const float step = scale * (float) s, lowest = minimum * (float) m;
    const uint8_t *pair = q + k / 2 * BLOCK;
    for (int j = 0; j < BLOCK; j++) {
      int number = (pair[j] >> k % 2 * 4 & 15) | (high ? (high[j] >> k & 1) << 4 : 0);
      target[k * BLOCK + j] = step * (float) number - lowest;
    }
  }
}

void cosmos_read_q4_k (const unsigned char *source, float *target, size_t n)
{
  for (size_t b = 0; b < n / SUPER; b++) {
    CosmosBlockQ4_K block;
    memcpy (&block, source + b * sizeof block, sizeof block);
    read_with_minima (cosmos_half_to_float (block.scale), cosmos_half_to_float (block.minimum), block.scales, NULL, block.q,
                      target + b * SUPER);
  }
}

void cosmos_read_q5_k (const unsigned char *source, float *target, size_t n)
{
  for (size_t b = 0; b < n / SUPER; b++) {
    CosmosBlockQ5_K block;
    memcpy (&block, source + b * sizeof block, sizeof block);
    read_with_minima (cosmos_half_to_float (block.scale), cosmos_half_to_float (block.minimum), block.scales, block.high, block.q,
                      target + b * SUPER);
  }
}

void cosmos_read_q6_k (const unsigned char *source, float *target, size_t n)
{
  for (size_t b = 0; b < n / SUPER; b++) {
    CosmosBlockQ6_K block;
    memcpy (&block, source + b * sizeof block, sizeof block);
    const float scale = cosmos_half_to_float (block.scale);
    float *x = target + b * SUPER;
    for (int i = 0; i < SUPER; i++) {
      int half = i / 128, j = i / 32 % 4, k = i % 32;
      int low = block.low[64 * half + j % 2 * 32 + k] >> j / 2 * 4 & 15, high = block.high[32 * half + k] >> 2 * j & 3;
      x[i] = scale * (float) block.scales[i / 16] * (float) ((high << 4 | low) - 32);
    }
  }
}
