/* Memory that is given back all at once.
 *
 * An arena hands out 64-byte aligned pieces of a few large chunks. Rewinding to a mark keeps the chunks, so a loop that does the
 * same work each time allocates from the system in its first round only. Not thread safe: one arena belongs to one thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct CosmosArena CosmosArena;

/* A place in the arena to rewind to. */
typedef struct {
  size_t chunk;
  size_t used;
} CosmosArenaMark;

/* chunk_size: bytes of the first chunk (later ones are at least as large). NULL when out of memory. */
CosmosArena *cosmos_arena_new (size_t chunk_size);
void cosmos_arena_free (CosmosArena *self);

/* size bytes, not cleared, 64-byte aligned; NULL when out of memory. size 0 gives a valid pointer. */
void *cosmos_arena_alloc (CosmosArena *self, size_t size);

CosmosArenaMark cosmos_arena_mark (const CosmosArena *self);
/* Everything handed out since the mark is void. */
void cosmos_arena_rewind (CosmosArena *self, CosmosArenaMark mark);

/* Bytes taken from the system, and how many times it was asked. */
size_t cosmos_arena_get_size (const CosmosArena *self);
size_t cosmos_arena_get_allocations (const CosmosArena *self);
