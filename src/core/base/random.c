#include "core/base/random.h"

#include <math.h>
#include <string.h>

void cosmos_random_philox (const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
  uint32_t c[4], k[2] = {key[0], key[1]};
  memcpy (c, counter, sizeof c);
  for (int round = 0; round < 10; round++) {
    uint64_t a = (uint64_t) 0xD2511F53u * c[0], b = (uint64_t) 0xCD9E8D57u * c[2];
    uint32_t next[4] = {(uint32_t) (b >> 32) ^ c[1] ^ k[0], (uint32_t) b, (uint32_t) (a >> 32) ^ c[3] ^ k[1], (uint32_t) a};
    memcpy (c, next, sizeof c);
    k[0] += 0x9E3779B9u;
    k[1] += 0xBB67AE85u;
  }
  memcpy (out, c, sizeof c);
}

static void block (uint64_t seed, uint32_t step, uint64_t index, uint32_t out[4])
{
  uint32_t counter[4] = {(uint32_t) index, (uint32_t) (index >> 32), step, 0};
  uint32_t key[2] = {(uint32_t) seed, (uint32_t) (seed >> 32)};
  cosmos_random_philox (counter, key, out);
}

void cosmos_random_normal (uint64_t seed, uint32_t step, uint64_t first, float *out, size_t n)
{
  for (size_t i = 0; i < n;) {
    uint64_t index = first + i;
    uint32_t words[4];
    float four[4];
    block (seed, step, index / 4, words);
    for (int pair = 0; pair < 4; pair += 2) {
      /* (0, 1]: the logarithm stays finite */
      double u = (words[pair] + 1.0) * 0x1p-32, v = words[pair + 1] * 0x1p-32;
      double radius = sqrt (-2.0 * log (u));
      four[pair] = (float) (radius * cos (2.0 * M_PI * v));
      four[pair + 1] = (float) (radius * sin (2.0 * M_PI * v));
    }
    for (size_t k = index % 4; k < 4 && i < n; k++)
      out[i++] = four[k];
  }
}

double cosmos_random_uniform (uint64_t seed, uint32_t step, uint64_t index)
{
  uint32_t words[4];
  block (seed, step, index / 4, words);
  return words[index % 4] * 0x1p-32;
}
