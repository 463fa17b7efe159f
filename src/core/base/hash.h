/* Keyed hashes for tables whose keys come out of files: the key is drawn once a table, so that no file can be made to
 * collide. Nothing that a user sees may depend on the order of such a table. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t a, b;
} CosmosHashKey;

CosmosHashKey cosmos_hash_key_new (void);
uint64_t cosmos_hash_number (CosmosHashKey key, uint64_t number);
uint64_t cosmos_hash_bytes (CosmosHashKey key, const char *data, size_t length);
