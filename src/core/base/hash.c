#include "core/base/hash.h"

#include <string.h>

#include <sys/random.h>

/* Both halves of a 128-bit product: every bit of the result depends on every bit of both factors. */
static uint64_t fold (uint64_t a, uint64_t b)
{
  unsigned __int128 product = (unsigned __int128) a * b;
  return (uint64_t) product ^ (uint64_t) (product >> 64);
}

CosmosHashKey cosmos_hash_key_new (void)
{
  CosmosHashKey key;
  /* Without the system's randomness the place of the stack will do: the key only has to be hard to foresee. */
  if (getrandom (&key, sizeof key, GRND_NONBLOCK) != sizeof key)
    key = (CosmosHashKey) {(uint64_t) (uintptr_t) &key * 0x9e3779b97f4a7c15u, 0xd1b54a32d192ed03u};
  key.b |= 1;
  return key;
}

uint64_t cosmos_hash_number (CosmosHashKey key, uint64_t number)
{
  return fold (fold (number ^ key.a, key.b), 0x9e3779b97f4a7c15u);
}

uint64_t cosmos_hash_bytes (CosmosHashKey key, const char *data, size_t length)
{
  uint64_t hash = key.a;
  size_t left = length;
  for (; left >= 8; data += 8, left -= 8) {
    uint64_t word;
    memcpy (&word, data, 8);
    hash = fold (hash ^ word, key.b) + key.a;
  }
  uint64_t word = 0;
  memcpy (&word, data, left);
  /* The length comes after a multiplication: next to word it could undo it. */
  return fold (fold (hash ^ word, key.b) ^ length, 0x9e3779b97f4a7c15u);
}
